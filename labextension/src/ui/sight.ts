/** Tells when the end of the chat is looked at: on the screen, in a window that has the focus. */

/** What is only passed by was not read. */
const LOOK_MS = 400;

export class Sight {
  private visible = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly eye: IntersectionObserver;
  private readonly life = new AbortController();

  constructor(
    end: Element,
    private readonly onSeen: () => void,
  ) {
    // whatever clips it: the log, a cell's output, the notebook
    this.eye = new IntersectionObserver((entries) => {
      this.visible = entries.at(-1)?.isIntersecting ?? false;
      this.look();
    });
    this.eye.observe(end);
    const { signal } = this.life;
    window.addEventListener("focus", this.look, { signal });
    document.addEventListener("visibilitychange", this.look, { signal });
  }

  /** Looks again: there may be something new to be seen. */
  readonly look = (): void => {
    clearTimeout(this.timer);
    if (this.seen) this.timer = setTimeout(() => this.seen && this.onSeen(), LOOK_MS);
  };

  dispose(): void {
    clearTimeout(this.timer);
    this.life.abort();
    this.eye.disconnect();
  }

  private get seen(): boolean {
    return this.visible && !document.hidden && document.hasFocus();
  }
}
