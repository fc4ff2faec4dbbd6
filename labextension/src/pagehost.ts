/**
 * What JupyterLab can do for every chat of its page, also for those below cells.
 *
 * The plug-in and the widget are bundles of their own, so they meet in the page itself.
 */
import type { Host } from "./ui/host";
import type { Translator } from "./words";

/** Treat it as a value: what changes is published anew. */
export interface PageHost {
  readonly host: Partial<Host>;
  readonly translator: Translator;
}

type Listener = () => void;

/** Where the bundles meet. */
interface Place {
  host: PageHost | null;
  readonly listeners: Set<Listener>;
}

const PLACE = Symbol.for("jupyter_chatcore.host");

/** Lets every chat of the page have the host; null takes it away. */
export function publish(host: PageHost | null): void {
  const { listeners } = place();
  place().host = host;
  for (const listener of [...listeners]) listener();
}

/** What was published last, null where nobody did. */
export function published(): PageHost | null {
  return place().host;
}

/** Calls `listener` whenever something is published; the result undoes it. */
export function onPublished(listener: Listener): () => void {
  const { listeners } = place();
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function place(): Place {
  const page = globalThis as { [PLACE]?: Place };
  page[PLACE] ??= { host: null, listeners: new Set() };
  return page[PLACE];
}
