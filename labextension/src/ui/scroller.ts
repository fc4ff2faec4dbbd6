/**
 * Keeps what one reads where it is.
 *
 * At the end of the chat the view follows what is written; anywhere else the message at
 * its top edge stays at its place, whatever is put above it, grows, folds or loads.
 */
const NEAR_PX = 24;

export class Scroller {
  private following = true;
  private last = 0;
  private anchor: Element | null = null;
  private offset = 0;
  private readonly sizes: ResizeObserver;
  private readonly life = new AbortController();

  constructor(
    private readonly box: HTMLElement,
    private readonly content: HTMLElement,
    private readonly onFollow: (following: boolean) => void,
  ) {
    const { signal } = this.life;
    box.addEventListener("scroll", () => this.scrolled(), { signal, passive: true });
    // after layout and before paint: what changes size is put right before it is seen
    this.sizes = new ResizeObserver(() => this.restore());
    this.sizes.observe(content);
    this.sizes.observe(box);
  }

  /** Shows the newest message and follows it. */
  toEnd(): void {
    this.follow(true);
    this.restore();
  }

  /** Keeps a message where it is, whatever becomes of those below it. */
  hold(message: number): void {
    const held = this.content.querySelector(`[data-message="${message}"]`);
    if (!held) return;
    this.follow(false);
    this.anchor = held;
    this.offset = this.place(held);
  }

  dispose(): void {
    this.life.abort();
    this.sizes.disconnect();
  }

  private scrolled(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.box;
    const rest = scrollHeight - clientHeight - scrollTop;
    // only going up leaves the end; that it has grown meanwhile does not
    if (scrollTop < this.last && rest > 1) this.follow(false);
    else if (scrollTop > this.last && rest <= NEAR_PX) this.follow(true);
    this.last = scrollTop;
    this.remember();
  }

  private restore(): void {
    // a hidden box has no size, and forgets its place: it is put right when it is shown
    if (this.box.clientHeight === 0) return;
    if (this.following) {
      this.box.scrollTop = this.box.scrollHeight;
    } else if (this.anchor?.isConnected) {
      this.box.scrollTop += this.place(this.anchor) - this.offset;
    }
    this.last = this.box.scrollTop;
    this.remember();
  }

  private remember(): void {
    this.anchor = this.topmost();
    this.offset = this.anchor ? this.place(this.anchor) : 0;
  }

  /** The first message that is not wholly above the view. */
  private topmost(): Element | null {
    const all = this.content.querySelectorAll("[data-message]");
    const edge = this.box.getBoundingClientRect().top;
    let low = 0;
    let high = all.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      const bottom = all[middle]?.getBoundingClientRect().bottom ?? edge;
      if (bottom <= edge) low = middle + 1;
      else high = middle;
    }
    return all[low] ?? null;
  }

  private place(element: Element): number {
    return element.getBoundingClientRect().top - this.box.getBoundingClientRect().top;
  }

  private follow(following: boolean): void {
    if (following === this.following) return;
    this.following = following;
    this.onFollow(following);
  }
}
