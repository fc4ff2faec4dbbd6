/** What the server's tools do to a notebook of this page, in the document that its user sees. */
import { type Cell, CodeCell } from "@jupyterlab/cells";
import type { NotebookPanel } from "@jupyterlab/notebook";
import type { JsonObject, NotebookCell, Operation } from "../protocol";
import { t } from "../words";
import { interruptCell, runCell } from "./cellruns";

/** Why it was not done. */
export class Refused extends Error {
  override readonly name = "Refused";

  constructor(
    readonly kind: "conflict" | "missing" | "failed",
    message: string,
  ) {
    super(message);
  }
}

/** Does it; the cells that it is about, as they are afterwards. Throws Refused. */
export async function perform(
  panel: NotebookPanel,
  operation: Operation,
): Promise<readonly NotebookCell[]> {
  await panel.context.ready;
  const cells = await done(panel, operation);
  const [cell] = cells;
  if (cell && operation.type !== "read") show(panel, cell.index);
  return cells;
}

/** Brings what has changed into view, but for a user who is at work in the notebook. */
function show({ content }: NotebookPanel, index: number): void {
  if (!content.node.contains(document.activeElement)) void content.scrollToItem(index, "smart");
}

async function done(panel: NotebookPanel, operation: Operation): Promise<readonly NotebookCell[]> {
  switch (operation.type) {
    case "read":
      return panel.content.widgets.map(told);
    case "insert":
      return [insert(panel, operation)];
    case "edit":
      return [edit(panel, operation)];
    case "delete":
      remove(panel, operation);
      return [];
    case "run":
      return [await run(panel, operation.cell)];
    case "interrupt":
      await interruptCell(panel, operation.cell);
      return [];
  }
}

type Of<T extends Operation["type"]> = Extract<Operation, { readonly type: T }>;

function insert(panel: NotebookPanel, wanted: Of<"insert">): NotebookCell {
  const index = wanted.after == null ? 0 : placeOf(panel, wanted.after) + 1;
  const { cell: id, cell_type, source } = wanted;
  writable(panel).insertCell(index, { id, cell_type, source, metadata: {} });
  return told(cellAt(panel, index), index);
}

function edit(panel: NotebookPanel, { cell, old, source }: Of<"edit">): NotebookCell {
  writable(panel);
  const index = placeOf(panel, cell, old);
  const widget = cellAt(panel, index);
  if (widget.readOnly) throw new Refused("failed", t("This cell cannot be changed."));
  widget.model.sharedModel.setSource(source);
  return told(widget, index);
}

function remove(panel: NotebookPanel, { cell, old }: Of<"delete">): void {
  const index = placeOf(panel, cell, old);
  if (cellAt(panel, index).model.getMetadata("deletable") === false) {
    throw new Refused("failed", t("This cell cannot be deleted."));
  }
  writable(panel).deleteCell(index);
}

async function run(panel: NotebookPanel, id: string): Promise<NotebookCell> {
  const index = placeOf(panel, id);
  const cell = cellAt(panel, index);
  const kernel = panel.sessionContext.session?.kernel;
  if (!(cell instanceof CodeCell)) throw new Refused("failed", t("Only cells of code can be run."));
  if (!kernel) {
    throw new Refused("failed", t("The notebook has no kernel: its user has to start one."));
  }
  await runCell(panel, cell, kernel);
  const now = placeOf(panel, id);
  return told(cellAt(panel, now), now);
}

function writable(panel: NotebookPanel): NonNullable<typeof panel.content.model>["sharedModel"] {
  const { model } = panel.content;
  if (!model || model.readOnly) {
    throw new Refused("failed", t("The notebook cannot be changed."));
  }
  return model.sharedModel;
}

/** Where a cell is; its source has to be `old`, where that is given. */
function placeOf(panel: NotebookPanel, id: string, old?: string): number {
  const index = panel.content.widgets.findIndex(({ model }) => model.id === id);
  if (index < 0) {
    throw new Refused("missing", t("There is no cell %1: read the notebook again.", id));
  }
  if (old !== undefined && cellAt(panel, index).model.sharedModel.getSource() !== old) {
    throw new Refused("conflict", t("The cell %1 was changed meanwhile.", id));
  }
  return index;
}

function cellAt(panel: NotebookPanel, index: number): Cell {
  const cell = panel.content.widgets[index];
  if (!cell) throw new Refused("missing", t("The cell is not there any more."));
  return cell;
}

function told(cell: Cell, index: number): NotebookCell {
  const shown = cell.model.sharedModel.toJSON();
  const source = cell.model.sharedModel.getSource();
  const { id } = cell.model;
  if (shown.cell_type !== "code") {
    return { id, index, cell_type: shown.cell_type === "raw" ? "raw" : "markdown", source };
  }
  const { execution_count = null, outputs = [] } = shown as {
    execution_count?: number | null;
    outputs?: readonly JsonObject[];
  };
  return { id, index, cell_type: "code", source, execution_count, outputs };
}
