import { render } from "preact";
import type { Transport } from "../transport";
import { ChatView, type Look } from "./chat";
import { Controller } from "./controller";
import { Frames } from "./frames";
import { keepKeys } from "./keys";
import { addStyles } from "./styles";

/** What the host of a chat may decide; all of it has a default. */
export interface Hooks {
  readonly title?: string;
  /** What one may try in an empty chat. */
  readonly examples?: readonly string[];
  /** Addresses whose images may be shown: prefixes of absolute URLs. */
  readonly images?: readonly string[];
  /** Opens the chat again after it was deleted. */
  readonly reopen?: () => void;
}

const EXAMPLES = ["/help", "pandas groupby mean", "How do I connect a model?"] as const;

/** Shows a chat in an element; the result takes it away again. */
export function mount(element: HTMLElement, transport: Transport, hooks: Hooks = {}): () => void {
  const life = new AbortController();
  addStyles(element);
  keepKeys(element, life.signal);
  const look: Look = {
    title: hooks.title ?? "",
    examples: hooks.examples ?? EXAMPLES,
    images: hooks.images ?? [],
    reopen: hooks.reopen ?? null,
  };
  const frames = new Frames(() => {
    render(<ChatView view={controller.view} controller={controller} look={look} />, element);
  });
  const controller = new Controller(transport, frames.request);
  element.dataset.chatcore = "";
  frames.flush();
  return () => {
    life.abort();
    frames.stop();
    controller.dispose();
    render(null, element);
    delete element.dataset.chatcore;
  };
}
