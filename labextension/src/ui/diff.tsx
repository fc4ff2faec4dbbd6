import type { VNode } from "preact";
import type { DiffOutput } from "../protocol";
import { type DiffLine, diffLines } from "../render/difflines";
import { t, tn } from "../words";
import { memo } from "./memo";

/** A longer change is cut here, and says so. */
const MOST_LINES = 2_000;
const SIGNS = { "+": "+", "-": "−", " ": " ", skip: "" } as const;
const KINDS = { "+": "added", "-": "removed", " ": "same", skip: "skip" } as const;

interface Props {
  readonly diff: DiffOutput;
  /** Whether it is not made yet, but asked for. */
  readonly asked: boolean;
}

/** A change to a file or a cell: what goes and what comes, with a little around it. */
export const Diff = memo(({ diff, asked }: Props) => {
  const all = diffLines(diff.old ?? "", diff.new ?? "");
  const shown = all.slice(0, MOST_LINES);
  const count = (sign: DiffLine["sign"]): number => all.filter((line) => line.sign === sign).length;
  return (
    <figure
      class={`jp-Chatcore-diff ${diff.undone ? "jp-mod-undone" : ""}`}
      aria-label={diff.undone ? t("Undone change to %1", diff.path) : t("Change to %1", diff.path)}
    >
      <figcaption>
        <span class="jp-Chatcore-diff-path" dir="auto" title={diff.path}>
          {diff.path}
        </span>
        <Kind diff={diff} asked={asked} />
        {diff.undone ? <span class="jp-Chatcore-undone">{t("undone")}</span> : null}
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

function Kind({ diff, asked }: Props): VNode | null {
  const text = diff.cell_type ? ofCell(diff, asked) : ofFile(diff);
  return text ? <span class="jp-Chatcore-muted">{text}</span> : null;
}

function ofFile(diff: DiffOutput): string {
  if (diff.old == null) return t("new");
  return diff.new == null ? t("removed") : "";
}

const TO_COME = {
  insert: () => t("inserts a cell"),
  edit: () => t("edits a cell"),
  delete: () => t("deletes a cell"),
};
const MADE = {
  insert: () => t("cell inserted"),
  edit: () => t("cell edited"),
  delete: () => t("cell deleted"),
};

/** The kind of change to a cell, and of which kind of cell, where it is not one of code. */
function ofCell(diff: DiffOutput, asked: boolean): string {
  const change = diff.old == null ? "insert" : diff.new == null ? "delete" : "edit";
  const text = (asked ? TO_COME : MADE)[change]();
  return diff.cell_type === "code" ? text : `${text} (${diff.cell_type})`;
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
