/**
 * Messages that stand beside each other: what editing and asking again make.
 *
 * A page tells which of its messages do not stand alone; those made since come as events
 * and say by their parent where they stand.
 */
import type { Message, Page } from "./protocol";

/** The ids of messages that stand beside each other, oldest first, under each of them. */
export type Beside = ReadonlyMap<number, readonly number[]>;

/** What is known with what a page tells. */
export function withBeside(known: Beside, page: Page): Beside {
  const told = (page.versions ?? []).flatMap((ids) => ids.map((id) => [id, ids] as const));
  return told.length > 0 ? new Map([...known, ...told]) : known;
}

/** Messages as they are at hand, and what pages told of those beside them. */
export interface Known {
  readonly messages: ReadonlyMap<number, Message>;
  readonly beside: Beside;
}

/**
 * The versions of each message shown that has more than one, oldest first.
 *
 * A list that has not changed since `was` is the same list.
 */
export function versionsOf(known: Known, shown: readonly Message[], was: Beside): Beside {
  const children = byParent(known.messages);
  const found = new Map<number, readonly number[]>();
  for (const { id, parent } of shown) {
    const born = children.get(parent ?? null) ?? [id];
    const ids = union(born.flatMap((one) => [one, ...(known.beside.get(one) ?? [])]));
    if (ids.length > 1) found.set(id, same(was.get(id), ids));
  }
  return found;
}

/** The id of the version so many steps after a message; null past either end. */
export function versionAt(ids: readonly number[], id: number, steps: number): number | null {
  return ids[ids.indexOf(id) + steps] ?? null;
}

function byParent(messages: ReadonlyMap<number, Message>): Map<number | null, number[]> {
  const children = new Map<number | null, number[]>();
  for (const { id, parent } of messages.values()) {
    const beside = children.get(parent ?? null);
    if (beside) beside.push(id);
    else children.set(parent ?? null, [id]);
  }
  return children;
}

function union(ids: readonly number[]): number[] {
  return [...new Set(ids)].sort((a, b) => a - b);
}

function same(was: readonly number[] | undefined, ids: readonly number[]): readonly number[] {
  return was && String(was) === String(ids) ? was : ids;
}
