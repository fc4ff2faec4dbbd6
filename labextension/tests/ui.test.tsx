// @vitest-environment jsdom
/** The chat as one sees and uses it, over a server in memory. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import golden from "../../tests/wire/values.json";
import type { Message, Part } from "../src/protocol";
import { CLOSED, RequestError } from "../src/transport";
import { mount } from "../src/ui/mount";
import { FakeServer } from "./fake";

interface Golden {
  readonly type: string;
  readonly json: unknown;
}

let server: FakeServer;
let host: HTMLElement;
let dispose: () => void;

/** jsdom has no layout: nothing there changes its size or comes into view. */
class NoLayout {
  observe(): void {}
  disconnect(): void {}
}

async function open(): Promise<void> {
  dispose = mount(host, server.transport());
  await rest();
}

const rest = (ms = 100) => vi.advanceTimersByTimeAsync(ms);
const all = (selector: string) => [...host.querySelectorAll<HTMLElement>(selector)];
const area = () => all("textarea")[0] as HTMLTextAreaElement;
const button = (label: string) =>
  all("button").find((one) => (one.getAttribute("aria-label") ?? one.textContent) === label);
const shown = () =>
  all("[data-message]").map((one) => [
    one.dataset.status,
    [...one.querySelectorAll("[data-body]")].map((body) => body.textContent.trim()).join(""),
  ]);

async function type(text: string): Promise<void> {
  area().value = text;
  area().dispatchEvent(new InputEvent("input", { bubbles: true }));
  await rest();
}

async function press(key: string, more: KeyboardEventInit = {}): Promise<void> {
  area().dispatchEvent(
    new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }),
  );
  await rest();
}

beforeEach(() => {
  vi.useFakeTimers({
    toFake: ["setTimeout", "clearTimeout", "requestAnimationFrame", "performance", "Date"],
  });
  vi.stubGlobal("ResizeObserver", NoLayout);
  vi.stubGlobal("IntersectionObserver", NoLayout);
  localStorage.clear();
  sessionStorage.clear();
  server = new FakeServer();
  host = document.body.appendChild(document.createElement("div"));
});

