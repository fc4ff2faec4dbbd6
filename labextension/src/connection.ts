/** Page, then watch, over and over: what keeps a tab in step with its server. */
import { backoff, pause, type Sign, type Wake } from "./backoff";
import type { Event } from "./protocol";
import { Gap } from "./state";
import { CLOSED, type CloseCode, RequestError, type Watcher } from "./transport";

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

/** What is kept in step. */
export interface Followed {
  /** Takes a fresh page in the place of what is at hand. */
  takePage(signal: AbortSignal): Promise<void>;
  /** Everything up to this number is at hand: where to watch from. */
  cursor(): number;
  watch(after: number, watcher: Watcher, signal: AbortSignal): Promise<CloseCode>;
  /** Takes new events, one at least. Throws Gap where they do not build on what is at hand. */
  take(events: readonly Event[]): void;
  /** Any request: what it answers tells a refused handshake from a dead network. */
  ask(signal: AbortSignal): Promise<unknown>;
  /** Why there is nothing to come back to, in words; null where there is. */
  gone(end: CloseCode | RequestError): string | null;
  /** How the connection stands from now on. */
  stands(connection: Connection): void;
}

/** Stays connected, whatever the network does. */
export class Keeper {
  private connection: Connection = { kind: "connecting" };
  private readonly life = new AbortController();
  private connectionLife = new AbortController();
  private rest = new AbortController();
  private attempt = 0;
  private stale = true;
  private heard = 0;

  constructor(
    private readonly followed: Followed,
    private readonly wake: Wake,
  ) {}

  get signal(): AbortSignal {
    return this.life.signal;
  }

  /** Stays connected until disposed, or until what is followed is gone for good. */
  async run(): Promise<void> {
    const quiet = this.wake.listen((sign) => this.distrust(sign));
    try {
      while (!this.over) await this.round();
    } finally {
      quiet();
    }
  }

  dispose(): void {
    this.life.abort();
    this.connectionLife.abort();
  }

  /** Begins again with a fresh page. */
  refresh(): void {
    this.stale = true;
    this.connectionLife.abort();
  }

  /** Tries again at once, where it waits. */
  hurry(): void {
    this.attempt = 0;
    this.rest.abort();
  }

  /** What is followed is gone for good, as its own events say. */
  end(why: string): void {
    this.set({ kind: "gone", why });
  }

  private get over(): boolean {
    return this.life.signal.aborted || this.connection.kind === "gone";
  }

  /** One connection, from its start to the pause after its end. */
  private async round(): Promise<void> {
    const began = performance.now();
    try {
      if (this.stale) await this.takePage();
      if (!this.stale) this.judge(await this.watch());
    } catch (error) {
      if (this.life.signal.aborted) return;
      this.fail(error);
      // nothing is lost where another branch is shown: its page is wanted now
      if (error instanceof Gap && this.attempt === 0) {
        this.attempt = 1;
        return;
      }
    }
    if (this.over) return;
    if (this.heard > began && performance.now() - began > GOOD_MS) this.attempt = 0;
    this.rest = new AbortController();
    const either = AbortSignal.any([this.life.signal, this.rest.signal]);
    await pause(backoff(this.attempt++), this.wake, either);
  }

  private async takePage(): Promise<void> {
    // whoever finds the page wanting while it is on its way wants another one
    this.stale = false;
    try {
      await this.followed.takePage(this.life.signal);
    } catch (error) {
      this.stale = true;
      throw error;
    }
  }

  private async watch(): Promise<CloseCode> {
    this.connectionLife = new AbortController();
    const silence = new Timer(SILENCE_MS, () => this.connectionLife.abort());
    let opened = false;
    const watcher: Watcher = {
      opened: () => {
        opened = true;
        this.hear(silence);
        this.set({ kind: "live" });
      },
      received: (events) => {
        this.hear(silence);
        if (events.length > 0 && !this.stale) this.followed.take(events);
      },
    };
    const { followed, connectionLife } = this;
    try {
      const code = await followed.watch(followed.cursor(), watcher, connectionLife.signal);
      // a refused handshake looks like a dead network: an ordinary request tells them apart
      if (!opened && !this.stale) await followed.ask(this.life.signal);
      return code;
    } finally {
      silence.stop();
    }
  }

  private hear(silence: Timer): void {
    this.heard = performance.now();
    silence.start();
  }

  /** What the end of a connection means. */
  private judge(code: CloseCode): void {
    if (this.over) return;
    const gone = this.followed.gone(code);
    if (gone !== null) this.end(gone);
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
    } else {
      const gone = this.followed.gone(error);
      if (gone !== null) this.end(gone);
      else if (error.passing) this.lost(error.message);
      else this.set({ kind: "refused", why: error.message });
    }
  }

  private lost(why: string): void {
    this.set(this.wake.online() ? { kind: "reconnecting", why } : { kind: "offline" });
  }

  /** A socket from before the network was lost, or that missed its ping, may be dead. */
  private distrust(sign: Sign): void {
    const silent = performance.now() - this.heard;
    if (sign === "online" || silent > STALE_MS) this.connectionLife.abort();
  }

  private set(connection: Connection): void {
    if (this.life.signal.aborted) return;
    this.connection = connection;
    this.followed.stands(connection);
  }
}

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
