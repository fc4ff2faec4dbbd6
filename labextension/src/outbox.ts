/**
 * Messages on their way: kept until the server has them, delivered exactly once.
 *
 * An entry gets its `key` when the user hits send. The server makes one message of any
 * number of POSTs with one key, so trying again is harmless, from this tab or another.
 * Each entry lies under its own name in the browser's storage: two tabs never write the
 * same one, so neither loses the other's.
 */
import { backoff, pause, type Wake } from "./backoff";
import type { Part, Posted } from "./protocol";
import type { Shelf } from "./storage";
import { RequestError, type Transport } from "./transport";
import { unique } from "./unique";

/** An entry that another tab has made is left to that tab for so long. */
const OTHERS_MS = 20_000;

export interface Entry {
  readonly key: string;
  readonly parts: readonly Part[];
  /** Milliseconds since the epoch. */
  readonly created: number;
  readonly state: "queued" | "sending" | "sent" | "failed";
  /** Why the last try did not go through. */
  readonly error: string | null;
}

type Listener = () => void;

export class Outbox {
  private list: readonly Entry[] = [];
  private readonly listeners = new Set<Listener>();
  private readonly life = new AbortController();
  private readonly stopped = new Set<string>();
  private readonly posted = new Map<string, Posted>();
  private readonly notBefore = new Map<string, number>();
  private readonly prefix: string;
  private pumping: Promise<void> | null = null;

  constructor(
    private readonly transport: Transport,
    private readonly shelf: Shelf,
    private readonly wake: Wake,
    /** Names this tab; its keys begin with it. */
    private readonly tab: string,
  ) {
    this.prefix = `chatcore:outbox:${transport.scope}:`;
    this.list = this.stored();
  }

  /** Oldest first, with those that are sent but not yet seen in the chat. */
  get entries(): readonly Entry[] {
    return this.list;
  }

