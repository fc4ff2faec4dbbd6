import { describe, expect, test } from "vitest";
import {
  errorQuestion,
  errorText,
  fenced,
  languageOf,
  shortened,
  withoutAnsi,
} from "../src/lab/quoting";

describe("code as Markdown", () => {
  test("stands in a fence of its language", () => {
    expect(fenced("x = 1\n\n", "python")).toBe("```python\nx = 1\n```");
  });

  test("cannot end its fence", () => {
    expect(fenced("a ```` b", "")).toBe("`````\na ```` b\n`````");
  });

  test.each([
    ["text/x-ipython", "python"],
    ["text/x-python", "python"],
    ["text/javascript", "javascript"],
    ["application/json", "json"],
    ["text/x-ipythongfm", "markdown"],
    ["text/plain", ""],
  ])("%s is called %j", (mime, name) => {
    expect(languageOf(mime)).toBe(name);
  });
});

describe("an error", () => {
  const error = {
    ename: "ValueError",
    evalue: "bad",
    traceback: ["\u001b[0;31mValueError\u001b[0m", "bad"],
  };

  test("is told without its colours", () => {
    expect(errorText(error)).toBe("ValueError\nbad");
    expect(withoutAnsi("\u001b]8;;http://x\u0007link\u001b]8;;\u001b\\ \u001b[38;5;1mred")).toBe(
      "link red",
    );
  });

  test("without a traceback is told by its name", () => {
    expect(errorText({ ...error, traceback: [] })).toBe("ValueError: bad");
  });

  test("that is long keeps its ends", () => {
    const text = errorText({ ...error, traceback: [`first${"x".repeat(20_000)}last`] });
    expect(text.length).toBeLessThan(8_100);
    expect(text).toMatch(/^first[\s\S]*\n…\n[\s\S]*last$/);
  });

  test("goes with the cell's source", () => {
    expect(errorQuestion("Why?", "f()", "python", error)).toBe(
      "Why?\n\n```python\nf()\n```\n\n```text\nValueError\nbad\n```",
    );
  });
});

test("what is short enough stays as it is", () => {
  expect(shortened("abc", 3)).toBe("abc");
  expect(shortened("abcdef", 4)).toBe("ab\n…\nef");
});
