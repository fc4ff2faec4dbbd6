// @vitest-environment jsdom
/** Where one writes, over a server in memory: files, drafts, earlier messages, who types. */
import { describe, expect, it } from "vitest";
import { RequestError } from "../src/transport";
import { usePage } from "./page";

const page = usePage();
const area = () => page.one("textarea") as HTMLTextAreaElement;
const chips = () => page.all("[data-attached]").map((one) => one.dataset.attached);
const hint = () => page.one(".jp-Chatcore-hint").textContent;

async function type(text: string): Promise<void> {
  area().focus();
  area().value = text;
  area().dispatchEvent(new InputEvent("input", { bubbles: true }));
  await page.rest();
}

/** What the browser's dialog, a drop and a paste give. */
function list(...names: string[]): FileList {
  const files = names.map((name) => new File(["x"], name, { type: "text/plain" }));
  return Object.assign(files, { item: (index: number) => files[index] ?? null });
}

async function choose(...names: string[]): Promise<void> {
  const input = page.one("input[type=file]");
  Object.defineProperty(input, "files", { value: list(...names), configurable: true });
  input.dispatchEvent(new Event("change", { bubbles: true }));
  await page.rest();
}

async function fire(kind: string, target: HTMLElement, data: object): Promise<Event> {
  const event = new Event(kind, { bubbles: true, cancelable: true });
  target.dispatchEvent(Object.assign(event, data));
  await page.rest();
  return event;
}

const parts = () => page.server.stored()[0]?.parts.map((part) => Object.values(part).slice(0, 2));

describe("files", () => {
  it("are chosen, dropped and pasted, and go out with the words", async () => {
    await page.open();
    await choose("a.txt");
    const dataTransfer = { types: ["Files"], files: list("b.txt"), dropEffect: "none" };
    await fire("dragenter", page.one(".jp-Chatcore-log"), { dataTransfer });
    expect(page.host.textContent).toContain("Drop files");
    await fire("drop", page.one(".jp-Chatcore-log"), { dataTransfer });
    expect(page.host.textContent).not.toContain("Drop files");
    const clipboardData = { files: list("c.txt"), getData: () => "" };
    const pasted = await fire("paste", area(), { clipboardData });
    expect(pasted.defaultPrevented).toBe(true);
    expect(chips()).toEqual(["done", "done", "done"]);
    await type("see");
    await page.press("Enter");
    expect(chips()).toEqual([]);
    expect(parts()).toEqual([
      ["text", "see"],
      ["file", "a.txt"],
      ["file", "b.txt"],
      ["file", "c.txt"],
    ]);
    expect(page.all("[data-message] a[download]").map((one) => one.getAttribute("href"))).toEqual(
      ["a", "b", "c"].map((name) => `/chatcore/files/${"0".repeat(64)}/${name}.txt`),
    );
  });

  it("go out without words as well", async () => {
    await page.open();
    await choose("a.txt");
    area().focus();
    await page.press("Enter");
    expect(parts()).toEqual([["file", "a.txt"]]);
    expect(page.all(".jp-Chatcore-bubble")).toEqual([]);
  });

  it("are words where words were copied with them", async () => {
    await page.open();
    const clipboardData = { files: list("c.png"), getData: () => "1\t2" };
    expect((await fire("paste", area(), { clipboardData })).defaultPrevented).toBe(false);
    expect(chips()).toEqual([]);
  });

  it("that fail hold the message, say why, and can be tried again or removed", async () => {
    await page.open();
    const refusal = new RequestError(413, "too_large", "It is too large.");
    page.server.faults.refuse.push(refusal, refusal);
    await choose("a.txt", "b.txt");
    expect(chips()).toEqual(["failed", "failed"]);
    expect(hint()).toBe("a.txt: It is too large.");
    await type("see");
    await page.press("Enter");
    expect(page.server.stored()).toEqual([]);
    expect(page.button("Send")?.disabled).toBe(true);
    await page.click("Remove a.txt");
    expect(document.activeElement?.getAttribute("aria-label")).toBe("Remove b.txt");
    await page.click("Try again: b.txt. It is too large.");
    expect(chips()).toEqual(["done"]);
    await page.click("Remove b.txt");
    expect(document.activeElement).toBe(area());
    await page.press("Enter");
    expect(parts()).toEqual([["text", "see"]]);
  });

  it("are kept with the draft until they are sent", async () => {
    await page.open();
    await choose("a.txt");
    page.dispose();
    await page.open();
    expect(chips()).toEqual(["done"]);
    area().focus();
    await page.press("Enter");
    page.dispose();
    await page.open();
    expect(chips()).toEqual([]);
  });

  it("of a draft that is a week old are gone from the server", async () => {
    await page.open();
    await choose("a.txt");
    page.dispose();
    await page.rest(7 * 24 * 3600 * 1000);
    await page.open();
    expect(chips()).toEqual([]);
  });
});

