import type { Message } from "@lumino/messaging";
import type { ListHost } from "../ui/list/host";
import type { MountedList } from "../ui/list/mount";
import type { Chats, UI } from "./chats";
import { LazyWidget } from "./lazy";

/** The list of all chats. */
export class ListWidget extends LazyWidget<MountedList> {
  constructor(
    chats: Chats,
    private readonly host: () => ListHost,
  ) {
    super(chats);
  }

  /** Goes to where one searches. */
  async focusSearch(): Promise<void> {
    (await this.ready())?.focusSearch();
  }

  /** Takes in what has changed about its place. */
  refresh(): void {
    this.shown?.update(this.host());
  }

  protected override fill({ mountList }: UI): MountedList {
    return mountList(this.node, this.chats.feed, this.host());
  }

  protected override onActivateRequest(_message: Message): void {
    void this.focusSearch();
  }
}
