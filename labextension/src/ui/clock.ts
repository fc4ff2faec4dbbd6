/** What counts down: one timer for all of it, which runs while somebody looks. */
import { useEffect, useState } from "preact/hooks";

const SECOND_MS = 1_000;

class Clock {
  private readonly listeners = new Set<() => void>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Calls `listener` once a second; the result undoes it. */
  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    if (this.listeners.size === 1) this.start();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) clearTimeout(this.timer);
    };
  }

  private start(): void {
    this.timer = setTimeout(() => {
      this.start();
      for (const listener of [...this.listeners]) listener();
    }, SECOND_MS);
  }
}

const clock = new Clock();

/** Milliseconds until a moment, kept right while it is ahead; null where there is none. */
export function useRemaining(until: string | null | undefined, now: () => number): number | null {
  const [, setTicks] = useState(0);
  const left = remaining(until, now());
  const ahead = left !== null && left > 0;
  useEffect(() => {
    return ahead ? clock.listen(() => setTicks((ticks) => ticks + 1)) : undefined;
  }, [ahead]);
  return left;
}

/** Milliseconds from `now` to a moment, 0 where it has gone by, null where there is none. */
export function remaining(until: string | null | undefined, now: number): number | null {
  const end = Date.parse(until ?? "");
  return Number.isNaN(end) ? null : Math.max(0, end - now);
}

/** A time to wait as people say it: `42 s`, `9:05`. */
export function spoken(ms: number): string {
  const seconds = Math.ceil(ms / SECOND_MS);
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
