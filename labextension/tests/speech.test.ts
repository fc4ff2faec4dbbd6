// @vitest-environment jsdom
/** What is read out to those who listen. */
import { describe, expect, it } from "vitest";
import { readable, spoken } from "../src/ui/speech";
import { usePage } from "./page";

describe("what can be read", () => {
  it("are whole paragraphs", () => {
    expect(readable("One.\n\nTwo", 0)).toBe(6);
    expect(readable("One.\n\nTwo.\n\nThree", 6)).toBe(12);
    expect(readable("One", 0)).toBe(0);
  });

  it("and whole code, whatever lines are empty in it", () => {
    expect(readable("```py\na\n\nb\n", 0)).toBe(0);
    expect(readable("```py\na\n\nb\n```\nAnd", 0)).toBe("```py\na\n\nb\n```\n".length);
    expect(readable("````\n```\n\n````\n", 0)).toBe("````\n```\n\n````\n".length);
  });
});

describe("it is read", () => {
  it.each([
    ["# A *title* of `code`", ["A title of code"]],
    ["See [the docs](https://a.example) ![a cat](x.png)", ["See the docs Image: a cat"]],
    ["Do:\n```python\na\nb\n```\nthen", ["Do: Code in python, 2 lines. then"]],
    ["```\na\n", ["Code, 2 lines."]],
    ["| a | b |\n|---|---|\n| 1 | 2 |", ["a b 1 2"]],
    ["", []],
  ])("%j as %j", (text, said) => {
    expect(spoken(text)).toEqual(said);
  });

  it("in pieces that end where sentences do, and nothing is left out", () => {
    const text = "A short sentence, which is said. ".repeat(60).trim();
    const said = spoken(text);
    expect(said.length).toBeGreaterThan(2);
    expect(said.every((piece) => piece.length <= 700 && piece.endsWith("."))).toBe(true);
    expect(said.join(" ")).toBe(text);
    expect(spoken("x".repeat(2_000)).join("")).toBe("x".repeat(2_000));
  });
});

describe("who listens", () => {
  const page = usePage();

  it("hears an answer as it comes, once", async () => {
    page.server.say("assistant", "Old.");
    await page.open();
    const reply = page.server.begin();
    page.server.write(reply, "First.\n\nSec");
    await page.rest();
    expect(page.announced()).toEqual(["First."]);
    page.server.write(reply, "ond.");
    page.server.end(reply);
    await page.rest();
    expect(page.announced()).toEqual(["First.", "Second."]);
  });

  it("hears an answer that comes as a whole, and how one ended", async () => {
    await page.open();
    page.server.say("assistant", "All of it.");
    await page.rest();
    const reply = page.server.begin();
    await page.rest();
    page.server.end(reply, "cancelled");
    await page.rest();
    expect(page.announced()).toEqual(["All of it.", "The answer was stopped."]);
  });

  it("hears nothing of what only comes into the window", async () => {
    const old = page.server.say("assistant", "The first.");
    for (let n = 0; n < 80; n++) page.server.say("assistant", `m${n}`);
    await page.open();
    page.controller.reveal(old.id);
    await page.rest();
    page.server.say("assistant", "Meanwhile.");
    await page.rest();
    expect(page.shown()[0]?.[1]).toBe("The first.");
    await page.click("Jump to newest (1 new)");
    expect(page.shown().at(-1)?.[1]).toBe("Meanwhile.");
    expect(page.announced()).toEqual([]);
  });
});
