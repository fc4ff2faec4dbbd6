import type { Cell } from "@jupyterlab/cells";
import type { CodeEditor } from "@jupyterlab/codeeditor";
import { fenced, languageOf, shortened } from "./quoting";
import type { Workplace } from "./target";

const LONGEST = 30_000;

/** What is selected where one works, else the cells or the file, as fenced code; null for none. */
export function selection(workplace: Workplace): string | null {
  const { editor, notebook } = workplace;
  if (editor) return quoted(editor.content.editor);
  if (!notebook) return null;
  const { activeCell, selectedCells, model } = notebook.content;
  const { language }: { language?: unknown } = model?.getMetadata("kernelspec") ?? {};
  const spoken = typeof language === "string" ? language : "";
  const inCell = activeCell?.editor && selected(activeCell.editor);
  if (activeCell && inCell) return code(inCell, languageIn(activeCell, spoken));
  return quotedCells(selectedCells, spoken);
}

/** The language of a cell; the editor knows it only once the kernel has told it. */
function languageIn({ model }: Cell, spoken: string): string {
  return languageOf(model.mimeType) || (model.type === "code" ? spoken : "");
}

function quotedCells(cells: readonly Cell[], spoken: string): string | null {
  const blocks = cells
    .map((cell) => ({ cell, source: cell.model.sharedModel.getSource() }))
    .filter(({ source }) => source.trim() !== "")
    .map(({ cell, source }) => code(source, languageIn(cell, spoken)));
  return blocks.length > 0 ? blocks.join("\n\n") : null;
}

function quoted(editor: CodeEditor.IEditor): string | null {
  const { model } = editor;
  const text = selected(editor) || model.sharedModel.getSource();
  return text.trim() ? code(text, languageOf(model.mimeType)) : null;
}

/** What is selected in an editor, "" for nothing. */
export function selected(editor: CodeEditor.IEditor): string {
  const { start, end } = editor.getSelection();
  const [from, to] = [editor.getOffsetAt(start), editor.getOffsetAt(end)].sort((a, b) => a - b);
  return editor.model.sharedModel.getSource().slice(from, to);
}

function code(text: string, language: string): string {
  return fenced(shortened(text, LONGEST), language);
}
