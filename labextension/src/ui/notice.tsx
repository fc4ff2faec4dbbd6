import type { VNode } from "preact";
import type { NoticePart } from "../protocol";
import { t } from "../words";
import { spoken, useRemaining } from "./clock";
import { Icon } from "./icons";
import { Said } from "./said";

interface Props {
  readonly part: NoticePart;
  /** Whether its message is still being written, so that a wait may go on. */
  readonly running: boolean;
  readonly now: () => number;
}

/** A word about the answer, on a line of its own; a wait counts down at its end. */
export function Notice({ part, running, now }: Props): VNode {
  const warning = part.level === "warning";
  const left = useRemaining(running ? part.until : null, now);
  return (
    <p class={`jp-Chatcore-notice jp-mod-${warning ? "warning" : "info"}`} data-notice={part.name}>
      <Icon name={warning ? "alert" : "info"} />
      <span class="jp-Chatcore-hidden">{`${warning ? t("Warning") : t("Note")}: `}</span>
      <Said text={part.text} />
      {part.until ? (
        // it keeps its place when there is nothing left to count, so that nothing moves
        <span class="jp-Chatcore-count" role="timer">
          {left ? spoken(left) : ""}
        </span>
      ) : null}
    </p>
  );
}
