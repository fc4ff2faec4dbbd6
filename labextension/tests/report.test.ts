// @vitest-environment jsdom
/** What a page tells the kernel of its chat: enough, in order, once, and not too often. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Feed } from "../src/feed";
import { Reporter, type ReportModel, type Shown } from "../src/report";
import { branch } from "../src/state";
import { FakeServer } from "./fake";
import { FakeWake } from "./fakebrowser";

interface Report {
  readonly session: string;
  readonly cursor: number;
  readonly busy: boolean;
  readonly messages: readonly { readonly id: number; readonly text: string }[];
  readonly ended: readonly { readonly id: number; readonly text: string }[];
}

/** A widget's model, and a kernel that hears its reports, at once or when it is free. */
class FakeModel implements ReportModel {
  readonly reports: Report[] = [];
  readonly traits: Record<string, unknown> = {
    _name: "w",
    _heard: 0,
    _listening: true,
    busy: false,
  };
  deaf = false;
  private readonly listeners = new Map<string, Set<() => void>>();

  get(name: "_name"): string;
  get(name: "_heard"): number;
  get(name: "_listening"): boolean;
  get(name: string): unknown {
    return this.traits[name];
  }

  set(name: string, value: unknown): void {
    this.traits[name] = value;
    for (const listener of this.listeners.get(`change:${name}`) ?? []) listener();
  }

  save_changes(): void {}

  send(content: unknown): void {
    const report = content as Report;
    this.reports.push(report);
    if (!this.deaf) this.set("_heard", report.cursor);
  }

  on(event: string, listener: () => void): void {
    this.listeners.set(event, (this.listeners.get(event) ?? new Set()).add(listener));
  }

  off(event: string, listener: () => void): void {
    this.listeners.get(event)?.delete(listener);
  }
}

let server: FakeServer;
let feed: Feed;
let model: FakeModel;
let reporters: Reporter[];

function view(): Shown {
  const messages = feed.state.chat ? branch(feed.state.chat) : [];
  const running = messages.some(({ status }) => status === "streaming");
  return { chat: feed.state.chat, messages, running };
}

function reporter(session = "s"): Reporter {
  const made = new Reporter(model, session, view);
  feed.subscribe(made.changed);
  reporters.push(made);
  return made;
}

const rest = (ms = 300) => vi.advanceTimersByTimeAsync(ms);
const last = () => model.reports.at(-1) as Report;

beforeEach(async () => {
  vi.useFakeTimers();
  server = new FakeServer();
  model = new FakeModel();
  reporters = [];
  feed = new Feed(server.transport(), new FakeWake());
  void feed.run();
  await rest(1);
});

afterEach(async () => {
  for (const one of reporters) one.dispose();
  feed.dispose();
  await rest(60_000);
  vi.useRealTimers();
});

describe("a report", () => {
  it("has the newest messages, the long ones shortened, and whether one is written", async () => {
    for (let i = 0; i < 25; i++) server.say("user", `m${i}`);
    server.say("user", `${"x".repeat(1_999)}😀`);
    server.begin();
    reporter();
    await rest();
    expect(model.traits.busy).toBe(true);
    expect(last()).toMatchObject({ session: "s", busy: true, ended: [] });
    expect(last().messages.length).toBe(20);
    expect(last().messages.at(-2)?.text).toBe(`${"x".repeat(1_999)}…`);
    expect(last().messages.at(-1)).toMatchObject({
      role: "assistant",
      author: "Jupyter",
      text: "",
    });
  });

  it("comes at most four times a second, the last one exact", async () => {
    const reply = server.begin();
    reporter();
    await rest();
    const before = model.reports.length;
    for (let i = 0; i < 100; i++) {
      server.write(reply, `w${i} `);
      await rest(10);
    }
    server.end(reply);
    await rest();
    expect(model.reports.length - before).toBeLessThanOrEqual(6);
    expect(last().messages.at(-1)?.text.endsWith("w99 ")).toBe(true);
    expect([last().busy, model.traits.busy]).toEqual([false, false]);
  });

  it("tells each message that ended once, whole, in order", async () => {
    server.say("user", "before");
    reporter();
    await rest();
    const reply = server.begin();
    const asked = server.say("user", "y".repeat(3_000));
    server.write(reply, "answer");
    server.end(reply);
    await rest();
    server.say("user", "next");
    await rest();
    const ended = model.reports.flatMap((one) => one.ended);
    expect(ended.map(({ id }) => id)).toEqual([asked.id, reply, server.stored().at(-1)?.id]);
    expect(ended[0]?.text.length).toBe(3_000);
  });

  it("brings no ended messages that nobody listens to", async () => {
    model.traits._listening = false;
    reporter();
    await rest();
    server.say("user", "hi");
    await rest();
    expect(last().messages.at(-1)?.text).toBe("hi");
    expect(last().ended).toEqual([]);
  });

  it("is not sent before the kernel has heard the last one", async () => {
    model.deaf = true;
    reporter();
    for (let i = 0; i < 5; i++) {
      server.say("user", `m${i}`);
      await rest();
    }
    expect(model.reports.length).toBe(1);
    model.set("_heard", last().cursor);
    await rest();
    expect(model.reports.length).toBe(2);
    expect(last().messages.at(-1)?.text).toBe("m4");
  });

  it("that another tab was first with is not sent", async () => {
    model.traits._heard = 1_000;
    reporter();
    await rest();
    expect(model.reports).toEqual([]);
  });
});

describe("several views of a widget", () => {
  it("tell once, and the next goes on where one is gone", async () => {
    const first = reporter();
    reporter();
    await rest();
    server.say("user", "one");
    await rest();
    const told = model.reports.length;
    expect(new Set(model.reports.map(({ cursor }) => cursor)).size).toBe(told);
    first.dispose();
    reporters.shift();
    server.say("user", "two");
    await rest();
    expect(model.reports.length).toBe(told + 1);
    expect(last().messages.at(-1)?.text).toBe("two");
  });
});
