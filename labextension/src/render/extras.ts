/**
 * What people write that plain Markdown lacks: a line break in a table's cell, a raised or
 * a lowered letter, a key, and footnotes.
 *
 * These few tags are read by themselves, with nothing but text inside; HTML is not. A footnote stays where it is written:
 * a chat has no foot, and a link within the page would need a name of the text's choosing.
 */
import type { MarkdownIt, StateBlock, StateInline } from "markdown-it";

const BREAK = /^<br *\/?>/i;
const TAG = /^<(sub|sup|kbd)>([^<>\n]{1,80})<\/\1>/i;
/** No tag with what is in it is longer. */
const LONGEST_TAG = 100;
const MARK = /^\[\^([^\]\s^]{1,40})\]/;
const DEFINITION = /^\[\^([^\]\s^]{1,40})\]:[ \t]*(?=\S)/;

export function extraRules(md: MarkdownIt): void {
  md.inline.ruler.before("autolink", "tag", tag);
  md.inline.ruler.before("link", "footnote", mark);
  md.block.ruler.before("reference", "footnote", footnote, { alt: ["paragraph"] });
  md.renderer.rules.tag = (tokens, index) => {
    const { tag = "", content = "" } = tokens[index] ?? {};
    return `<${tag}>${md.utils.escapeHtml(content)}</${tag}>`;
  };
  md.renderer.rules.footnote = (tokens, index) =>
    `<sup>${md.utils.escapeHtml(tokens[index]?.content ?? "")}</sup>`;
}

function tag(state: StateInline, silent: boolean): boolean {
  if (state.src[state.pos] !== "<") return false;
  const rest = state.src.slice(state.pos, Math.min(state.pos + LONGEST_TAG, state.posMax));
  const [found, name = "", text = ""] = BREAK.exec(rest) ?? TAG.exec(rest) ?? [];
  if (found === undefined) return false;
  if (!silent) {
    if (name) state.push("tag", name.toLowerCase(), 0).content = text;
    else state.push("hardbreak", "br", 0);
  }
  state.pos += found.length;
  return true;
}

function mark(state: StateInline, silent: boolean): boolean {
  if (!state.src.startsWith("[^", state.pos)) return false;
  const [found, name] = MARK.exec(state.src.slice(state.pos, state.pos + 44)) ?? [];
  if (!found || !name) return false;
  if (!silent) state.push("footnote", "sup", 0).content = name;
  state.pos += found.length;
  return true;
}

function footnote(state: StateBlock, first: number, last: number, silent: boolean): boolean {
  const from = (state.bMarks[first] ?? 0) + (state.tShift[first] ?? 0);
  if (!state.src.startsWith("[^", from)) return false;
  const [found, name] = DEFINITION.exec(state.src.slice(from, state.eMarks[first])) ?? [];
  if (!found || !name) return false;
  if (silent) return true;
  let end = first + 1;
  while (end < last && !state.isEmpty(end) && !startsNote(state, end)) end++;
  const text = state.getLines(first, end, state.blkIndent, false).trim().slice(found.length);
  write(state, name, text, [first, end]);
  state.line = end;
  return true;
}

function startsNote(state: StateBlock, line: number): boolean {
  return state.src.startsWith("[^", (state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0));
}

function write(state: StateBlock, name: string, text: string, lines: [number, number]): void {
  const open = state.push("footnote_open", "div", 1);
  open.attrs = [["class", "jp-Chatcore-footnote"]];
  open.map = lines;
  state.push("footnote", "sup", 0).content = name;
  const inline = state.push("inline", "", 0);
  inline.content = text;
  inline.map = lines;
  inline.children = [];
  state.push("footnote_close", "div", -1);
}
