/**
 * One rendering a frame at most, and never more than a fifth of the time.
 *
 * What a frame cost, with the layout and paint that it caused, decides when the next may
 * be: an answer of any length and any speed leaves the page free for everything else.
 */
const SHARE = 5;
const LONGEST_PAUSE_MS = 500;
/** A tab that nobody sees gets no frames, but it should be right when it is looked at. */
const HIDDEN_MS = 250;

export class Frames {
  private waiting = false;
  private stopped = false;
  private notBefore = 0;

  constructor(private readonly render: () => void) {}

  /** Asks for a rendering; asking again before it happens changes nothing. */
  request = (): void => {
    if (this.waiting || this.stopped) return;
    this.waiting = true;
    const early = this.notBefore - performance.now();
    if (document.hidden) setTimeout(this.run, HIDDEN_MS);
    else if (early > 0) setTimeout(() => requestAnimationFrame(this.run), early);
    else requestAnimationFrame(this.run);
  };

  /** Renders now: for what a person has just done. */
  flush(): void {
    if (!this.stopped) this.render();
  }

  stop(): void {
    this.stopped = true;
  }

  private readonly run = (): void => {
    this.waiting = false;
    if (this.stopped) return;
    const began = performance.now();
    this.render();
    // runs when the frame is done
    setTimeout(() => {
      const cost = performance.now() - began;
      // most frames are cheap; the timer alone may take a few milliseconds
      this.notBefore =
        cost < 8 ? 0 : performance.now() + Math.min(cost * (SHARE - 1), LONGEST_PAUSE_MS);
    });
  };
}
