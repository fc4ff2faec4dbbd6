import { Notification } from "@jupyterlab/apputils";
import type { ListFeed } from "../listfeed";
import type { Session } from "../protocol";
import { t } from "../words";
import { runningOf } from "./running";
import { Stopwatch } from "./stopwatch";

const SHOWN_MS = 10_000;

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
