/** A feed over a line that is cut, silent, lossy or repetitive ends with what is stored. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { backoff } from "../src/backoff";
import { Feed } from "../src/feed";
import { branch } from "../src/state";
import { CLOSED, RequestError } from "../src/transport";
import { FakeServer } from "./fake";
import { FakeWake } from "./fakebrowser";

let server: FakeServer;
let wake: FakeWake;
let feed: Feed;
let running: Promise<void>;

async function start(): Promise<void> {
  feed = new Feed(server.transport(), wake);
  running = feed.run();
  await vi.advanceTimersByTimeAsync(1);
}

const shown = () => (feed.state.chat ? branch(feed.state.chat) : []);
const settle = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const count = (name: string) => server.requests.filter((one) => one === name).length;

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
  wake = new FakeWake();
});

afterEach(async () => {
  feed.dispose();
  await settle(60_000);
  await running;
  vi.useRealTimers();
});

describe("a good line", () => {
  it("takes one page, then one watch", async () => {
    server.say("user", "hi");
    await start();
    expect(feed.state.connection.kind).toBe("live");
    expect(server.requests).toEqual(["page", "session", "watch"]);
    const reply = server.begin();
    for (const word of ["Hel", "lo ", "world"]) server.write(reply, word);
    server.end(reply);
    expect(shown()).toEqual(server.stored());
    expect(server.requests.length).toBe(3);
  });

  it("loads older pages above the branch until there are none", async () => {
    for (let i = 0; i < 120; i++) server.say("user", `m${i}`);
    await start();
    expect(shown().length).toBe(25);
    await feed.older();
    expect(shown().length).toBe(75);
    await feed.older();
    await feed.older();
    expect(shown()).toEqual(server.stored());
    expect(count("page")).toBe(3);
  });

  it("goes to a message that is asked for before the first page is there", async () => {
    const first = server.say("user", "first");
    for (let i = 0; i < 100; i++) server.say("user", `m${i}`);
    const starting = start();
    const there = feed.reveal(first.id);
    await starting;
    await settle(10);
    await there;
    expect(shown()[0]?.id).toBe(first.id);
  });

  it("asks once for an older page, however often it is told to", async () => {
    for (let i = 0; i < 60; i++) server.say("user", `m${i}`);
    await start();
    await Promise.all([feed.older(), feed.older(), feed.older()]);
    expect(count("page")).toBe(2);
  });

  it("says when an older page cannot be had, and tries again", async () => {
    for (let i = 0; i < 60; i++) server.say("user", `m${i}`);
    await start();
    server.faults.refuse.push(new RequestError(500, "store_error", "no"));
    await feed.older();
    expect(feed.state.older).toBe("failed");
    await feed.older();
    expect(shown()).toEqual(server.stored());
  });
});

describe("a bad line", () => {
  it("that is cut in mid-answer ends with exactly the stored text", async () => {
    server.say("user", "go");
    await start();
    const reply = server.begin();
    for (let i = 0; i < 50; i++) {
      server.write(reply, `word${i} `);
      if (i % 7 === 0) server.cut();
      await settle(i % 3 === 0 ? 400 : 10);
    }
    server.end(reply);
    await settle(60_000);
    expect(shown()).toEqual(server.stored());
    expect(count("page")).toBe(1);
  });

  it("that repeats everything changes nothing", async () => {
    server.faults.repeat = true;
    await start();
    const reply = server.begin();
    for (let i = 0; i < 20; i++) server.write(reply, `${i} `);
    expect(shown()).toEqual(server.stored());
    expect(count("page")).toBe(1);
  });

  it("that loses an event is found out and made good by a page", async () => {
    await start();
    const reply = server.begin();
    server.write(reply, "one ");
    server.faults.lose = 1;
    server.write(reply, "two ");
    server.write(reply, "three");
    await settle(1_000);
    expect(shown()).toEqual(server.stored());
    expect(count("page")).toBe(2);
    expect(feed.state.connection.kind).toBe("live");
  });

  it("that is silent for longer than the server ever is counts as dead", async () => {
    await start();
    server.faults.dead = true;
    await settle(39_000);
    expect(feed.state.connection.kind).toBe("live");
    await settle(2_000);
    expect(feed.state.connection.kind).toBe("reconnecting");
    server.faults.dead = false;
    server.say("user", "meanwhile");
    await settle(20_000);
    expect(feed.state.connection.kind).toBe("live");
    expect(shown()).toEqual(server.stored());
  });

  it("that comes back is used at once, not at the end of a long pause", async () => {
    await start();
    server.faults.dead = true;
    server.cut();
    await settle(120_000);
    server.faults.dead = false;
    const before = count("watch");
    wake.ring();
    await settle(1);
    expect(count("watch")).toBe(before + 1);
    expect(feed.state.connection.kind).toBe("live");
  });

  it("is not trusted after the machine has slept", async () => {
    await start();
    await settle(21_000);
    wake.ring();
    await settle(300);
    expect(count("watch")).toBe(2);
  });

  it("is made anew when the network was away, even for a moment", async () => {
    await start();
    wake.ring("shown");
    await settle(300);
    expect(count("watch")).toBe(1);
    wake.ring("online");
    await settle(300);
    expect(count("watch")).toBe(2);
  });

  it("is said to be offline where the browser knows it", async () => {
    await start();
    wake.up = false;
    server.faults.dead = true;
    server.cut();
    await settle(10);
    expect(feed.state.connection.kind).toBe("offline");
  });

  it("is not hammered", async () => {
    await start();
    server.faults.dead = true;
    server.cut();
    await settle(60_000);
    expect(count("watch")).toBeLessThan(15);
  });

  it("is tried often where it accepts and cuts at once, but ever more slowly", async () => {
    await start();
    for (let i = 0; i < 200; i++) {
      server.cut(1011);
      await settle(100);
    }
    expect(count("watch")).toBeLessThan(15);
  });
});

describe("what a server says", () => {
  it("about a cursor of another database leads to a fresh page", async () => {
    await start();
    server.cut(CLOSED.cursorAhead);
    await settle(300);
    expect(count("page")).toBe(2);
    expect(feed.state.connection.kind).toBe("live");
  });

  it("about a deleted chat ends the feed", async () => {
    await start();
    server.putSession({ deleted: true });
    server.cut(CLOSED.deleted);
    await running;
    expect(feed.state.connection.kind).toBe("gone");
  });

  it("about a chat that never was ends the feed with its words", async () => {
    server.faults.refuse.push(new RequestError(404, "not_found", "There is no chat 's'."));
    await start();
    expect(feed.state.connection).toEqual({ kind: "gone", why: "There is no chat 's'." });
  });

  it("about who we are is shown, and it is asked again", async () => {
    await start();
    server.faults.refuse.push(new RequestError(403, "http", "Sign in again."));
    server.faults.dead = true;
    server.cut();
    await settle(260);
    expect(feed.state.connection).toEqual({ kind: "refused", why: "Sign in again." });
    server.faults.dead = false;
    await settle(20_000);
    expect(feed.state.connection.kind).toBe("live");
  });

  it("about another branch that is not at hand leads to a fresh page", async () => {
    const first = server.say("user", "first");
    for (let i = 0; i < 60; i++) server.say("user", `m${i}`);
    await start();
    server.putSession({ head: first.id });
    await settle(300);
    expect(shown().map((one) => one.id)).toEqual([first.id]);
  });
});

describe("backoff", () => {
  it("is quick at first, then grows to its bound, never below half of it", () => {
    expect(backoff(0, () => 0)).toBe(0);
    expect(backoff(0, () => 1)).toBe(250);
    expect(backoff(3, () => 0)).toBe(1_000);
    expect(backoff(30, () => 1)).toBe(15_000);
  });
});