afterEach(async () => {
  dispose();
  host.remove();
  await rest(60_000);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("a conversation", () => {
  it("is asked with Enter and answered as it streams", async () => {
    await open();
    await type("hello");
    await press("Enter");
    expect(shown()).toEqual([
      ["done", "hello"],
      ["streaming", ""],
    ]);
    expect(area().value).toBe("");
    const reply = server.stored()[1]?.id ?? 0;
    server.write(reply, "some **bo");
    await rest();
    server.write(reply, "ld** words");
    await rest();
    expect(host.querySelector("strong")?.textContent).toBe("bold");
    server.end(reply);
    await rest();
    expect(shown()[1]).toEqual(["done", "some bold words"]);
  });

  it("shows what another tab writes, and says so", async () => {
    await open();
    server.say("user", "from elsewhere", { key: "other.1" });
    server.begin();
    await rest();
    expect(host.querySelector(".jp-Chatcore-hint")?.textContent).toContain("another tab");
  });

  it("names who writes where several do", async () => {
    server.say("user", "a", { author: { username: "ada", name: "Ada" } });
    server.say("user", "b", { author: { username: "bob" } });
    await open();
    expect(all(".jp-Chatcore-author").map((one) => one.textContent)).toEqual(["Ada", "bob"]);
  });

  it("says that an answer waits for the one above it", async () => {
    server.say("user", "a");
    server.begin();
    server.say("user", "b");
    server.begin();
    await open();
    expect(all(".jp-Chatcore-message").at(-1)?.textContent).toContain("after the answer above");
  });
});

describe("the composer", () => {
  it("sends nothing while a word is being composed, on Shift+Enter, or when empty", async () => {
    await open();
    await type("日本");
    await press("Enter", { isComposing: true });
    await press("Enter", { shiftKey: true });
    await type("   ");
    await press("Enter");
    expect(server.stored()).toEqual([]);
  });

  it("keeps what is not sent through a reload", async () => {
    await open();
    await type("half a thou");
    await rest(300);
    dispose();
    await open();
    expect(area().value).toBe("half a thou");
  });

  it.each(["the button", "Escape"])("stops an answer before its first word, by %s", async (way) => {
    await open();
    await type("go");
    await press("Enter");
    if (way === "Escape") await press("Escape");
    else button("Stop")?.click();
    await rest();
    expect(shown().at(-1)).toEqual(["cancelled", ""]);
    expect(button("Stop")).toBeUndefined();
  });

  it("stops an answer that was asked for a moment ago", async () => {
    await open();
    await type("go");
    area().dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
    area().dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
    await rest();
    await press("Escape");
    expect(shown().at(-1)?.[0]).toBe("cancelled");
  });
});

describe("trouble", () => {
  it("of the network is said, and what is sent arrives later, once", async () => {
    await open();
    server.faults.dead = true;
    server.cut(CLOSED.lost);
    await rest();
    await type("into the void");
    await press("Enter");
    expect(all("[role=status]")[0]?.textContent).toBe("Reconnecting…");
    expect(shown()).toEqual([["sending", "into the void"]]);
    server.faults.dead = false;
    await rest(60_000);
    expect(shown().map(([, text]) => text)).toEqual(["into the void", ""]);
  });

  it("with a message is shown beside it, with a way out", async () => {
    await open();
    server.faults.refuse.push(new RequestError(413, "too_large", "This is too large."));
    await type("big");
    await press("Enter");
    expect(shown()).toEqual([["failed", "big"]]);
    expect(host.textContent).toContain("This is too large.");
    button("Try again")?.click();
    await rest();
    expect(shown()[0]).toEqual(["done", "big"]);
  });

  it("of an answer is told, and it can be asked for again", async () => {
    server.say("user", "x");
    const reply = server.begin();
    const error = { code: "model", message: "The model does not answer." };
    server.end(reply, "failed", { error });
    await open();
    expect(host.textContent).toContain("The model does not answer.");
    button("Try again")?.click();
    await rest(1_000);
    expect(shown().map(([status]) => status)).toEqual(["done", "streaming"]);
  });

  it("of a deleted chat is told", async () => {
    await open();
    server.putSession({ deleted: true });
    server.cut(CLOSED.deleted);
    await rest();
    expect(host.querySelector("[role=alert]")?.textContent).toContain("deleted");
    expect(area().readOnly).toBe(true);
  });
});

describe("an empty chat", () => {
  it("has examples that can be asked with one click", async () => {
    await open();
    button("/help")?.click();
    await rest();
    expect(shown()[0]).toEqual(["done", "/help"]);
    expect(host.querySelector(".jp-Chatcore-empty")).toBeNull();
  });
});

describe("every part and message of the golden files", () => {
  const values: readonly Golden[] = golden;

  it("can be shown, and runs nothing", async () => {
    for (const { type: kind, json } of values) {
      if (kind === "Part")
        for (const role of ["user", "assistant"] as const)
          server.say(role, null, { parts: [json as Part] });
      if (kind === "Message") {
        const { id: _id, seq: _seq, parent: _parent, session: _session, ...rest } = json as Message;
        server.say(rest.role, null, rest);
      }
    }
    const count = server.stored().length;
    expect(count).toBeGreaterThan(20);
    await open();
    expect(all("[data-message]").length).toBe(Math.min(25, count));
    expect(all("script, iframe, object, embed")).toEqual([]);
  });
});

it("leaves nothing behind when it is disposed", async () => {
  await open();
  expect(server.open).toBe(1);
  dispose();
  await rest();
  expect(host.childNodes.length).toBe(0);
  expect(server.open).toBe(0);
});
