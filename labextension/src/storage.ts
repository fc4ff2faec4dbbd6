/** The little that a chat keeps in the browser, also where the browser forbids it. */

/** A map of texts that outlives the page. */
export interface Shelf {
  get(key: string): string | null;
  /** False where it could not be kept: it lasts as long as the page. */
  put(key: string, value: string): boolean;
  remove(key: string): void;
  keys(prefix: string): string[];
}

/** A shelf in the browser's storage; in memory where that is forbidden or full. */
export class BrowserShelf implements Shelf {
  private readonly memory = new Map<string, string>();

  constructor(private readonly storage: () => Storage) {}

  get(key: string): string | null {
    return this.memory.get(key) ?? this.attempt((storage) => storage.getItem(key)) ?? null;
  }

  put(key: string, value: string): boolean {
    const kept = this.attempt((storage) => {
      storage.setItem(key, value);
      return true;
    });
    if (kept) this.memory.delete(key);
    else this.memory.set(key, value);
    return kept === true;
  }

  remove(key: string): void {
    this.memory.delete(key);
    this.attempt((storage) => storage.removeItem(key));
  }

  keys(prefix: string): string[] {
    const stored = this.attempt((storage) => Object.keys(storage)) ?? [];
    const all = new Set([...stored, ...this.memory.keys()]);
    return [...all].filter((key) => key.startsWith(prefix));
  }

  private attempt<T>(work: (storage: Storage) => T): T | undefined {
    try {
      return work(this.storage());
    } catch (error) {
      // private windows, full quotas and sandboxed frames all end here
      if (error instanceof DOMException) return undefined;
      throw error;
    }
  }
}
