/** Wherever one reads in a chat, what is at hand is what is stored, and never much. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Feed, MOST, WINDOW } from "../src/feed";
import { branch, hasNewer } from "../src/state";
import { RequestError } from "../src/transport";
import { FakeServer } from "./fake";
import { FakeWake } from "./fakebrowser";

let server: FakeServer;
let feed: Feed;
let running: Promise<void>;

const settle = (ms = 1) => vi.advanceTimersByTimeAsync(ms);
const shown = () => (feed.state.chat ? branch(feed.state.chat) : []);
const ids = () => shown().map(({ id }) => id);
const newer = () => feed.state.chat !== null && hasNewer(feed.state.chat);

/** What is at hand is a run of what is stored, word by word. */
function expectStored(): void {
  const all = server.stored();
  const at = all.findIndex(({ id }) => id === shown()[0]?.id);
  expect(shown()).toEqual(all.slice(at, at + shown().length));
}

function fill(count: number): number[] {
  return Array.from({ length: count }, (_, n) => server.say("user", `m${n}`).id);
}

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
});

afterEach(async () => {
  feed.dispose();
  await settle(60_000);
  await running;
  vi.useRealTimers();
});

async function start(count: number): Promise<number[]> {
  const made = fill(count);
  feed = new Feed(server.transport(), new FakeWake());
  running = feed.run();
  await settle();
  return made;
}

describe("a window", () => {
  it("goes all the way up and down, and is never large", async () => {
    const all = await start(700);
    feed.place = ids()[0] ?? null;
    for (let n = 0; n < 20; n++) {
      await feed.older();
      feed.place = ids()[0] ?? null;
      expect(shown().length).toBeLessThanOrEqual(WINDOW);
    }
    expect([ids()[0], newer()]).toEqual([all[0], true]);
    expectStored();
    for (let n = 0; n < 20; n++) await feed.newer();
    expect([ids().at(-1), newer()]).toEqual([all.at(-1), false]);
    expect(feed.state.chat?.messages.size).toBeLessThanOrEqual(WINDOW);
    expectStored();
  });

  it("moves on with the chat while its end is followed", async () => {
    await start(30);
    fill(500);
    expect(shown().length).toBeLessThanOrEqual(MOST);
    expect(ids().at(-1)).toBe(server.session.head);
    expectStored();
  });

  it("stays where one reads, however much is said below", async () => {
    await start(30);
    const place = ids()[3] ?? 0;
    feed.place = place;
    fill(500);
    expect(ids()).toContain(place);
    expect(shown().length).toBeLessThanOrEqual(MOST);
    expect(newer()).toBe(true);
    await feed.newest();
    expect(ids().at(-1)).toBe(server.session.head);
    expect(newer()).toBe(false);
    expectStored();
  });

  it("follows an answer that began while one read elsewhere", async () => {
    await start(300);
    feed.place = ids()[0] ?? null;
    for (let n = 0; n < 5; n++) await feed.older();
    expect(newer()).toBe(true);
    const reply = server.begin();
    server.write(reply, "one ");
    const jump = feed.newest();
    server.write(reply, "two ");
    await jump;
    server.write(reply, "three");
    expect(shown().at(-1)?.parts).toEqual([{ type: "text", text: "one two three" }]);
    expectStored();
  });

  it("is taken anew at its place after a gap", async () => {
    const all = await start(300);
    await feed.reveal(all[100] ?? 0);
    server.cut(4409);
    await settle(1_000);
    expect(ids()).toContain(all[100]);
    expectStored();
  });

  it("is taken anew next to its place where that is on another branch now", async () => {
    const all = await start(60);
    feed.place = all.at(-2) ?? 0;
    const other = server.say("user", "other", { parent: all.at(-3) ?? null });
    server.putSession({ head: all.at(-1) ?? null });
    await settle(1_000);
    server.putSession({ head: other.id });
    await settle(1_000);
    expect(ids().at(-1)).toBe(other.id);
    expectStored();
  });
});

