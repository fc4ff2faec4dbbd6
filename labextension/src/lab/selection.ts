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
  const { activeCell, selectedCells } = notebook.content;
  const inCell = activeCell?.editor && selected(activeCell.editor);
  if (activeCell && inCell) return code(inCell, activeCell.model.mimeType);
  return quotedCells(selectedCells);
}

function quotedCells(cells: readonly Cell[]): string | null {
  const blocks = cells
    .map(({ model }) => ({ source: model.sharedModel.getSource(), mime: model.mimeType }))
    .filter(({ source }) => source.trim() !== "")
    .map(({ source, mime }) => code(source, mime));
  return blocks.length > 0 ? blocks.join("\n\n") : null;
}

function quoted(editor: CodeEditor.IEditor): string | null {
  const { model } = editor;
  const text = selected(editor) || model.sharedModel.getSource();
  return text.trim() ? code(text, model.mimeType) : null;
}

function selected(editor: CodeEditor.IEditor): string {
  const { start, end } = editor.getSelection();
  const [from, to] = [editor.getOffsetAt(start), editor.getOffsetAt(end)].sort((a, b) => a - b);
  return editor.model.sharedModel.getSource().slice(from, to);
}

function code(text: string, mime: string): string {
  return fenced(shortened(text, LONGEST), languageOf(mime));
}
