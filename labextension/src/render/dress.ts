/** What elements get beyond Markdown, once they are safe: boxes to tick, kinds of quotations. */
import { t } from "../words";
import { sizeOf } from "./pictures";

const BOX = /^\[([ xX])\](?:\s|$)/;
const ALERT = /^\[!(note|tip|important|warning|caution)\][ \t]*(?:\n|$)/i;
const ALERTS: Readonly<Record<string, () => string>> = {
  note: () => t("Note"),
  tip: () => t("Tip"),
  important: () => t("Important"),
  warning: () => t("Warning"),
  caution: () => t("Caution"),
};

export function dress(fragment: DocumentFragment): void {
  for (const item of fragment.querySelectorAll("li")) tickable(item);
  for (const quote of fragment.querySelectorAll("blockquote")) alerting(quote);
  for (const table of fragment.querySelectorAll(".jp-Chatcore-table")) {
    name(table, "group", t("Table"));
  }
  for (const image of fragment.querySelectorAll("img")) frame(image);
}

/** `[ ]` or `[x]` at the start of a list's item is a box; nobody can tick it here. */
function tickable(item: HTMLLIElement): void {
  const text = firstText(item);
  const [found, mark] = BOX.exec(text?.data ?? "") ?? [];
  if (!text || found === undefined) return;
  text.data = text.data.slice(found.length);
  const done = mark !== " ";
  const box = document.createElement("span");
  box.className = `jp-Chatcore-tick${done ? " jp-mod-done" : ""}`;
  name(box, "img", done ? t("Done") : t("To do"));
  item.classList.add("jp-Chatcore-task");
  item.prepend(box);
}

function alerting(quote: HTMLQuoteElement): void {
  const text = firstText(quote);
  const [found, kind] = ALERT.exec(text?.data ?? "") ?? [];
  const title = ALERTS[kind?.toLowerCase() ?? ""];
  if (!text || found === undefined || !title) return;
  text.data = text.data.slice(found.length);
  if (text.data === "" && text.nextSibling instanceof HTMLBRElement) text.nextSibling.remove();
  quote.className = `jp-Chatcore-alert jp-mod-${kind?.toLowerCase()}`;
  const head = document.createElement("strong");
  head.textContent = title();
  quote.prepend(head);
}

/** The text that an element begins with, also where that is in a paragraph. */
function firstText(element: Element): Text | null {
  const first = element.firstElementChild;
  const home = first?.localName === "p" && !before(first) ? first : element;
  return home.firstChild instanceof Text ? home.firstChild : null;
}

/** Whether there is text before an element in its parent. */
function before(element: Element): boolean {
  return Boolean(element.previousSibling?.textContent?.trim());
}

/** An image in a box of its size, or of a fixed one: nothing moves when it loads. */
function frame(image: HTMLImageElement): void {
  const [width, height] = sizeOf(image.src) ?? [];
  if (width && height) {
    image.width = width;
    image.height = height;
  } else image.className = "jp-Chatcore-unsized";
  // inside a link it is the link that one follows
  if (image.closest("a")) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "jp-Chatcore-enlarge";
  button.setAttribute("aria-label", t("Enlarge: %1", image.alt));
  image.replaceWith(button);
  button.append(image);
}

function name(element: Element, role: string, label: string): void {
  element.setAttribute("role", role);
  element.setAttribute("aria-label", label);
}
