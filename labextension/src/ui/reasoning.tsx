import type { VNode } from "preact";
import type { ReasoningPart } from "../protocol";
import { Markdown } from "./markdown";

interface Props {
  readonly part: ReasoningPart;
  readonly live: boolean;
}

const PREVIEW = 160;

/** What a model says it was thinking: folded, with its newest words on the fold. */
export function Reasoning({ part, live }: Props): VNode {
  return (
    <details class={`jp-Chatcore-fold jp-Chatcore-reasoning${live ? " jp-mod-live" : ""}`}>
      <summary>
        <span class="jp-Chatcore-reasoning-name">{live ? "Thinking…" : "Thoughts"}</span>
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

function newest(text: string): string {
  const words = text.slice(-PREVIEW * 2).replace(/[`*_#>\s]+/g, " ");
  return words.trim().slice(-PREVIEW);
}
