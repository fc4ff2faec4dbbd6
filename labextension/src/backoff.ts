/** How long to wait before the next try, and what ends the wait early. */

const FIRST_MS = 250;
const LONGEST_MS = 15_000;

/**
 * Milliseconds before try number `attempt` (0 for the first one again).
 *
 * The first is quick, since most connections are cut and not dead; later ones double.
 * The jitter keeps a thousand tabs from coming back in one moment.
 */
export function backoff(attempt: number, random: () => number = Math.random): number {
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt);
  return attempt === 0 ? longest * random() : (longest * (1 + random())) / 2;
}

/** Why it is worth trying at once: the network is back, or somebody looks. */
export type Sign = "online" | "shown";

/** Tells when it is worth trying at once. */
export interface Wake {
  online(): boolean;
  /** Calls `listener` at every such moment; the result undoes it. */
  listen(listener: (sign: Sign) => void): () => void;
}

/** The browser's own signs of life. */
export const browserWake: Wake = {
  online: () => navigator.onLine,
  listen(listener) {
    const life = new AbortController();
    const shown = (): void => {
      if (document.visibilityState === "visible") listener("shown");
    };
    window.addEventListener("online", () => listener("online"), { signal: life.signal });
    window.addEventListener("pageshow", shown, { signal: life.signal });
    document.addEventListener("visibilitychange", shown, { signal: life.signal });
    return () => life.abort();
  },
};

/** Waits `ms`, or until woken or aborted. */
export function pause(ms: number, wake: Wake, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      quiet();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    const quiet = wake.listen(done);
    signal.addEventListener("abort", done);
    if (signal.aborted) done();
  });
}
