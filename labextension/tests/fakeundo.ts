/** Changes of notebooks in memory, and what taking them back comes to. */
import type { DiffOutput, Message, Part, ToolOutput, ToolPart, Undone } from "../src/protocol";
import { RequestError } from "../src/transport";

/** A tool call that has changed a cell. */
export function changed(diff: Partial<DiffOutput>, more: Partial<ToolPart> = {}): ToolPart {
  const output: ToolOutput = { type: "diff", path: "a.ipynb", cell_type: "code", ...diff };
  const name = "edit_cell";
  return { type: "tool", call: name, name, status: "done", output: [output], ...more };
}

/** The message's parts once its changes are taken back, but for cells that were changed since. */
export function takenBack(
  message: Message,
  since: ReadonlySet<string>,
): { readonly parts: readonly Part[]; readonly told: Undone } {
  const conflicts: string[] = [];
  let undone = 0;
  const one = (output: ToolOutput): ToolOutput => {
    if (output.type !== "diff" || output.cell == null || output.undone) return output;
    if (since.has(output.cell)) {
      conflicts.push(`The cell “${output.new}” was changed since, so it stays as it is.`);
      return output;
    }
    undone += 1;
    return { ...output, undone: true };
  };
  const parts = message.parts.map((part) =>
    part.type === "tool" && part.output ? { ...part, output: part.output.map(one) } : part,
  );
  if (undone + conflicts.length === 0) {
    throw new RequestError(409, "conflict", "There is nothing to take back.");
  }
  return { parts, told: { undone, conflicts } };
}