describe("a message that is gone to", () => {
  it("is at hand with those around it", async () => {
    const all = await start(400);
    await feed.reveal(all[200] ?? 0);
    expect(ids()).toContain(all[200]);
    expectStored();
    const pages = server.requests.filter((one) => one === "page").length;
    await feed.reveal(all[201] ?? 0);
    expect(server.requests.filter((one) => one === "page").length).toBe(pages);
  });

  it("is shown with its branch", async () => {
    const all = await start(300);
    const hidden = server.say("user", "hidden", { parent: all[10] ?? null });
    server.putSession({ head: all.at(-1) ?? null });
    await settle(1_000);
    const going = feed.reveal(hidden.id);
    await settle(1_000);
    await going;
    expect(ids().at(-1)).toBe(hidden.id);
    expectStored();
  });

  it("and does not exist is told of", async () => {
    await start(30);
    await expect(feed.reveal(9_999)).rejects.toThrow(RequestError);
    expect(shown().length).toBe(25);
  });
});

describe("the beginning of a chat", () => {
  it("is at hand with one page, and what is read stays", async () => {
    const all = await start(400);
    feed.place = ids()[0] ?? null;
    const pages = server.requests.filter((one) => one === "page").length;
    expect(await feed.oldest()).toBe(true);
    expect(ids()[0]).toBe(all[0]);
    expect(newer()).toBe(true);
    expect(await feed.oldest()).toBe(true);
    expect(server.requests.filter((one) => one === "page").length).toBe(pages + 1);
    expectStored();
  });
});

describe("an answer that is written below", () => {
  const growing = () =>
    [...(feed.state.chat?.away.values() ?? [])].filter(({ status }) => status === "streaming");

  it("is known of where the chat is opened above it, and when it ends", async () => {
    const all = fill(300);
    const reply = server.begin();
    server.write(reply, "one ");
    feed = new Feed(server.transport(), new FakeWake());
    running = feed.run();
    await feed.reveal(all[10] ?? 0);
    server.cut(4409);
    await settle(1_000);
    expect(newer()).toBe(true);
    expect(growing().map(({ id }) => id)).toEqual([reply]);
    server.write(reply, "two");
    server.end(reply);
    await settle();
    expect(growing()).toEqual([]);
    await feed.newest();
    expectStored();
  });
});

/** Numbers that look random, the same each time: Park and Miller's. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % sides;
  };
}

describe("whatever happens in whatever order", () => {
  it.each(
    Array.from({ length: 25 }, (_, n) => n + 1),
  )("what is at hand is stored (%i)", async (seed) => {
    const roll = dice(seed * 7_919);
    const all = await start(40 + roll(400));
    let reply: number | null = null;
    const write = (): void => {
      if (reply === null) reply = server.begin();
      else if (roll(6) > 0) server.write(reply, `w${roll(1_000)} `);
      else {
        server.end(reply);
        reply = null;
      }
    };
    const moves = [
      () => feed.older(),
      () => feed.newer(),
      () => feed.newest(),
      () => feed.reveal(all[roll(all.length)] ?? 0),
      async () => {
        feed.place = roll(2) ? null : (ids()[roll(Math.max(1, ids().length))] ?? null);
      },
      async () => server.cut(),
      async () => {
        fill(roll(40));
      },
    ];
    for (let n = 0; n < 60; n++) {
      const move = moves[roll(moves.length)];
      const moved = move?.().catch((error: unknown) => {
        if (!(error instanceof RequestError)) throw error;
      });
      for (let word = roll(5); word > 0; word--) write();
      if (roll(2)) await Promise.resolve();
      write();
      await settle(roll(300));
      await moved;
    }
    await settle(30_000);
    expectStored();
    expect(shown().length).toBeLessThanOrEqual(MOST + 1);
    await feed.newest();
    expectStored();
    expect(ids().at(-1)).toBe(server.session.head);
  });
});
