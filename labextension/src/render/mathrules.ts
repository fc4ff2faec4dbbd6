/**
 * Formulas in Markdown: `$…$`, `$$…$$`, `\(…\)` and `\[…\]`.
 *
 * They become elements that hold the TeX as text; `typeset` replaces it when the
 * typesetter is there, and what cannot be set stays readable.
 */
import type { MarkdownIt, StateBlock, StateInline } from "markdown-it";
import { isTail } from "./tail";

interface Delimiter {
  readonly open: string;
  readonly close: string;
  readonly display: boolean;
}

// the longer ones first: `$$` is not two formulas
const DELIMITERS: readonly Delimiter[] = [
  { open: "$$", close: "$$", display: true },
  { open: "\\[", close: "\\]", display: true },
  { open: "\\(", close: "\\)", display: false },
  { open: "$", close: "$", display: false },
];

export function mathRules(md: MarkdownIt): void {
  md.inline.ruler.before("escape", "math", inlineMath);
  md.block.ruler.before("fence", "math", blockMath, { alt: ["paragraph", "blockquote", "list"] });
  const { escapeHtml } = md.utils;
  md.renderer.rules.math = (tokens, index) => {
    const tex = escapeHtml(tokens[index]?.content ?? "");
    const markup = tokens[index]?.markup;
    if (markup === "open") return `<span class="jp-Chatcore-tex">${tex}</span>`;
    return markup === "display"
      ? `<span class="jp-Chatcore-math" data-display="true">${tex}</span>`
      : `<span class="jp-Chatcore-math">${tex}</span>`;
  };
  md.renderer.rules.math_block = (tokens, index) => {
    const tex = escapeHtml(tokens[index]?.content ?? "");
    const name = tokens[index]?.markup === "open" ? "jp-Chatcore-tex" : "jp-Chatcore-math";
    return `<div class="${name}" data-display="true">${tex}</div>`;
  };
}

/** Delimiters that do not close any more: a text full of open ones is searched once. */
const neverClosed = new WeakMap<StateInline, Set<string>>();

function inlineMath(state: StateInline, silent: boolean): boolean {
  const found = DELIMITERS.find(({ open }) => state.src.startsWith(open, state.pos));
  if (!found || neverClosed.get(state)?.has(found.close)) return false;
  const start = state.pos + found.open.length;
  if (!state.src.includes(found.close, start)) {
    if (unfinished(state, found)) return open(state, start, silent);
    neverClosed.set(state, (neverClosed.get(state) ?? new Set()).add(found.close));
    return false;
  }
  const end = closing(state.src, start, found, state.posMax);
  if (end < 0) return false;
  if (!silent) {
    const token = state.push("math", "math", 0);
    token.content = state.src.slice(start, end);
    token.markup = found.display ? "display" : "";
  }
  state.pos = end + found.close.length;
  return true;
}

/** Whether a formula is being written; a dollar by itself is more often a price. */
function unfinished(state: StateInline, { open }: Delimiter): boolean {
  return open !== "$" && isTail(state) && state.posMax === state.src.length;
}

function open(state: StateInline, start: number, silent: boolean): true {
  if (!silent) {
    const token = state.push("math", "math", 0);
    token.content = state.src.slice(start);
    token.markup = "open";
  }
  state.pos = state.posMax;
  return true;
}

/** Where the formula ends, -1 where it does not, or is no formula. */
function closing(source: string, start: number, { close }: Delimiter, max: number): number {
  const price = close === "$";
  if (price && /[\s$]/.test(source[start] ?? " ")) return -1;
  const end = unescaped(source, start, close);
  if (end < 0 || end + close.length > max) return -1;
  const formula = source.slice(start, end);
  if (formula.trim() === "" || (price && !fits(formula, source[end + 1] ?? ""))) return -1;
  return end;
}

function unescaped(source: string, start: number, close: string): number {
  let end = source.indexOf(close, start);
  while (close.startsWith("$") && end > start && source[end - 1] === "\\") {
    end = source.indexOf(close, end + 1);
  }
  return end;
}

/** `$5 and $6` are prices: a formula does not end after a space or before a digit. */
function fits(formula: string, after: string): boolean {
  return !formula.includes("\n") && !/\s$/.test(formula) && !/\d/.test(after);
}

/** A formula that begins a line. While it is still being written, its text so far. */
function blockMath(state: StateBlock, first: number, last: number, silent: boolean): boolean {
  if ((state.sCount[first] ?? 0) - state.blkIndent >= 4) return false;
  const begin = textStart(state, first);
  const found = DELIMITERS.find(
    ({ open, display }) => display && state.src.startsWith(open, begin),
  );
  if (!found) return false;
  const from = begin + found.open.length;
  const end = paragraphEnd(state, first, last);
  const stop = state.src.indexOf(found.close, from);
  if (stop >= 0 && stop < (state.eMarks[end - 1] ?? 0))
    return closed(state, first, found, stop, silent);
  const rest = textOf(state, first, end, from);
  if (end < state.lineMax || rest.trim() === "") return false;
  return silent || push(state, first, end, rest, "open");
}

function closed(
  state: StateBlock,
  first: number,
  delimiter: Delimiter,
  stop: number,
  silent: boolean,
): boolean {
  let line = first;
  while ((state.eMarks[line] ?? stop) < stop) line++;
  // text after the formula: let the paragraph have both
  if (state.src.slice(stop + delimiter.close.length, state.eMarks[line]).trim()) return false;
  const from = textStart(state, first) + delimiter.open.length;
  return silent || push(state, first, line + 1, textOf(state, first, line + 1, from, stop), "");
}

function textStart(state: StateBlock, line: number): number {
  return (state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0);
}

function paragraphEnd(state: StateBlock, first: number, last: number): number {
  let end = first + 1;
  while (end < last && !state.isEmpty(end)) end++;
  return end;
}

/** The lines without what stands before them in a quotation or a list. */
function textOf(
  state: StateBlock,
  first: number,
  end: number,
  from: number,
  stop?: number,
): string {
  const lines: string[] = [];
  for (let line = first; line < end; line++) {
    const begin = line === first ? from : textStart(state, line);
    lines.push(state.src.slice(begin, Math.min(stop ?? Infinity, state.eMarks[line] ?? begin)));
  }
  return lines.join("\n");
}

function push(
  state: StateBlock,
  first: number,
  end: number,
  tex: string,
  markup: "" | "open",
): true {
  state.line = end;
  const token = state.push("math_block", "math", 0);
  token.block = true;
  token.markup = markup;
  token.content = tex.trim();
  token.map = [first, end];
  return true;
}
