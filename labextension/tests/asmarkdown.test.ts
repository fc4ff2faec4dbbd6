/** A message as one takes it elsewhere. */
import { describe, expect, it } from "vitest";
import golden from "../../tests/wire/values.json";
import { asMarkdown } from "../src/asmarkdown";
import type { Message, Part } from "../src/protocol";

function said(...parts: Part[]): string {
  const message: Message = {
    id: 1,
    seq: 1,
    session: "s",
    role: "assistant",
    status: "done",
    created: "2026-03-01T12:00:00Z",
    parts,
  };
  return asMarkdown(message);
}

const text = (words: string): Part => ({ type: "text", text: words });

describe("a message as Markdown", () => {
  it("has its words and code as they were written", () => {
    const code = "Try:\n\n```python\nprint(1)\n```";
    expect(said(text(code), text("$x^2$"))).toBe(`${code}\n\n$x^2$`);
  });

  it("tells what was done in a line, and nothing of what was thought", () => {
    const tool: Part = {
      type: "tool",
      call: "c",
      name: "read",
      title: "Read\na file",
      status: "done",
      input: "{}",
      output: [{ type: "text", text: "secret" }],
    };
    expect(said({ type: "reasoning", text: "hm" }, tool, text("Done."))).toBe(
      "> Tool: Read a file (done)\n\nDone.",
    );
  });

  it("has a plan as a list of what is done", () => {
    const entries = [
      { content: "look", status: "completed" as const },
      { content: "leap", status: "pending" as const },
    ];
    expect(said({ type: "plan", entries })).toBe("- [x] look\n- [ ] leap");
  });

  it.each([
    [{ "text/markdown": ["**a", "b**"], "text/plain": "ab" }, "**ab**"],
    [{ "image/png": "aGk=", "text/plain": "<Figure>" }, "*A picture*"],
    [{ "text/plain": "a\n```\nb" }, "````\na\n```\nb\n````"],
    [{ "application/x": 1 }, ""],
  ])("has an output as far as it is text: %j", (data, shown) => {
    expect(said({ type: "output", data })).toBe(shown);
  });

  it("names what was brought along", () => {
    const cell: Part = {
      type: "cell",
      path: "a.ipynb",
      cell_id: "c",
      cell_type: "code",
      source: "x = 1",
      execution_count: 3,
    };
    const file: Part = { type: "file", name: "a.csv", mime: "text/csv", url: "u", size: 3 };
    expect(said(file, cell)).toBe(
      "*File: a.csv*\n\n*Cell [3] of a.ipynb*\n\n```python\nx = 1\n```",
    );
  });

  it("can be made of every part there is", () => {
    const parts = golden.filter(({ type }) => type === "Part").map(({ json }) => json as Part);
    expect(parts.length).toBeGreaterThan(10);
    expect(() => said(...parts)).not.toThrow();
  });
});
