/** A message as Markdown, as one takes it elsewhere: its words, its code, in short the rest. */
import type { CellPart, JsonObject, Message, Part, PlanPart, ToolPart } from "./protocol";
import { t } from "./words";

/** The whole message; what the model was thinking, and notices of the moment, are left out. */
export function asMarkdown(message: Message): string {
  return message.parts.map(partAsMarkdown).filter(Boolean).join("\n\n");
}

/** What a message says in words. */
export function textOf(message: Pick<Message, "parts">): string {
  return message.parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n");
}

function partAsMarkdown(part: Part): string {
  switch (part.type) {
    case "text":
      return part.text.trim();
    case "tool":
      return tool(part);
    case "plan":
      return plan(part);
    case "output":
      return bundle(part.data);
    case "file":
      return `*${t("File: %1", part.name)}*`;
    case "cell":
      return cell(part);
    case "variable":
      return `*${t("Variable: %1", `${part.name} (${part.python_type})`)}*`;
    case "custom":
      return `*${part.kind}*`;
    default:
      return "";
  }
}

/** What was done and how it ended; what went in and came out is a matter of the chat. */
function tool({ title, name, status = "pending" }: ToolPart): string {
  const what = (title || name).replaceAll(/\s+/g, " ");
  return `> ${t("Tool: %1 (%2)", what, t(status))}`;
}

function plan({ entries }: PlanPart): string {
  return entries
    .map(({ content, status }) => `- [${status === "completed" ? "x" : " "}] ${content}`)
    .join("\n");
}

/** The richest form that is text; a picture cannot be taken along. */
function bundle(data: JsonObject): string {
  const markdown = textIn(data["text/markdown"]);
  if (markdown) return markdown;
  const picture = Object.keys(data).some((mime) => mime.startsWith("image/"));
  if (picture) return `*${t("A picture")}*`;
  const plain = textIn(data["text/plain"]);
  return plain ? fenced(plain, "") : "";
}

function cell({ path, cell_type, source, execution_count }: CellPart): string {
  const count = execution_count == null ? "" : ` [${execution_count}]`;
  const head = `*${t("Cell%1 of %2", count, path)}*`;
  return `${head}\n\n${cell_type === "markdown" ? source : fenced(source, "python")}`;
}

/** Jupyter keeps long texts as lists of lines. */
function textIn(value: unknown): string {
  if (Array.isArray(value)) return value.join("").trim();
  return typeof value === "string" ? value.trim() : "";
}

/** A fence that is longer than any in the text. */
function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`{3,}/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}
