import type { JupyterFrontEnd } from "@jupyterlab/application";
import { find } from "../liststate";
import { ofNotebook } from "../locate";
import type { NewSession } from "../protocol";
import type { Chats } from "./chats";
import type { ChatWidget } from "./chatwidget";
import type { ChatPanel } from "./panel";
import type { ChatTabs } from "./tabs";

/** Where chats are shown, and which of them one means. */
export class Places {
  constructor(
    private readonly shell: JupyterFrontEnd.IShell,
    private readonly chats: Chats,
    readonly panel: ChatPanel,
    /** null where the main area has no tabs. */
    readonly tabs: ChatTabs | null,
  ) {}

  /** The chat one is in: with the focus, in front, or in the panel. */
  get current(): ChatWidget | null {
    const { panel, tabs } = this;
    const all = [panel.chat, ...(tabs?.all ?? [])];
    const focused = all.find((one) => one?.node.contains(document.activeElement));
    return focused ?? tabs?.front ?? panel.chat;
  }

  /** Whether somebody who looks at the page sees this chat. */
  shows(session: string): boolean {
    const all = [this.panel.chat, ...(this.tabs?.all ?? [])];
    return !document.hidden && all.some((one) => one?.session === session && one.isVisible);
  }

  /** Brings one to a chat: to its tab where it has one, else to the panel. */
  show(session: string): void {
    if (this.tabs?.find(session)) this.tabs.open(session, "", true);
    else this.open(session);
  }

  /** Shows a chat in the panel, and goes there. */
  open(session: string): ChatWidget {
    const chat = this.panel.showChat(session);
    this.shell.activateById(this.panel.id);
    return chat;
  }

  /** Shows the panel as it is, and goes there. */
  reveal(): void {
    this.shell.activateById(this.panel.id);
  }

  /** Opens the chat in a tab; null where there are none. */
  openInMain(session: string, title: string, activate = true): object | null {
    const { chats } = this.chats.feed.state;
    const known = chats && find(chats, session)?.title;
    return this.tabs?.open(session, known || title, activate) ?? null;
  }

  /** A new chat; the one in the panel where nothing was said in it yet. */
  async newChat(start: NewSession): Promise<ChatWidget> {
    const { chats } = this.chats.feed.state;
    const open = this.panel.chat && chats ? find(chats, this.panel.chat.session) : null;
    const unused = open && !open.count && !open.running ? open : null;
    return this.open((unused ?? (await this.chats.feed.create(start))).id);
  }

  /** The chat that belongs to a notebook, made where there is none yet. */
  async notebookChat(path: string, start: NewSession): Promise<ChatWidget> {
    const session = await this.chats.feed.create(ofNotebook(path, start));
    return this.open(session.id);
  }
}
