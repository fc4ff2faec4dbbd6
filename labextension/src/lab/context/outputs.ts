/** What a cell gave, as far as it is text: pictures and widgets say nothing to most models. */
import type { JsonObject } from "../../protocol";
import { shortened, withoutAnsi } from "../quoting";

const WIDGET = "application/vnd.jupyter.widget-view+json";

/** The outputs as nbformat has them, with so many characters of text in all; errors are left out. */
export function textOutputs(outputs: readonly JsonObject[], budget: number): JsonObject[] {
  let left = budget;
  return outputs.flatMap((output) => {
    const text = left > 0 ? withoutAnsi(textOf(output)).trimEnd() : "";
    if (!text) return [];
    const shown = shortened(text, left);
    left -= shown.length;
    return [withText(output, shown)];
  });
}

function textOf({ output_type, text, data }: JsonObject): string {
  if (output_type === "stream") return joined(text);
  const bundle = (data ?? {}) as JsonObject;
  return output_type === "error" || WIDGET in bundle ? "" : joined(bundle["text/plain"]);
}

function withText({ output_type, name, execution_count }: JsonObject, text: string): JsonObject {
  if (output_type === "stream") return { output_type, name: name ?? "stdout", text };
  const count =
    output_type === "execute_result" ? { execution_count: execution_count ?? null } : {};
  return {
    output_type: output_type ?? "display_data",
    data: { "text/plain": text },
    metadata: {},
    ...count,
  };
}

/** Jupyter keeps long texts as lists of lines. */
function joined(value: unknown): string {
  if (Array.isArray(value)) return value.join("");
  return typeof value === "string" ? value : "";
}
