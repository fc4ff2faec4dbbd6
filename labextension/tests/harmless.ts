/** What may be in a rendered text: everything else would be a way out of it. */
import { expect } from "vitest";

const TAGS = new Set(
  (
    "A BLOCKQUOTE BR BUTTON CODE DIV EM H1 H2 H3 H4 H5 H6 HR IMG KBD LI OL P PRE S SPAN STRONG " +
    "SUB SUP TABLE TBODY TD TH THEAD TR UL"
  ).split(" "),
);
const ATTRIBUTES: Readonly<Record<string, RegExp>> = {
  alt: /^/,
  "aria-label": /^/,
  class: /^(jp-(Chatcore|mod)-[\w-]+ ?)*$/,
  "data-display": /^true$/,
  "data-language": /^/,
  decoding: /^async$/,
  height: /^\d+$/,
  href: /^(https?|mailto):/i,
  loading: /^lazy$/,
  referrerpolicy: /^no-referrer$/,
  rel: /^noopener noreferrer$/,
  role: /^(group|img)$/,
  src: /^(https:\/\/hub\.example\/user\/me\/files\/|data:image\/)/,
  start: /^\d+$/,
  style: /^text-align: (left|right|center);$/,
  tabindex: /^0$/,
  target: /^_blank$/,
  title: /^/,
  type: /^button$/,
  width: /^\d+$/,
};

/** Fails at the first element, attribute or address that has no business in a text. */
export function expectHarmless(fragment: DocumentFragment): void {
  for (const element of fragment.querySelectorAll("*")) {
    expect(TAGS).toContain(element.tagName);
    for (const { name, value } of element.attributes) {
      expect(Object.keys(ATTRIBUTES)).toContain(name);
      expect(value).toMatch(ATTRIBUTES[name] ?? /^$/);
    }
    if (element.hasAttribute("href")) expect(element.getAttribute("target")).toBe("_blank");
  }
}
