/** The line between a fake server and its tabs: it can lose, repeat and cut what it carries. */
import type { Author, Event } from "../src/protocol";
import { CLOSED, type CloseCode, type RequestError, type Watcher } from "../src/transport";

interface Line {
  readonly watcher: Watcher;
  readonly end: (code: CloseCode) => void;
  readonly fail: (error: unknown) => void;
}

/** What goes wrong on the way; by default nothing. */
export interface Faults {
  dead: boolean;
  /** Every event comes twice. */
  repeat: boolean;
  /** So many of the next events are lost. */
  lose: number;
  /** The next requests end in these errors, after or before they took effect. */
  refuse: RequestError[];
  loseAnswers: number;
}

export class FakeLine {
  readonly faults: Faults = { dead: false, repeat: false, lose: 0, refuse: [], loseAnswers: 0 };
  private readonly lines = new Set<Line>();

  constructor(
    private readonly clock: () => number,
    private readonly since: (after: number) => Event[],
  ) {}

  get open(): number {
    return this.lines.size;
  }

  /** Ends every connection. */
  cut(code: CloseCode): void {
    for (const line of [...this.lines]) line.end(code);
  }

  watch(after: number, watcher: Watcher, signal: AbortSignal): Promise<CloseCode> {
    return new Promise((resolve, reject) => {
      const line: Line = {
        watcher,
        end: (code) => {
          this.lines.delete(line);
          resolve(code);
        },
        fail: (error) => {
          this.lines.delete(line);
          reject(error);
        },
      };
      signal.addEventListener("abort", () => line.end(CLOSED.lost));
      queueMicrotask(() => this.accept(line, after, signal));
    });
  }

  private accept(line: Line, after: number, signal: AbortSignal): void {
    if (signal.aborted || this.faults.dead) line.end(CLOSED.lost);
    else if (after > this.clock()) line.end(CLOSED.cursorAhead);
    else {
      this.lines.add(line);
      line.watcher.opened();
      this.send(line, this.since(after));
    }
  }

  types(author: Author): void {
    for (const { watcher } of this.lines) watcher.typing?.(author);
  }

  emit(event: Event): void {
    for (const line of [...this.lines]) this.send(line, [event]);
  }

  private send(line: Line, events: readonly Event[]): void {
    const { dead, repeat } = this.faults;
    if (dead) return;
    const lost = Math.min(this.faults.lose, events.length);
    this.faults.lose -= lost;
    const rest = events.slice(lost);
    if (rest.length === 0) return;
    try {
      line.watcher.received(rest);
      if (repeat) line.watcher.received(rest);
    } catch (error) {
      line.fail(error);
    }
  }
}
