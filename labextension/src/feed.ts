/** Page, then watch: keeps a chat in step with its server, whatever the network does. */
import { browserWake, type Wake } from "./backoff";
import { type Connection, Keeper } from "./connection";
import type { Author, Event } from "./protocol";
import { applyAll, branch, type Chat, fromPage, Gap, olderThan, withOlder } from "./state";
import { CLOSED, type CloseCode, RequestError, type Transport } from "./transport";

const PAGE = 25;
const OLDER = 50;
const LARGEST_PAGE = 200;

export interface FeedState {
  /** null until the first page is there. */
  readonly chat: Chat | null;
  readonly connection: Connection;
  readonly older: "idle" | "loading" | "failed";
}

type Listener = () => void;

export class Feed {
  /** Called when somebody else is writing a message. */
  onTyping: (author: Author) => void = () => undefined;
  private current: FeedState = { chat: null, connection: { kind: "connecting" }, older: "idle" };
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
    const chat = this.current.chat;
    const before = chat && olderThan(branch(chat));
    if (!chat || before === null || this.current.older === "loading") return;
    this.set({ older: "loading" });
    try {
      this.merge(chat, await this.transport.page({ before }, OLDER, this.keeper.signal));
    } catch (error) {
      if (error instanceof Gap) this.refresh();
      else this.set({ older: "failed" });
    }
  }

  /** Takes at once what it waits with: somebody has asked for it. */
  hurry(): void {
    this.keeper.hurry();
  }

  /** Forgets what is at hand and takes a fresh page. */
  refresh(): void {
    this.keeper.refresh();
    this.set({ older: "idle" });
  }

  private merge(asked: Chat, page: Parameters<typeof withOlder>[1]): void {
    const chat = this.current.chat;
    // a page that was asked for before a fresh start may lack what has gone by since
    const fits = chat !== null && chat.floor === asked.floor;
    this.set({ older: "idle", ...(fits ? { chat: withOlder(chat, page) } : {}) });
  }

  private async takePage(signal: AbortSignal): Promise<void> {
    const at = this.current.chat;
    const size = at ? Math.min(LARGEST_PAGE, Math.max(PAGE, branch(at).length)) : PAGE;
    const session = await this.transport.session(signal);
    this.set({ chat: fromPage(session, await this.transport.page({}, size, signal)) });
  }

  private take(events: readonly Event[]): void {
    const chat = this.current.chat;
    const next = chat && applyAll(chat, events);
    if (next !== chat) this.set({ chat: next });
    if (next?.session.deleted) this.keeper.end(DELETED);
  }

  private set(change: Partial<FeedState>): void {
    if (this.keeper.signal.aborted) return;
    this.current = { ...this.current, ...change };
    for (const listener of this.listeners) listener();
  }
}

const DELETED = "This chat was deleted.";

function gone(end: CloseCode | RequestError): string | null {
  if (end instanceof RequestError) return end.status === 404 ? end.message : null;
  return end === CLOSED.deleted || end === CLOSED.noSession ? DELETED : null;
}
