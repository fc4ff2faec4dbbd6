/** The pages of a fake server: where they begin and end, and who stands beside whom. */
import type { Message, Page } from "../src/protocol";
import { type PageAt, RequestError } from "../src/transport";
import { besides } from "./fakebranches";

/** The page of a branch at a place. Throws RequestError as the server would answer. */
export function pageOf(
  branch: readonly Message[],
  rows: ReadonlyMap<number, Message>,
  at: PageAt,
  limit: number,
): Omit<Page, "cursor"> {
  const [start, end] = span(branch, rows, at, limit);
  const messages = branch.slice(Math.max(0, start), end);
  const [top, bottom] = [messages[0], messages.at(-1)];
  const older = (top?.parent ?? null) !== null;
  const newer = bottom !== undefined && bottom !== branch.at(-1);
  return {
    messages,
    total: branch.length,
    ...(older && top ? { before: top.id, has_more: true } : {}),
    ...(newer ? { after: bottom.id } : {}),
    versions: besides(rows, messages),
  };
}

function span(
  branch: readonly Message[],
  rows: ReadonlyMap<number, Message>,
  { before, after, around }: PageAt,
  limit: number,
): [start: number, end: number] {
  if (after === 0) return [0, limit];
  const mark = before ?? after ?? around;
  if (mark === undefined) return [branch.length - limit, branch.length];
  const at = branch.findIndex(({ id }) => id === mark);
  if (at < 0 && rows.has(mark)) {
    throw new RequestError(409, "conflict", `Message ${mark} is on another branch.`);
  }
  if (at < 0) throw new RequestError(404, "not_found", `There is no message ${mark}.`);
  if (before !== undefined) return [at - limit, at];
  if (after !== undefined) return [at + 1, at + 1 + limit];
  const end = Math.min(branch.length, at + Math.floor(limit / 2) + 1);
  return [end - limit, end];
}
