// @vitest-environment jsdom
/** What one does with messages: copy, edit, ask again, leaf, fork, delete. */
import { beforeEach, describe, expect, it, vi } from "vitest";
import { mount } from "../src/ui/mount";
import { usePage } from "./page";

const page = usePage();
let question = 0;
let answer = 0;

beforeEach(() => {
  question = page.server.say("user", "one").id;
  answer = page.server.say("assistant", "first", {
    author: { username: "builtin", name: "Jupyter" },
  }).id;
});

/** What is within a message. */
function inside(at: number, label: string): HTMLElement {
  const found = page
    .all(`[data-message="${at}"] button`)
    .find((one) => one.ariaLabel === label || one.textContent === label);
  if (!found) throw new Error(`message ${at} has no ${label}: ${page.host.innerHTML}`);
  return found;
}

async function press(at: number, label: string): Promise<void> {
  inside(at, label).focus();
  inside(at, label).click();
  await page.rest();
}

const field = () => page.one(".jp-Chatcore-rewrite textarea") as HTMLTextAreaElement;
const words = () => page.shown().map(([, text]) => text);
const leaf = () => page.all(".jp-Chatcore-leaf > [aria-hidden]").map((one) => one.textContent);
const focused = () => document.activeElement as HTMLElement;

async function write(text: string): Promise<void> {
  field().value = text;
  field().dispatchEvent(new InputEvent("input", { bubbles: true }));
  await page.rest();
}

/** The answer that is being written says something and ends. */
async function answered(text: string): Promise<void> {
  const reply = page.server.stored().at(-1)?.id ?? 0;
  page.server.write(reply, text);
  page.server.end(reply);
  await page.rest();
}

describe("to change a message", () => {
  it("makes a version beside it, which is answered", async () => {
    await page.open();
    await press(question, "Edit and ask again");
    expect(field().value).toBe("one");
    expect(focused()).toBe(field());
    await write("uno");
    await page.press("Enter");
    await answered("primero");
    expect(words()).toEqual(["uno", "primero"]);
    expect(leaf()).toEqual(["2 / 2"]);
    expect(focused().dataset.message).toBe(`${page.server.stored()[0]?.id}`);
    expect(page.host.querySelector(".jp-Chatcore-hint")?.textContent).not.toContain("another tab");
  });

  it("is given up with Escape, and nothing is sent", async () => {
    await page.open();
    await press(question, "Edit and ask again");
    await write("uno");
    await page.press("Escape");
    expect(page.all(".jp-Chatcore-rewrite")).toEqual([]);
    expect(words()).toEqual(["one", "first"]);
    expect(page.server.requests).not.toContain("edit");
    expect(focused().dataset.message).toBe(`${question}`);
  });

  it("starts a line with Shift+Enter, and sends as users have set it", async () => {
    const preferences = { sendWith: "ctrl-enter", place: "below", showNotebook: true } as const;
    page.dispose = mount(page.host, page.server.transport(), { preferences }).dispose;
    await page.rest();
    await press(question, "Edit and ask again");
    await page.press("Enter");
    expect(field().value).toBe("one\n");
    await page.press("Enter", { ctrlKey: true });
    expect(words()[0]).toBe("one\n".trim());
    expect(page.server.requests).toContain("edit");
  });

  it("keeps what the message has beside its words", async () => {
    const file = { type: "file", name: "a.csv", mime: "text/csv", url: "u", size: 3 } as const;
    const text = { type: "text", text: "look" } as const;
    const { id } = page.server.say("user", null, { parts: [file, text] });
    await page.open();
    await press(id, "Edit and ask again");
    await write("look again");
    await page.press("Enter");
    expect(page.server.stored().at(-2)?.parts).toEqual([file, { ...text, text: "look again" }]);
  });

  it("stays open where the server refuses it, and says why", async () => {
    await page.open();
    await press(question, "Edit and ask again");
    page.server.faults.dead = true;
    await write("uno");
    await page.press("Enter");
    expect(field().value).toBe("uno");
    expect(page.host.querySelector(".jp-Chatcore-hint")?.textContent).toContain(
      "Could not change the message",
    );
  });
});

