/** The list of chats over a line that is cut, silent or repetitive ends with what is stored. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ListFeed } from "../src/listfeed";
import { all, archived, sections } from "../src/liststate";
import { CLOSED, RequestError } from "../src/transport";
import { FakeWake } from "./fakebrowser";
import { FakeLobby } from "./fakelobby";

let lobby: FakeLobby;
let wake: FakeWake;
let feed: ListFeed;

const settle = (ms = 1) => vi.advanceTimersByTimeAsync(ms);
const chats = () => feed.state.chats ?? expect.fail("no page yet");
const others = () => sections(chats(), null).others.map(({ id }) => id);

/** The ids of what is stored, the most recently used first. */
function stored(): string[] {
  return [...lobby.sessions.values()]
    .filter(({ deleted, archived: away }) => !deleted && !away)
    .sort((a, b) => b.active - a.active)
    .map(({ id }) => id);
}

function fill(count: number): void {
  for (let i = 0; i < count; i++) lobby.add(`c${i}`);
}

async function start(): Promise<void> {
  feed.subscribe(() => undefined);
  await settle();
}

beforeEach(() => {
  vi.useFakeTimers();
  lobby = new FakeLobby();
  wake = new FakeWake();
  feed = new ListFeed(lobby.transport(), wake);
});

afterEach(async () => {
  feed.dispose();
  await settle(60_000);
  vi.useRealTimers();
});

describe("a good line", () => {
  it("connects when somebody subscribes, and once for all who do", async () => {
    await settle(1_000);
    expect(lobby.requests).toEqual([]);
    await start();
    feed.subscribe(() => undefined);
    await settle();
    expect(lobby.requests).toEqual(["page open", "page pinned", "watch"]);
    expect(feed.state.connection.kind).toBe("live");
  });

  it("tells everybody what becomes of the chats, until they have enough", async () => {
    fill(3);
    await start();
    const seen: (string | undefined)[] = [];
    const leave = feed.subscribe(() => seen.push(all(chats())[0]?.last));
    lobby.say("c0", "hello");
    leave();
    lobby.say("c1", "unheard");
    expect(seen).toEqual(["hello"]);
    expect(others()).toEqual(["c1", "c0", "c2"]);
  });

  it("takes page after page as one wants more, to the end and no further", async () => {
    fill(120);
    await start();
    expect(others().length).toBe(50);
    await Promise.all([feed.more("open"), feed.more("open")]);
    expect(others().length).toBe(100);
    await feed.more("open");
    await feed.more("open");
    expect(others()).toEqual(stored());
    expect(lobby.count("page open")).toBe(3);
  });

  it("says when a page cannot be had, and tries again", async () => {
    fill(60);
    await start();
    lobby.faults.refuse.push(new RequestError(500, "store_error", "no"));
    await feed.more("open");
    expect(feed.state.more.open).toBe("failed");
    await feed.more("open");
    expect(feed.state.more.open).toBe("idle");
    expect(others()).toEqual(stored());
  });

  it("has the archived ones when they are wanted", async () => {
    lobby.add("away", { archived: true });
    await start();
    expect(archived(chats())).toEqual([]);
    await feed.more("archived");
    expect(archived(chats()).map(({ id }) => id)).toEqual(["away"]);
  });

  it("has the pinned ones and the notebook's, however old they are", async () => {
    lobby.add("pinned", { pinned: true });
    lobby.add("here", { notebook: "n.ipynb" });
    fill(60);
    await start();
    feed.attend("n.ipynb");
    await settle();
    const shown = sections(chats(), "n.ipynb");
    expect(shown.pinned.map(({ id }) => id)).toEqual(["pinned"]);
    expect(shown.notebook.map(({ id }) => id)).toEqual(["here"]);
    feed.attend("n.ipynb");
    await settle();
    expect(lobby.count("page")).toBe(3);
  });

  it("does not bring back what was deleted while its page was on the way", async () => {
    fill(60);
    await start();
    let open = (): void => undefined;
    lobby.gate = new Promise((resolve) => {
      open = resolve;
    });
    const page = feed.more("open");
    lobby.remove("c0");
    open();
    await page;
    expect(others()).toEqual(stored());
  });
});

describe("a bad line", () => {
  it("that is cut ends with what is stored, without another page", async () => {
    fill(5);
    await start();
    for (let i = 0; i < 30; i++) {
      lobby.say(`c${i % 5}`, `word ${i}`);
      if (i % 7 === 0) lobby.cut();
      if (i === 20) lobby.remove("c4");
      if (i === 20) lobby.add("c4");
      await settle(i % 3 === 0 ? 400 : 10);
    }
    await settle(60_000);
    expect(others()).toEqual(stored());
    expect(lobby.count("page open")).toBe(1);
  });

  it("that repeats everything changes nothing", async () => {
    lobby.faults.repeat = true;
    fill(3);
    await start();
    for (const id of ["c0", "c2", "c1", "c0"]) lobby.say(id, "again");
    lobby.remove("c2");
    expect(others()).toEqual(["c0", "c1"]);
  });

  it("is said to be broken, and made good when it comes back", async () => {
    fill(2);
    await start();
    lobby.faults.dead = true;
    lobby.cut();
    await settle(5_000);
    expect(feed.state.connection.kind).toBe("reconnecting");
    expect(others()).toEqual(["c1", "c0"]);
    lobby.faults.dead = false;
    lobby.add("c2");
    feed.retry();
    await settle();
    expect(feed.state.connection.kind).toBe("live");
    expect(others()).toEqual(["c2", "c1", "c0"]);
  });

  it("is waited for where there was nothing yet, also where the server is another one", async () => {
    const { refuse } = lobby.faults;
    refuse.push(...Array(9).fill(new RequestError(404, "http", "The server has no chat.")));
    await start();
    expect(feed.state).toMatchObject({
      chats: null,
      connection: { kind: "refused", why: "The server has no chat." },
    });
    refuse.length = 0;
    await settle(2_000);
    expect(feed.state.connection.kind).toBe("live");
  });

  it("to another database begins anew with as many chats as were shown", async () => {
    fill(130);
    await start();
    await feed.more("open");
    await feed.more("archived");
    lobby.cut(CLOSED.cursorAhead);
    await settle(2_000);
    expect(others()).toEqual(stored());
    expect(feed.state.connection.kind).toBe("live");
  });

  it("gets a notebook's chats when it comes back", async () => {
    lobby.add("here", { notebook: "n.ipynb" });
    fill(60);
    await start();
    lobby.faults.refuse.push(new RequestError(503, "busy", "later"));
    feed.attend("n.ipynb");
    await settle();
    expect(sections(chats(), "n.ipynb").notebook).toEqual([]);
    lobby.cut();
    await settle(1_000);
    expect(sections(chats(), "n.ipynb").notebook.map(({ id }) => id)).toEqual(["here"]);
  });
});

describe("what one does", () => {
  it("is seen at once, and stays when its event comes", async () => {
    fill(2);
    await start();
    const made = await feed.create({ title: "Mine" });
    expect(others()[0]).toBe(made.id);
    await feed.patch("c0", { title: "Renamed" });
    expect(all(chats()).map(({ title }) => title)).toContain("Renamed");
    await feed.remove("c1");
    expect(others()).toEqual(stored());
  });

  it("is refused in words", async () => {
    await start();
    await expect(feed.patch("nobody", { title: "x" })).rejects.toThrow("There is no nobody.");
  });
});
