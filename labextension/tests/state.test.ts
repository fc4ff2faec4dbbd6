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
  hasNewer,
  olderThan,
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

/** The messages 4 and 5 of a chat that goes on to 9. */
function inTheMiddle(): Chat {
  const messages = [message(4, 3), message(5, 4)];
  return fromPage(session({ head: 9 }), { messages, cursor: 9, total: 8, before: 4, after: 5 });
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

describe("messages that are born below what is at hand", () => {
  const moves = (head: number, seq: number): Event => ({
    seq,
    session: "s",
    change: { type: "session_put", session: session({ seq, head }) },
  });

  it("are known of, without what they say", () => {
    const said = message(10, 9, { parts: [{ type: "text", text: "hi" }], status: "streaming" });
    const chat = applyAll(inTheMiddle(), [put(said), put(message(11, 10))]);
    expect(ids(chat)).toEqual([4, 5]);
    expect([chat.head, hasNewer(chat)]).toEqual([11, true]);
    expect([...chat.away.values()].map(({ id, parts }) => [id, parts])).toEqual([
      [10, []],
      [11, []],
    ]);
  });

  it("are known of once, also where an answer comes before its question", () => {
    const events = [put(message(11, 10), 12), put(message(10, 9), 13)];
    const chat = applyAll(applyAll(inTheMiddle(), events), events);
    expect([[...chat.away.keys()].sort(), chat.head]).toEqual([[10, 11], 11]);
  });

  it("tell when they have ended", () => {
    const begun = applyAll(inTheMiddle(), [put(message(10, 9, { status: "streaming" }))]);
    const chat = applyAll(begun, [put(message(10, 9), 15)]);
    expect(chat.away.get(10)?.status).toBe("done");
  });

  it("are shown where they stand beside one at hand and the chat goes on there", () => {
    const chat = applyAll(inTheMiddle(), [
      put(message(10, 4)),
      moves(10, 11),
      put(message(12, 10)),
    ]);
    expect(ids(chat)).toEqual([4, 10, 12]);
    expect(hasNewer(chat)).toBe(false);
  });

  it("need no page where the session only says what is known", () => {
    const born = [put(message(10, 9)), put(message(11, 10))];
    expect(applyAll(inTheMiddle(), [...born, moves(11, 12)]).head).toBe(11);
    const later = [put(message(10, 9), 13), put(message(11, 10), 14)];
    expect(applyAll(inTheMiddle(), [moves(11, 12), ...later]).head).toBe(11);
  });

  it("need one where the chat goes on elsewhere", () => {
    expect(() => applyAll(inTheMiddle(), [moves(40, 41)])).toThrow(Gap);
  });

  it("and what they grow by is left to a page", () => {
    const grows: Event = {
      seq: 12,
      session: "s",
      change: { type: "text_append", message: 9, base: 9, index: 0, text: "x" },
    };
    expect(applyAll(inTheMiddle(), [grows]).cursor).toBe(12);
  });
});
