/** Moves the log, also from outside of it; does nothing while none is shown. */
import type { Scroller } from "./scroller";

/** How long a message that one went to is marked. */
const MARKED_MS = 2_000;

export class Scroll {
  private scroller: Scroller | null = null;
  private newest: () => void = () => undefined;
  private marked: HTMLElement | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Moves the log by this scroller from now on; the result ends it. */
  use(scroller: Scroller, newest: () => void): () => void {
    this.scroller = scroller;
    this.newest = newest;
    return () => {
      this.unmark();
      this.scroller = null;
      scroller.dispose();
    };
  }

  /** Shows the newest message and follows it. */
  readonly toEnd = (): void => {
    if (!this.scroller) return;
    this.newest();
    this.scroller.toEnd();
  };

  /** Keeps a message where it is while others take the place of those below it. */
  readonly hold = (message: number): void => this.scroller?.hold(message);

  /** Puts the view right after a change; `whole`: the end of the log is that of the chat. */
  settle(whole: boolean): void {
    if (!this.scroller) return;
    this.scroller.whole = whole;
    this.scroller.restore();
  }

  /** Goes to a message and marks it for a moment; whether it is there. */
  show(message: number): boolean {
    const found = this.scroller?.show(message);
    if (!found) return false;
    found.focus({ preventScroll: true });
    this.unmark();
    this.marked = found;
    found.dataset.found = "";
    this.timer = setTimeout(() => this.unmark(), MARKED_MS);
    return true;
  }

  private unmark(): void {
    clearTimeout(this.timer);
    delete this.marked?.dataset.found;
    this.marked = null;
  }
}
