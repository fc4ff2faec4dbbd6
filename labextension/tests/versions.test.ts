/** Which messages stand beside each other, from pages and from what came since. */
import { describe, expect, it } from "vitest";
import type { Event, Message, Page } from "../src/protocol";
import { applyAll, branch, fromPage } from "../src/state";
import { versionAt, versionsOf } from "../src/versions";
import { withOlder } from "../src/window";

const NOW = "2026-03-01T12:00:00Z";
const session = { id: "s", birth: 1, seq: 1, active: 1, title: "", created: NOW, updated: NOW };

function message(id: number, parent: number | null): Message {
  const parts = [{ type: "text", text: `m${id}` } as const];
  return { id, seq: id, session: "s", role: "user", status: "done", created: NOW, parts, parent };
}

function born(id: number, parent: number | null): Event {
  return { seq: id, session: "s", change: { type: "message_put", message: message(id, parent) } };
}

function moved(seq: number, head: number): Event {
  return { seq, session: "s", change: { type: "session_put", session: { ...session, seq, head } } };
}

const page: Page = {
  messages: [message(4, 3), message(6, 4), message(7, 6)],
  cursor: 10,
  total: 5,
  versions: [[5, 6]],
};
const chat = fromPage({ ...session, head: 7 }, page);
const shown = (of: typeof chat) => Object.fromEntries(versionsOf(of, branch(of), new Map()));

describe("the versions of a message", () => {
  it("are those that its page tells", () => {
    expect(shown(chat)).toEqual({ 6: [5, 6] });
  });

  it("grow by what is born beside it, also where it stood alone", () => {
    const grown = applyAll(chat, [born(11, 4), moved(12, 11)]);
    expect(shown(grown)).toEqual({ 11: [5, 6, 11] });
    expect(shown(applyAll(chat, [born(11, 6), moved(12, 11)]))).toEqual({
      6: [5, 6],
      11: [7, 11],
    });
  });

  it("are known of what an older page brings", () => {
    const older: Page = { messages: [message(3, null)], cursor: 10, total: 5, versions: [[2, 3]] };
    expect(shown(withOlder(chat, older, 4))).toEqual({ 3: [2, 3], 6: [5, 6] });
  });

  it("of a first message are the other first ones", () => {
    const first = fromPage(session, { messages: [message(2, null)], cursor: 3, total: 1 });
    expect(shown(applyAll(first, [born(4, null), moved(5, 4)]))).toEqual({ 4: [2, 4] });
  });

  it("are the same list as long as they are the same", () => {
    const was = versionsOf(chat, branch(chat), new Map());
    const grown = applyAll(chat, [born(11, 7)]);
    expect(versionsOf(grown, branch(grown), was).get(6)).toBe(was.get(6));
  });

  it("are leafed through up to either end", () => {
    expect([-1, 1].map((step) => versionAt([5, 6, 9], 6, step))).toEqual([5, 9]);
    expect(versionAt([5, 6], 6, 1)).toBeNull();
    expect(versionAt([5, 6], 5, -1)).toBeNull();
  });
});
