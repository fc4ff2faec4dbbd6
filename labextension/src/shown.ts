/** What an answer was shown of notebooks and kernels: by its question, and by its tools. */
import type { Message, Part, Shown, ToolOutput, ToolPart } from "./protocol";
import { sha256 } from "./sha256";

/** As many digits of a digest make a mark; the server makes the same ones (`marks.py`). */
const DIGITS = 16;

/** The mark of a text, such as the whole source of a cell. */
export function markOf(text: string): string {
  // what is half a character is encoded as the sign for what cannot be read, on both sides
  return sha256(new TextEncoder().encode(text)).slice(0, DIGITS);
}

/**
 * What an answer stands on, each thing as it was when it was shown last.
 *
 * What the answer changed itself is known to it as it was then; of variables that were
 * read before it ran something, nobody knows whether the run was what changed them.
 */
export function shownTo(question: Message | null, answer: Message): readonly Shown[] {
  const known = new Map<string, Shown>();
  for (const part of [...(question?.parts ?? []), ...answer.parts]) read(known, part);
  return [...known.values()];
}

type Known = Map<string, Shown>;

function read(known: Known, part: Part): void {
  switch (part.type) {
    case "cell":
      note(known, { ...part, mark: part.mark ?? markOf(part.source) });
      break;
    case "variable":
      if (part.fingerprint) note(known, { ...part, fingerprint: part.fingerprint });
      break;
    case "tool":
      if (part.status === "done") readCall(known, part);
  }
}

function readCall(known: Known, { kind, output = [] }: ToolPart): void {
  if (kind === "execute") {
    for (const [key, one] of known) if (one.type === "variable") known.delete(key);
  }
  for (const one of output) readOutput(known, one);
}

function readOutput(known: Known, output: ToolOutput): void {
  if (output.type === "text") for (const one of output.shown ?? []) note(known, one);
  if (output.type !== "diff" || output.cell == null) return;
  const { path, cell: cell_id } = output;
  const key = keyOf({ type: "cell", path, cell_id, mark: "" });
  const source = output.undone ? output.old : output.new;
  if (source == null) known.delete(key);
  else if (known.has(key)) note(known, { type: "cell", path, cell_id, mark: markOf(source) });
}

function note(known: Known, shown: Shown): void {
  known.set(keyOf(shown), shown);
}

function keyOf(shown: Shown): string {
  return JSON.stringify(
    shown.type === "cell" ? [shown.path, shown.cell_id] : [shown.kernel, shown.name, ""],
  );
}
