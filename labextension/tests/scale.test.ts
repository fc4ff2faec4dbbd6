// @vitest-environment jsdom
/**
 * Texts that are made to be slow are rendered all the same, and lose nothing.
 *
 * What grows with the square of a text's length would not come to its end in the time that
 * a test has.
 */
import { describe, expect, it } from "vitest";
import { Blocks } from "../src/render/blocks";
import { markup } from "../src/render/markdown";

/** Blocks of this length are rendered; longer ones are shown as they are. */
const SIZE = 14_000;

const SHAPES: readonly (readonly [string, string])[] = [
  ["stars", "*"],
  ["stars and words", "*a "],
  ["two stars", "**a "],
  ["underscores", "_a "],
  ["backticks", "`"],
  ["backticks apart", "` "],
  ["tildes", "~"],
  ["brackets", "["],
  ["closed brackets", "[]"],
  ["brackets inside brackets", "[a"],
  ["links without an end", "[a]("],
  ["images without an end", "![a]("],
  ["links in links", "[a](https://a.example "],
  ["footnotes", "[^1] "],
  ["addresses", "https://a.example/("],
  ["an address with many ends", ")"],
  ["protocols", "a://"],
  ["mail", "mailto:a "],
  ["tags", "<sub>"],
  ["half tags", "<a "],
  ["comments", "<!-- "],
  ["entities", "&a"],
  ["backslashes", "\\"],
  ["formulas", "\\( "],
  ["dollars", "$ a"],
  ["two dollars", "$$"],
  ["cells", "| "],
  ["quotations", "> "],
  ["marks of lists", "- "],
  ["zero-width letters", "\u200b"],
  ["turned text", "\u202e"],
  ["nulls", "\0"],
];

/** What a text becomes, its code apart. */
function rendered(source: string, live: boolean): string {
  const blocks = new Blocks([]);
  return blocks
    .update(source)
    .map(({ source: piece, code }) => code?.text ?? markup(piece, blocks.context, live))
    .join("");
}

describe.each([false, true])("a text of one shape, being written: %s", (live) => {
  it.each(SHAPES)("%s", (_name, piece) => {
    const repeated = piece.repeat((4 * SIZE) / piece.length);
    expect(rendered(`https://a.example ${repeated}`, live)).toContain("a.example");
  });
});

describe("a deep or a large text", () => {
  it.each([
    ["quotations", ">".repeat(10_000)],
    ["quotations with spaces", "> ".repeat(10_000)],
    ["lists", "- ".repeat(10_000)],
    ["emphasis", "*a _b ".repeat(5_000)],
    ["lists and quotations", "> - ".repeat(5_000)],
    ["a line of 1 MB", "x ".repeat(500_000)],
    ["100,000 backticks", "`".repeat(100_000)],
    [
      "a table of 1,000 columns",
      `|${"a|".repeat(1_000)}\n|${"-|".repeat(1_000)}\n|${"b|".repeat(1_000)}`,
    ],
    ["a table of 5,000 rows", `|a|b|\n|-|-|\n${"|1|2|\n".repeat(5_000)}`],
    ["10,000 definitions", "[a]: https://a.example\n".repeat(10_000)],
    ["a formula of 100 kB", `$$\n${"x+".repeat(50_000)}\n$$`],
  ])("%s", (_name, source) => {
    expect(rendered(`${source}\n\nthe end`, true)).toContain("the end");
  });
});
