import { HttpChatsTransport } from "../chats";
import { ListFeed } from "../listfeed";
import { Server, type ServerSettings } from "../server";

export type UI = typeof import("./ui");

/** The chats of the page's server, for all that shows them: one list, one watch. */
export class Chats {
  readonly server: Server;
  readonly feed: ListFeed;
  private loading: Promise<UI> | null = null;

  constructor(settings: ServerSettings) {
    this.server = new Server(settings);
    this.feed = new ListFeed(new HttpChatsTransport(this.server));
  }

  /** What shows chats, loaded when first wanted; where that failed, the next one tries again. */
  ui(): Promise<UI> {
    this.loading ??= import("./ui").catch((error: unknown) => {
      this.loading = null;
      throw error;
    });
    return this.loading;
  }

  dispose(): void {
    this.feed.dispose();
  }
}
