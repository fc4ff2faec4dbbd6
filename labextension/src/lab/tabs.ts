import type { ILabShell, ILayoutRestorer } from "@jupyterlab/application";
import { MainAreaWidget, WidgetTracker } from "@jupyterlab/apputils";
import { find } from "../liststate";
import { t } from "../words";
import type { Chats } from "./chats";
import { ChatWidget } from "./chatwidget";
import { chatIcon } from "./icon";

type Tab = MainAreaWidget<ChatWidget>;

/** The chats in the main area, each in a tab of its own. */
export class ChatTabs {
  readonly tracker = new WidgetTracker<Tab>({ namespace: "jupyter-chatcore" });
  private quiet: (() => void) | null = null;

  constructor(
    private readonly chats: Chats,
    private readonly shell: ILabShell,
  ) {}

  /** Brings the tabs back after a reload, by a command that opens one. */
  restore(restorer: ILayoutRestorer, command: string): void {
    void restorer.restore(this.tracker, {
      command,
      args: ({ content, title }) => ({ session: content.session, title: title.label, quiet: true }),
      name: ({ content }) => content.session,
    });
  }

  /** The tab of a chat, null where it has none. */
  find(session: string): Tab | null {
    return this.tracker.find(({ content }) => content.session === session) ?? null;
  }

  /** The chats that are open in tabs. */
  get all(): ChatWidget[] {
    const all: ChatWidget[] = [];
    this.tracker.forEach(({ content }) => void all.push(content));
    return all;
  }

  /** The chat in front in the main area, null where something else is. */
  get front(): ChatWidget | null {
    const { currentWidget } = this.shell;
    const tab = this.tracker.find((one) => one === currentWidget);
    return tab?.content ?? null;
  }

  /** Opens a chat in a tab; `title` is what it is called as far as that is known. */
  open(session: string, title: string, activate: boolean): Tab {
    const tab = this.find(session) ?? this.add(session, title);
    if (activate) this.shell.activateById(tab.id);
    return tab;
  }

  dispose(): void {
    this.quiet?.();
    this.tracker.dispose();
  }

  private add(session: string, title: string): Tab {
    const openChat = (other: string): void => void this.open(other, "", true);
    const content = new ChatWidget(this.chats, session, () => ({ openChat }));
    const tab: Tab = new MainAreaWidget({ content });
    tab.id = `jupyter-chatcore-${session}`;
    tab.toolbar.hide();
    tab.title.icon = chatIcon;
    tab.title.label = title || t("Chat");
    tab.title.closable = true;
    tab.title.dataset = { ...tab.title.dataset, type: "chatcore-chat", session };
    content.changed.connect(() => this.name(tab));
    this.quiet ??= this.chats.feed.subscribe(() => this.nameAll());
    this.shell.add(tab, "main", { activate: false });
    void this.tracker.add(tab);
    this.name(tab);
    return tab;
  }

  private nameAll(): void {
    this.tracker.forEach((tab) => void this.name(tab));
  }

  /** Lets a tab be called as its chat is now; one whose chat was deleted goes away. */
  private name(tab: Tab): void {
    const { session, shown, gone } = tab.content;
    const { chats } = this.chats.feed.state;
    if (gone || chats?.rows.get(session)?.session.deleted) {
      tab.dispose();
      return;
    }
    const known = chats && find(chats, session);
    const title = known?.title ?? shown?.controller.view.chat?.session.title;
    if (!title || title === tab.title.label) return;
    tab.title.label = title;
    void this.tracker.save(tab);
  }
}
