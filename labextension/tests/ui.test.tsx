// @vitest-environment jsdom
/** The chat as one sees and uses it, over a server in memory. */
import { describe, expect, it } from "vitest";
import golden from "../../tests/wire/values.json";
import type { Message, Part } from "../src/protocol";
import { CLOSED, RequestError } from "../src/transport";
import { usePage } from "./page";

interface Golden {
  readonly type: string;
  readonly json: unknown;
}

const page = usePage();
const area = () => page.one("textarea") as HTMLTextAreaElement;

async function type(text: string): Promise<void> {
  area().value = text;
  area().dispatchEvent(new InputEvent("input", { bubbles: true }));
  await page.rest();
}

async function press(key: string, more: KeyboardEventInit = {}): Promise<void> {
  area().focus();
  await page.press(key, more);
}

describe("a conversation", () => {
  it("is asked with Enter and answered as it streams", async () => {
    await page.open();
    await type("hello");
    await press("Enter");
    expect(page.shown()).toEqual([
      ["done", "hello"],
      ["streaming", ""],
    ]);
    expect(area().value).toBe("");
    const reply = page.server.stored()[1]?.id ?? 0;
    page.server.write(reply, "some **bo");
    await page.rest();
    page.server.write(reply, "ld** words");
    await page.rest();
    expect(page.host.querySelector("strong")?.textContent).toBe("bold");
    page.server.end(reply);
    await page.rest();
    expect(page.shown()[1]).toEqual(["done", "some bold words"]);
  });

  it("shows what another tab writes, and says so", async () => {
    await page.open();
    page.server.say("user", "from elsewhere", { key: "other.1" });
    page.server.begin();
    await page.rest();
    expect(page.host.querySelector(".jp-Chatcore-hint")?.textContent).toContain("another tab");
  });

  it("names who writes where several do", async () => {
    page.server.say("user", "a", { author: { username: "ada", name: "Ada" } });
    page.server.say("user", "b", { author: { username: "bob" } });
    await page.open();
    expect(page.all(".jp-Chatcore-author bdi").map((one) => one.textContent)).toEqual([
      "Ada",
      "bob",
    ]);
  });

  it("says that an answer waits for the one above it", async () => {
    page.server.say("user", "a");
    page.server.begin();
    page.server.say("user", "b");
    page.server.begin();
    await page.open();
    expect(page.all(".jp-Chatcore-message").at(-1)?.textContent).toContain(
      "after the answer above",
    );
  });
});

describe("the composer", () => {
  it("sends nothing while a word is being composed, on Shift+Enter, or when empty", async () => {
    await page.open();
    await type("日本");
    await press("Enter", { isComposing: true });
    await press("Enter", { shiftKey: true });
    await type("   ");
    await press("Enter");
    expect(page.server.stored()).toEqual([]);
  });

  it("keeps what is not sent through a reload", async () => {
    await page.open();
    await type("half a thou");
    await page.rest(300);
    page.dispose();
    await page.open();
    expect(area().value).toBe("half a thou");
  });

  it.each(["the button", "Escape"])("stops an answer before its first word, by %s", async (way) => {
    await page.open();
    await type("go");
    await press("Enter");
    if (way === "Escape") await press("Escape");
    else page.button("Stop")?.click();
    await page.rest();
    expect(page.shown().at(-1)).toEqual(["cancelled", ""]);
    expect(page.button("Stop")).toBeUndefined();
  });

  it("stops an answer that was asked for a moment ago", async () => {
    await page.open();
    await type("go");
    area().dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
    area().dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
    await page.rest();
    await press("Escape");
    expect(page.shown().at(-1)?.[0]).toBe("cancelled");
  });
});

describe("trouble", () => {
  it("of the network is said, and what is sent arrives later, once", async () => {
    await page.open();
    page.server.faults.dead = true;
    page.server.cut(CLOSED.lost);
    await page.rest();
    await type("into the void");
    await press("Enter");
    expect(page.all("[role=status]")[0]?.textContent).toBe("Reconnecting…");
    expect(page.shown()).toEqual([["sending", "into the void"]]);
    page.server.faults.dead = false;
    await page.rest(60_000);
    expect(page.shown().map(([, text]) => text)).toEqual(["into the void", ""]);
  });

  it("with a message is shown beside it, with a way out", async () => {
    await page.open();
    page.server.faults.refuse.push(new RequestError(413, "too_large", "This is too large."));
    await type("big");
    await press("Enter");
    expect(page.shown()).toEqual([["failed", "big"]]);
    expect(page.host.textContent).toContain("This is too large.");
    page.button("Try again")?.click();
    await page.rest();
    expect(page.shown()[0]).toEqual(["done", "big"]);
  });

  it("of an answer is told, and it can be asked for again", async () => {
    page.server.say("user", "x");
    const reply = page.server.begin();
    const error = { code: "model", message: "The model does not answer." };
    page.server.end(reply, "failed", { error });
    await page.open();
    expect(page.host.textContent).toContain("The model does not answer.");
    page.button("Try again")?.click();
    await page.rest(1_000);
    expect(page.shown().map(([status]) => status)).toEqual(["done", "streaming"]);
  });

  it("of a deleted chat is told", async () => {
    await page.open();
    page.server.putSession({ deleted: true });
    page.server.cut(CLOSED.deleted);
    await page.rest();
    expect(page.host.querySelector("[role=alert]")?.textContent).toContain("deleted");
    expect(area().readOnly).toBe(true);
  });
});

describe("an empty chat", () => {
  it("has examples that can be asked with one click", async () => {
    await page.open();
    page.button("/help")?.click();
    await page.rest();
    expect(page.shown()[0]).toEqual(["done", "/help"]);
    expect(page.host.querySelector(".jp-Chatcore-empty")).toBeNull();
  });
});

describe("every part and message of the golden files", () => {
  const values: readonly Golden[] = golden;

  it("can be shown, and runs nothing", async () => {
    for (const { type: kind, json } of values) {
      if (kind === "Part")
        for (const role of ["user", "assistant"] as const)
          page.server.say(role, null, { parts: [json as Part] });
      if (kind === "Message") {
        const { id: _id, seq: _seq, parent: _parent, session: _session, ...rest } = json as Message;
        page.server.say(rest.role, null, rest);
      }
    }
    const count = page.server.stored().length;
    expect(count).toBeGreaterThan(20);
    await page.open();
    expect(page.all("[data-message]").length).toBe(Math.min(25, count));
    await page.unfold();
    expect(page.all("script, iframe, object, embed")).toEqual([]);
  });
});

it("leaves nothing behind when it is disposed", async () => {
  await page.open();
  expect(page.server.open).toBe(1);
  page.dispose();
  await page.rest();
  expect(page.host.childNodes.length).toBe(0);
  expect(page.server.open).toBe(0);
});