describe("another answer", () => {
  it("stands beside the first, and one leafs through them", async () => {
    await page.open();
    await press(answer, "Answer again");
    await answered("second");
    expect(words()).toEqual(["one", "second"]);
    expect(leaf()).toEqual(["2 / 2"]);
    const second = page.server.stored()[1]?.id ?? 0;
    await press(second, "Previous version");
    expect(words()).toEqual(["one", "first"]);
    expect(leaf()).toEqual(["1 / 2"]);
    expect(focused().ariaLabel).toBe("Previous version");
    expect(focused().ariaDisabled ?? focused().getAttribute("aria-disabled")).toBe("true");
  });

  it("is leafed to with Alt and the arrows, also twice in a row", async () => {
    page.server.say("assistant", "second", { parent: question });
    page.server.say("assistant", "third", { parent: question });
    await page.open();
    page.one(`[data-message="${page.server.stored()[1]?.id}"]`).focus();
    const key = { key: "ArrowLeft", altKey: true, bubbles: true, cancelable: true };
    focused().dispatchEvent(new KeyboardEvent("keydown", key));
    focused().dispatchEvent(new KeyboardEvent("keydown", key));
    await page.rest();
    expect(words()).toEqual(["one", "first"]);
    await page.press("ArrowRight", { altKey: true });
    expect(words()).toEqual(["one", "second"]);
    expect(leaf()).toEqual(["2 / 3"]);
  });

  it("may be left while it is written, and goes on unseen", async () => {
    await page.open();
    await press(answer, "Answer again");
    const reply = page.server.stored()[1]?.id ?? 0;
    page.server.write(reply, "so ");
    await page.rest();
    await press(reply, "Previous version");
    expect(words()).toEqual(["one", "first"]);
    page.server.write(reply, "far");
    page.server.end(reply);
    await page.rest();
    await press(answer, "Next version");
    expect(words()).toEqual(["one", "so far"]);
  });

  it("can be had of another assistant or model", async () => {
    const model = { name: "model", values: ["a", "b"], value: "a" };
    page.server.assistants = [
      { name: "builtin", title: "Jupyter", default: true, choices: [model] },
      { name: "other", title: "Other" },
      { name: "lame", title: "Lame", state: "broken" },
    ];
    await page.open();
    await press(answer, "More");
    const entries = page.all("[role=menuitem]").map((one) => one.textContent);
    expect(entries).toEqual(["Fork from here", "b", "Other", "Delete"]);
    page.all("[role=menuitem]")[2]?.click();
    await page.rest();
    expect(page.server.stored()[1]?.author?.username).toBe("other");
  });
});

describe("a message", () => {
  it("is copied as Markdown", async () => {
    const writeText = vi.fn(() => Promise.resolve());
    vi.stubGlobal("navigator", { clipboard: { writeText }, onLine: true });
    await page.open();
    await press(answer, "Copy as Markdown");
    await press(question, "Copy as Markdown");
    expect(writeText.mock.calls).toEqual([["first"], ["one"]]);
  });

  it("is deleted when one is sure, and its place stays", async () => {
    await page.open();
    await press(question, "More");
    page.all("[role=menuitem]").at(-1)?.click();
    await page.rest();
    expect(focused().textContent).toBe("Keep");
    await page.press("Escape");
    expect(page.server.requests).not.toContain("remove");
    await press(question, "More");
    page.all("[role=menuitem]").at(-1)?.click();
    await page.rest();
    await press(question, "Delete");
    expect(page.shown()).toEqual([
      ["deleted", ""],
      ["done", "first"],
    ]);
    expect(focused().dataset.message).toBe(`${question}`);
  });

  it("begins a chat of its own, which is opened where that can be", async () => {
    const openChat = vi.fn();
    page.dispose = mount(page.host, page.server.transport(), { openChat }).dispose;
    await page.rest();
    await press(answer, "More");
    page.all("[role=menuitem]")[0]?.click();
    await page.rest();
    expect(openChat).toHaveBeenCalledWith(`fork-of-${answer}`);
  });

  it("is forked though it takes longer than a request may last", async () => {
    const openChat = vi.fn();
    page.dispose = mount(page.host, page.server.transport(), { openChat }).dispose;
    await page.rest();
    await press(answer, "More");
    page.server.faults.loseAnswers = 2;
    page.all("[role=menuitem]")[0]?.click();
    await page.rest();
    expect(openChat).toHaveBeenCalledOnce();
    expect(page.server.requests.filter((one) => one === "fork").length).toBe(3);
  });

  it("says where its fork is, where no chat can be opened", async () => {
    await page.open();
    await press(answer, "More");
    page.all("[role=menuitem]")[0]?.click();
    await page.rest();
    expect(page.one(".jp-Chatcore-hint").textContent).toContain(`fork-of-${answer}`);
  });

  it("has its tools at one stop of the Tab key", async () => {
    await page.open();
    const stops = page.all(`[data-message="${answer}"] button`).filter((one) => one.tabIndex === 0);
    expect(stops.map((one) => one.ariaLabel)).toEqual(["Copy as Markdown"]);
    stops[0]?.focus();
    await page.press("ArrowRight");
    expect(focused().ariaLabel).toBe("Answer again");
    await page.press("End");
    expect(focused().ariaLabel).toBe("More");
    await page.press("ArrowRight");
    expect(focused().ariaLabel).toBe("Copy as Markdown");
  });
});
