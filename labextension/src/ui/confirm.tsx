import type { VNode } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../words";

interface Props {
  readonly question: string;
  /** What is done, as its button says it. */
  readonly doing: string;
  readonly onAnswer: (sure: boolean) => void;
}

/** Asks before something is gone, in its place; the focus begins at the way out. */
export function Confirm({ question, doing, onAnswer }: Props): VNode {
  const keep = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => keep.current?.focus(), []);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    onAnswer(false);
  };
  return (
    <div class="jp-Chatcore-confirm" role="alertdialog" aria-label={question} onKeyDown={onKeyDown}>
      <span>{question}</span>
      <button type="button" class="jp-Chatcore-button" ref={keep} onClick={() => onAnswer(false)}>
        {t("Keep")}
      </button>
      <button type="button" class="jp-Chatcore-button jp-mod-danger" onClick={() => onAnswer(true)}>
        {doing}
      </button>
    </div>
  );
}
