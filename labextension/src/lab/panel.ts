import { Panel } from "@lumino/widgets";
import { BrowserShelf } from "../storage";
import type { Host } from "../ui/host";
import { t } from "../words";
import type { Chats } from "./chats";
import { ChatWidget } from "./chatwidget";
import { chatIcon } from "./icon";

const SHOWN = "chatcore:panel";

/** The chats in the side bar. */
export class ChatPanel extends Panel {
  private chat: ChatWidget | null = null;
  private readonly tab = new BrowserShelf(() => sessionStorage);

  constructor(private readonly chats: Chats) {
    super();
    this.id = "jupyter-chatcore-panel";
    this.addClass("jp-ChatcorePanel");
    this.title.icon = chatIcon;
    this.title.caption = t("Chats");
    this.node.setAttribute("role", "region");
    this.node.setAttribute("aria-label", t("Chats"));
    const shown = this.tab.get(SHOWN);
    if (shown) this.open(shown);
  }

  /** Shows a chat. */
  open(session: string): ChatWidget {
    if (this.chat?.session === session) return this.chat;
    this.chat?.dispose();
    this.chat = new ChatWidget(this.chats, session, () => this.own());
    this.addWidget(this.chat);
    this.tab.put(SHOWN, session);
    return this.chat;
  }

  private own(): Partial<Host> {
    return { openChat: (session) => this.open(session) };
  }

  protected override onAfterShow(): void {
    if (!this.chat) {
      void this.chats.feed.create({}).then((session) => this.open(session.id));
    }
  }
}
