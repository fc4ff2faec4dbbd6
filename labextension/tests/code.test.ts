// @vitest-environment jsdom
/** What can be done with code and with outputs, by what the place of the chat can do. */
import { describe, expect, it, vi } from "vitest";
import type { JsonObject } from "../src/protocol";
import type { Host, NotebookTarget, Place } from "../src/ui/host";
import { usePage } from "./page";

const page = usePage();

/** A notebook that keeps what is put into it. */
class Notebook implements NotebookTarget {
  there = true;
  broken = "";
  readonly got: (readonly [Place, string])[] = [];

  available(): boolean {
    return this.there;
  }

  async put(code: string, place: Place): Promise<void> {
    if (this.broken) throw new Error(this.broken);
    this.got.push([place, code]);
  }
}

async function show(text: string, host: Partial<Host> = {}): Promise<void> {
  page.server.say("assistant", text);
  await page.open(host);
}

const labels = (): (string | null)[] =>
  page.all(".jp-Chatcore-codebar button").map((one) => one.getAttribute("aria-label"));
const told = (): string => page.one(".jp-Chatcore-codebar [role=status]").textContent;
const BELOW = "Insert below the cell";
const MORE = "More places for the code";
const COPY = "Copy the code";
const PYTHON = "```python\nx = 1\n```";

describe("the bar of a code block", () => {
  it("copies, and says so for a moment", async () => {
    const written: string[] = [];
    vi.stubGlobal("navigator", {
      clipboard: { writeText: async (text: string) => written.push(text) },
    });
    await show(PYTHON);
    expect(labels()).toEqual([COPY]);
    await page.click(COPY);
    expect(written).toEqual(["x = 1"]);
    expect(told()).toBe("Copied");
    await page.rest(2_000);
    expect(told()).toBe("");
  });

  it("says why it could not copy", async () => {
    const refuse = async (): Promise<void> => {
      throw new Error("not allowed");
    };
    vi.stubGlobal("navigator", { clipboard: { writeText: refuse } });
    await show(PYTHON);
    await page.click(COPY);
    expect(told()).toBe("That did not work: not allowed");
  });

  it("puts the code where it is set to, first of all", async () => {
    const notebook = new Notebook();
    await show(PYTHON, {
      notebook,
      preferences: { sendWith: "enter", place: "run", showNotebook: true },
    });
    expect(labels()).toEqual(["Insert below and run", MORE, COPY]);
    await page.click("Insert below and run");
    expect(notebook.got).toEqual([["run", "x = 1"]]);
    expect(told()).toBe("Inserted and running");
  });

  it("has the other places in a menu", async () => {
    const notebook = new Notebook();
    await show(PYTHON, { notebook });
    await page.click(MORE);
    const entries = page.all("[role=menuitem]").map((one) => one.textContent);
    expect(entries).toEqual(["Insert above the cell", "Replace the cell", "Insert below and run"]);
    await page.click("Replace the cell");
    expect(notebook.got).toEqual([["replace", "x = 1"]]);
    expect(document.activeElement?.getAttribute("aria-label")).toBe(MORE);
  });

  it("tells in plain words what did not work", async () => {
    const notebook = new Notebook();
    notebook.broken = "The notebook is read-only.";
    await show(PYTHON, { notebook });
    await page.click(BELOW);
    expect(told()).toBe("That did not work: The notebook is read-only.");
  });

  it("asks again whether there is a notebook when one comes to the code", async () => {
    const notebook = new Notebook();
    notebook.there = false;
    await show(PYTHON, { notebook });
    expect(labels()).toEqual([COPY]);
    notebook.there = true;
    page.button(COPY)?.focus();
    await page.rest();
    expect(labels()).toEqual([BELOW, MORE, COPY]);
  });

  it.each([
    "```\nx\n```",
    "```text\nx\n```",
    "```bash\nls\n```",
    "```json\n{}\n```",
    "```python\nx =",
  ])("does not offer a notebook what is no code for it, or not whole: %j", async (text) => {
    await show(text, { notebook: new Notebook() });
    expect(labels()).toEqual([COPY]);
  });

  it("is there for code in a list as well", async () => {
    const notebook = new Notebook();
    await show("- a\n\n  ```python\n  y = 2\n  ```", { notebook });
    await page.click(BELOW);
    expect(notebook.got).toEqual([["below", "y = 2\n"]]);
  });

  it("warns of marks that turn the text around", async () => {
    await show("```python\nadmin = False # \u202e\n```");
    expect(page.one(".jp-Chatcore-turns").textContent).toContain("turn");
  });
});

describe("an output", () => {
  const output = (data: JsonObject): void => {
    page.server.say("assistant", null, { parts: [{ type: "output", data }] });
  };

  it("is shown by the host, and taken away by it", async () => {
    const taken: string[] = [];
    output({ "text/html": "<b>1</b>", "text/plain": "1" });
    await page.open({
      renderBundle: (element, data) => {
        element.textContent = `host: ${Object.keys(data)[0]}`;
        return () => taken.push("away");
      },
    });
    expect(page.one(".jp-Chatcore-hosted").textContent).toBe("host: text/html");
    page.dispose();
    expect(taken).toEqual(["away"]);
  });

  it.each([
    ["knows none of its forms", () => null],
    [
      "fails at it",
      () => {
        throw new Error("no renderer");
      },
    ],
  ])("is shown by the chat where the host %s", async (_what, renderBundle) => {
    output({ "text/html": "<b>1</b>", "text/plain": "\u001b[31m1\u001b[0m" });
    await page.open({ renderBundle });
    expect(page.one("pre.jp-Chatcore-output").textContent).toBe("1");
    expect(page.one(".jp-Chatcore-hosted").hidden).toBe(true);
  });

  it("that is a picture has its size before it is there", async () => {
    const png = "iVBORw0KGgoAAAANSUhEUgAAAAMAAAAFCAIAAADCrZnRAAAAAElFTkSuQmCC";
    output({ "image/png": png, "text/plain": "dots" });
    await page.open();
    const image = page.one(".jp-Chatcore-enlarge img");
    expect([image.getAttribute("width"), image.getAttribute("height")]).toEqual(["3", "5"]);
    expect(page.one(".jp-Chatcore-enlarge").getAttribute("aria-label")).toBe("Enlarge: dots");
  });

  it("in Markdown is read as such, and runs nothing", async () => {
    output({ "text/markdown": "**b** <script>alert(1)</script>" });
    await page.open();
    expect(page.one("strong").textContent).toBe("b");
    expect(page.all("script")).toEqual([]);
  });
});
