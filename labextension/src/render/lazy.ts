/** The parts of the chat that load when something needs them for the first time. */

/** A module that is loaded once, when first asked for. */
export class Lazy<T> {
  private value: T | null = null;
  private loading = false;
  private readonly waiting = new Set<() => void>();

  constructor(private readonly load: () => Promise<T>) {}

  /** The module; null while it loads, and `ready` is called once when it is there. */
  get(ready: () => void): T | null {
    if (this.value) return this.value;
    this.waiting.add(ready);
    if (!this.loading) void this.fetch();
    return null;
  }

  /** Forgets a `ready` that is not wanted any more. */
  forget(ready: () => void): void {
    this.waiting.delete(ready);
  }

  private async fetch(): Promise<void> {
    this.loading = true;
    try {
      this.value = await this.load();
    } catch {
      // what needs it stays plain; the next who asks tries again
      return;
    } finally {
      this.loading = false;
    }
    for (const ready of this.waiting) ready();
    this.waiting.clear();
  }
}

export const highlighter = new Lazy(() => import("./highlighter"));
export const typesetter = new Lazy(() => import("./typesetter"));
