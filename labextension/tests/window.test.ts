/** A window of a chat moves over its branch, while the chat goes on. */
import { describe, expect, it } from "vitest";
import type { Event, Message, Page, Session } from "../src/protocol";
import { applyAll, branch, type Chat, fromPage, Gap, hasNewer } from "../src/state";
import { asking, moved, trimmed, withNewer, withOlder } from "../src/window";

const created = "2026-03-01T12:00:00Z";
const text = (words: string) => [{ type: "text", text: words } as const];

function session(more: Partial<Session> = {}): Session {
  return { id: "s", birth: 1, seq: 1, active: 1, title: "t", created, updated: created, ...more };
}

/** A message that follows the one before, or another. */
function message(id: number, more: Partial<Message> = {}): Message {
  const parent = id > 2 ? id - 1 : null;
  return {
    id,
    seq: id,
    session: "s",
    role: "user",
    status: "done",
    created,
    parts: [],
    parent,
    ...more,
  };
}

function run(first: number, last: number): Message[] {
  return Array.from({ length: last - first + 1 }, (_, n) => message(first + n));
}

function page(messages: readonly Message[], cursor: number, end: number): Page {
  const bottom = messages.at(-1)?.id ?? end;
  return {
    messages: [...messages],
    cursor,
    total: end,
    ...(bottom < end ? { after: bottom } : {}),
  };
}

function put(value: Message, seq = value.seq): Event {
  return { seq, session: "s", change: { type: "message_put", message: { ...value, seq } } };
}

function append(id: number, base: number, seq: number, words: string): Event {
  return {
    seq,
    session: "s",
    change: { type: "text_append", message: id, base, index: 0, text: words },
  };
}

const ids = (chat: Chat): number[] => branch(chat).map(({ id }) => id);
const END = 20;
/** Messages of a chat that ends with 20. */
const window = (first: number, last: number): Chat =>
  fromPage(session({ head: END }), page(run(first, last), END, END));

describe("pages at the ends", () => {
  it("make the window longer", () => {
    const chat = withOlder(asking(window(8, 10)), page(run(5, 7), END, END), 8);
    expect(ids(withNewer(asking(chat), page(run(11, 13), END, END), 10))).toEqual(
      run(5, 13).map(({ id }) => id),
    );
  });

  it("reach the end of the chat", () => {
    const chat = withNewer(asking(window(8, 10)), page(run(11, END), END, END), 10);
    expect([hasNewer(chat), chat.bottom]).toEqual([false, END]);
    expect(ids(applyAll(chat, [put(message(21))])).at(-1)).toBe(21);
  });

  it("may find that there was nothing any more", () => {
    const chat = withNewer(asking(window(18, END)), page([], END, END), END);
    expect(hasNewer(chat)).toBe(false);
  });

  it("that do not fit any more are left", () => {
    const chat = asking(window(8, 10));
    expect(ids(withOlder(chat, page(run(5, 7), END, END), 9))).toEqual([8, 9, 10]);
    expect(ids(withNewer(chat, page(run(12, 13), END, END), 11))).toEqual([8, 9, 10]);
  });

  it("never replace what is newer", () => {
    const chat = applyAll(window(8, 10), [put(message(9, { status: "deleted" }), 25)]);
    const joined = withOlder(asking(chat), page(run(5, 9), END, END), 8);
    expect(joined.messages.get(9)?.status).toBe("deleted");
  });
});

describe("what goes by while a page is on its way", () => {
  const growing = message(END, { status: "streaming", parts: text("a") });
  const events = [
    append(END, END, 31, "b"),
    append(END, 31, 32, "c"),
    put(message(33, { parent: END })),
  ];
  const last = [...run(17, 19), growing];
  const said = (chat: Chat) => chat.messages.get(END)?.parts;

  it.each([
    [
      "before it was read",
      page([...run(17, 19), { ...growing, seq: 32, parts: text("abc") }], 32, END),
    ],
    [
      "in the midst of it",
      page([...run(17, 19), { ...growing, seq: 31, parts: text("ab") }], 31, END),
    ],
    ["after it was read", page(last, 30, END)],
  ])("%s is in the window once", (_when, late) => {
    const chat = withNewer(applyAll(asking(window(14, 16)), events), late, 16);
    expect(said(chat)).toEqual(text("abc"));
    expect([ids(chat).at(-1), chat.away.size, hasNewer(chat)]).toEqual([33, 0, false]);
    expect(
      said(withNewer(applyAll(asking(window(14, 16)), [...events, ...events]), late, 16)),
    ).toEqual(text("abc"));
  });

  it("is in a window that has moved to the end", () => {
    const chat = moved(applyAll(asking(window(4, 6)), events), page(last, 30, END));
    expect([said(chat), ids(chat).at(-1), chat.passed]).toEqual([text("abc"), 33, null]);
  });

  it("needs a fresh page where the branch is another one", () => {
    const elsewhere: Event = {
      seq: 40,
      session: "s",
      change: { type: "session_put", session: session({ seq: 40, head: 15 }) },
    };
    const chat = applyAll(asking(window(14, 16)), [elsewhere]);
    expect(() => moved(chat, page(last, 30, END))).toThrow(Gap);
  });
});

describe("what is dropped", () => {
  it("at the top comes again with a page", () => {
    const chat = trimmed(window(2, END), "top", 5);
    expect(ids(chat)).toEqual([16, 17, 18, 19, 20]);
    expect(chat.messages.size).toBe(5);
    expect(ids(withOlder(asking(chat), page(run(14, 15), END, END), 16)).length).toBe(7);
  });

  it("at the bottom leaves the end of the chat", () => {
    const chat = trimmed(window(2, END), "bottom", 5);
    expect([ids(chat), hasNewer(chat), chat.head]).toEqual([[2, 3, 4, 5, 6], true, END]);
  });

  it("and still grows is right when it is there again", () => {
    const growing = message(21, { status: "streaming", parts: text("a") });
    const whole = applyAll(window(15, END), [put(growing)]);
    const left = applyAll(trimmed(whole, "bottom", 5), [append(21, 21, 22, "b")]);
    expect([left.away.get(21)?.status, left.away.get(21)?.parts]).toEqual(["streaming", []]);
    const now = { ...growing, seq: 22, parts: text("ab") };
    const back = withNewer(asking(left), page([message(END), now], 22, 21), 19);
    expect(applyAll(back, [append(21, 22, 23, "c")]).messages.get(21)?.parts).toEqual(text("abc"));
  });

  it("takes along the other versions of it, and leaves those of what stays", () => {
    const other = [message(30, { parent: 18 }), message(31, { parent: 3 })];
    const chat = trimmed(
      applyAll(
        window(2, END),
        other.map((one) => put(one)),
      ),
      "top",
      5,
    );
    expect([chat.messages.has(30), chat.messages.has(31)]).toEqual([true, false]);
  });

  it("is nothing where there is little", () => {
    const chat = window(2, 6);
    expect(trimmed(chat, "top", 5)).toBe(chat);
  });
});

describe("another place", () => {
  it("takes the stead of what was at hand", () => {
    const chat = moved(asking(window(15, END)), page(run(4, 6), END, END));
    expect([ids(chat), hasNewer(chat), chat.messages.size]).toEqual([[4, 5, 6], true, 3]);
  });

  it("on another branch goes with its session", () => {
    const other = message(25, { parent: 5 });
    const to = page([...run(4, 5), other], 25, 25);
    const chat = moved(asking(window(15, END)), to, session({ seq: 26, head: 25 }));
    expect([ids(chat), hasNewer(chat)]).toEqual([[4, 5, 25], false]);
  });
});
