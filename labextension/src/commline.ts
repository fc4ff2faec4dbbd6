/**
 * The line between a widget's page and its kernel: requests, answers and watches.
 *
 * The kernel hears nothing while a cell runs, so every request is first acknowledged
 * (`taken`). While one waits for that, the line is busy and carries no others.
 */
import type { CommAnswer, CommRequest, ErrorBody, Event } from "./protocol";
import { CLOSED, type CloseCode, RequestError, type Watcher } from "./transport";
import { unique } from "./unique";
import { t } from "./words";

/** A kernel that has not heard of a request for so long is busy. */
const BUSY_MS = 3_000;
/** A request that was not heard for so long may be lost: the next one finds out. */
const LOST_MS = 60_000;
const TIMEOUT_MS = 30_000;
/** How often the kernel is told that a watch is still wanted. */
const HERE_MS = 30_000;
/** A clock that is off by less is right: an answer takes its time. */
const SAME_MS = 2_000;
/** Seconds after which a message that met a busy kernel is tried again. */
const AGAIN_SECONDS = 2;

/** What the line needs of anywidget's model. */
export interface CommModel {
  send(content: unknown, callbacks?: unknown, buffers?: ArrayBuffer[]): void;
  on(event: string, listener: (content: unknown) => void): void;
  off(event: string, listener: (content: unknown) => void): void;
}

/** What is asked, without the name that the line gives it. */
export interface Asked {
  readonly verb: string;
  readonly session?: string;
  readonly message?: number;
  readonly part?: number;
  readonly body?: object;
}

/** A request whose end is waited for. */
interface Talk {
  hear(answer: CommAnswer): void;
  fail(error: unknown): void;
}

/** What an answer comes to: null where more are to come. */
type Heard<T> = (answer: CommAnswer) => { readonly value: T } | null;

export class CommLine {
  private readonly talks = new Map<string, Talk>();
  /** When each request was sent that the kernel has not heard yet, oldest first. */
  private readonly unheard = new Map<string, number>();
  private readonly listeners = new Set<() => void>();
  private readonly timers = new Set<ReturnType<typeof setTimeout>>();
  private ahead = 0;
  private wasBusy = false;
  private dead = false;

  constructor(private readonly model: CommModel) {
    model.on("msg:custom", this.hear);
    model.on("comm_live_update", this.lose);
  }

  /** Whether the kernel has something else to do than to hear us. */
  get busy(): boolean {
    const [since = Number.POSITIVE_INFINITY] = this.unheard.values();
    return performance.now() - since >= BUSY_MS;
  }

  /** Why nothing goes out now, "" where it does. */
  get waits(): string {
    return this.busy ? busy().message : "";
  }

