/** Which rows of a long list are worth having on the page. */

/** Heights in pixels: of a row, of a heading, and of what one sees at a time. */
export interface Sizes {
  readonly row: number;
  readonly head: number;
  readonly view: number;
}

/** Rows from one to before another. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Place {
  readonly group: number;
  readonly index: number;
}

/** So many rows above and below what one sees are there already when one scrolls. */
const AHEAD = 10;
/** The rows change when one has scrolled by so many. */
export const STEP = 5;

/**
 * The spans of each group that are in view at this distance from the top, in order.
 *
 * `kept` is there wherever it is: the focus must not be lost because one scrolls.
 */
export function spansOf(
  groups: readonly { readonly count: number; readonly headed: boolean }[],
  sizes: Sizes,
  top: number,
  kept: Place | null,
): Span[][] {
  let start = 0;
  return groups.map(({ count, headed }, group) => {
    start += headed ? sizes.head : 0;
    const row = (pixel: number): number => Math.floor((pixel - start) / sizes.row);
    const span = {
      from: clamp(row(top) - AHEAD, count),
      to: clamp(row(top + sizes.view) + 1 + AHEAD, count),
    };
    start += count * sizes.row;
    return kept?.group === group && kept.index < count ? including(span, kept.index) : some(span);
  });
}

function some(span: Span): Span[] {
  return span.from < span.to ? [span] : [];
}

function including(span: Span, index: number): Span[] {
  if (index >= span.from && index < span.to) return [span];
  const one = { from: index, to: index + 1 };
  return index < span.from ? [one, ...some(span)] : [...some(span), one];
}

function clamp(index: number, count: number): number {
  return Math.max(0, Math.min(count, index));
}

/** A row, or the room of the rows that are not on the page. */
export type Piece<T> =
  | { readonly kind: "row"; readonly item: T; readonly position: number }
  | { readonly kind: "gap"; readonly at: number; readonly rows: number };

/** The rows of the spans, with gaps in the place of all others. */
export function piecesOf<T>(items: readonly T[], spans: readonly Span[]): Piece<T>[] {
  const pieces: Piece<T>[] = [];
  let at = 0;
  const gap = (to: number): void => {
    if (to > at) pieces.push({ kind: "gap", at, rows: to - at });
  };
  for (const { from, to } of spans) {
    gap(from);
    const rows = items.slice(from, to);
    pieces.push(
      ...rows.map((item, index) => ({ kind: "row" as const, item, position: from + index + 1 })),
    );
    at = to;
  }
  gap(items.length);
  return pieces;
}
