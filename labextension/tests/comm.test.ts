/** A chat over a comm: every call is answered, cancelled, timed out, or told that it waits. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CommLine, CommSessions, CommTransport, keptIn } from "../src/comm";
import { CLOSED, RequestError, type Watcher } from "../src/transport";
import { FakeKernel } from "./fakekernel";

const BUSY = "The kernel is busy; the chat goes on when it is free.";
const { signal } = new AbortController();

let kernel: FakeKernel;
let line: CommLine;
let chat: CommTransport;

function start(answers: ConstructorParameters<typeof FakeKernel>[0] = {}): void {
  kernel = new FakeKernel(answers);
  line = new CommLine(kernel);
  chat = new CommTransport(line, "~/chats.sqlite", "ideas");
}

/** What a promise came to after so much time: its value, or why it was rejected. */
async function outcome(promise: Promise<unknown>, ms = 0): Promise<unknown> {
  let found: unknown = "still waiting";
  promise.then(
    (value) => {
      found = value;
    },
    (error: unknown) => {
      found = error instanceof RequestError ? [error.code, error.message] : error;
    },
  );
  await vi.advanceTimersByTimeAsync(ms);
  return found;
}

beforeEach(() => {
  vi.useFakeTimers();
  start();
});

afterEach(() => {
  line.dispose();
  expect(kernel.listening).toBe(0);
  vi.useRealTimers();
});

describe("a request", () => {
  it("has its path, its body and its answer", async () => {
    start({ stop: ({ message }) => ({ id: message, status: "cancelled" }) });
    expect(await outcome(chat.stop(7, signal))).toEqual({ id: 7, status: "cancelled" });
    expect(kernel.requests[0]).toMatchObject({ session: "ideas", message: 7, body: "{}" });
  });

  it("reads a page, asks, regenerates, approves and patches", async () => {
    const same = ({ body }: { body?: string }): object => JSON.parse(body ?? "{}");
    start({
      page: same,
      ask: same,
      regenerate: same,
      approve: same,
      patch: same,
      place: () => ({ path: "~/a" }),
      open: same,
    });
    expect(await outcome(chat.page({ before: 9 }, 25, signal))).toEqual({ limit: 25, before: 9 });
    expect(await outcome(chat.ask({ text: "hi", key: "k" }, signal))).toEqual({
      text: "hi",
      key: "k",
    });
    expect(await outcome(chat.regenerate(7, { key: "k" }, signal))).toEqual({ key: "k" });
    expect(await outcome(chat.approve(7, 2, "yes", signal))).toEqual({ option: "yes" });
    expect(kernel.requests.at(-1)).toMatchObject({ message: 7, part: 2 });
    expect(await outcome(chat.patch({ title: "New" }, signal))).toEqual({ title: "New" });
    expect(await outcome(keptIn(line, signal))).toBe("~/a");
    const opened = new CommSessions(line).open(null, { key: "notebook:a" }, signal);
    expect(await outcome(opened)).toEqual({ key: "notebook:a" });
  });

  it("sends a file's bytes beside it", async () => {
    start({ upload: ({ body }) => JSON.parse(body ?? "{}") });
    const file = new File(["1,2"], "a.csv", { type: "text/csv" });
    const sent = chat.upload(file, signal);
    await vi.waitFor(() => expect(kernel.heard).toEqual(["upload ideas"]));
    expect(await sent).toEqual({ name: "a.csv", mime: "text/csv" });
    expect(new TextDecoder().decode(kernel.bytes[0])).toBe("1,2");
  });

  it("tells what the kernel refuses", async () => {
    const asked = chat.session(signal);
    const [request] = kernel.requests;
    kernel.answer(
      request?.request ?? "",
      "failed",
      { code: "not_found", message: "None." },
      { status: 404 },
    );
    await expect(asked).rejects.toMatchObject({ status: 404, code: "not_found", message: "None." });
  });

  it("hears no answer to another's", async () => {
    const asked = chat.session(signal);
    kernel.answer("another", "done", { id: "x" });
    kernel.emit("msg:custom", { kind: "bundle" });
    kernel.emit("msg:custom", null);
    expect(await outcome(asked)).toBe("still waiting");
    line.dispose();
  });

  it("is cancelled here and there", async () => {
    const life = new AbortController();
    const asked = outcome(chat.session(life.signal));
    life.abort("gone");
    expect(await asked).toBe("gone");
    expect(kernel.heard).toEqual(["session ideas", "cancel"]);
    expect(kernel.requests[1]?.request).toBe(kernel.requests[0]?.request);
  });

  it("that was cancelled before is not sent", async () => {
    expect(await outcome(chat.session(AbortSignal.abort("gone")))).toBe("gone");
    expect(kernel.heard).toEqual([]);
  });

  it("follows the kernel's clock", async () => {
    const asked = outcome(chat.session(signal));
    const now = Date.now() + 3_600_000;
    kernel.answer(kernel.requests[0]?.request ?? "", "done", {}, { now });
    await asked;
    expect(Math.abs(chat.now() - now)).toBeLessThan(1_000);
  });
});

