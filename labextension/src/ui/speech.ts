/** Markdown as it is read out: in whole paragraphs, without its marks. */
import { t, tn } from "../words";

/** What is longer is read in several pieces, so that one can stop listening. */
const LONGEST = 700;
const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([\w+#-]*)/;

/** Up to where a text can be read from `from` on: whole paragraphs and whole code. */
export function readable(text: string, from: number): number {
  let end = from;
  let fence = "";
  for (const { 0: line, index } of text.slice(from).matchAll(/.*\n/g)) {
    const [, mark = ""] = FENCE.exec(line) ?? [];
    if (fence) {
      if (!mark.startsWith(fence)) continue;
      fence = "";
      end = from + index + line.length;
    } else if (mark) fence = mark;
    else if (line.trim() === "") end = from + index + line.length;
  }
  return end;
}

/** The pieces in which a text is read; code is told of and not spelled. */
export function spoken(text: string): string[] {
  const said: string[] = [];
  let fence = "";
  let language = "";
  let lines = 0;
  const end = (): void => {
    said.push(codeWords(language, lines));
    fence = "";
  };
  for (const line of text.split("\n")) {
    const [, mark = "", name = ""] = FENCE.exec(line) ?? [];
    if (fence === "" && mark) [fence, language, lines] = [mark, name, 0];
    else if (fence && mark.startsWith(fence)) end();
    else if (fence) lines += 1;
    else said.push(plain(line));
  }
  if (fence) end();
  return pieces(said.join(" ").replace(/\s+/g, " ").trim());
}

function codeWords(language: string, lines: number): string {
  return language
    ? tn("Code in %2, %1 line.", "Code in %2, %1 lines.", lines, language)
    : tn("Code, %1 line.", "Code, %1 lines.", lines);
}

function plain(line: string): string {
  if (/^[\s|:-]+$/.test(line)) return "";
  return line
    .replace(/!\[([^\]]*)\]\([^)]*\)/g, (_all, words: string) => t("Image: %1", words))
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/[`*_#|>~]+/g, " ");
}

/** Cut where sentences end, or else between words. */
function pieces(text: string): string[] {
  const found: string[] = [];
  let rest = text;
  while (rest.length > LONGEST) {
    const sentence = rest.slice(0, LONGEST).search(/[.!?…:;]\s(?!.*[.!?…:;]\s)/) + 1;
    const cut = sentence || rest.lastIndexOf(" ", LONGEST) || LONGEST;
    found.push(rest.slice(0, Math.max(cut, 1)).trim());
    rest = rest.slice(Math.max(cut, 1)).trim();
  }
  return rest ? [...found, rest] : found;
}
