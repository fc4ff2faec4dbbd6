import type { Offer } from "../../ui/offers";
import { cellPiece, errorPiece, nameOf, type Place } from "./pieces";
import { plotsOf } from "./plots";

/** The cells, errors and pictures of a notebook that can be named, the nearest to its user first. */
export function thingsIn({ path, cells, active }: Place): Offer[] {
  const near = cells
    .map((cell, index) => ({ cell, index }))
    .sort((one, other) => Math.abs(one.index - active) - Math.abs(other.index - active));
  const errors = near.filter(({ cell }) => cell.error);
  return [
    ...errors.map(({ cell }): Offer => {
      const piece = errorPiece(path, cell);
      const detail = nameOf(cell);
      return { kind: "error", token: `@${piece.label}`, label: piece.label, detail, piece };
    }),
    ...near.flatMap(({ cell }) => plotsOf(cell)),
    ...near.map(({ cell, index }): Offer => {
      const { count } = cell;
      const label = count === null ? `cell ${index + 1}` : `In [${count}]`;
      const detail = firstLine(cell.source);
      const piece = cellPiece(path, cell);
      return { kind: "cell", token: `@${label.replace(" ", "")}`, label, detail, piece };
    }),
  ].filter(({ detail }) => detail);
}

function firstLine(source: string): string {
  return source.trimStart().split("\n", 1)[0]?.slice(0, 80).trim() ?? "";
}
