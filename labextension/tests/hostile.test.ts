// @vitest-environment jsdom
/** Markdown, however hostile, becomes elements that can do nothing, whole or half written. */
import { describe, expect, it } from "vitest";
import { type Context, render } from "../src/render/markdown";
import { typeset } from "../src/render/typesetter";
import { expectHarmless } from "./harmless";
import { HOSTILE, IMAGES } from "./hostile";

/** What Markdown has no say in. */
const PLAIN_TAGS = /^<(?!sub|sup|java| )[^[\]`*$\\&#]*$/;
const context = (): Context => ({ references: {}, images: IMAGES });

/** What it reads as, without spaces. */
function letters(fragment: DocumentFragment): string {
  const labels = [...fragment.querySelectorAll("img")].map(({ alt }) => alt).join("");
  return `${fragment.textContent}${labels}`.replace(/\s/g, "");
}

/** So much of a text has come. */
const PARTS = [0.4, 0.7, 0.95];

describe("hostile Markdown", () => {
  it.each(HOSTILE)("makes nothing but text and harmless elements: %j", (source) => {
    expectHarmless(render(source, context()));
  });

  it("does so while it is being written", () => {
    for (const source of HOSTILE) {
      for (const part of PARTS)
        expectHarmless(render(source.slice(0, part * source.length), context(), true));
    }
  });

  it("does so between other text", () => {
    for (const source of HOSTILE) {
      expectHarmless(render(`- a\n\n  > ${source.replaceAll("\n", "\n  > ")}`, context()));
      expectHarmless(render(`| a | ${source} |\n|---|---|\n| ${source} | b |`, context()));
    }
  });

  it.each(
    HOSTILE.filter((source) => PLAIN_TAGS.test(source)),
  )("that is HTML is read as the text it is: %j", (source) => {
    expect(letters(render(source, context()))).toBe(source.replace(/\s/g, ""));
  });

  it("leaves nothing out", () => {
    expect(letters(render("\u202ea\u200bb", context()))).toBe("\u202ea\u200bb");
    expect(letters(render("a\u0000b", context()))).toBe("a\ufffdb");
    expect(letters(render("[x](javascript:alert(1))", context()))).toBe("[x](javascript:alert(1))");
  });
});

describe("hostile formulas", () => {
  it.each([
    "\\href{javascript:alert(1)}{x}",
    "\\url{javascript:alert(1)}",
    "\\includegraphics{https://evil.example/x.png}",
    '\\class{x" onclick="alert(1)}{x}',
    "\\style{background:url(https://evil.example)}{x}",
    "\\htmlData{onclick=alert(1)}{x}",
    "\\htmlId{body}{x}",
    "\\color{url(https://evil.example)}x",
    "\\text{<img src=x onerror=alert(1)>}",
    "\\text{</mtext></math><img src=x onerror=alert(1)>}",
    "\\tag{<script>alert(1)</script>}x",
    "\\label{body}x \\ref{body}",
    "\\def\\a{\\a\\a}\\a",
    "\\def\\a{\\b\\b}\\def\\b{\\c\\c}\\def\\c{\\d\\d}\\def\\d{xxxxxxxxxxxxxxxxxxxxxxxxx}\\a\\a\\a\\a",
    "\\newcommand{\\a}[1]{\\a{#1#1}}\\a{x}",
    "\\rule{99999em}{99999em}",
    "\\kern{99999em}x\\hspace{-99999em}y\\raise{9999em}{x}",
    "{".repeat(5000),
    "\\sqrt{".repeat(3000),
    "\\frac{",
    "x^".repeat(5000),
    `${"\\begin{matrix}".repeat(500)}x`,
  ])("do nothing: %j", (tex) => {
    for (const element of typeset(tex, true).querySelectorAll("*")) {
      expect(element.localName).not.toMatch(/script|img|^a$|annotation|maction|mglyph|style/);
      for (const { name, value } of element.attributes) {
        expect(name).not.toMatch(/^on|href|src|^id$/);
        expect(value).not.toMatch(/url|javascript|fixed|99999/i);
      }
    }
  });
});
