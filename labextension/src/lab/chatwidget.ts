import type { Message } from "@lumino/messaging";
import { Signal } from "@lumino/signaling";
import { onPublished, published } from "../pagehost";
import type { Host } from "../ui/host";
import type { Mounted } from "../ui/mount";
import type { Chats, UI } from "./chats";
import { LazyWidget } from "./lazy";

/** One chat, with what JupyterLab can do for it. */
export class ChatWidget extends LazyWidget<Mounted> {
  /** Something in the chat is not as it was. */
  readonly changed = new Signal<this, void>(this);
  private readonly quiet: () => void;

  constructor(
    chats: Chats,
    readonly session: string,
    /** What this place can do beside what every place of the page can. */
    private readonly own: () => Partial<Host>,
  ) {
    super(chats);
    this.quiet = onPublished(() => this.shown?.update(this.host()));
  }

  /** Whether a reply is being written, as far as it is known. */
  get running(): boolean {
    return this.shown?.controller.view.running ?? false;
  }

  /** Whether the chat was deleted, as far as it is known. */
  get gone(): boolean {
    return this.shown?.controller.view.connection.kind === "gone";
  }

  override dispose(): void {
    this.quiet();
    super.dispose();
    Signal.clearData(this);
  }

  /** Goes to where one writes. */
  async focus(): Promise<void> {
    if (await this.ready()) this.node.querySelector<HTMLElement>("textarea")?.focus();
  }

  /** Puts a text into what is about to be sent, and goes there. */
  async quote(text: string): Promise<void> {
    (await this.ready())?.controller.draft.add(text);
    await this.focus();
  }

  /** Goes to a message, wherever in the chat it is. */
  async reveal(message: number): Promise<void> {
    (await this.ready())?.controller.reveal(message);
  }

  /** Sends a message at once. */
  async say(text: string): Promise<void> {
    (await this.ready())?.controller.send(text);
  }

  protected override fill({ mount, HttpTransport }: UI): Mounted {
    const transport = new HttpTransport(this.chats.server, this.session);
    const mounted = mount(this.node, transport, this.host());
    // many changes come at once, and are told of once
    mounted.subscribe(() => this.update());
    return mounted;
  }

  protected override onActivateRequest(_message: Message): void {
    void this.focus();
  }

  protected override onUpdateRequest(_message: Message): void {
    this.changed.emit();
  }

  private host(): Partial<Host> {
    return { ...published()?.host, ...this.own() };
  }
}
