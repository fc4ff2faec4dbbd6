/** What was done and can be taken back for some seconds. */

/** Long enough to read of it, to find the button by the keyboard, and to think. */
export const UNDO_MS = 8_000;

export interface Deed {
  /** What was done, in words. */
  readonly text: string;
  undo(): void;
  /** It is too late to take it back. */
  done(): void;
}

/** The newest deed is taken back first; all are settled when nothing more is done for a while. */
export class Undo {
  private deeds: readonly Deed[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private held = false;

  constructor(private readonly changed: () => void) {}

  /** The deed that would be taken back now. */
  get newest(): Deed | null {
    return this.deeds.at(-1) ?? null;
  }

  offer(deed: Deed): void {
    this.deeds = [...this.deeds, deed];
    this.start();
    this.changed();
  }

  undo(): void {
    const deed = this.newest;
    this.deeds = this.deeds.slice(0, -1);
    this.start();
    deed?.undo();
    this.changed();
  }

  /** Whoever looks at the button, or is on it, is not hurried. */
  hold(held: boolean): void {
    if (this.held === held) return;
    this.held = held;
    this.start();
  }

  /** It is too late for all of them. */
  settle(): void {
    clearTimeout(this.timer);
    const deeds = this.deeds;
    this.deeds = [];
    for (const deed of deeds) deed.done();
    this.changed();
  }

  private start(): void {
    clearTimeout(this.timer);
    if (this.deeds.length > 0 && !this.held) this.timer = setTimeout(() => this.settle(), UNDO_MS);
  }
}
