/** Moves the log, also from outside of it; does nothing while none is shown. */
import type { Reading } from "./reading";
import type { Scroller } from "./scroller";

/** How long a message that one went to is marked. */
const MARKED_MS = 2_000;

export class Scroll {
  private scroller: Scroller | null = null;
  private reading: Pick<Reading, "newest" | "oldest"> | null = null;
  private marked: HTMLElement | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Moves the log by this scroller from now on, and has loaded what it needs; the result ends it. */
  use(scroller: Scroller, reading: Pick<Reading, "newest" | "oldest">): () => void {
    this.scroller = scroller;
    this.reading = reading;
    return () => {
      this.unmark();
      this.scroller = null;
      scroller.dispose();
    };
  }

  /** Shows the newest message and follows it. */
  readonly toEnd = (): void => {
    if (!this.scroller) return;
    void this.reading?.newest();
    this.scroller.toEnd();
  };

  /** Shows the oldest message, as soon as it is there. */
  readonly toStart = (): void => {
    const { scroller, reading } = this;
    if (!scroller || !reading) return;
    // asked for first: coming near the top of what is there loads nothing besides
    const loaded = reading.oldest();
    scroller.toStart();
    void loaded.then((there) => there || scroller.leaveStart());
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
