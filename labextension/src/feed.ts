/** Page, then watch: keeps a chat in step with its server, whatever the network does. */
import { backoff, browserWake, pause, type Sign, type Wake } from "./backoff";
import type { Event } from "./protocol";
import { applyAll, branch, type Chat, fromPage, Gap, olderThan, withOlder } from "./state";
import { CLOSED, type CloseCode, RequestError, type Transport } from "./transport";

const PAGE = 25;
const OLDER = 50;
const LARGEST_PAGE = 200;
/** The server speaks at least every 15 s; one that is silent for longer than this is gone. */
const SILENCE_MS = 40_000;
/** After a pause of the whole machine, a socket that missed its ping is not trusted. */
const STALE_MS = 20_000;
/** A connection that lived as long was a good one: the next try may be quick again. */
const GOOD_MS = 1_000;

export type Connection =
  | { readonly kind: "connecting" }
  | { readonly kind: "live" }
  | { readonly kind: "reconnecting"; readonly why: string }
  | { readonly kind: "offline" }
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "gone"; readonly why: string };

export interface FeedState {
  /** null until the first page is there. */
  readonly chat: Chat | null;
  readonly connection: Connection;
  readonly older: "idle" | "loading" | "failed";
}

type Listener = () => void;

export class Feed {
  private current: FeedState = { chat: null, connection: { kind: "connecting" }, older: "idle" };
  private readonly listeners = new Set<Listener>();
  private readonly life = new AbortController();
  private connectionLife = new AbortController();
  private attempt = 0;
  private stale = true;
  private heard = 0;

  constructor(
    private readonly transport: Transport,
    private readonly wake: Wake = browserWake,
  ) {}

  get state(): FeedState {
    return this.current;
  }

  /** Calls `listener` after every change; the result undoes it. */
  subscribe(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Stays connected until disposed, or until the chat is gone for good. */
  async run(): Promise<void> {
    const quiet = this.wake.listen((sign) => this.distrust(sign));
    try {
      while (!this.life.signal.aborted && this.current.connection.kind !== "gone") {
        await this.round();
      }
    } finally {
      quiet();
    }
  }

  dispose(): void {
    this.life.abort();
    this.connectionLife.abort();
    this.listeners.clear();
  }

  /** Loads the page above the oldest message at hand. */
  async older(): Promise<void> {
    const chat = this.current.chat;
    const before = chat && olderThan(branch(chat));
    if (!chat || before === null || this.current.older === "loading") return;
    this.set({ older: "loading" });
    try {
      this.merge(chat, await this.transport.page({ before }, OLDER, this.life.signal));
    } catch (error) {
      if (error instanceof Gap) this.refresh();
      else if (!this.life.signal.aborted) this.set({ older: "failed" });
    }
  }

  /** Forgets what is at hand and takes a fresh page. */
  refresh(): void {
    this.stale = true;
    this.set({ older: "idle" });
    this.connectionLife.abort();
  }

  private merge(asked: Chat, page: Parameters<typeof withOlder>[1]): void {
    const chat = this.current.chat;
    // a page that was asked for before a fresh start may lack what has gone by since
    const fits = chat !== null && chat.floor === asked.floor;
    this.set({ older: "idle", ...(fits ? { chat: withOlder(chat, page) } : {}) });
  }

  /** One connection, from its start to the pause after its end. */
  private async round(): Promise<void> {
    const began = performance.now();
    try {
      if (this.stale) await this.takePage();
      this.judge(await this.watch());
    } catch (error) {
      if (this.life.signal.aborted) return;
      this.fail(error);
    }
    if (this.life.signal.aborted || this.current.connection.kind === "gone") return;
    if (this.heard > began && performance.now() - began > GOOD_MS) this.attempt = 0;
    await pause(backoff(this.attempt++), this.wake, this.life.signal);
  }

  private async takePage(): Promise<void> {
    const at = this.current.chat;
    const size = at ? Math.min(LARGEST_PAGE, Math.max(PAGE, branch(at).length)) : PAGE;
    const signal = this.life.signal;
    const session = await this.transport.session(signal);
    const chat = fromPage(session, await this.transport.page({}, size, signal));
    this.stale = false;
    this.set({ chat });
  }

  private async watch(): Promise<CloseCode> {
    const after = this.current.chat?.cursor ?? 0;
    this.connectionLife = new AbortController();
    const silence = new Timer(SILENCE_MS, () => this.connectionLife.abort());
    let opened = false;
    const watcher = {
      opened: () => {
        opened = true;
        this.hear(silence);
        this.set({ connection: { kind: "live" } });
      },
      received: (events: readonly Event[]) => {
        this.hear(silence);
        this.take(events);
      },
    };
    try {
      const code = await this.transport.watch(after, watcher, this.connectionLife.signal);
      // a refused handshake looks like a dead network: an ordinary request tells them apart
      if (!opened && !this.stale) await this.transport.session(this.life.signal);
      return code;
    } finally {
      silence.stop();
    }
  }

  private hear(silence: Timer): void {
    this.heard = performance.now();
    silence.start();
  }

  private take(events: readonly Event[]): void {
    const chat = this.current.chat;
    if (!chat || events.length === 0 || this.stale) return;
    const next = applyAll(chat, events);
    if (next.session.deleted) this.set({ chat: next, connection: deleted });
    else if (next !== chat) this.set({ chat: next });
  }

  /** What the end of a connection means. */
  private judge(code: CloseCode): void {
    if (this.current.connection.kind === "gone") return;
    if (code === CLOSED.deleted || code === CLOSED.noSession) this.set({ connection: deleted });
    else {
      if (code === CLOSED.cursorAhead || code === CLOSED.badCursor) this.stale = true;
      this.lost("The connection was cut.");
    }
  }

  private fail(error: unknown): void {
    if (error instanceof Gap) {
      this.stale = true;
    } else if (!(error instanceof RequestError)) {
      this.stale = true;
      this.lost(String(error));
    } else if (error.status === 404) {
      this.set({ connection: { kind: "gone", why: error.message } });
    } else if (error.passing) {
      this.lost(error.message);
    } else {
      this.set({ connection: { kind: "refused", why: error.message } });
    }
  }

  private lost(why: string): void {
    const offline = !this.wake.online();
    this.set({ connection: offline ? { kind: "offline" } : { kind: "reconnecting", why } });
  }

  /** A socket from before the network was lost, or that missed its ping, may be dead. */
  private distrust(sign: Sign): void {
    const silent = performance.now() - this.heard;
    if (sign === "online" || silent > STALE_MS) this.connectionLife.abort();
  }

  private set(change: Partial<FeedState>): void {
    if (this.life.signal.aborted) return;
    this.current = { ...this.current, ...change };
    for (const listener of this.listeners) listener();
  }
}

const deleted: Connection = { kind: "gone", why: "This chat was deleted." };

/** Fires once, `ms` after it was last started. */
class Timer {
  private handle: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly ms: number,
    private readonly fire: () => void,
  ) {
    this.start();
  }

  start(): void {
    this.stop();
    this.handle = setTimeout(this.fire, this.ms);
  }

  stop(): void {
    clearTimeout(this.handle);
  }
}
