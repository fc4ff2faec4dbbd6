/**
 * Markdown of unknown origin to safe elements.
 *
 * Raw HTML is never read as such, the little that Markdown makes goes through DOMPurify,
 * links leave the page without a way back to it, and an image is only fetched from where
 * a chat keeps its files: any other address could carry what the chat knows to a stranger.
 */
import DOMPurify from "dompurify";
import MarkdownIt, { type Env, type RendererRule, type Token } from "markdown-it";
import { t } from "../words";
import { dress } from "./dress";
import { extraRules } from "./extras";
import { mathRules } from "./mathrules";
import { growing, mendBlock, tailRules } from "./tail";

/** What is known beside the text itself. */
export interface Context extends Env {
  /** Link definitions found so far, as markdown-it keeps them. */
  references: NonNullable<Env["references"]>;
  /** Addresses whose images may be shown: prefixes of absolute URLs. */
  readonly images: readonly string[];
}

/** A longer paragraph, list or table is shown as it was written. */
const LONGEST_BLOCK = 60_000;
const LINKS = /^(?:https?|mailto):/i;
const INLINE_IMAGES = /^data:image\/(?:png|jpe?g|gif|webp|avif|svg\+xml)[;,]/i;

export const md = new MarkdownIt({ html: false, linkify: true, breaks: true });
md.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });
md.validateLink = (url) => LINKS.test(url) || INLINE_IMAGES.test(url);
md.use(mathRules);
md.use(extraRules);
md.use(tailRules);

const link: RendererRule = (tokens, index, options, _env, self) => {
  const token = tokens[index] as Token;
  if (!LINKS.test(attribute(token, "href"))) token.attrs = [];
  return self.renderToken(tokens, index, options);
};

const image: RendererRule = (tokens, index, options, env, self) => {
  const token = tokens[index] as Token;
  const source = attribute(token, "src");
  const text = self.renderInlineAsText(token.children ?? [], options, env);
  const label = md.utils.escapeHtml(text || t("image"));
  if (mayShow(source, env as Context)) {
    return `<img src="${md.utils.escapeHtml(source)}" alt="${label}">`;
  }
  if (!LINKS.test(source) || insideLink(tokens, index)) return label;
  const blocked = t("Blocked image: %1", label);
  return `<a href="${md.utils.escapeHtml(source)}" title="${md.utils.escapeHtml(source)}">${blocked}</a>`;
};

/** A fence inside a list or quotation; one by itself is not rendered here. */
const fence: RendererRule = (tokens, index) => {
  const token = tokens[index] as Token;
  const language = md.utils.escapeHtml(token.info.trim().split(/\s+/)[0] ?? "");
  const code = md.utils.escapeHtml(token.content);
  return `<pre class="jp-Chatcore-pre" tabindex="0" data-language="${language}"><code>${code}</code></pre>`;
};

md.renderer.rules.link_open = link;
md.renderer.rules.image = image;
md.renderer.rules.fence = fence;
md.renderer.rules.code_block = fence;
md.renderer.rules.table_open = () => '<div class="jp-Chatcore-table" tabindex="0"><table>';
md.renderer.rules.table_close = () => "</table></div>";

function attribute(token: Token, name: string): string {
  return String(token.attrGet(name) ?? "");
}

function mayShow(source: string, context: Context): boolean {
  if (INLINE_IMAGES.test(source)) return true;
  if (!URL.canParse(source)) return false;
  const { href } = new URL(source);
  return context.images.some((prefix) => href.startsWith(prefix));
}

function insideLink(tokens: readonly Token[], index: number): boolean {
  const before = tokens.slice(0, index).map((token) => token.type);
  return before.lastIndexOf("link_open") > before.lastIndexOf("link_close");
}

const CLEAN = {
  ALLOWED_TAGS:
    "a blockquote br code del div em h1 h2 h3 h4 h5 h6 hr img li ol p pre s span strong sub sup kbd table tbody td th thead tr ul".split(
      " ",
    ),
  ALLOWED_ATTR: "alt class data-display data-language href src start style tabindex title".split(
    " ",
  ),
  ALLOW_DATA_ATTR: false,
  ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|data:image\/)/i,
  // these hold no address, so they are not checked as one
  ADD_URI_SAFE_ATTR: "data-display data-language start tabindex".split(" "),
};

/** Safe elements for a piece of Markdown; `live` is the end of one that is being written. */
export function render(source: string, context: Context, live = false): DocumentFragment {
  if (source.length > LONGEST_BLOCK) return plain(source);
  const fragment = DOMPurify.sanitize(markup(source, context, live), {
    ...CLEAN,
    RETURN_DOM_FRAGMENT: true,
  });
  for (const element of fragment.querySelectorAll<HTMLElement>("a, img, [style]")) seal(element);
  dress(fragment);
  return fragment;
}

/** HTML that is not trusted yet. */
export function markup(source: string, context: Context, live: boolean): string {
  return live ? md.render(mendBlock(source), growing(context)) : md.render(source, context);
}

function plain(source: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  const text = document.createElement("div");
  text.className = "jp-Chatcore-plain";
  text.textContent = source;
  fragment.append(text);
  return fragment;
}

/** The rules for what reaches out of the page, whatever made it. */
function seal(element: HTMLElement): void {
  if (element instanceof HTMLAnchorElement) {
    if (!LINKS.test(element.getAttribute("href") ?? "")) element.removeAttribute("href");
    element.target = "_blank";
    element.rel = "noopener noreferrer";
  } else if (element instanceof HTMLImageElement) {
    element.loading = "lazy";
    element.decoding = "async";
    element.referrerPolicy = "no-referrer";
  } else {
    // the only style that Markdown makes is the alignment of a table's column
    const { textAlign } = element.style;
    element.removeAttribute("style");
    element.style.textAlign = textAlign;
  }
}
