import { Signal } from "@lumino/signaling";
import { Widget } from "@lumino/widgets";
import type { ListFeed } from "../listfeed";
import { all } from "../liststate";
import type { Session } from "../protocol";
import { t, tn } from "../words";

/** The chats in which a reply is being written, the most recently used first. */
export function runningOf(feed: ListFeed): Session[] {
  const { chats } = feed.state;
  return chats ? all(chats).filter((session) => session.running) : [];
}

/** In the status bar: the replies that are being written, and the way to them. */
export class RunningItem extends Widget {
  /** There is something to show, or nothing any more. */
  readonly activeChanged = new Signal<this, void>(this);
  private running: readonly Session[] = [];
  private readonly button: HTMLButtonElement;
  private readonly text = document.createElement("span");

  constructor(
    private readonly feed: ListFeed,
    show: (session: string) => void,
  ) {
    super();
    this.addClass("jp-Chatcore-running");
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.addEventListener("click", () => {
      const [first] = this.running;
      if (first) show(first.id);
    });
    this.button.append(this.text);
    this.node.append(this.button);
  }

  get active(): boolean {
    return this.running.length > 0;
  }

  /** Takes in what is running now. */
  refresh(): void {
    const was = this.active;
    this.running = runningOf(this.feed);
    const [first] = this.running;
    if (first) this.say(first.title);
    if (was !== this.active) this.activeChanged.emit();
  }

  override dispose(): void {
    Signal.clearData(this);
    super.dispose();
  }

  private say(title: string): void {
    const count = this.running.length;
    this.text.textContent = count === 1 ? title : tn("%1 reply", "%1 replies", count);
    this.button.title =
      count === 1 ? t("“%1” is answering. Show it.", title) : t("Show the newest of them.");
  }
}
