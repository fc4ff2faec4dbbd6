import type { Message } from "@lumino/messaging";
import { Signal } from "@lumino/signaling";
import { Panel } from "@lumino/widgets";
import { BrowserShelf } from "../storage";
import type { Host, HostAction } from "../ui/host";
import type { ListHost } from "../ui/list/host";
import { t } from "../words";
import type { Chats } from "./chats";
import { ChatWidget } from "./chatwidget";
import { chatIcon } from "./icon";
import { ListWidget } from "./listwidget";

const SHOWN = "chatcore:panel";
/** In the place of a chat's id: the list is shown. No chat can be called so. */
const LIST = "/";

/** What the panel needs to know of what is around it. */
export interface Around {
  readonly notebook: () => string | null;
  /** The assistant of new chats, "" for the server's. */
  readonly assistant: () => string;
  readonly newChat: () => void;
  /** null where there are no tabs. */
  readonly openInMain: ((session: string) => void) | null;
}

/** The chats in the side bar: their list, or one of them. */
export class ChatPanel extends Panel {
  /** Another chat is shown, or the one that is shown has changed. */
  readonly changed = new Signal<this, void>(this);
  readonly list: ListWidget;
  private open: ChatWidget | null = null;
  private readonly tab = new BrowserShelf(() => sessionStorage);
  private readonly browser = new BrowserShelf(() => localStorage);

  constructor(
    private readonly chats: Chats,
    private readonly around: Around,
  ) {
    super();
    this.id = "jupyter-chatcore-panel";
    this.addClass("jp-ChatcorePanel");
    this.title.icon = chatIcon;
    this.title.caption = t("Chats");
    this.title.dataset = { type: "chatcore-panel" };
    this.node.setAttribute("role", "region");
    this.node.setAttribute("aria-label", t("Chats"));
    this.list = new ListWidget(chats, () => this.listHost());
    this.addWidget(this.list);
    const kept = this.tab.get(this.shelf) ?? this.browser.get(this.shelf);
    if (kept && kept !== LIST) this.showChat(kept);
  }

  /** The chat that is shown, null where the list is. */
  get chat(): ChatWidget | null {
    return this.open;
  }

  /** Shows a chat in the place of what was shown. */
  showChat(session: string): ChatWidget {
    if (this.open?.session === session) return this.open;
    this.open?.dispose();
    const chat = new ChatWidget(this.chats, session, () => this.chatHost(session));
    chat.changed.connect(this.follow, this);
    this.open = chat;
    this.list.hide();
    this.addWidget(chat);
    this.keep(session);
    return chat;
  }

  /** Goes back to the list. */
  showList(): ListWidget {
    this.open?.dispose();
    this.open = null;
    this.list.show();
    this.keep(LIST);
    return this.list;
  }

  override dispose(): void {
    Signal.clearData(this);
    super.dispose();
  }

  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    (this.open ?? this.list).activate();
  }

  private follow(chat: ChatWidget): void {
    if (chat.gone) this.showList();
    else this.changed.emit();
  }

  private keep(session: string): void {
    for (const shelf of [this.tab, this.browser]) shelf.put(this.shelf, session);
    this.list.refresh();
    this.changed.emit();
  }

  private get shelf(): string {
    return `${SHOWN}:${this.chats.feed.transport.scope}`;
  }

  private listHost(): ListHost {
    const { notebook, assistant, openInMain } = this.around;
    return {
      open: (session, message) => {
        const chat = this.showChat(session);
        chat.activate();
        if (message !== undefined) void chat.reveal(message);
      },
      openInMain,
      notebook: notebook(),
      current: this.open?.session ?? null,
      assistant: assistant(),
    };
  }

  private chatHost(session: string): Partial<Host> {
    return {
      openChat: (other) => this.showChat(other).activate(),
      actions: this.actions(session),
    };
  }

  private actions(session: string): HostAction[] {
    const { newChat, openInMain } = this.around;
    const list = (): void => this.showList().activate();
    const actions: HostAction[] = [
      { label: t("All chats"), icon: "list", run: list },
      { label: t("New chat"), icon: "plus", run: newChat },
    ];
    if (!openInMain) return actions;
    const run = (): void => openInMain(session);
    return [...actions, { label: t("Open in the main area"), icon: "open", run }];
  }
}
