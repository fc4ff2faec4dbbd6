/** Who else is writing a message now, and telling them that one does. */
import type { Author } from "../protocol";

const SHOWN_MS = 5_000;
const TELL_MS = 3_000;

export class Typists {
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();
  private list: readonly Author[] = [];
  private told = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly tell: () => Promise<void>,
    private readonly changed: () => void,
  ) {}

  /** What they are called. */
  get names(): readonly string[] {
    return this.list.map(({ name, username }) => name || username);
  }

  /** Somebody has written a letter: they are shown for a few seconds. */
  add(author: Author): void {
    const { username } = author;
    clearTimeout(this.timers.get(username));
    this.timers.set(
      username,
      setTimeout(() => this.remove(username), SHOWN_MS),
    );
    if (this.list.some((one) => one.username === username)) return;
    this.list = [...this.list, author];
    this.changed();
  }

  /** They have stopped, or sent what they wrote. */
  remove(username: string): void {
    clearTimeout(this.timers.get(username));
    this.timers.delete(username);
    const rest = this.list.filter((one) => one.username !== username);
    if (rest.length === this.list.length) return;
    this.list = rest;
    this.changed();
  }

  /** One has written a letter: the others are told every few seconds. */
  wrote(): void {
    if (performance.now() - this.told < TELL_MS) return;
    this.told = performance.now();
    void this.tell();
  }

  dispose(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
  }
}
