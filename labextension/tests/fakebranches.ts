/** The tree of a chat in memory: what stands beside what, and which branch is newest. */
import type { Edit, Message } from "../src/protocol";

type Rows = ReadonlyMap<number, Message>;

/** The end of the newest branch through a message. */
export function newestLeaf(rows: Rows, id: number): number {
  const below = [...rows.values()].filter(({ parent }) => parent === id).map((row) => row.id);
  return below.length > 0 ? newestLeaf(rows, Math.max(...below)) : id;
}

/** The ids of messages beside each other, for each one shown that is not alone. */
export function besides(rows: Rows, shown: readonly Message[]): number[][] {
  return shown
    .map(({ parent }) =>
      [...rows.values()]
        .filter((row) => (row.parent ?? null) === (parent ?? null))
        .map(({ id }) => id)
        .sort((a, b) => a - b),
    )
    .filter((ids) => ids.length > 1);
}

/** What an edit says, and under which key. */
export function saidIn({ text, parts, key }: Edit): Pick<Message, "key" | "parts"> {
  return { key: key ?? null, parts: parts ?? [{ type: "text", text: text ?? "" }] };
}

/** Who answers, where that is not who usually does. */
export function answeredBy(name: string | null): Partial<Message> {
  return name ? { author: { username: name, name } } : {};
}
