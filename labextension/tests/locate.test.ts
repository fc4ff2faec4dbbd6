// @vitest-environment jsdom
/** The chat that a widget shows, and who answers in it. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { assign, HttpSessions, locate, type Wanted } from "../src/locate";
import type { Session } from "../src/protocol";
import { Server } from "../src/server";
import { FakeJupyter } from "./fakejupyter";

let jupyter: FakeJupyter;
let server: Server;
const { signal } = new AbortController();

function wanted(more: Partial<Wanted> = {}): Wanted {
  return {
    session: "ideas",
    notebook: "",
    kernelId: "",
    title: "",
    assistant: "",
    model: "",
    ...more,
  };
}

/** The chat as a widget gets it that was just made. */
async function opened(want: Wanted): Promise<Session> {
  const sessions = new HttpSessions(server);
  return assign(sessions, await locate(sessions, server, want, signal), want, signal);
}

beforeEach(() => {
  jupyter = new FakeJupyter();
  server = new Server({ baseUrl: "http://jupyter.test/", token: "" });
  vi.stubGlobal("fetch", jupyter.fetch);
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("a new chat", () => {
  it("starts with the assistant and the model", async () => {
    const chat = await opened(wanted({ assistant: "openai", model: "gpt-5" }));
    expect(chat).toMatchObject({ assistant: "openai", settings: { model: "gpt-5" } });
    expect(jupyter.requests).toEqual(["PUT /chatcore/sessions/ideas"]);
  });

  it("of a notebook does too", async () => {
    const chat = await opened(wanted({ session: "", kernelId: "kernel", assistant: "openai" }));
    expect(chat).toMatchObject({ id: "notebook:a.ipynb", title: "a", assistant: "openai" });
    expect(jupyter.requests).toEqual(["GET /api/sessions", "POST /chatcore/sessions"]);
  });

  it("is left to the server where nothing is named", async () => {
    const chat = await opened(wanted());
    expect([chat.assistant, chat.settings]).toEqual([undefined, undefined]);
  });
});

describe("a chat that was there", () => {
  beforeEach(async () => {
    await opened(wanted({ assistant: "openai", model: "gpt-5" }));
    jupyter.requests.length = 0;
  });

  it("stays as it is where nothing is named", async () => {
    expect(await opened(wanted())).toMatchObject({ assistant: "openai" });
    expect(jupyter.requests).toEqual(["PUT /chatcore/sessions/ideas"]);
  });

  it("is switched to what is named, and keeps its other settings", async () => {
    const known = jupyter.chats.get("ideas") as Session;
    jupyter.chats.set("ideas", { ...known, settings: { ...known.settings, own: 1 } });
    const chat = await opened(wanted({ assistant: "anthropic", model: "claude" }));
    expect(chat).toMatchObject({ assistant: "anthropic", settings: { model: "claude", own: 1 } });
  });

  it("is asked nothing where it has what is named", async () => {
    await opened(wanted({ assistant: "openai", model: "gpt-5" }));
    expect(jupyter.requests).toEqual(["PUT /chatcore/sessions/ideas"]);
  });
});

describe("the server's clock", () => {
  it("is followed where ours is wrong", async () => {
    jupyter.date = new Date(Date.now() + 3_600_000);
    await opened(wanted());
    expect(Math.abs(server.now() - jupyter.date.getTime())).toBeLessThan(3_000);
  });

  it("is ours where they are the same but for the way", async () => {
    await opened(wanted());
    expect(Math.abs(server.now() - Date.now())).toBeLessThan(20);
  });
});
