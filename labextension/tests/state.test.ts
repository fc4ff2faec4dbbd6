/** What events do to a chat as a whole: its branch, its head, what is not at hand. */
import { describe, expect, it } from "vitest";
import type { Event, Message, Session } from "../src/protocol";
import {
  apply,
  applyAll,
  branch,
  type Chat,
  fromPage,
  Gap,
  olderThan,
  withOlder,
} from "../src/state";

const created = "2026-03-01T12:00:00Z";

function message(id: number, parent: number | null, more: Partial<Message> = {}): Message {
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

function session(more: Partial<Session> = {}): Session {
  return { id: "s", birth: 1, seq: 1, active: 1, title: "t", created, updated: created, ...more };
}

function put(value: Message, seq = value.seq): Event {
  return { seq, session: "s", change: { type: "message_put", message: { ...value, seq } } };
}

function chatOf(messages: readonly Message[], cursor: number): Chat {
  return fromPage(session(), { messages, cursor, total: messages.length });
}

const ids = (chat: Chat): number[] => branch(chat).map((one) => one.id);

describe("a page", () => {
  it("shows its messages, and its newest one is the head", () => {
    const chat = chatOf([message(2, null), message(3, 2)], 9);
    expect(ids(chat)).toEqual([2, 3]);
    expect(chat.head).toBe(3);
  });

  it("of an empty chat has no head", () => {
    expect(chatOf([], 1).head).toBeNull();
  });

  it("knows whether there is more above it", () => {
    expect(olderThan([message(7, 5)])).toBe(7);
    expect(olderThan([message(7, null)])).toBeNull();
    expect(olderThan([])).toBeNull();
  });
});

describe("new messages", () => {
  it("continue the branch from an empty chat on", () => {
    const chat = applyAll(chatOf([], 1), [put(message(2, null)), put(message(3, 2))]);
    expect(ids(chat)).toEqual([2, 3]);
    expect(chat.cursor).toBe(3);
  });

  it("beside the branch leave it as it is", () => {
    const chat = applyAll(chatOf([message(2, null), message(3, 2)], 3), [put(message(4, 2))]);
    expect(ids(chat)).toEqual([2, 3]);
  });

  it("show where an answer arrives before its changed question", () => {
    const chat = applyAll(chatOf([message(2, null)], 2), [
      put(message(5, 4), 6),
      put(message(4, 2), 7),
    ]);
    expect(ids(chat)).toEqual([2, 4, 5]);
  });

  it("do not come from old ones that change while they are not at hand", () => {
    const chat = apply(chatOf([message(8, 5)], 9), put(message(3, 8), 10));
    expect(chat.head).toBe(8);
  });
});

describe("events seen before", () => {
  it("change nothing", () => {
    const chat = chatOf([message(2, null)], 5);
    expect(apply(chat, put(message(2, null, { status: "deleted" }), 5))).toBe(chat);
  });

  it("of another chat change nothing", () => {
    const chat = chatOf([message(2, null)], 5);
    expect(apply(chat, { ...put(message(6, 2)), session: "other" })).toBe(chat);
  });
});

describe("a session's change", () => {
  const three = chatOf([message(2, null), message(3, 2), message(4, 3)], 5);
  const change = (more: Partial<Session>): Event => ({
    seq: 9,
    session: "s",
    change: { type: "session_put", session: session({ seq: 9, ...more }) },
  });

  it("moves the branch", () => {
    expect(ids(applyAll(three, [change({ head: 3 })]))).toEqual([2, 3]);
  });

  it("needs a page where the new branch is not at hand", () => {
    expect(() => applyAll(three, [change({ head: 40 })])).toThrow(Gap);
  });

  it("waits for the rest of the batch before it finds that", () => {
    expect(ids(applyAll(three, [change({ head: 7 }), put(message(7, 2), 10)]))).toEqual([2, 7]);
  });

  it("needs a page where the chat was made again", () => {
    expect(() => applyAll(three, [change({ birth: 8 })])).toThrow(Gap);
  });
});

describe("older pages", () => {
  const late = chatOf([message(8, 6)], 9);
  const append = (seq: number): Event => ({
    seq,
    session: "s",
    change: { type: "text_append", message: 6, base: 6, index: 0, text: "x" },
  });

  it("go above the branch", () => {
    const page = { messages: [message(4, null), message(6, 4)], cursor: 9, total: 3 };
    expect(ids(withOlder(late, page))).toEqual([4, 6, 8]);
  });

  it("never replace what is newer", () => {
    const chat = apply(late, put(message(6, null, { status: "deleted" }), 12));
    const older = withOlder(chat, { messages: [message(6, null)], cursor: 9, total: 2 });
    expect(older.messages.get(6)?.status).toBe("deleted");
  });

  it("are refused where a change to them has gone by", () => {
    const page = { messages: [message(6, null)], cursor: 9, total: 2 };
    expect(() => withOlder(apply(late, append(11)), page)).toThrow(Gap);
    const newer = { messages: [message(6, null, { seq: 11 })], cursor: 11, total: 2 };
    expect(ids(withOlder(apply(late, append(11)), newer))).toEqual([6, 8]);
  });
});
