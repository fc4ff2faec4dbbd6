/** Code and errors as Markdown, for a message. */

/** An error among a cell's outputs, as the notebook's format has it. */
export interface CellError {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

/** Longer pieces are cut in their middle: what counts of a traceback is its ends. */
const LONGEST = 8_000;

/** A fenced block that the text cannot end. */
export function fenced(text: string, language: string): string {
  const runs = text.match(/`{3,}/g) ?? [];
  const fence = "`".repeat(Math.max(3, ...runs.map((run) => run.length + 1)));
  return `${fence}${language}\n${text.replace(/\n+$/, "")}\n${fence}`;
}

/** The name that Markdown knows a language by, of a mime type as editors have it. */
export function languageOf(mime: string): string {
  const name = mime.replace(/^[a-z]+\//, "").replace(/^x-/, "");
  if (name === "plain") return "";
  if (name.startsWith("ipythongfm")) return "markdown";
  return name === "ipython" ? "python" : name;
}

/** What a terminal's colours and cursor moves leave of a text. */
export function withoutAnsi(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what goes
  return text.replace(/\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\))/g, "");
}

/** The text, or its two ends where it is too long. */
export function shortened(text: string, longest = LONGEST): string {
  if (text.length <= longest) return text;
  const half = Math.floor(longest / 2);
  return `${text.slice(0, half)}\n…\n${text.slice(-half)}`;
}

/** The error's words as a kernel shows them, without their colours. */
export function errorText({ ename, evalue, traceback }: CellError): string {
  const text = withoutAnsi(traceback.join("\n")).trim();
  return shortened(text || `${ename}: ${withoutAnsi(evalue)}`);
}

/** A question about a cell's error. */
export function errorQuestion(
  ask: string,
  source: string,
  language: string,
  error: CellError,
): string {
  return [ask, fenced(shortened(source), language), fenced(errorText(error), "text")].join("\n\n");
}
