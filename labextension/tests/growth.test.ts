// @vitest-environment jsdom
/** A text that comes in pieces is in the end what it is at once, whatever the pieces. */
import { describe, expect, it } from "vitest";
import { Blocks } from "../src/render/blocks";
import { render } from "../src/render/markdown";
import { morph } from "../src/render/morph";
import { mendBlock } from "../src/render/tail";
import { expectHarmless } from "./harmless";
import { HOSTILE } from "./hostile";

/** Numbers that look random and are the same each time: from 0 up to 1. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const PIECES = [
  ...["# Title", "Some *emphasis* and **more**", "- a\n- b\n  - c", "1. one\n2. two", "> quoted"],
  ...[
    "```python\nx = 1\n\n```",
    "~~~\nopen",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "$$\nx\n$$",
    "\\[y\\]",
  ],
  ...["[x](https://a.example)", "[x][y]", "[y]: https://b.example", "`code`", "***", "text\n---"],
  ...["- [ ] to do\n- [x] done", "[^1]", "[^1]: note", "> [!NOTE]\n> x", "    indented", "\t- tab"],
  ...[
    "a\r\nb\rc",
    "H<sub>2</sub>O<br>",
    "![i](https://c.example/i.png)",
    "~~gone~~",
    "x $a$ y",
    "\\(z\\)",
  ],
];

function document_(random: () => number): string {
  const any = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const pieces = Array.from({ length: 3 + Math.floor(random() * 9) }, () =>
    random() < 0.85 ? any(PIECES) : any(HOSTILE),
  );
  return pieces.map((piece) => piece + any(["\n\n", "\n", " ", "\n\n\n"])).join("");
}

/** The text up to random places, each longer than the one before, the last the whole. */
function prefixes(text: string, random: () => number): string[] {
  const cuts = Array.from({ length: 12 }, () => Math.floor(random() * text.length));
  return [...cuts.sort((a, b) => a - b), text.length].map((end) => text.slice(0, end));
}

/** What a text is shown as; the last block as one that may go on where it is live. */
function shown(host: HTMLElement, blocks: Blocks, text: string, live: boolean): void {
  const list = blocks.update(text);
  const whole = document.createElement("div");
  for (const [index, { source, code }] of list.entries()) {
    const piece = document.createElement("section");
    if (code) piece.textContent = code.text;
    else piece.append(render(source, blocks.context, live && index === list.length - 1));
    whole.append(piece);
  }
  morph(host, whole);
}

describe("a text in pieces", () => {
  it.each(
    Array.from({ length: 40 }, (_, seed) => [seed]),
  )("is the whole in the end: %i", (seed) => {
    const random = numbers(seed + 1);
    const text = document_(random);
    const [growing, host, fresh] = [
      new Blocks([]),
      ...["div", "div"].map((name) => document.createElement(name)),
    ] as const;
    for (const prefix of prefixes(text, random)) {
      shown(host as HTMLElement, growing, prefix, true);
      expect(growing.update(prefix)).toEqual(new Blocks([]).update(prefix));
    }
    shown(host as HTMLElement, growing, text, false);
    shown(fresh as HTMLElement, new Blocks([]), text, false);
    expect((host as HTMLElement).innerHTML).toBe((fresh as HTMLElement).innerHTML);
  });
});

describe("what is still being written", () => {
  const live = (source: string): string => {
    const host = document.createElement("div");
    const fragment = render(source, { references: {}, images: [] }, true);
    expectHarmless(fragment);
    host.append(fragment);
    return host.innerHTML.trim();
  };

  it.each([
    ["some **bo", "<p>some <strong>bo</strong></p>"],
    ["some **bold*", "<p>some <strong>bold</strong></p>"],
    ["some **", "<p>some </p>"],
    ["some *em and **both", "<p>some <em>em and <strong>both</strong></em></p>"],
    ["***both", "<p><em><strong>both</strong></em></p>"],
    ["a __b", "<p>a <strong>b</strong></p>"],
    ["a ~~b", "<p>a <s>b</s></p>"],
    ["2 * 3 and a*b", "<p>2 * 3 and a*b</p>"],
    ["snake_case_na", "<p>snake_case_na</p>"],
    ["run `pip ins", "<p>run <code>pip ins</code></p>"],
    ["run ``a`b", "<p>run <code>a`b</code></p>"],
    ["see [the docs](https://exam", "<p>see the docs</p>"],
    ["see [the do", "<p>see the do</p>"],
    ["see [the docs]", "<p>see the docs</p>"],
    ["a[0", "<p>a[0</p>"],
    ["a [note] b", "<p>a [note] b</p>"],
    ["see ![a plot](https://exam", "<p>see </p>"],
    ["`a[0](`b", "<p><code>a[0](</code>b</p>"],
    ["text\n-", "<p>text</p>"],
    ["text\n==", "<p>text</p>"],
    ["- a\n2", "<ul>\n<li>a</li>\n</ul>"],
    ["42", "<p>42</p>"],
    ["##", ""],
    ["so \\(a_1 + ", '<p>so <span class="jp-Chatcore-tex">a_1 +</span></p>'],
    ["costs $5 and", "<p>costs $5 and</p>"],
  ])("%j is shown as what it will be", (source, html) => {
    expect(live(source)).toBe(html);
  });

  it.each([
    "| a | b",
    "| a | b |",
    "| a | b |\n",
    "| a | b |\n|-",
    "| a | b |\n|---|--",
  ])("is a table from its first line on: %j", (source) => {
    expect(live(source)).toContain("<th>a</th>\n<th>b</th>");
  });

  it("is taken at its word once it has ended", () => {
    const host = document.createElement("div");
    host.append(render("some **bo\n-", { references: {}, images: [] }));
    expect(host.innerHTML.trim()).toBe("<h2>some **bo</h2>");
  });

  it("is never longer than what was written, but for a table's second line", () => {
    for (const source of [...PIECES, ...HOSTILE]) {
      const mended = mendBlock(source);
      expect(source.startsWith(mended) || mended.startsWith(source.trimEnd())).toBe(true);
    }
  });
});
