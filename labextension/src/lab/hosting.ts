import { Notification } from "@jupyterlab/apputils";
import type { INotebookTracker } from "@jupyterlab/notebook";
import type { IRenderMimeRegistry } from "@jupyterlab/rendermime";
import { type PageHost, publish } from "../pagehost";
import type { Translator } from "../words";
import { bundlesBy } from "./bundles";
import type { Desk } from "./commands";
import { filesOf } from "./context/files";
import { follow } from "./context/follow";
import { OpenNotebooks } from "./freshness";
import { setFontSize } from "./settings";

/** Lets every chat of the page have what JupyterLab can do, and what is set, from now on. */
export function host(
  { chats, places, workplace, settings }: Desk,
  rendermime: IRenderMimeRegistry | null,
  notebooks: INotebookTracker | null,
  translator: Translator,
): void {
  const renderBundle = rendermime && bundlesBy(rendermime);
  const followWork = follow(workplace, chats.server);
  const files = filesOf(chats.server);
  const setShowNotebook = (on: boolean): void => {
    settings.set("showNotebook", on).catch((error: unknown) => Notification.error(`${error}`));
  };
  const freshness = notebooks && new OpenNotebooks(notebooks, chats.server);
  const offer = (): void => {
    const { sendWith, place, showNotebook, fontSize } = settings.current;
    const host: PageHost["host"] = {
      images: [chats.server.url("files/"), chats.server.url("chatcore/")],
      notebook: workplace,
      renderBundle,
      freshness,
      openChat: (session) => places.show(session),
      preferences: { sendWith, place, showNotebook },
      followWork,
      files,
      setShowNotebook,
    };
    publish({ host, translator });
    setFontSize(document.documentElement, fontSize);
  };
  settings.changed.connect(offer);
  offer();
}
