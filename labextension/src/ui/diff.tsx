import type { VNode } from "preact";
import type { DiffOutput } from "../protocol";
import { type DiffLine, diffLines } from "../render/difflines";
import { memo } from "./memo";

/** A longer change is cut here, and says so. */
const MOST_LINES = 2_000;
const SIGNS = { "+": "+", "-": "−", " ": " ", skip: "" } as const;
const KINDS = { "+": "added", "-": "removed", " ": "same", skip: "skip" } as const;

/** A change to a file: what goes and what comes, with a little around it. */
export const Diff = memo(({ diff }: { readonly diff: DiffOutput }) => {
  const all = diffLines(diff.old ?? "", diff.new ?? "");
  const shown = all.slice(0, MOST_LINES);
  const count = (sign: DiffLine["sign"]): number => all.filter((line) => line.sign === sign).length;
  return (
    <figure class="jp-Chatcore-diff" aria-label={`Change to ${diff.path}`}>
      <figcaption>
        <span class="jp-Chatcore-diff-path" dir="auto" title={diff.path}>
          {diff.path}
        </span>
        <Kind diff={diff} />
        <ins>+{count("+")}</ins>
        <del>−{count("-")}</del>
      </figcaption>
      <pre tabIndex={0}>
        {shown.map((line, index) => (
          <Line key={index} line={line} />
        ))}
        {all.length > shown.length ? (
          <div class="jp-mod-skip">{`${all.length - shown.length} more lines are not shown`}</div>
        ) : null}
      </pre>
    </figure>
  );
});

function Kind({ diff }: { readonly diff: DiffOutput }): VNode | null {
  if (diff.old == null) return <span class="jp-Chatcore-muted">new</span>;
  return diff.new == null ? <span class="jp-Chatcore-muted">removed</span> : null;
}

function Line({ line: { sign, text } }: { readonly line: DiffLine }): VNode {
  if (sign === "skip") {
    return <div class="jp-mod-skip">{text === "1" ? "1 line" : `${text} lines`} as before</div>;
  }
  return (
    <div class={`jp-mod-${KINDS[sign]}`}>
      <span class="jp-Chatcore-sign">{SIGNS[sign]}</span>
      {text}
      {"\n"}
    </div>
  );
}
