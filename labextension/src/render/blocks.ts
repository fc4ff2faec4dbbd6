/**
 * A growing text as a list of blocks, of which only the last can still change.
 *
 * The blocks are found by the parser that renders them, so cutting a text here never
 * changes what it means. Growing costs the last block, not the text.
 */
import type { Token } from "markdown-it";
import { type Context, md } from "./markdown";

export interface Block {
  /** The Markdown of the block, with the empty lines after it. */
  readonly source: string;
  /** Where it is a code block by itself: what is in it. */
  readonly code: Code | null;
}

export interface Code {
  readonly language: string;
  readonly text: string;
  /** Whether its end has been written. */
  readonly closed: boolean;
}

export class Blocks {
  readonly context: Context;
  /** Grows when a link definition is another: what uses it has to be rendered again. */
  definitions = 0;
  private defined = "{}";
  /** The definitions before the last block, in which one may still be half written. */
  private settled: Context["references"] = {};
  private text = "";
  private lastStart = 0;
  private list: Block[] = [];

  constructor(images: readonly string[]) {
    this.context = { references: {}, images };
  }

  /** The blocks of the text, which most often is the one before with something added. */
  update(raw: string): readonly Block[] {
    const text = raw.includes("\r") ? raw.replace(/\r\n?/g, "\n") : raw;
    if (text === this.text) return this.list;
    if (!text.startsWith(this.text)) this.reset();
    this.text = text;
    this.context.references = { ...this.settled };
    const tail = this.parse(text.slice(this.lastStart));
    this.settle(tail.slice(0, -1));
    this.list = [...this.list.slice(0, -1), ...tail];
    this.lastStart = text.length - (tail.at(-1)?.source.length ?? 0);
    this.countDefinitions();
    return this.list;
  }

  /** Keeps what is defined in blocks that do not change any more. */
  private settle(blocks: readonly Block[]): void {
    const source = blocks.map((block) => block.source).join("");
    if (!source.includes("]:")) return;
    md.block.parse(source, md, { ...this.context, references: this.settled }, []);
  }

  private countDefinitions(): void {
    const now = JSON.stringify(this.context.references);
    if (now !== this.defined) this.definitions += 1;
    this.defined = now;
  }

  private reset(): void {
    this.settled = {};
    this.lastStart = 0;
    this.list = [];
  }

  private parse(source: string): Block[] {
    const tokens: Token[] = [];
    md.block.parse(source.replaceAll("\0", "\uFFFD"), md, this.context, tokens);
    const tops = tokens.filter((token) => token.level === 0 && token.nesting >= 0);
    if (tops.length === 0) return source ? [{ source, code: null }] : [];
    const lines = starts(source);
    return tops.map((token, index) => {
      // what is above the first block or between two belongs to the block before it
      const from = index === 0 ? 0 : lineOf(token, lines, source);
      const next = tops[index + 1];
      const to = next ? lineOf(next, lines, source) : source.length;
      return { source: source.slice(from, to), code: codeOf(token) };
    });
  }
}

function starts(source: string): number[] {
  const found = [0];
  for (let at = source.indexOf("\n"); at >= 0; at = source.indexOf("\n", at + 1))
    found.push(at + 1);
  return found;
}

function lineOf(token: Token, lines: readonly number[], source: string): number {
  return lines[token.map?.[0] ?? 0] ?? source.length;
}

function codeOf(token: Token): Code | null {
  if (token.type !== "fence") return null;
  const [first, end] = token.map ?? [0, 0];
  const inside = token.content.replace(/\n$/, "").split("\n").length;
  // the first line says the language; until it has ended it may go on
  const named = end - first > 1;
  return {
    language: named ? (token.info.trim().split(/\s+/)[0]?.toLowerCase() ?? "") : "",
    text: token.content.replace(/\n$/, ""),
    closed: end - first === (token.content === "" ? 0 : inside) + 2,
  };
}
