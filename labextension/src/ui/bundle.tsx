import type { VNode } from "preact";
import type { JsonObject } from "../protocol";

const IMAGES = ["image/png", "image/jpeg", "image/gif", "image/webp"] as const;

interface Props {
  readonly data: JsonObject;
  readonly metadata?: JsonObject;
}

/**
 * A Jupyter mime bundle, in the first form that is safe to show.
 *
 * HTML and JavaScript are never run here; what has no other form is shown as its JSON.
 */
export function Bundle({ data, metadata }: Props): VNode {
  const image = picture(data);
  const text = joined(data["text/plain"]);
  if (image) {
    return (
      <img
        class="jp-Chatcore-image"
        src={image}
        alt={text ?? "A picture"}
        {...size(data, metadata)}
      />
    );
  }
  if (text !== null) return <pre class="jp-Chatcore-output">{text}</pre>;
  return <Json label={Object.keys(data).join(", ") || "empty output"} value={data} />;
}

/** Anything as folded JSON. */
export function Json({ label, value }: { readonly label: string; readonly value: unknown }): VNode {
  return (
    <details class="jp-Chatcore-fold">
      <summary>{label}</summary>
      <pre class="jp-Chatcore-output">{JSON.stringify(value, null, 2)}</pre>
    </details>
  );
}

/** An address that holds the picture itself; as an `img` not even SVG can run anything. */
function picture(data: JsonObject): string | null {
  for (const mime of IMAGES) {
    const bytes = joined(data[mime]);
    if (bytes !== null) return `data:${mime};base64,${bytes.replace(/\s/g, "")}`;
  }
  const svg = joined(data["image/svg+xml"]);
  return svg === null ? null : `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
}

/** Jupyter writes a text as one string or as a list of lines. */
function joined(value: unknown): string | null {
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((line) => typeof line === "string"))
    return value.join("");
  return null;
}

function size(
  data: JsonObject,
  metadata: JsonObject | undefined,
): { width?: number; height?: number } {
  const mime = IMAGES.find((name) => name in data) ?? "image/svg+xml";
  const found = metadata?.[mime];
  if (typeof found !== "object" || found === null) return {};
  const { width, height } = found as { width?: unknown; height?: unknown };
  return {
    ...(typeof width === "number" ? { width } : {}),
    ...(typeof height === "number" ? { height } : {}),
  };
}
