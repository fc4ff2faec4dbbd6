/**
 * Keeps what one reads where it is.
 *
 * At the end of the chat the view follows what is written; anywhere else what is at its top
 * edge stays at its place, whatever is put above it, goes, grows, folds or loads.
 */
import { anchorsAt, type Place, placeOf, stands } from "./anchors";

const NEAR_PX = 24;
/** So many heights of the view before its end, more is asked for. */
const AHEAD = 1.5;

export interface Reader {
  onFollow(following: boolean): void;
  /** What is at the top edge belongs to another message now; null where the end is followed. */
  onPlace(message: number | null): void;
  /** The first or the last of what is there comes near. */
  onNear(edge: "older" | "newer"): void;
}

export class Scroller {
  /** Whether the end of the content is the end of the chat. */
  whole = true;
  private following = true;
  /** Whether the start is shown, whatever is put above it. */
  private starting = false;
  /** Whether a message was held since the last change, with the end of the chat below it. */
  private held = false;
  private last = 0;
  private heading: "older" | "newer" = "older";
  private anchors: readonly Place[] = [];
  private message: number | null = null;
  private readonly sizes: ResizeObserver;
  private readonly life = new AbortController();

  constructor(
    private readonly box: HTMLElement,
    private readonly content: HTMLElement,
    private readonly reader: Reader,
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

  /** Shows the top of what is there, until one goes down. */
  toStart(): void {
    this.follow(false);
    this.starting = true;
    this.restore();
  }

  /** What is to come above is not wanted any more: one stays where one is. */
  leaveStart(): void {
    this.starting = false;
  }

  /** Keeps a message where it is, whatever becomes of those below it. */
  hold(message: number): void {
    const held = this.find(message);
    if (!held) return;
    this.held = this.whole;
    this.leave();
    this.keep([{ element: held, top: placeOf(held, this.box) }], message);
  }

  /** Shows a message that is there, in the upper part of the view; what it is, if it is. */
  show(message: number): HTMLElement | null {
    const found = this.find(message);
    if (!found) return null;
    this.leave();
    const rest = this.box.clientHeight - found.getBoundingClientRect().height;
    const top = Math.max(8, Math.min(this.box.clientHeight / 4, rest / 2));
    this.keep([{ element: found, top }], message);
    this.restore();
    return found;
  }

  /** Puts right what a change of the content has moved. */
  restore(): void {
    // a hidden box has no size, and forgets its place: it is put right when it is shown
    if (this.box.clientHeight === 0) return;
    if (this.following) this.box.scrollTop = this.box.scrollHeight;
    else if (this.starting) this.box.scrollTop = 0;
    else {
      const kept = this.anchors.find(({ element }) => stands(element));
      const moved = kept ? placeOf(kept.element, this.box) - kept.top : 0;
      if (moved !== 0) this.box.scrollTop += moved;
      this.atEnd();
    }
    this.last = this.box.scrollTop;
    this.remember();
    this.look();
  }

  /** What was held may be followed again by the end of the chat: then that is followed too. */
  private atEnd(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.box;
    if (this.held && scrollHeight - clientHeight - scrollTop <= 1) this.follow(true);
    this.held = false;
  }

  dispose(): void {
    this.life.abort();
    this.sizes.disconnect();
  }

  private scrolled(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.box;
    if (clientHeight === 0) return;
    const rest = scrollHeight - clientHeight - scrollTop;
    if (scrollTop !== this.last) this.heading = scrollTop < this.last ? "older" : "newer";
    if (scrollTop > this.last) this.starting = false;
    // only going up leaves the end; that it has grown meanwhile does not
    if (scrollTop < this.last && rest > 1) this.follow(false);
    else if (scrollTop > this.last && rest <= NEAR_PX && this.whole) this.follow(true);
    this.last = scrollTop;
    this.remember();
    this.look();
  }

  /** Asks for more in time, in the direction in which one goes. */
  private look(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.box;
    const older = this.following || this.heading === "older";
    const rest = older ? scrollTop : scrollHeight - clientHeight - scrollTop;
    if (rest < AHEAD * clientHeight) this.reader.onNear(older ? "older" : "newer");
  }

  private remember(): void {
    if (this.following) this.keep([], null);
    else {
      const found = anchorsAt(this.content, this.box);
      this.keep(found.places, found.message);
    }
  }

  private keep(anchors: readonly Place[], message: number | null): void {
    this.anchors = anchors;
    if (message === this.message) return;
    this.message = message;
    this.reader.onPlace(message);
  }

  private find(message: number): HTMLElement | null {
    return this.content.querySelector(`[data-message="${message}"]`);
  }

  private leave(): void {
    this.starting = false;
    this.follow(false);
  }

  private follow(following: boolean): void {
    if (following) this.starting = false;
    if (following === this.following) return;
    this.following = following;
    this.reader.onFollow(following);
  }
}
