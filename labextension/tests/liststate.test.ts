/** The newest word about a chat stands, in whatever order the words arrive. */
import { describe, expect, it } from "vitest";
import {
  all,
  altered,
  applyAll,
  archived,
  type Chats,
  find,
  fromCursor,
  sections,
  withAnswer,
  withNext,
  withPage,
} from "../src/liststate";
import type { Event, Session } from "../src/protocol";
import { NOON } from "./fakelobby";

function chat(id: string, active: number, more: Partial<Session> = {}): Session {
  const fixed = { birth: 1, seq: active, title: id, created: NOON, updated: NOON };
  return { id, active, ...fixed, ...more };
}

const put = (seq: number, session: Session): Event => ({
  seq,
  session: session.id,
  change: { type: "session_put", session },
});
const ids = (sessions: readonly Session[]) => sessions.map((session) => session.id);

/** Chats a (newest), b and c, of a list that goes on below c. */
function start(cursor = 10): Chats {
  const page = { sessions: [chat("a", 9), chat("b", 8), chat("c", 7)], cursor, before: 7 };
  return withNext(fromCursor(cursor), "open", page);
}

describe("events", () => {
  it("bring a chat to the top, and change it in its place", () => {
    const moved = applyAll(start(), [put(11, chat("c", 11, { last: "hello", running: true }))]);
    expect(ids(all(moved))).toEqual(["c", "a", "b"]);
    expect(find(moved, "c")).toMatchObject({ last: "hello", running: true });
    const renamed = applyAll(moved, [put(12, chat("a", 9, { title: "Prices" }))]);
    expect(ids(all(renamed))).toEqual(["c", "a", "b"]);
    expect(find(renamed, "a")?.title).toBe("Prices");
    expect(renamed.cursor).toBe(12);
  });

  it("that come twice, or late, change nothing", () => {
    const events = [put(11, chat("c", 11)), put(12, chat("c", 11, { unread: true }))];
    const once = applyAll(start(), events);
    expect(applyAll(once, events)).toEqual(once);
    expect(applyAll(once, [put(11, chat("c", 11, { title: "old" }))])).toEqual(once);
  });

  it("take away what was deleted, and an older page does not bring it back", () => {
    const gone = applyAll(start(), [put(12, chat("d", 5, { deleted: true }))]);
    const page = { sessions: [chat("d", 5), chat("e", 4)], cursor: 11 };
    expect(ids(all(withNext(gone, "open", page)))).toEqual(["a", "b", "c", "e"]);
  });

  it("win over the page of before them, and lose against one of after them", () => {
    const told = applyAll(start(), [put(12, chat("d", 5, { title: "new" }))]);
    const older = withPage(told, { sessions: [chat("d", 5, { title: "old" })], cursor: 11 });
    expect(find(older, "d")?.title).toBe("new");
    const newer = withPage(told, { sessions: [chat("d", 5, { title: "newest" })], cursor: 13 });
    expect(find(newer, "d")?.title).toBe("newest");
    expect(find(applyAll(newer, [put(12, chat("d", 5))]), "d")?.title).toBe("newest");
  });
});

describe("answers to our own requests", () => {
  it("count at once, and keep what only a list tells", () => {
    const told = applyAll(start(), [put(11, chat("b", 8, { last: "hello", unread: true }))]);
    const next = withAnswer(told, chat("b", 8, { seq: 12, title: "Named" }));
    expect(find(next, "b")).toMatchObject({ title: "Named", last: "hello", unread: true });
  });

  it("do not undo what came since", () => {
    const told = applyAll(start(), [put(13, chat("b", 13, { title: "by others" }))]);
    const next = withAnswer(told, chat("b", 8, { seq: 12, title: "ours" }));
    expect(find(next, "b")?.title).toBe("by others");
  });

  it("give way to their own event, which tells more", () => {
    const next = withAnswer(start(), chat("b", 8, { seq: 12, title: "ours" }));
    const told = applyAll(next, [put(12, chat("b", 8, { seq: 12, title: "ours", last: "x" }))]);
    expect(find(told, "b")?.last).toBe("x");
  });

  it("delete a chat before its event comes", () => {
    expect(ids(all(altered(start(), "b", { deleted: true })))).toEqual(["a", "c"]);
    expect(altered(start(), "nobody", { deleted: true })).toEqual(start());
  });
});

describe("what is shown", () => {
  it("has each chat once: the notebook's, then the pinned, then the others", () => {
    const page = {
      cursor: 10,
      sessions: [
        chat("a", 9),
        chat("b", 8, { pinned: true }),
        chat("c", 7, { notebook: "n.ipynb", pinned: true }),
        chat("d", 6, { notebook: "other.ipynb" }),
        chat("e", 5, { archived: true, notebook: "n.ipynb" }),
      ],
    };
    const shown = sections(withNext(fromCursor(10), "open", page), "n.ipynb");
    expect(ids(shown.notebook)).toEqual(["c"]);
    expect(ids(shown.pinned)).toEqual(["b"]);
    expect(ids(shown.others)).toEqual(["a", "d"]);
  });

  it("leaves out an old chat until its page is there, unless it is pinned or the notebook's", () => {
    const events = [
      put(11, chat("old", 2)),
      put(12, chat("pinned", 3, { pinned: true })),
      put(13, chat("here", 1, { notebook: "n.ipynb" })),
    ];
    const told = applyAll(start(), events);
    const shown = sections(told, "n.ipynb");
    expect(ids(shown.others)).toEqual(["a", "b", "c"]);
    expect(ids(shown.pinned)).toEqual(["pinned"]);
    expect(ids(shown.notebook)).toEqual(["here"]);
    const next = withNext(told, "open", { sessions: [chat("x", 4), chat("old", 2)], cursor: 13 });
    expect(ids(sections(next, null).others)).toEqual(["a", "b", "c", "x", "old", "here"]);
  });

  it("has the archived ones apart, when they have been asked for", () => {
    const put9 = applyAll(start(), [put(11, chat("b", 8, { archived: true }))]);
    expect(ids(sections(put9, null).others)).toEqual(["a", "c"]);
    expect(archived(put9)).toEqual([]);
    const page = { sessions: [chat("b", 8, { archived: true })], cursor: 11 };
    expect(ids(archived(withNext(put9, "archived", page)))).toEqual(["b"]);
  });
});
