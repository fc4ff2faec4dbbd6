import type { VNode } from "preact";
import { useContext, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { JsonObject } from "../protocol";
import { sizeOf } from "../render/pictures";
import { t } from "../words";
import { enlargeAt } from "./enlarging";
import { HostContext, type RenderBundle } from "./host";
import { Markdown } from "./markdown";

const IMAGES = ["image/png", "image/jpeg", "image/gif", "image/webp"] as const;
/** What the chat shows as well as any host, with pictures that can be enlarged. */
const OWN = /^(?:image\/(?:png|jpeg|gif|webp|svg\+xml)|text\/plain|text\/markdown)$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals colour text by them
export const COLOURS = /\u001b\[[\d;]*[A-Za-z]/g;

interface Props {
  readonly data: JsonObject;
  readonly metadata?: JsonObject;
}

/**
 * A Jupyter mime bundle, as the host's notebooks show it where it has richer forms.
 *
 * Where the host cannot, it is shown in the first form that is safe.
 */
export function Bundle({ data, metadata = {} }: Props): VNode {
  const { renderBundle } = useContext(HostContext);
  const rich = Object.keys(data).some((mime) => !OWN.test(mime));
  if (!renderBundle || !rich) return <Plain data={data} metadata={metadata} />;
  return <Hosted show={renderBundle} data={data} metadata={metadata} />;
}

interface HostedProps extends Required<Props> {
  readonly show: RenderBundle;
}

/** Shown by the host; what it does not know, or fails at, is shown by the chat. */
function Hosted({ show, data, metadata }: HostedProps): VNode {
  const home = useRef<HTMLDivElement>(null);
  const [known, setKnown] = useState(true);
  useLayoutEffect(() => {
    const element = home.current;
    const remove = element && attempt(() => show(element, data, metadata));
    setKnown(Boolean(remove));
    return () => {
      if (remove) attempt(remove);
    };
  }, [show, data, metadata]);
  return (
    <>
      <div class="jp-Chatcore-hosted" ref={home} hidden={!known} />
      {known ? null : <Plain data={data} metadata={metadata} />}
    </>
  );
}

/** null where it throws: an output that a host cannot show is no reason for a chat to go. */
function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}

/** HTML and JavaScript are never run here; what has no other form is shown as its JSON. */
function Plain({ data, metadata }: Required<Props>): VNode {
  const image = picture(data);
  const text = joined(data["text/plain"]);
  if (image) return <Picture source={image} label={text} size={sizeIn(data, metadata)} />;
  const markdown = joined(data["text/markdown"]);
  if (markdown !== null) return <Markdown text={markdown} live={false} />;
  if (text !== null) {
    return (
      <pre class="jp-Chatcore-output" tabIndex={0}>
        {text.replace(COLOURS, "")}
      </pre>
    );
  }
  return <Json label={Object.keys(data).join(", ") || t("Empty output")} value={data} />;
}

interface PictureProps {
  readonly source: string;
  readonly label: string | null;
  readonly size: { readonly width?: number; readonly height?: number };
}

function Picture({ source, label, size }: PictureProps): VNode {
  const alt = label ?? t("Picture");
  const [width, height] = sizeOf(source) ?? [];
  const known = size.width || size.height ? size : { width, height };
  return (
    <button
      type="button"
      class="jp-Chatcore-enlarge"
      aria-label={t("Enlarge: %1", alt)}
      onClick={enlargeAt}
    >
      <img
        class={known.width || known.height ? undefined : "jp-Chatcore-unsized"}
        src={source}
        alt={alt}
        {...(known as { width?: number; height?: number })}
      />
    </button>
  );
}

/** Anything as folded JSON. */
export function Json({ label, value }: { readonly label: string; readonly value: unknown }): VNode {
  return (
    <details class="jp-Chatcore-fold">
      <summary>{label}</summary>
      <pre class="jp-Chatcore-output" tabIndex={0}>
        {JSON.stringify(value, null, 2)}
      </pre>
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

function sizeIn(data: JsonObject, metadata: JsonObject): { width?: number; height?: number } {
  const mime = IMAGES.find((name) => name in data) ?? "image/svg+xml";
  const found = metadata[mime];
  if (typeof found !== "object" || found === null) return {};
  const { width, height } = found as { width?: unknown; height?: unknown };
  return {
    ...(typeof width === "number" ? { width } : {}),
    ...(typeof height === "number" ? { height } : {}),
  };
}
