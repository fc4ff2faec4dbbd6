/** What a user is at in the host's notebook, as far as an assistant may be shown it. */
import type { CellPart, VariablePart } from "../protocol";
import { t } from "../words";
import type { VariableSource } from "./lookup";
import type { Offer } from "./offers";

export type ShownPart = CellPart | VariablePart;

/** One thing that may go out with a message. */
export interface Piece {
  /** The same as long as it is the same thing. */
  readonly id: string;
  readonly kind: "before" | "cell" | "error" | "variable";
  readonly label: string;
  /** What is sent of it, read from the notebook as it is now. */
  parts(): readonly ShownPart[];
}

export interface Work {
  /** Names the place in the notebook: what was removed there comes back elsewhere. */
  readonly at: string;
  /** The path of the notebook. */
  readonly path: string;
  readonly pieces: readonly Piece[];
  /** The cells and errors that can be named, the nearest first. */
  things(): readonly Offer[];
  /** The notebook's kernel, null where none runs. */
  readonly variables: VariableSource | null;
}

/** Calls `listener` with where the user of a chat in `element` is, from now on and at once. */
export type FollowWork = (element: Element, listener: (work: Work | null) => void) => () => void;

/** The parts in the order of a notebook: what comes before the cell goes first. */
export function partsOf(pieces: readonly Piece[]): readonly ShownPart[] {
  const before = pieces.filter(({ kind }) => kind === "before");
  const rest = pieces.filter(({ kind }) => kind !== "before");
  return [...before, ...rest].flatMap((piece) => piece.parts()).reduce(added, []);
}

/** What is there twice is sent once: a cell and its error are one part. */
function added(parts: readonly ShownPart[], part: ShownPart): readonly ShownPart[] {
  const at = parts.findIndex((one) => same(one, part));
  const there = parts[at];
  if (!there) return [...parts, part];
  return parts.with(at, merged(there, part));
}

function same(one: ShownPart, other: ShownPart): boolean {
  if (one.type === "cell" && other.type === "cell") {
    return one.path === other.path && one.cell_id === other.cell_id && one.source === other.source;
  }
  return (
    one.type === "variable" &&
    other.type === "variable" &&
    one.kernel === other.kernel &&
    one.name === other.name
  );
}

function merged(one: ShownPart, other: ShownPart): ShownPart {
  if (one.type !== "cell" || other.type !== "cell") return one;
  const told = new Set(one.outputs?.map((output) => JSON.stringify(output)));
  const fresh = other.outputs?.filter((output) => !told.has(JSON.stringify(output))) ?? [];
  return { ...one, outputs: [...(one.outputs ?? []), ...fresh] };
}

/** What a cell is called. */
export function cellName({
  cell_type,
  execution_count,
}: Pick<CellPart, "cell_type" | "execution_count">): string {
  return cell_type === "code" ? `In [${execution_count ?? " "}]` : t("Text cell");
}