  subscribe(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Whether a message was written in this tab. */
  mine(key: string | null | undefined): boolean {
    return key?.startsWith(`${this.tab}.`) ?? false;
  }

  /** Takes a message and delivers it as soon as that is possible. */
  send(parts: readonly Part[]): Entry {
    const key = `${this.tab}.${unique()}`;
    const entry: Entry = { key, parts, created: Date.now(), state: "queued", error: null };
    this.keep(entry);
    this.set([...this.list, entry]);
    void this.deliver();
    return entry;
  }

  retry(key: string): void {
    this.change(key, { state: "queued", error: null }, true);
    void this.deliver();
  }

  /** Forgets an entry that the server has not taken. */
  discard(key: string): void {
    this.shelf.remove(this.prefix + key);
    this.set(this.list.filter((entry) => entry.key !== key));
  }

  /** Stops the reply to an entry as soon as the entry has arrived. */
  stop(key: string): void {
    const posted = this.posted.get(key);
    if (posted) void this.stopReply(posted);
    else this.stopped.add(key);
  }

  /** Drops the entries that the chat shows now. */
  settle(keys: ReadonlySet<string>): void {
    const rest = this.list.filter((entry) => !keys.has(entry.key));
    if (rest.length === this.list.length) return;
    for (const key of keys) {
      this.posted.delete(key);
      this.shelf.remove(this.prefix + key);
    }
    this.set(rest);
  }

  /** Looks at the storage again: another tab has changed it. */
  reread(): void {
    const stored = this.stored();
    const theirs = new Map(stored.map((entry) => [entry.key, entry]));
    const known = new Set(this.list.map((entry) => entry.key));
    const fresh = stored.filter((entry) => !known.has(entry.key));
    for (const entry of fresh) this.notBefore.set(entry.key, Date.now() + OTHERS_MS);
    const kept = this.list.flatMap((entry) => {
      const other = theirs.get(entry.key);
      if (entry.state === "sent" || (other && this.mine(entry.key))) return [entry];
      return other ? [other] : [];
    });
    this.set([...kept, ...fresh].sort((a, b) => a.created - b.created));
    void this.deliver();
  }

  /** Delivers what waits, one after the other; resolves when nothing is left to try. */
  deliver(): Promise<void> {
    this.pumping ??= this.pump().finally(() => {
      this.pumping = null;
    });
    return this.pumping;
  }

  dispose(): void {
    this.life.abort();
    this.listeners.clear();
  }

  private async pump(): Promise<void> {
    let attempt = 0;
    for (;;) {
      const entry = this.list.find((one) => one.state === "queued");
      if (!entry || this.life.signal.aborted) return;
      const early = (this.notBefore.get(entry.key) ?? 0) - Date.now();
      const wait = early > 0 ? early : await this.post(entry, attempt);
      attempt = early > 0 || wait === 0 ? 0 : attempt + 1;
      if (wait > 0) await pause(wait, this.wake, this.life.signal);
    }
  }

  /** One try; the milliseconds to wait before the next, 0 where this entry is settled. */
  private async post(entry: Entry, attempt: number): Promise<number> {
    this.change(entry.key, { state: "sending" });
    try {
      const { key, parts } = entry;
      this.arrived(key, await this.transport.ask({ parts, key }, this.life.signal));
      return 0;
    } catch (error) {
      if (this.life.signal.aborted) return 0;
      return this.refused(entry.key, error, attempt);
    }
  }

  private arrived(key: string, posted: Posted): void {
    this.posted.set(key, posted);
    this.shelf.remove(this.prefix + key);
    this.change(key, { state: "sent", error: null });
    if (this.stopped.delete(key)) void this.stopReply(posted);
  }

  private async stopReply(posted: Posted): Promise<void> {
    try {
      await this.transport.stop(posted.message, this.life.signal);
    } catch (error) {
      // the reply is still running then, and its own button is there to stop it
      if (!(error instanceof RequestError) && !this.life.signal.aborted) throw error;
    }
  }

  private refused(key: string, error: unknown, attempt: number): number {
    const why = error instanceof Error ? error.message : String(error);
    const passing = error instanceof RequestError && error.passing;
    this.change(key, { state: passing ? "queued" : "failed", error: why }, true);
    if (!passing) return 0;
    return error.retryAfter === null ? backoff(attempt + 1) : error.retryAfter * 1000;
  }

  private change(key: string, change: Partial<Entry>, keep = false): void {
    this.set(this.list.map((entry) => (entry.key === key ? { ...entry, ...change } : entry)));
    const entry = this.list.find((one) => one.key === key);
    if (keep && entry) this.keep(entry);
  }

  private keep(entry: Entry): void {
    this.shelf.put(this.prefix + entry.key, JSON.stringify(entry));
  }

  private stored(): Entry[] {
    return this.shelf
      .keys(this.prefix)
      .map((name) => read(this.shelf.get(name)))
      .filter((entry) => entry !== null)
      .sort((a, b) => a.created - b.created);
  }

  private set(list: readonly Entry[]): void {
    this.list = list;
    for (const listener of this.listeners) listener();
  }
}

/** An entry from before messages had parts. */
type Older = Omit<Entry, "parts"> & { readonly text: string };

/** An entry as it was stored; null for what is none. One that was on its way waits again. */
function read(stored: string | null): Entry | null {
  try {
    const entry = whole(JSON.parse(stored ?? "null") as Entry | Older | null);
    return !entry || entry.state === "failed" ? entry : { ...entry, state: "queued" };
  } catch {
    return null;
  }
}

function whole(entry: Entry | Older | null): Entry | null {
  if (!entry || typeof entry.key !== "string") return null;
  if ("parts" in entry) return Array.isArray(entry.parts) ? entry : null;
  const { text, ...rest } = entry;
  return typeof text === "string" ? { ...rest, parts: [{ type: "text", text }] } : null;
}
