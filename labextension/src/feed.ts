/** Page, then watch: keeps a chat in step with its server, whatever the network does. */
import { browserWake, type Wake } from "./backoff";
import { type Connection, Keeper } from "./connection";
import type { Author, Event, Message, Page, Session } from "./protocol";
import { applyAll, branch, type Chat, fromPage, Gap, hasNewer, olderThan } from "./state";
import { CLOSED, type CloseCode, type PageAt, RequestError, type Transport } from "./transport";
import { answered, asking, moved, trimmed, withNewer, withOlder } from "./window";

/** What a chat opens with: a screen or two. */
const PAGE = 25;
/** What comes with each step up or down: a few screens, at 50 ms or so. */
const STEP = 50;
/**
 * As many messages are at hand: some twenty screens, three steps. What a step drops is
 * two steps away from what is read.
 */
export const WINDOW = 150;
/** So many may there be before some are dropped while an answer is written. */
export const MOST = WINDOW + STEP;

/** How it stands with the messages above, or below, those at hand. */
export type Loading = "idle" | "loading" | "failed";

export interface FeedState {
  /** null until the first page is there. */
  readonly chat: Chat | null;
  readonly connection: Connection;
  readonly older: Loading;
  readonly newer: Loading;
}

type Listener = () => void;

const IDLE = { older: "idle", newer: "idle" } as const;

export class Feed {
  /** Called when somebody else is writing a message. */
  onTyping: (author: Author) => void = () => undefined;
  /** The message that is read, which stays at hand; null where the end is followed. */
  place: number | null = null;
  /** Counts the pages that were asked for: only the last one is still wanted. */
  private asked = 0;
  private current: FeedState = { chat: null, connection: { kind: "connecting" }, ...IDLE };
  private readonly listeners = new Set<Listener>();
  private readonly keeper: Keeper;

  constructor(
    private readonly transport: Transport,
    wake: Wake = browserWake,
  ) {
    this.keeper = new Keeper(
      {
        takePage: (signal) => this.takePage(signal),
        cursor: () => this.current.chat?.cursor ?? 0,
        watch: (after, watcher, signal) =>
          transport.watch(after, { ...watcher, typing: (who) => this.onTyping(who) }, signal),
        take: (events) => this.take(events),
        ask: (signal) => transport.session(signal),
        gone,
        stands: (connection) => this.set({ connection }),
      },
      wake,
    );
  }

  get state(): FeedState {
    return this.current;
  }

