/** What a tab has of its browser, in memory. */
import type { Sign, Wake } from "../src/backoff";
import type { Shelf } from "../src/storage";

/** A wake that the test rings. */
export class FakeWake implements Wake {
  up = true;
  private readonly listeners = new Set<(sign: Sign) => void>();

  online(): boolean {
    return this.up;
  }

  listen(listener: (sign: Sign) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  ring(sign: Sign = "shown"): void {
    for (const listener of [...this.listeners]) listener(sign);
  }
}

/** A shelf that several tabs of one browser share. */
export class FakeShelf implements Shelf {
  readonly items = new Map<string, string>();

  get(key: string): string | null {
    return this.items.get(key) ?? null;
  }

  put(key: string, value: string): boolean {
    this.items.set(key, value);
    return true;
  }

  remove(key: string): void {
    this.items.delete(key);
  }

  keys(prefix: string): string[] {
    return [...this.items.keys()].filter((key) => key.startsWith(prefix));
  }
}
