// @vitest-environment jsdom
/** Changes of notebooks on a tool's card: shown before and after, taken back, marked. */
import { describe, expect, it } from "vitest";
import type { DiffOutput, Part } from "../src/protocol";
import { RequestError } from "../src/transport";
import { asking } from "./fakedesk";
import { changed } from "./fakeundo";
import { usePage } from "./page";

const page = usePage();
const UNDO = "Undo what this answer changed";
const EDIT = { cell: "c0", old: "a = 1\n", new: "a = 10\n" };
const heads = () => page.all(".jp-Chatcore-diff figcaption").map((one) => one.textContent);
const stays = () => page.all(".jp-Chatcore-stays li").map((one) => one.textContent);

/** An answer with these parts, which has ended. */
function answer(...parts: Part[]): number {
  const reply = page.server.begin({ parent: page.server.say("user", "change it").id });
  for (const part of parts) page.server.put(reply, part);
  page.server.end(reply);
  return reply;
}

async function choose(menu: string, label: string): Promise<void> {
  const buttons = page.all("button").filter((one) => one.getAttribute("aria-label") === menu);
  buttons.at(-1)?.click();
  await page.rest();
  const entry = page.all("[role=menuitem]").find((one) => one.textContent === label);
  if (!entry) throw new Error(`no entry ${label}: ${page.one("[role=menu]").textContent}`);
  entry.click();
  await page.rest();
}

describe("a change of a cell", () => {
  it.each<[string, Partial<DiffOutput>, string, string]>([
    ["inserted", { new: "a" }, "inserts a cell", "cell inserted"],
    ["edited", { old: "a", new: "b" }, "edits a cell", "cell edited"],
    ["deleted", { old: "a" }, "deletes a cell", "cell deleted"],
    [
      "of text",
      { old: "a", cell_type: "markdown" },
      "deletes a cell (markdown)",
      "cell deleted (m",
    ],
  ])("is told before and after: %s", async (_, diff, before, after) => {
    const reply = page.server.begin();
    const part = changed({ cell: "c0", ...diff });
    page.server.put(reply, asking("Change", { ...part, status: "awaiting" }));
    await page.open();
    expect(heads()[0]).toContain(`a.ipynb${before}`);
    page.server.put(reply, { ...part, call: "Change" }, 0);
    await page.rest();
    expect(heads()[0]).toContain(`a.ipynb${after}`);
  });
});

it("shows a source once: as a diff, and not among the arguments", async () => {
  const input = JSON.stringify({ cell: "c0", source: EDIT.new });
  page.server.put(
    page.server.begin(),
    asking("Change", { ...changed(EDIT), status: "awaiting", input }),
  );
  await page.open();
  expect(page.one(".jp-Chatcore-fields").textContent).toBe("cellc0");
});

describe("taking back", () => {
  it("is offered where an answer has changed a notebook, once it has ended", async () => {
    const reply = page.server.begin();
    page.server.put(reply, changed(EDIT));
    await page.open();
    expect(page.button(UNDO)).toBeUndefined();
    page.server.end(reply);
    await page.rest();
    expect(page.button(UNDO)).toBeDefined();
  });

  it.each<[string, Part]>([
    ["a file", { ...changed({ cell: null, old: "a", new: "b" }) }],
    ["what was not allowed", changed(EDIT, { status: "denied" })],
    ["what was stopped", changed(EDIT, { status: "cancelled" })],
    ["what was taken back", changed({ ...EDIT, undone: true })],
  ])("is not offered for %s", async (_, part) => {
    answer(part);
    await page.open();
    expect(page.button(UNDO)).toBeUndefined();
  });

  it.each(["button", "menu"])("marks what was changed, by the %s", async (way) => {
    answer(changed(EDIT));
    await page.open();
    if (way === "button") await page.click(UNDO);
    else await choose("More", UNDO);
    expect(page.server.requests.filter((name) => name === "undo")).toHaveLength(1);
    expect(page.button(UNDO)).toBeUndefined();
    expect(page.one(".jp-Chatcore-undo").textContent).toBe("1 change of a notebook was undone.");
    await page.unfold();
    expect(heads()[0]).toContain("undone");
    expect(page.one(".jp-Chatcore-diff").getAttribute("aria-label")).toBe(
      "Undone change to a.ipynb",
    );
  });

  it("tells what stays and why, and can be tried again", async () => {
    answer(changed(EDIT), changed({ cell: "c1", new: "mine" }, { call: "two" }));
    page.server.changedSince.add("c1");
    await page.open();
    await page.click(UNDO);
    expect(stays()).toEqual(["The cell “mine” was changed since, so it stays as it is."]);
    expect(page.one(".jp-Chatcore-undo").textContent).toContain("1 change of a notebook");
    page.server.changedSince.clear();
    await page.click(UNDO);
    expect(stays()).toEqual([]);
    expect(page.one(".jp-Chatcore-undo").textContent).toBe("2 changes of notebooks were undone.");
  });

  it("says where it cannot be done", async () => {
    answer(changed(EDIT));
    await page.open();
    page.server.faults.refuse.push(new RequestError(409, "workspace", "It needs a server."));
    await page.click(UNDO);
    expect(page.host.textContent).toContain("Could not undo the changes: It needs a server.");
    expect(page.button(UNDO)).toBeDefined();
  });
});

describe("what is allowed without asking", () => {
  it("stands in the chat's menu, with the way back", async () => {
    page.server.putSession({
      settings: { model: "m", tools: { edit_cell: "always", run_cell: "never", x: "always" } },
    });
    await page.open();
    await choose("This chat", "edit_cell · Ask again");
    expect(page.server.session.settings).toEqual({
      model: "m",
      tools: { run_cell: "never", x: "always" },
    });
    await choose("This chat", "x · Ask again");
    expect(page.server.session.settings).toEqual({ model: "m", tools: { run_cell: "never" } });
  });

  it.each([[undefined], ["always"], [[]]])("is nothing where settings say %s", async (tools) => {
    page.server.putSession({ settings: tools === undefined ? {} : { tools } });
    await page.open();
    await page.click("This chat");
    expect(page.one("[role=menu]").textContent).not.toContain("Allowed without asking");
  });
});
