// @vitest-environment jsdom
/** Four times the text costs about four times as much, whatever its shape. */
import { describe, expect, it } from "vitest";
import { Blocks } from "../src/render/blocks";
import { markup } from "../src/render/markdown";

/** So much more may four times the text cost; what grows with the square costs 16 times. */
const MOST = 9;
/** Less than this, at the longest block there is, holds nobody up. */
const NOISE_MS = 400;
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

/** The better of two tries, in milliseconds. */
function cost(source: string, live: boolean): number {
  const once = (): number => {
    const began = performance.now();
    const blocks = new Blocks([]);
    for (const { source: piece, code } of blocks.update(source))
      if (!code) markup(piece, blocks.context, live);
    return performance.now() - began;
  };
  return Math.min(once(), once());
}

describe.each([false, true])("a text of one shape, being written: %s", (live) => {
  it.each(SHAPES)("%s", (_name, piece) => {
    const of = (size: number): string => `https://a.example ${piece.repeat(size / piece.length)}`;
    const [part, whole] = [cost(of(SIZE), live), cost(of(4 * SIZE), live)];
    expect(whole).toBeLessThan(Math.max(part * MOST, NOISE_MS));
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
  ])("%s costs little", (_name, source) => {
    const began = performance.now();
    const blocks = new Blocks([]);
    for (const { source: piece, code } of blocks.update(source))
      if (!code) markup(piece, blocks.context, true);
    expect(performance.now() - began).toBeLessThan(6_000);
  });
});
