// @vitest-environment jsdom
/** Text that grows, text that is large: what is rendered again, and what it costs. */
import { describe, expect, it } from "vitest";
import { Blocks } from "../src/render/blocks";
import { highlight } from "../src/render/highlighter";
import { type Context, render } from "../src/render/markdown";
import { morph } from "../src/render/morph";
import { spans } from "../src/render/spans";

const context = (): Context => ({ references: {}, images: [] });

describe("size and depth", () => {
  const quick = (source: string): number => {
    const began = performance.now();
    const blocks = new Blocks([]);
    for (const block of blocks.update(source))
      if (!block.code) render(block.source, blocks.context);
    return performance.now() - began;
  };

  it.each([
    ["a line of 1 MB", "x".repeat(1_000_000)],
    ["a line of 1 MB of stars", "*".repeat(1_000_000)],
    ["nested quotations", `${">".repeat(10_000)} x`],
    ["nested lists", Array.from({ length: 300 }, (_, i) => `${" ".repeat(i * 2)}- x`).join("\n")],
    ["open brackets", "[".repeat(50_000)],
    ["open images", "![".repeat(25_000)],
    ["open formulas", "\\(".repeat(25_000)],
    ["dollars", "$a ".repeat(15_000)],
    ["backticks", Array.from({ length: 300 }, (_, i) => "`".repeat(i + 1)).join(" ")],
    ["emphasis", "*a **b ".repeat(7_000)],
  ])("%s costs little", (_name, source) => {
    expect(quick(source)).toBeLessThan(4_000);
  });

  it("a table of many rows keeps its cells", () => {
    const table = `|a|b|\n|-|-|\n${"|1|2|\n".repeat(500)}`;
    expect([...render(table, context()).querySelectorAll("td")]).toHaveLength(1000);
  });
});

describe("a growing text", () => {
  const TEXT =
    "# Title\n\nSome *words*\nand more.\n\n1. one\n2. two\n\n   ```python\n   x = 1\n   ```\n\n- a\n\n- b\n\n" +
    "```python\ndef f():\n\n    return 1\n```\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n> quote\nlazy\n\n" +
    "$$\nx = y\n$$\n\nA [link][here].\n\n    indented\n\n~~~\nopen\n\n[here]: https://ok.example";

  it("has the blocks of the whole text, at every length", () => {
    const growing = new Blocks([]);
    for (let end = 0; end <= TEXT.length; end++) {
      const text = TEXT.slice(0, end);
      expect(growing.update(text)).toEqual(new Blocks([]).update(text));
      expect(
        growing
          .update(text)
          .map((block) => block.source)
          .join(""),
      ).toBe(text);
    }
  });

  it("leaves the blocks before the last as they are", () => {
    const blocks = new Blocks([]);
    const first = blocks.update("one\n\ntwo\n\nthr")[0];
    expect(blocks.update("one\n\ntwo\n\nthree")[0]).toBe(first);
  });

  it("starts again where it is another text", () => {
    const blocks = new Blocks([]);
    blocks.update("one\n\ntwo");
    expect(blocks.update("other").map((block) => block.source)).toEqual(["other"]);
  });

  it("knows code, its language, and whether it has ended", () => {
    const code = (text: string) => new Blocks([]).update(text)[0]?.code;
    expect(code("```py\nx")).toEqual({ language: "py", text: "x", closed: false });
    expect(code("```Py title\nx\n```")).toEqual({ language: "py", text: "x", closed: true });
    expect(code("```\n")).toEqual({ language: "", text: "", closed: false });
    expect(code("~~~\n```\n~~~")).toEqual({ language: "", text: "```", closed: true });
  });

  it("finds links that are defined below", () => {
    const blocks = new Blocks([]);
    const [block] = blocks.update("A [link][here].\n\n[here]: https://ok.example");
    expect(blocks.definitions).toBe(1);
    expect(render(block?.source ?? "", blocks.context).querySelector("a")?.href).toBe(
      "https://ok.example/",
    );
  });
});

describe("morph", () => {
  const host = (source: string): HTMLElement => {
    const element = document.createElement("div");
    element.append(render(source, context()));
    return element;
  };

  it.each([
    ["a", "a b"],
    ["a *b*", "a *b* c `d`"],
    ["- a", "- a\n- b"],
    ["# a", "b"],
    ["a\n\nb", "a"],
    ["[x](https://a.example)", "[x](https://b.example)"],
  ])("makes %j into %j", (before, after) => {
    const target = host(before);
    morph(target, render(after, context()));
    expect(target.innerHTML).toBe(host(after).innerHTML);
  });

  it("keeps what is already right", () => {
    const target = host("some *words*");
    const [text, em] = target.querySelector("p")?.childNodes ?? [];
    morph(target, render("some *words* and more", context()));
    expect([...(target.querySelector("p")?.childNodes ?? [])].slice(0, 2)).toEqual([text, em]);
    expect(target.querySelector("p")?.firstChild).toBe(text);
  });
});

describe("colours", () => {
  it("leave the code as it is", () => {
    const code = "def f(x):\n    return x < 1 & 2  # \"'<b>&amp;</b>'\"\n";
    const shown = highlight(code, "python");
    expect(shown?.textContent).toBe(code);
    expect(shown?.querySelectorAll("span").length).toBeGreaterThan(3);
  });

  it("are missing for an unknown language", () => {
    expect(highlight("x", "nonsense")).toBeNull();
  });

  it("can make spans and text only", () => {
    const made = spans(
      '<span class="a">x</span><img src=x onerror=alert(1)></span></span>&lt;b&gt;',
    );
    expect([...made.querySelectorAll("*")].map((one) => one.tagName)).toEqual(["SPAN"]);
    expect(made.textContent).toBe("x<img src=x onerror=alert(1)><b>");
  });
});