describe("a busy kernel", () => {
  it("is said after a while, and asked nothing more until it is free", async () => {
    start({ session: () => ({ id: "ideas" }) });
    const told: boolean[] = [];
    line.onBusy(() => told.push(line.busy));
    kernel.busy = true;
    expect(await outcome(chat.session(signal), 2_900)).toBe("still waiting");
    expect(await outcome(chat.session(signal), 200)).toBe("still waiting");
    expect(line.waits).toBe(BUSY);
    expect(await outcome(chat.session(signal))).toEqual(["kernel_busy", BUSY]);
    expect(told).toEqual([true]);
    kernel.busy = false;
    expect(told).toEqual([true, false]);
    expect(line.waits).toBe("");
    expect(await outcome(chat.session(signal))).toEqual({ id: "ideas" });
    const asked = kernel.heard.filter((verb) => verb === "session ideas");
    expect(asked.length).toBe(3);
  });

  it("is a reason to try again soon", async () => {
    kernel.busy = true;
    const asked = chat.session(signal).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(3_100);
    expect(await asked).toMatchObject({ passing: true, retryAfter: 2 });
  });

  it("is asked again where a request may have been lost", async () => {
    kernel.busy = true;
    await outcome(chat.session(signal), 3_100);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(line.busy).toBe(true);
    kernel.lose();
    kernel.busy = false;
    void outcome(chat.session(signal));
    expect(kernel.heard).toEqual(["session ideas"]);
  });
});

describe("a watch", () => {
  const seen: unknown[] = [];
  const watcher: Watcher = {
    opened: () => seen.push("opened"),
    received: (events) => seen.push(events),
    typing: () => undefined,
  };
  const named = (): string => kernel.requests[0]?.request ?? "";

  beforeEach(() => {
    seen.length = 0;
  });

  it("opens, brings events and ends with its chat", async () => {
    const watch = chat.watch(7, watcher, signal);
    expect(kernel.requests[0]).toMatchObject({
      verb: "watch",
      session: "ideas",
      body: '{"after":7}',
    });
    kernel.answer(named(), "opened");
    kernel.answer(named(), "events", []);
    kernel.answer(named(), "events", [{ seq: 8 }]);
    kernel.answer(named(), "closed");
    expect(await watch).toBe(CLOSED.deleted);
    expect(seen).toEqual(["opened", [], [{ seq: 8 }]]);
  });

  it("says now and then that it is wanted, and nothing after its end", async () => {
    const life = new AbortController();
    const watch = chat.watch(0, watcher, life.signal);
    await vi.advanceTimersByTimeAsync(65_000);
    expect(kernel.heard).toEqual(["watch ideas", "here", "here"]);
    life.abort();
    expect(await watch).toBe(CLOSED.lost);
    await vi.advanceTimersByTimeAsync(65_000);
    expect(kernel.heard).toEqual(["watch ideas", "here", "here", "cancel"]);
  });

  it.each([
    ["not_found", 404, CLOSED.noSession],
    ["cursor_ahead", 409, CLOSED.cursorAhead],
    ["lost", 503, CLOSED.lost],
  ])("that is refused with %s ends with its code", async (code, status, expected) => {
    const watch = chat.watch(0, watcher, signal);
    kernel.answer(named(), "failed", { code, message: "" }, { status });
    expect(await watch).toBe(expected);
  });

  it("fails with what its watcher cannot take", async () => {
    const gap = new Error("a gap");
    const broken = { ...watcher, received: () => raise(gap) };
    const watch = chat.watch(0, broken, signal);
    kernel.answer(named(), "events", [{ seq: 8 }]);
    await expect(watch).rejects.toBe(gap);
  });

  it("ends with its kernel, and nothing can be asked any more", async () => {
    const watch = outcome(chat.watch(0, watcher, signal));
    kernel.emit("comm_live_update");
    expect(await watch).toMatchObject([
      "kernel_gone",
      expect.stringContaining("Run the cell again"),
    ]);
    expect(await outcome(chat.session(signal))).toMatchObject(["kernel_gone", expect.anything()]);
  });
});

function raise(error: Error): never {
  throw error;
}
