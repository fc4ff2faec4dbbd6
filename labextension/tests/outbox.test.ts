/** Messages on their way arrive exactly once, through reloads, dead servers and other tabs. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Outbox } from "../src/outbox";
import type { Part } from "../src/protocol";
import { RequestError } from "../src/transport";
import { FakeServer } from "./fake";
import { FakeShelf, FakeWake } from "./fakebrowser";

let server: FakeServer;
let shelf: FakeShelf;
let wake: FakeWake;
let boxes: Outbox[];

function open(tab = "tab"): Outbox {
  const box = new Outbox(server.transport(), shelf, wake, tab);
  boxes.push(box);
  return box;
}

const settle = (ms = 0) => vi.advanceTimersByTimeAsync(ms);
const said = () =>
  server
    .stored()
    .filter((one) => one.role === "user")
    .map((one) => one.parts[0]);
const text = (value: string): Part => ({ type: "text", text: value });
const states = (box: Outbox) => box.entries.map((entry) => entry.state);

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
  shelf = new FakeShelf();
  wake = new FakeWake();
  boxes = [];
});

afterEach(async () => {
  for (const box of boxes) box.dispose();
  await settle(60_000);
  vi.useRealTimers();
});

describe("sending", () => {
  it("delivers in order and forgets what the chat shows", async () => {
    const box = open();
    const keys = ["a", "b", "c"].map((one) => box.send([text(one)]).key);
    await settle();
    expect(said()).toEqual(["a", "b", "c"].map(text));
    expect(states(box)).toEqual(["sent", "sent", "sent"]);
    expect(shelf.items.size).toBe(0);
    box.settle(new Set(keys));
    expect(box.entries).toEqual([]);
  });

  it("knows its own messages by their key", () => {
    const box = open("one");
    expect(box.mine(box.send([text("a")]).key)).toBe(true);
    expect(box.mine("two.123")).toBe(false);
    expect(box.mine(null)).toBe(false);
  });
});

describe("a dead server", () => {
  it("is tried until it is back; the message arrives once", async () => {
    server.faults.dead = true;
    const box = open();
    box.send([text("hello")]);
    await settle(30_000);
    expect(states(box)).toEqual(["queued"]);
    expect(box.entries[0]?.error).toContain("cannot be reached");
    server.faults.dead = false;
    await settle(30_000);
    expect(said()).toEqual([text("hello")]);
  });

  it("whose answer was lost has the message once", async () => {
    server.faults.loseAnswers = 3;
    const box = open();
    box.send([text("hello")]);
    await settle(30_000);
    expect(said()).toEqual([text("hello")]);
    expect(states(box)).toEqual(["sent"]);
  });

  it("gets the message after a reload of the page", async () => {
    server.faults.dead = true;
    const before = open();
    before.send([text("first")]);
    before.send([text("second")]);
    await settle(100);
    before.dispose();
    server.faults.dead = false;
    const after = open();
    void after.deliver();
    await settle();
    expect(said()).toEqual([text("first"), text("second")]);
  });

  it("is tried at once when the network is back", async () => {
    server.faults.dead = true;
    open().send([text("hello")]);
    await settle(60_000);
    server.faults.dead = false;
    wake.ring();
    await settle();
    expect(said()).toEqual([text("hello")]);
  });

  it("that asks for patience gets it", async () => {
    server.faults.refuse.push(new RequestError(429, "too_many_requests", "Slow down.", 12));
    open().send([text("hello")]);
    await settle(11_000);
    expect(said()).toEqual([]);
    await settle(2_000);
    expect(said()).toEqual([text("hello")]);
  });
});

describe("a refused message", () => {
  it("is kept, says why, and holds up no other", async () => {
    server.faults.refuse.push(new RequestError(413, "too_large", "This is too large."));
    const box = open();
    box.send([text("big")]);
    box.send([text("small")]);
    await settle();
    expect(states(box)).toEqual(["failed", "sent"]);
    expect(box.entries[0]?.error).toBe("This is too large.");
    expect(said()).toEqual([text("small")]);
  });

  it("stays refused through a reload, until it is tried again or discarded", async () => {
    server.faults.refuse.push(new RequestError(422, "invalid", "no"));
    const { key } = open().send([text("odd")]);
    await settle();
    const box = open();
    expect(states(box)).toEqual(["failed"]);
    box.retry(key);
    await settle();
    expect(said()).toEqual([text("odd")]);
  });

  it("can be discarded", async () => {
    server.faults.refuse.push(new RequestError(422, "invalid", "no"));
    const box = open();
    const { key } = box.send([text("odd")]);
    await settle();
    box.discard(key);
    expect(box.entries).toEqual([]);
    expect(shelf.items.size).toBe(0);
  });
});

describe("stop before the message has arrived", () => {
  it("stops the reply when it has", async () => {
    const box = open();
    box.stop(box.send([text("go")]).key);
    await settle();
    expect(server.stored().map((one) => one.status)).toEqual(["done", "cancelled"]);
  });
});

describe("two tabs", () => {
  it("neither lose nor double what both want to send", async () => {
    server.faults.dead = true;
    const [one, two] = [open("one"), open("two")];
    one.send([text("from one")]);
    two.send([text("from two")]);
    one.reread();
    two.reread();
    await settle(1_000);
    server.faults.dead = false;
    await settle(120_000);
    expect(said()).toHaveLength(2);
    expect(said()).toEqual(expect.arrayContaining([text("from one"), text("from two")]));
    expect(shelf.items.size).toBe(0);
  });

  it("leave a message to the tab that wrote it, but not for ever", async () => {
    const one = open("one");
    const two = open("two");
    one.dispose();
    one.send([text("orphan")]);
    two.reread();
    await settle(10_000);
    expect(said()).toEqual([]);
    await settle(15_000);
    expect(said()).toEqual([text("orphan")]);
  });

  it("see what the other has delivered or discarded", async () => {
    server.faults.dead = true;
    const [one, two] = [open("one"), open("two")];
    const { key } = one.send([text("x")]);
    two.reread();
    expect(two.entries).toHaveLength(1);
    one.discard(key);
    two.reread();
    expect(two.entries).toEqual([]);
  });
});

describe("files", () => {
  const file: Part = { type: "file", name: "a.png", mime: "image/png", url: "u", size: 1 };

  it("go with the words, also after a reload", async () => {
    server.faults.dead = true;
    const before = open();
    before.send([text("see"), file]);
    await settle(100);
    before.dispose();
    server.faults.dead = false;
    void open().deliver();
    await settle();
    expect(server.stored()[0]?.parts).toEqual([text("see"), file]);
  });
});

it("delivers what an older version of this page has left", async () => {
  const older = { key: "old.1", text: "hello", created: 1, state: "sending", error: null };
  shelf.put("chatcore:outbox:/|s:old.1", JSON.stringify(older));
  void open().deliver();
  await settle();
  expect(said()).toEqual([text("hello")]);
});

it("ignores what is no entry of ours", () => {
  shelf.put("chatcore:outbox:/|s:x", "{broken");
  shelf.put("chatcore:outbox:/|s:y", '{"some":"thing"}');
  shelf.put("chatcore:outbox:/|s:w", '{"key":"w","parts":"none"}');
  shelf.put("chatcore:outbox:/|other:z", '{"key":"z","text":"of another chat"}');
  expect(open().entries).toEqual([]);
});
