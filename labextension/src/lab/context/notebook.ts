/** A notebook of JupyterLab, read as little as is asked for. */
import type { ICellModel, ICodeCellModel } from "@jupyterlab/cells";
import type { Notebook, NotebookPanel } from "@jupyterlab/notebook";
import type { JsonObject } from "../../protocol";
import type { CellError } from "../quoting";
import { selected } from "../selection";
import type { CellView, Place } from "./pieces";

/** Where the user is in a notebook, for a chat in `chat`; null where it has no cells yet. */
export function placeIn(panel: NotebookPanel, chat: Element): Place | null {
  const notebook = panel.content;
  const { model, activeCell } = notebook;
  if (!model || !activeCell) return null;
  const editor = activeCell.editor;
  return {
    path: panel.context.localPath,
    cells: Array.from(model.cells, (cell) => new Cell(cell)),
    active: notebook.activeCellIndex,
    own: activeCell.node.contains(chat),
    selection: editor ? selected(editor) : "",
    selected: wholly(notebook),
  };
}

function wholly(notebook: Notebook): readonly CellView[] {
  return notebook.selectedCells.map(({ model }) => new Cell(model));
}

/** The cells of a notebook, none where it is not loaded. */
export function cellsOf({ content }: NotebookPanel): readonly CellView[] {
  return Array.from(content.model?.cells ?? [], (cell) => new Cell(cell));
}

class Cell implements CellView {
  constructor(private readonly model: ICellModel) {}

  get id(): string {
    return this.model.id;
  }

  get type(): CellView["type"] {
    const { type } = this.model;
    return type === "code" || type === "raw" ? type : "markdown";
  }

  get source(): string {
    return this.model.sharedModel.getSource();
  }

  get count(): number | null {
    return isCode(this.model) ? this.model.executionCount : null;
  }

  get outputs(): readonly JsonObject[] {
    if (!isCode(this.model)) return [];
    const { outputs } = this.model;
    return Array.from({ length: outputs.length }, (_, index) => outputs.get(index).toJSON());
  }

  get error(): CellError | null {
    if (!isCode(this.model)) return null;
    const { outputs } = this.model;
    for (let index = outputs.length - 1; index >= 0; index--) {
      const output = outputs.get(index);
      if (output.type === "error") return output.toJSON() as unknown as CellError;
    }
    return null;
  }
}

function isCode(model: ICellModel): model is ICodeCellModel {
  return model.type === "code";
}
