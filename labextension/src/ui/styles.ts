import actions from "./style/actions.css";
import attachments from "./style/attachments.css";
import base from "./style/base.css";
import code from "./style/code.css";
import controls from "./style/controls.css";
import head from "./style/head.css";
import kept from "./style/kept.css";
import markdown from "./style/markdown.css";
import messages from "./style/messages.css";
import parts from "./style/parts.css";
import picker from "./style/picker.css";
import pictures from "./style/pictures.css";
import popmenu from "./style/popmenu.css";
import shown from "./style/shown.css";
import tools from "./style/tools.css";

const STYLES = [
  base,
  head,
  messages,
  actions,
  controls,
  markdown,
  code,
  pictures,
  parts,
  tools,
  picker,
  popmenu,
  attachments,
  shown,
  kept,
];
const MARK = "data-chatcore-style";

/** Adds the chat's styles to the document or shadow tree that the element is in, once. */
export function addStyles(element: HTMLElement): void {
  addSheet(element, "chat", STYLES.join("\n"));
}

/** Adds a style sheet to the document or shadow tree that the element is in, once by its name. */
export function addSheet(element: HTMLElement, name: string, css: string): void {
  const root = element.getRootNode();
  const home = root instanceof ShadowRoot ? root : document.head;
  if (home.querySelector(`style[${MARK}=${name}]`)) return;
  const style = document.createElement("style");
  style.setAttribute(MARK, name);
  style.textContent = css;
  home.append(style);
}
