import type { VNode } from "preact";
import type { DiffOutput } from "../protocol";
import { type DiffLine, diffLines } from "../render/difflines";
import { t, tn } from "../words";
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
    <figure class="jp-Chatcore-diff" aria-label={t("Change to %1", diff.path)}>
      <figcaption>
        <span class="jp-Chatcore-diff-path" dir="auto" title={diff.path}>
          {diff.path}
        </span>
        <Kind diff={diff} />
        <ins>
          <span class="jp-Chatcore-hidden">{t("Lines added:")} </span>+{count("+")}
        </ins>
        <del>
          <span class="jp-Chatcore-hidden">{t("Lines removed:")} </span>−{count("-")}
        </del>
      </figcaption>
      <pre tabIndex={0}>
        {shown.map((line, index) => (
          <Line key={index} line={line} />
        ))}
        {all.length > shown.length ? (
          <div class="jp-mod-skip">
            {tn(
              "%1 more line is not shown",
              "%1 more lines are not shown",
              all.length - shown.length,
            )}
          </div>
        ) : null}
      </pre>
    </figure>
  );
});

function Kind({ diff }: { readonly diff: DiffOutput }): VNode | null {
  if (diff.old == null) return <span class="jp-Chatcore-muted">{t("new")}</span>;
  return diff.new == null ? <span class="jp-Chatcore-muted">{t("removed")}</span> : null;
}

function Line({ line: { sign, text } }: { readonly line: DiffLine }): VNode {
  if (sign === "skip") {
    return (
      <div class="jp-mod-skip">{tn("%1 line as before", "%1 lines as before", Number(text))}</div>
    );
  }
  return (
    <div class={`jp-mod-${KINDS[sign]}`}>
      <span class="jp-Chatcore-sign">{SIGNS[sign]}</span>
      {text}
      {"\n"}
    </div>
  );
}
