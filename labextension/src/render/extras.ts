/**
 * What people write that plain Markdown lacks: a line break in a table's cell, a raised or
 * a lowered letter, a key, and footnotes.
 *
 * These few tags are read by themselves; HTML is not. A footnote stays where it is written:
 * a chat has no foot, and a link within the page would need a name of the text's choosing.
 */
import type { MarkdownIt, StateBlock, StateInline } from "markdown-it";

const TAG = /^<(?:br *\/?|\/?(?:sub|sup|kbd))>/i;
const MARK = /^\[\^([^\]\s^]{1,40})\]/;
const DEFINITION = /^\[\^([^\]\s^]{1,40})\]:[ \t]*(?=\S)/;

export function extraRules(md: MarkdownIt): void {
  md.inline.ruler.before("autolink", "tag", tag);
  md.inline.ruler.before("link", "footnote", mark);
  md.block.ruler.before("reference", "footnote", footnote, { alt: ["paragraph"] });
  md.renderer.rules.tag = (tokens, index) => tokens[index]?.content ?? "";
  md.renderer.rules.footnote = (tokens, index) =>
    `<sup>${md.utils.escapeHtml(tokens[index]?.content ?? "")}</sup>`;
}

function tag(state: StateInline, silent: boolean): boolean {
  if (state.src[state.pos] !== "<") return false;
  const [found] = TAG.exec(state.src.slice(state.pos, state.pos + 8)) ?? [];
  if (!found) return false;
  if (!silent) state.push("tag", "", 0).content = found.toLowerCase();
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
