import { Notification } from "@jupyterlab/apputils";
import type { ListFeed } from "../listfeed";
import type { Session } from "../protocol";
import { t } from "../words";
import { runningOf } from "./running";

const SHOWN_MS = 10_000;

/** Tells which replies have ended, and how long they took, from looks at what is running. */
export class Stopwatch {
  private readonly since = new Map<string, number>();

  /** The chats of the last look whose replies have ended, with how many milliseconds they took. */
  look(running: readonly string[], now: number): { session: string; took: number }[] {
    const still = new Set(running);
    const ended = [...this.since].filter(([session]) => !still.has(session));
    for (const [session] of ended) this.since.delete(session);
    for (const session of running) if (!this.since.has(session)) this.since.set(session, now);
    return ended.map(([session, began]) => ({ session, took: now - began }));
  }
}

/** Tells of a reply that has ended, with the way to it. */
export function notifyOf({ title }: Session, show: () => void): void {
  Notification.success(t("“%1” has a new reply.", title), {
    // it stays for one who is away
    autoClose: document.hidden ? false : SHOWN_MS,
    actions: [{ label: t("Show"), callback: show }],
  });
}

/** Tells of each reply that has ended: `ended` with the chat and how long it took. */
export function watchEnds(
  feed: ListFeed,
  ended: (session: string, tookMs: number) => void,
): () => void {
  const stopwatch = new Stopwatch();
  return feed.subscribe(() => {
    const running = runningOf(feed).map((session) => session.id);
    for (const { session, took } of stopwatch.look(running, performance.now()))
      ended(session, took);
  });
}
