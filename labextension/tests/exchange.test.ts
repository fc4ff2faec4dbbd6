// @vitest-environment jsdom
/** Chats that are saved as files, and taken in from them. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { importFile, pickFiles, save, together, told } from "../src/exchange";
import { HttpTransport } from "../src/http";
import { Server } from "../src/server";

const server = new Server({ baseUrl: "http://host/a/", token: "t0k3n" });
const idle = new AbortController().signal;
const NAMED = "attachment; filename=\"F_r.md\"; filename*=UTF-8''F%C3%BCr%20alle.md";

/** What the page gives the browser to save: the names of the files. */
function saved(): string[] {
  const names: string[] = [];
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (
    this: HTMLAnchorElement,
  ) {
    names.push(this.download);
  });
  return names;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  URL.createObjectURL = () => "blob:one";
  URL.revokeObjectURL = vi.fn();
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe("a download", () => {
  it("goes with the token in a header, and has the server's name", async () => {
    const asked = vi.fn(
      async () => new Response("# Hi", { headers: { "Content-Disposition": NAMED } }),
    );
    vi.stubGlobal("fetch", asked);
    const file = await new HttpTransport(server, "x y").download("markdown", idle);
    expect([file.name, file.blob.size]).toEqual(["Für alle.md", 4]);
    const [url, init] = asked.mock.calls[0] as unknown as [string, RequestInit];
    expect(url).toBe("http://host/a/chatcore/chat/x%20y/export?format=markdown");
    expect(init.headers).toMatchObject({ Authorization: "token t0k3n" });
  });

  it.each([
    ["attachment; filename=\"a.md\"; filename*=UTF-8''%", "a.md"],
    ['attachment; filename="a b.md"', "a b.md"],
    ["attachment", ""],
  ])("takes its name from %s", async (header, name) => {
    vi.stubGlobal("fetch", async () => new Response("", headed(header)));
    expect((await server.download("x", idle)).name).toBe(name);
  });

  it("that is cut off is none", async () => {
    const broken = new ReadableStream({ start: (to) => to.error(new TypeError("cut")) });
    vi.stubGlobal("fetch", async () => new Response(broken, headed(NAMED)));
    await expect(server.download("x", idle)).rejects.toMatchObject({ code: "cut_off" });
  });

  it("is saved by the browser, and let go of", () => {
    const names = saved();
    save({ name: "a.md", blob: new Blob(["x"]) });
    expect(names).toEqual(["a.md"]);
    expect(document.querySelector("a[download]")).toBeNull();
    vi.runAllTimers();
    expect(URL.revokeObjectURL).toHaveBeenCalledWith("blob:one");
  });
});

function headed(header: string): ResponseInit {
  return { headers: { "Content-Disposition": header } };
}

describe("picking files", () => {
  const input = () => document.querySelector<HTMLInputElement>("input[type=file]");

  it("gives what was picked, and leaves nothing in the page", async () => {
    const picked = pickFiles(idle);
    const files = [new File(["x"], "a.chat")];
    Object.defineProperty(input(), "files", { value: files });
    input()?.dispatchEvent(new Event("change"));
    expect(await picked).toEqual(files);
    expect(input()).toBeNull();
  });

  it.each(["cancel", "abort"])("gives none after a %s", async (end) => {
    const life = new AbortController();
    const picked = pickFiles(life.signal);
    if (end === "abort") life.abort();
    else input()?.dispatchEvent(new Event("cancel"));
    expect(await picked).toEqual([]);
    expect(input()).toBeNull();
  });
});

describe("an import", () => {
  const result = { sessions: [], made: 1, known: 0, messages: 3 };

  it("sends the file as it is, under its name", async () => {
    const send = vi.fn(async () => result);
    const file = new File(["x"], "a b.chat");
    expect(await importFile({ send } as unknown as Server, file, idle)).toBe(result);
    expect(send).toHaveBeenCalledWith("chatcore/import?name=a+b.chat", file, idle, undefined);
  });

  it.each([
    [{ made: 1, known: 0, messages: 3 }, "1 chat imported, 3 new messages."],
    [{ made: 2, known: 1, messages: 1 }, "2 chats imported, 1 new message; 1 was here before."],
    [{ made: 0, known: 2, messages: 4 }, "4 new messages in chats that were imported before."],
    [{ made: 0, known: 2, messages: 0 }, "Nothing new: these chats were imported before."],
  ])("is told: %o", (counts, words) => {
    expect(told({ sessions: [], ...counts })).toBe(words);
  });

  it("of several files is told as one", () => {
    expect(together([result, { ...result, known: 2 }])).toEqual({
      sessions: [],
      made: 2,
      known: 2,
      messages: 6,
    });
  });
});
