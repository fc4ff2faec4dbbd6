import type { Message } from "@lumino/messaging";
import { onPublished, published } from "../pagehost";
import type { Host } from "../ui/host";
import type { Mounted } from "../ui/mount";
import type { Chats, UI } from "./chats";
import { LazyWidget } from "./lazy";

/** One chat, with what JupyterLab can do for it. */
export class ChatWidget extends LazyWidget<Mounted> {
  private readonly quiet: () => void;

  constructor(
    chats: Chats,
    readonly session: string,
    /** What the place of this chat can do beside what every place can. */
    private readonly own: () => Partial<Host>,
  ) {
    super(chats);
    this.quiet = onPublished(() => this.shown?.update(this.host()));
  }

  override dispose(): void {
    this.quiet();
    super.dispose();
  }

  /** Goes to where one writes. */
  async focus(): Promise<void> {
    if (await this.ready()) this.node.querySelector<HTMLElement>("textarea")?.focus();
  }

  protected override fill({ mount, HttpTransport }: UI): Mounted {
    return mount(this.node, new HttpTransport(this.chats.server, this.session), this.host());
  }

  protected override onActivateRequest(_message: Message): void {
    void this.focus();
  }

  private host(): Partial<Host> {
    return { ...published()?.host, ...this.own() };
  }
}
