/** What of a notebook may be shown to an assistant, within budgets of characters. */
import type { CellPart, JsonObject } from "../../protocol";
import { markOf } from "../../shown";
import { cellName, type Piece } from "../../ui/work";
import { t, tn } from "../../words";
import { type CellError, errorText, shortened } from "../quoting";
import { textOutputs } from "./outputs";

export const BUDGET = { cell: 8_000, before: 12_000, outputs: 4_000, outputsBefore: 1_000 };
/** What each of many small cells takes beside its source. */
const HEAD = 200;

/** A cell as the notebook has it now: its fields are read when they are asked for. */
export interface CellView {
  readonly id: string;
  readonly type: "code" | "markdown" | "raw";
  readonly source: string;
  readonly count: number | null;
  readonly outputs: readonly JsonObject[];
  /** The last error among its outputs. */
  readonly error: CellError | null;
}

/** A notebook and where its user is in it. */
export interface Place {
  readonly path: string;
  readonly cells: readonly CellView[];
  /** The index of the active cell. */
  readonly active: number;
  /** Whether that one holds the chat itself: it is no news to anybody. */
  readonly own: boolean;
  /** What is selected in the active cell, "" for nothing. */
  readonly selection: string;
  /** The cells that are selected as a whole. */
  readonly selected: readonly CellView[];
}

/** The active cell or selection, the cells before it, and the last error. */
export function piecesOf(place: Place): Piece[] {
  const error = lastError(place);
  return [
    ...(place.own ? [] : active(place)),
    ...before(place),
    ...(error ? [errorPiece(place.path, error)] : []),
  ];
}

/** What a cell is called. */
export function nameOf({ type, count }: CellView): string {
  return cellName({ cell_type: type, execution_count: count });
}

/** A cell with its text outputs; its errors are things of their own. */
export function cellPiece(path: string, cell: CellView): Piece {
  return {
    id: `cell:${cell.id}`,
    kind: "cell",
    label: nameOf(cell),
    parts: () => [partOf(path, cell, BUDGET.cell, BUDGET.outputs)],
  };
}

/** A cell's error with the cell. */
export function errorPiece(path: string, cell: CellView): Piece {
  return {
    id: `error:${cell.id}:${cell.count}`,
    kind: "error",
    label: cell.error?.ename ?? t("Error"),
    parts: () => [{ ...partOf(path, cell, BUDGET.cell, 0), outputs: errorOutputs(cell) }],
  };
}

/** The error one looks at: the active cell's, else that of the cell that ran last. */
function lastError({ cells, active }: Place): CellView | null {
  const here = cells[active];
  if (here?.error) return here;
  let last: CellView | null = null;
  for (const cell of cells) {
    if ((cell.count ?? 0) > (last?.count ?? 0) && cell.error) last = cell;
  }
  return last;
}

function active({ path, cells, active, selection, selected }: Place): Piece[] {
  const cell = cells[active];
  if (!cell) return [];
  if (selection.trim()) return [selectionPiece(path, cell, selection)];
  const several = selected.filter(({ source }) => source.trim());
  if (several.length > 1) return [cellsPiece(path, several)];
  return cell.source.trim() ? [cellPiece(path, cell)] : [];
}

function selectionPiece(path: string, cell: CellView, selection: string): Piece {
  const count = selection.replace(/\n$/, "").split("\n").length;
  const source = shortened(selection, BUDGET.cell);
  return {
    id: `selection:${cell.id}`,
    kind: "cell",
    label: tn("%1 line of %2", "%1 lines of %2", count, nameOf(cell)),
    parts: () => [{ ...partOf(path, cell, 0, 0), source }],
  };
}

function cellsPiece(path: string, cells: readonly CellView[]): Piece {
  return {
    id: "selected",
    kind: "cell",
    label: tn("%1 selected cell", "%1 selected cells", cells.length),
    parts: () => within(path, cells, BUDGET.cell, BUDGET.outputs),
  };
}

function before({ path, cells, active }: Place): Piece[] {
  let left = BUDGET.before;
  let first = active;
  while (first > 0 && left > 0) {
    left -= HEAD + (cells[first - 1]?.source.length ?? 0);
    if (left > 0 || first === active) first -= 1;
  }
  const chosen = cells.slice(first, active).filter(({ source }) => source.trim());
  if (chosen.length === 0) return [];
  return [
    {
      id: "before",
      kind: "before",
      label: tn("%1 cell before", "%1 cells before", chosen.length),
      parts: () => within(path, chosen, BUDGET.before, BUDGET.outputsBefore),
    },
  ];
}

/** Cells within a budget, of which the last ones get most. */
function within(
  path: string,
  cells: readonly CellView[],
  budget: number,
  outputs: number,
): CellPart[] {
  let left = budget;
  const parts = cells.toReversed().map((cell) => {
    const part = partOf(path, cell, left, 0);
    left = Math.max(0, left - part.source.length);
    const shown = textOutputs(cell.outputs, Math.min(outputs, left));
    left = Math.max(0, left - lengthOf(shown));
    return { ...part, ...withOutputs(shown) };
  });
  return parts.filter(({ source }) => source).reverse();
}

function lengthOf(outputs: readonly JsonObject[]): number {
  return outputs.length > 0 ? JSON.stringify(outputs).length : 0;
}

function partOf(path: string, cell: CellView, budget: number, outputs: number): CellPart {
  return {
    type: "cell",
    path,
    cell_id: cell.id,
    cell_type: cell.type,
    source: budget > 0 ? shortened(cell.source, budget) : "",
    execution_count: cell.count,
    mark: markOf(cell.source),
    ...withOutputs(outputs > 0 ? textOutputs(cell.outputs, outputs) : []),
  };
}

/** A cell with what it printed and its error. */
export function wholeCell(path: string, cell: CellView): CellPart {
  const part = partOf(path, cell, BUDGET.cell, BUDGET.outputs);
  return { ...part, ...withOutputs([...(part.outputs ?? []), ...errorOutputs(cell)]) };
}

/** Fields at their default are left out on the wire. */
function withOutputs(outputs: readonly JsonObject[]): Pick<CellPart, "outputs"> {
  return outputs.length > 0 ? { outputs } : {};
}

function errorOutputs({ error }: CellView): readonly JsonObject[] {
  if (!error) return [];
  const { ename, evalue } = error;
  return [
    { output_type: "error", ename, evalue: shortened(evalue), traceback: [errorText(error)] },
  ];
}
