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

/** Fails where an element, an attribute or an address has no business in a text. */
export function expectHarmless(fragment: DocumentFragment): void {
  expect([...fragment.querySelectorAll("*")].flatMap(harms)).toEqual([]);
}

function harms(element: Element): string[] {
  const wrong = [...element.attributes].filter(({ name, value }) => !ATTRIBUTES[name]?.test(value));
  const stays = element.hasAttribute("href") && element.getAttribute("target") !== "_blank";
  return [
    ...(TAGS.has(element.tagName) ? [] : [element.tagName]),
    ...wrong.map(({ name, value }) => `${element.tagName} ${name}=${value}`),
    ...(stays ? [`${element.tagName} opens in the page`] : []),
  ];
}
