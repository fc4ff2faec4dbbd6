/**
 * What is still being written, read as what it is about to be.
 *
 * A word that is half bold is shown bold, and what is half a link as its text, so that
 * nothing is drawn as stars and brackets first and as itself a moment later. Only the last
 * piece of a text can be unfinished; once the text has ended it means what it says.
 */
import type { Env, MarkdownIt, StateCore, StateInline } from "markdown-it";

/** Marks of which more may come: they say nothing until what they mark is there. */
const HALF_A_LINE = /^[\s>]*(?:[-+*_=~#`|:]+|\d{1,9}[.)]?)\s*$/;
const MARKS = "*_~`";
const BOX = /^[ xX]?$/;

/** What is known beside the text: the inline text that may go on, where one does. */
interface Growing extends Env {
  growing?: string;
}

/** For a text that is being written; the same object is not for another text. */
export function growing<T extends Env>(env: T): T {
  return { ...env, growing: "" };
}

export function tailRules(md: MarkdownIt): void {
  md.core.ruler.before("inline", "tail", findTail);
  md.inline.ruler.before("backticks", "tail", openCode);
  md.inline.ruler2.after("balance_pairs", "tail", closeMarks);
}

/** The block without a last line that is nothing but marks; a table from its first line on. */
export function mendBlock(source: string): string {
  const start = source.lastIndexOf("\n") + 1;
  const line = source.slice(start);
  // a number by itself may be all that is said
  const half = HALF_A_LINE.test(line) && (start > 0 || !/\d/.test(line));
  const shown = half ? source.slice(0, start) : source;
  return shown.startsWith("|") && !shown.trimEnd().includes("\n") ? asTable(shown) : shown;
}

function asTable(head: string): string {
  const inside = head.trim().replace(/^\||(?<!\\)\|$/g, "");
  const columns = inside.match(/(?<!\\)\|/g)?.length ?? 0;
  return inside.trim() ? `${head.trimEnd()}\n${"|-".repeat(columns + 1)}|\n` : head;
}

/** The last text of a block is the one that may go on. */
function findTail(state: StateCore): void {
  const env: Growing = state.env;
  if (env.growing === undefined) return;
  const last = state.tokens.findLast(({ type, content }) => type === "inline" && content !== "");
  if (!last) return;
  last.content = mendLink(withoutMarks(last.content));
  env.growing = last.content;
}

/** Without what it ends with, where that may be half of what will stand there. */
function withoutMarks(text: string): string {
  let end = text.length;
  while (end > 0 && MARKS.includes(text[end - 1] ?? " ")) end--;
  return text.slice(0, end);
}

/** A link or an image whose end is missing: its text, or nothing. */
function mendLink(text: string): string {
  const address = text.lastIndexOf("](");
  const unfinished = address >= 0 && !text.includes(")", address);
  const start = text.lastIndexOf("[", unfinished ? address : text.length);
  const end = unfinished ? address : text.indexOf("]", start);
  // brackets in code are no links
  if (start < 0 || text.slice(0, start).split("`").length % 2 === 0) return text;
  // what goes on after the bracket was no link; one within a word is an index
  if (!unfinished && end >= 0 && end < text.length - 1) return text;
  if (!unfinished && /\w/.test(text[start - 1] ?? "")) return text;
  const label = text.slice(start + 1, end < 0 ? text.length : end);
  if (BOX.test(label) && !unfinished) return text;
  const image = text[start - 1] === "!";
  return image ? text.slice(0, start - 1) : text.slice(0, start) + label;
}

/** Whether this is the text that may go on. */
export const isTail = ({ env, src }: StateInline): boolean => (env as Growing).growing === src;

/** Code whose end is missing. */
function openCode(state: StateInline, silent: boolean): boolean {
  if (!isTail(state) || state.src[state.pos] !== "`") return false;
  const [marks] = /^`+/.exec(state.src.slice(state.pos)) ?? [""];
  const from = state.pos + marks.length;
  if (state.posMax < state.src.length || closesCode(state.src, from, marks.length)) return false;
  if (!silent) state.push("code_inline", "code", 0).content = state.src.slice(from);
  state.pos = state.posMax;
  return true;
}

function closesCode(source: string, from: number, length: number): boolean {
  for (const { 0: run } of source.slice(from).matchAll(/`+/g)) {
    if (run.length === length) return true;
  }
  return false;
}

/** Emphasis whose end is missing ends where the text does. */
function closeMarks(state: StateInline): void {
  if (!isTail(state)) return;
  const { delimiters } = state;
  const open: number[] = [];
  let inside = -1;
  for (const [index, delimiter] of delimiters.entries()) {
    if (delimiter.end > index) inside = Math.max(inside, delimiter.end);
    // within another pair it stays what it is, and so does a star within a word
    else if (delimiter.open && !delimiter.close && index > inside) open.push(index);
  }
  for (const index of open.reverse()) {
    const opener = delimiters[index];
    if (!opener) continue;
    state.push("text", "", 0);
    opener.end = delimiters.length;
    const token = state.tokens.length - 1;
    delimiters.push({ ...opener, token, end: -1, open: false, close: true });
  }
}