  /** Calls `listener` when the kernel gets busy, and when it is free again. */
  onBusy(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The kernel's clock by its last answer, in milliseconds since the epoch. */
  now(): number {
    return Date.now() + this.ahead;
  }

  /** What the kernel answers. Throws RequestError. */
  async request<T>(asked: Asked, signal: AbortSignal, bytes?: ArrayBuffer): Promise<T> {
    const late = AbortSignal.timeout(TIMEOUT_MS);
    try {
      return await this.talk<T>(asked, AbortSignal.any([signal, late]), result, bytes);
    } catch (error) {
      if (!late.aborted || signal.aborted || error instanceof RequestError) throw error;
      throw new RequestError(0, "unreachable", t("The kernel did not answer in time."));
    }
  }

  /** Follows a chat until its end, or until the signal is aborted. Throws RequestError. */
  async watch(
    session: string,
    after: number,
    watcher: Watcher,
    signal: AbortSignal,
  ): Promise<CloseCode> {
    const asked = { verb: "watch", session, body: { after } };
    try {
      return await this.talk(asked, signal, (answer) => followed(answer, watcher));
    } catch (error) {
      if (signal.aborted) return CLOSED.lost;
      return closeCode(error);
    }
  }

  dispose(): void {
    this.fail(new RequestError(0, "disposed", t("The chat was closed.")));
    this.model.off("msg:custom", this.hear);
    this.model.off("comm_live_update", this.lose);
    for (const timer of this.timers) clearTimeout(timer);
    this.listeners.clear();
  }

  private talk<T>(
    asked: Asked,
    signal: AbortSignal,
    heard: Heard<T>,
    bytes?: ArrayBuffer,
  ): Promise<T> {
    const request = unique();
    const over = new AbortController();
    return new Promise<T>((resolve, reject) => {
      signal.throwIfAborted();
      this.talks.set(request, {
        fail: reject,
        hear: (answer) => {
          const found = heard(answer);
          if (found) resolve(found.value);
        },
      });
      signal.addEventListener("abort", () => this.abandon(request, signal.reason), {
        signal: over.signal,
      });
      this.send(request, asked, bytes);
      if (asked.verb === "watch") this.stay(request, over.signal);
    }).finally(() => {
      over.abort();
      this.talks.delete(request);
    });
  }

  /** Tells the kernel now and then that a watch is still wanted. */
  private stay(request: string, signal: AbortSignal): void {
    const timer = setInterval(() => {
      if (!this.busy) this.send(request, { verb: "here" });
    }, HERE_MS);
    signal.addEventListener("abort", () => clearInterval(timer));
  }

  /** Sends a request. Throws RequestError where the kernel is busy or gone. */
  private send(request: string, { body, ...asked }: Asked, bytes?: ArrayBuffer): void {
    if (this.dead) throw gone();
    this.forget();
    if (this.busy) throw busy();
    this.unheard.set(request, performance.now());
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      this.judge(request);
    }, BUSY_MS);
    this.timers.add(timer);
    this.post({ ...asked, request, body: JSON.stringify(body ?? {}) }, bytes);
  }

  private post(request: Omit<CommRequest, "kind">, bytes?: ArrayBuffer): void {
    this.model.send({ kind: "request", ...request }, undefined, bytes ? [bytes] : undefined);
  }

  /** A request that the kernel has not heard for very long is not waited for any more. */
  private forget(): void {
    for (const [request, since] of this.unheard) {
      if (performance.now() - since > LOST_MS) this.unheard.delete(request);
    }
  }

  /** The kernel had time to hear a request: if it has not, it is busy. */
  private judge(request: string): void {
    if (!this.unheard.has(request)) return;
    this.abandon(request, busy());
    this.notify();
  }

  /** Ends a request here, and in the kernel if it comes to that. */
  private abandon(request: string, why: unknown): void {
    const talk = this.talks.get(request);
    if (!talk) return;
    talk.fail(why);
    if (!this.dead) this.post({ verb: "cancel", request });
  }

  private readonly hear = (content: unknown): void => {
    const answer = content as CommAnswer | null;
    if (answer?.kind !== "answer") return;
    this.heard(answer.request);
    const talk = this.talks.get(answer.request);
    if (answer.now) this.follow(answer.now);
    if (!talk || answer.state === "taken") return;
    try {
      if (answer.state === "failed") talk.fail(refusal(answer));
      else talk.hear(answer);
    } catch (error) {
      // a change that does not fit: the watch begins anew
      talk.fail(error);
    }
  };

  /** The kernel has heard this request, so all before it too. */
  private heard(request: string): void {
    if (!this.unheard.has(request)) return;
    for (const one of [...this.unheard.keys()]) {
      this.unheard.delete(one);
      if (one === request) break;
    }
    this.notify();
  }

  private notify(): void {
    if (this.busy === this.wasBusy) return;
    this.wasBusy = this.busy;
    for (const listener of this.listeners) listener();
  }

  private follow(clock: number): void {
    const off = clock - Date.now();
    this.ahead = Math.abs(off) < SAME_MS ? 0 : off;
  }

  /** The kernel has ended, or another was started in its place. */
  private readonly lose = (): void => {
    this.dead = true;
    this.fail(gone());
  };

  private fail(error: RequestError): void {
    for (const talk of this.talks.values()) talk.fail(error);
  }
}

function result<T>(answer: CommAnswer): { value: T } | null {
  return answer.state === "done" ? { value: JSON.parse(answer.body ?? "null") as T } : null;
}

function followed(answer: CommAnswer, watcher: Watcher): { value: CloseCode } | null {
  if (answer.state === "closed") return { value: CLOSED.deleted };
  if (answer.state === "opened") watcher.opened();
  else if (answer.body) watcher.received(JSON.parse(answer.body) as Event[]);
  return null;
}

function refusal(answer: CommAnswer): RequestError {
  const { code, message } = JSON.parse(answer.body ?? "{}") as ErrorBody;
  return new RequestError(answer.status ?? 0, code, message);
}

/** What the end of a watch means. Throws what is no end but a failure. */
function closeCode(error: unknown): CloseCode {
  if (!(error instanceof RequestError)) throw error;
  if (error.code === "not_found") return CLOSED.noSession;
  if (error.code === "cursor_ahead") return CLOSED.cursorAhead;
  if (error.code === "lost") return CLOSED.lost;
  throw error;
}

function busy(): RequestError {
  const text = t("The kernel is busy; the chat goes on when it is free.");
  return new RequestError(0, "kernel_busy", text, AGAIN_SECONDS);
}

function gone(): RequestError {
  const text = t("The kernel has ended or was restarted. Run the cell again to go on.");
  return new RequestError(404, "kernel_gone", text);
}
