import { render } from "preact";
import type { ListFeed } from "../../listfeed";
import { Frames } from "../frames";
import { keepKeys } from "../keys";
import found from "../style/found.css";
import list from "../style/list.css";
import { addSheet, addStyles } from "../styles";
import { ListController } from "./controller";
import { type ListHost, listHostWith } from "./host";
import { ListPane } from "./list";

/** A list of chats that is shown. */
export interface MountedList {
  /** Takes what the host can do, or where it is, from now on from here. */
  update(host: Partial<ListHost>): void;
  /** Goes to where one searches. */
  focusSearch(): void;
  /** Makes a new chat and opens it. */
  newChat(): Promise<void>;
  dispose(): void;
}

/** Shows the list of all chats in an element until it is disposed; the feed goes on. */
export function mountList(
  element: HTMLElement,
  feed: ListFeed,
  given: Partial<ListHost> & Pick<ListHost, "open">,
): MountedList {
  const life = new AbortController();
  let host = listHostWith(given);
  addStyles(element);
  addSheet(element, "list", `${list}\n${found}`);
  keepKeys(element, life.signal);
  const frames = new Frames(() => {
    render(<ListPane view={controller.view} controller={controller} host={host} />, element);
  });
  const controller = new ListController(feed, host, frames);
  frames.flush();
  return {
    update: (change) => {
      host = { ...host, ...change };
      controller.update(host);
    },
    focusSearch: () => {
      const field = element.querySelector<HTMLInputElement>("[type=search]");
      field?.focus();
      field?.select();
    },
    newChat: () => controller.make(),
    dispose: () => {
      life.abort();
      frames.stop();
      controller.dispose();
      render(null, element);
    },
  };
}
