import type { VNode } from "preact";
import { useRef } from "preact/hooks";
import type { ReasoningPart } from "../protocol";
import { t } from "../words";
import { Markdown } from "./markdown";

interface Props {
  readonly part: ReasoningPart;
  readonly live: boolean;
  readonly now: () => number;
}

const PREVIEW = 160;
/** Who sees no more than this of it has seen it begin. */
const JUST_BEGUN = 200;
const SECOND_MS = 1_000;

/** What a model says it was thinking: folded, with its newest words on the fold. */
export function Reasoning({ part, live, now }: Props): VNode {
  const seconds = useSeconds(part, live, now);
  return (
    <details class={`jp-Chatcore-fold jp-Chatcore-reasoning${live ? " jp-mod-live" : ""}`}>
      <summary>
        <span class="jp-Chatcore-reasoning-name">{live ? t("Thinking…") : title(seconds)}</span>
        {live ? (
          // the end is what is new, so the line is cut at its start
          <span class="jp-Chatcore-preview" aria-hidden="true">
            <bdi>{newest(part.text)}</bdi>
          </span>
        ) : null}
      </summary>
      <div class="jp-Chatcore-fold-body">
        <Markdown text={part.text} live={live} />
      </div>
    </details>
  );
}

function title(seconds: number | null): string {
  if (seconds === null) return t("Thoughts");
  if (seconds < 60) return t("Thought for %1 s", `${seconds}`);
  return t("Thought for %1 min %2 s", `${Math.floor(seconds / 60)}`, `${seconds % 60}`);
}

/** How long it went on, where one saw it begin and end; null where nobody knows. */
function useSeconds({ text }: ReasoningPart, live: boolean, now: () => number): number | null {
  const began = useRef(live && text.length < JUST_BEGUN ? now() : null);
  const ended = useRef<number | null>(null);
  if (began.current === null) return null;
  if (!live) ended.current ??= now();
  return Math.max(1, Math.round(((ended.current ?? now()) - began.current) / SECOND_MS));
}

function newest(text: string): string {
  const words = text.slice(-PREVIEW * 2).replace(/[`*_#>\s]+/g, " ");
  return words.trim().slice(-PREVIEW);
}
