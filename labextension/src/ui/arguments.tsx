import type { VNode } from "preact";
import { t } from "../words";

interface Props {
  readonly text: string;
  /** Values that are shown beside it, as what a diff brings: they are left out. */
  readonly shown?: readonly string[];
}

/** What a tool is called with: its fields by name once they are complete, else the text so far. */
export function Arguments({ text, shown = [] }: Props): VNode | null {
  const fields = fieldsOf(text);
  if (!fields)
    return (
      <pre class="jp-Chatcore-output" tabIndex={0}>
        {text}
      </pre>
    );
  const told = Object.entries(fields).filter(([, value]) => !shown.includes(value as string));
  if (told.length === 0) return null;
  return (
    <dl class="jp-Chatcore-output jp-Chatcore-fields" aria-label={t("Input")}>
      {told.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd dir="auto">{typeof value === "string" ? value : JSON.stringify(value, null, 2)}</dd>
        </div>
      ))}
    </dl>
  );
}

function fieldsOf(text: string): Record<string, unknown> | null {
  // what is still being written is no JSON yet: it is not worth a try with each new word
  if (!text.trimEnd().endsWith("}")) return null;
  try {
    const value: unknown = JSON.parse(text);
    const fields = typeof value === "object" && value !== null && !Array.isArray(value);
    return fields && Object.keys(value).length > 0 ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