  /** Calls `listener` after every change; the result undoes it. */
  subscribe(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Stays connected until disposed, or until the chat is gone for good. */
  run(): Promise<void> {
    return this.keeper.run();
  }

  dispose(): void {
    this.keeper.dispose();
    this.listeners.clear();
  }

  /** Loads the page above the oldest message at hand. */
  async older(): Promise<void> {
    const { chat } = this.current;
    const shown = chat ? branch(chat) : [];
    const before = olderThan(shown);
    // at the end what is newest stays: there is enough above it
    if (before === null || (this.place === null && shown.length >= WINDOW)) return;
    await this.walk("older", { before }, (now, page) => {
      const next = withOlder(now, page, before);
      return this.place === null ? next : trimmed(next, "bottom", WINDOW);
    });
  }

  /** Loads the page below the newest message at hand. */
  async newer(): Promise<void> {
    const { chat } = this.current;
    const after = chat && hasNewer(chat) ? chat.bottom : null;
    if (after === null) return;
    await this.walk("newer", { after }, (now, page) =>
      trimmed(withNewer(now, page, after), "top", WINDOW),
    );
  }

  /** Shows the newest messages. Throws RequestError where they cannot be had. */
  async newest(): Promise<void> {
    this.place = null;
    const { chat } = this.current;
    if (chat && hasNewer(chat)) await this.load({}, STEP, moved);
  }

  /** Has the oldest messages at hand; whether it has. Throws RequestError where that fails. */
  async oldest(): Promise<boolean> {
    await this.begun();
    const begins = (): boolean =>
      this.current.chat !== null && olderThan(branch(this.current.chat)) === null;
    if (!begins()) await this.load({ after: 0 }, STEP, moved);
    return begins();
  }

  /**
   * Has a message at hand, with those around it, if need be on another branch.
   *
   * Throws RequestError where it cannot be had.
   */
  async reveal(message: number): Promise<void> {
    this.place = message;
    const around = { around: message };
    await this.begun();
    if (this.shows(message)) return;
    try {
      await this.load(around, STEP, moved);
    } catch (error) {
      if (!(error instanceof RequestError) || error.status !== 409) throw error;
      const session = await this.transport.patch({ branch: message }, this.keeper.signal);
      if (this.shows(message)) return;
      await this.load(around, STEP, (chat, page) => moved(chat, page, newest(chat, session)));
    }
  }

  /** Waits for the first page: until then there is nothing that another one could be part of. */
  private begun(): Promise<void> {
    const { signal } = this.keeper;
    return new Promise((resolve) => {
      const done = (): void => {
        if (!this.current.chat && !signal.aborted) return;
        leave();
        signal.removeEventListener("abort", done);
        resolve();
      };
      const leave = this.subscribe(done);
      signal.addEventListener("abort", done);
      done();
    });
  }

  /** Takes at once what it waits with: somebody has asked for it. */
  hurry(): void {
    this.keeper.hurry();
  }

  /** Forgets what is at hand and takes a fresh page. */
  refresh(): void {
    this.keeper.refresh();
    this.set(IDLE);
  }

  /** One step up or down; another one while a page is on its way does nothing. */
  private async walk(edge: "older" | "newer", at: PageAt, merge: Merge): Promise<void> {
    if (this.current.chat?.passed) return;
    this.set({ ...IDLE, [edge]: "loading" });
    try {
      await this.load(at, STEP, merge);
      this.set(IDLE);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      this.set({ ...IDLE, [edge]: "failed" });
    }
  }

  /** Takes in a page, unless the chat began afresh or another was asked for meanwhile. */
  private async load(at: PageAt, size: number, merge: Merge): Promise<void> {
    this.asked += 1;
    const turn = this.asked;
    const waits = (): Chat | null =>
      turn === this.asked && this.current.chat?.passed ? this.current.chat : null;
    if (this.current.chat) this.set({ chat: asking(this.current.chat) });
    try {
      const page = await this.transport.page(at, size, this.keeper.signal);
      const chat = waits();
      if (chat) this.set({ chat: merge(chat, page) });
    } catch (error) {
      if (error instanceof Gap) this.refresh();
      else if (!this.keeper.signal.aborted) throw error;
    } finally {
      const chat = waits();
      if (chat) this.set({ chat: answered(chat) });
    }
  }

  private async takePage(signal: AbortSignal): Promise<void> {
    const page = await this.firstPage(signal);
    // read later than the page, it knows at least as much
    const below = page.after == null ? [] : await this.unfinished(page.cursor, signal);
    const session = await this.transport.session(signal);
    if (session.seq > page.cursor) throw new Gap("the chat changed after its page was read");
    this.set({ chat: fromPage(session, page, below) });
  }

  /** What is still being written at the end of the chat, of what a page's cursor knows. */
  private async unfinished(cursor: number, signal: AbortSignal): Promise<Message[]> {
    const { messages } = await this.transport.page({}, PAGE, signal);
    return messages.filter(({ id, status }) => id <= cursor && status === "streaming");
  }

  /** A page at the place that is read, or next to it; the newest one where that is gone. */
  private async firstPage(signal: AbortSignal): Promise<Page> {
    const { chat } = this.current;
    const size = Math.min(WINDOW, Math.max(PAGE, chat ? branch(chat).length : 0));
    const { place } = this;
    const parent = place === null ? null : chat?.messages.get(place)?.parent;
    for (const around of [place, parent]) {
      if (around == null) continue;
      try {
        return await this.transport.page({ around }, size, signal);
      } catch (error) {
        if (!(error instanceof RequestError) || ![404, 409].includes(error.status)) throw error;
      }
    }
    return this.transport.page({}, size, signal);
  }

  private shows(message: number): boolean {
    const { chat } = this.current;
    return chat !== null && branch(chat).some(({ id }) => id === message);
  }

  private take(events: readonly Event[]): void {
    const { chat } = this.current;
    if (!chat) return;
    const next = bounded(applyAll(chat, events), this.place === null);
    if (next !== chat) this.set({ chat: next });
    if (next.session.deleted) this.keeper.end(DELETED);
  }

  private set(change: Partial<FeedState>): void {
    if (this.keeper.signal.aborted) return;
    this.current = { ...this.current, ...change };
    for (const listener of this.listeners) listener();
  }
}

type Merge = (chat: Chat, page: Page) => Chat;

const DELETED = "This chat was deleted.";

/** Who follows the end needs what is old no more; who reads above does not see what is new. */
function bounded(chat: Chat, follows: boolean): Chat {
  if (chat.messages.size <= MOST || branch(chat).length <= MOST) return chat;
  return follows ? trimmed(chat, "top", WINDOW) : trimmed(chat, "bottom", MOST);
}

function newest(chat: Chat, session: Session): Session {
  return session.seq > chat.session.seq ? session : chat.session;
}

function gone(end: CloseCode | RequestError): string | null {
  if (end instanceof RequestError) return end.status === 404 ? end.message : null;
  return end === CLOSED.deleted || end === CLOSED.noSession ? DELETED : null;
}