describe("what sends", () => {
  it.each([
    ["enter", {}, "Enter"],
    ["ctrl-enter", { ctrlKey: true }, "Ctrl+Enter"],
    ["ctrl-enter", { metaKey: true }, "Ctrl+Enter"],
  ] as const)("is %s where users want it, and is written there", async (sendWith, held, name) => {
    await page.open({ preferences: { sendWith, place: "below", showNotebook: true } });
    expect(hint()).toContain(`${name} sends`);
    expect(page.button("Send")?.title).toBe(`Send (${name})`);
    await type("words");
    await page.press("Enter", sendWith === "enter" ? { shiftKey: true } : {});
    expect(area().value).toBe("words\n");
    await page.press("Enter", held);
    expect(parts()).toEqual([["text", "words\n"]]);
  });
});

describe("the arrow keys", () => {
  it("bring back what one said, and what was typed", async () => {
    await page.open();
    for (const text of ["one", "two"]) {
      await type(text);
      await page.press("Enter");
    }
    await type("draft");
    area().setSelectionRange(0, 0);
    const seen: string[] = [];
    for (const key of ["ArrowUp", "ArrowUp", "ArrowUp", "ArrowDown", "ArrowDown", "ArrowDown"]) {
      await page.press(key);
      seen.push(area().value);
    }
    expect(seen).toEqual(["two", "one", "one", "two", "draft", "draft"]);
  });

  it("move the caret within what is typed", async () => {
    await page.open();
    await type("one");
    await page.press("Enter");
    await type("typed");
    area().setSelectionRange(2, 2);
    await page.press("ArrowUp");
    expect(area().value).toBe("typed");
    area().setSelectionRange(0, 0);
    await page.press("ArrowUp", { isComposing: true });
    await page.press("ArrowUp", { shiftKey: true });
    expect(area().value).toBe("typed");
  });
});

describe("who is typing", () => {
  it("is told to the others, every three seconds at most", async () => {
    await page.open();
    const told = () => page.server.requests.filter((one) => one === "typing").length;
    for (const text of ["a", "ab", "abc"]) await type(text);
    expect(told()).toBe(1);
    await type("ab");
    await page.rest(3_000);
    expect(told()).toBe(1);
    await type("abcd");
    expect(told()).toBe(2);
  });

  it("is shown for a few seconds, and not announced", async () => {
    await page.open();
    const before = hint();
    page.server.types({ username: "ada", name: "Ada" });
    await page.rest();
    expect(hint()).toBe("Ada is typing…");
    page.server.types({ username: "bob" });
    await page.rest(4_000);
    expect(hint()).toBe("Ada and bob are typing…");
    page.server.types({ username: "bob" });
    await page.rest(1_500);
    expect(hint()).toBe("bob is typing…");
    await page.rest(5_000);
    expect(hint()).toBe(before);
    expect(page.announced()).toEqual([]);
  });

  it("ends with the message that was typed", async () => {
    await page.open();
    page.server.types({ username: "ada", name: "Ada" });
    await page.rest();
    page.server.say("user", "here", { author: { username: "ada", name: "Ada" } });
    await page.rest();
    expect(hint()).not.toContain("typing");
  });
});
