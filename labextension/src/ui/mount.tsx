import { render } from "preact";
import type { Transport } from "../transport";
import { ChatView } from "./chat";
import { Controller } from "./controller";
import { Following } from "./following";
import { Frames } from "./frames";
import { type Host, hostWith } from "./host";
import { keepKeys } from "./keys";
import { addStyles } from "./styles";

/** A chat that is shown. */
export interface Mounted {
  readonly controller: Controller;
  /** Takes what the host can do, or what is set for it, from now on from here. */
  update(host: Partial<Host>): void;
  /** Calls `listener` after every change of what the controller knows; the result undoes it. */
  subscribe(listener: () => void): () => void;
  dispose(): void;
}

/** Shows a chat in an element until it is disposed. */
export function mount(
  element: HTMLElement,
  transport: Transport,
  given: Partial<Host> = {},
): Mounted {
  const life = new AbortController();
  let host = hostWith(given);
  addStyles(element);
  keepKeys(element, life.signal);
  const frames = new Frames(() => {
    render(<ChatView view={controller.view} controller={controller} host={host} />, element);
  });
  const listeners = new Set<() => void>();
  const controller = new Controller(transport, () => {
    frames.request();
    for (const listener of listeners) listener();
  });
  element.dataset.chatcore = "";
  const following = new Following(element, controller.showing);
  following.take(host);
  frames.flush();
  return {
    controller,
    update: (change) => {
      host = { ...host, ...change };
      following.take(host);
      frames.request();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispose: () => {
      life.abort();
      following.stop();
      listeners.clear();
      frames.stop();
      controller.dispose();
      render(null, element);
      delete element.dataset.chatcore;
    },
  };
}
