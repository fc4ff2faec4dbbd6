/**
 * A chat server in memory: the same rows, numbers and backlogs as the real one, on a
 * line that can be told to lose, repeat or cut what it carries.
 */
import type {
  Ask,
  Delta,
  Event,
  Message,
  Page,
  Part,
  Posted,
  Session,
  Status,
} from "../src/protocol";
import { applyTo } from "../src/state";
import {
  CLOSED,
  type CloseCode,
  RequestError,
  type Transport,
  type Watcher,
} from "../src/transport";

const NOW = "2026-03-01T12:00:00Z";

interface Line {
  readonly watcher: Watcher;
  readonly end: (code: CloseCode) => void;
  readonly fail: (error: unknown) => void;
}

/** What goes wrong on the way; by default nothing. */
export interface Faults {
  dead: boolean;
  /** Every event comes twice. */
  repeat: boolean;
  /** So many of the next events are lost. */
  lose: number;
  /** The next requests end in these errors, after or before they took effect. */
  refuse: RequestError[];
  loseAnswers: number;
}

export class FakeServer {
  readonly faults: Faults = { dead: false, repeat: false, lose: 0, refuse: [], loseAnswers: 0 };
  readonly requests: string[] = [];
  session: Session;
  private clock = 0;
  private rows = new Map<number, Message>();
  private deltas: Event[] = [];
  private readonly lines = new Set<Line>();

  constructor(readonly id = "s") {
    const seq = this.tick();
    this.session = {
      id,
      birth: seq,
      seq,
      active: seq,
      title: "Prices",
      created: NOW,
      updated: NOW,
    };
  }

  get open(): number {
    return this.lines.size;
  }

  /** The branch as it is stored, oldest first. */
  stored(): Message[] {
    const walk: Message[] = [];
    let next = this.session.head ?? null;
    while (next !== null) {
      const row = this.rows.get(next);
      if (!row) break;
      walk.unshift(this.live(row));
      next = row.parent ?? null;
    }
    return walk;
  }

  /** A new message at the end of the branch, or under `parent`. */
  say(role: Message["role"], text: string | null, more: Partial<Message> = {}): Message {
    const seq = this.tick();
    const head = this.session.head ?? null;
    const parts: Part[] = text === null ? [] : [{ type: "text", text }];
    const message: Message = {
      id: seq,
      seq,
      session: this.id,
      role,
      status: "done",
      created: NOW,
      parts,
      parent: head,
      ...more,
    };
    this.rows.set(seq, message);
    this.session = { ...this.session, head: seq, active: seq };
    this.emit({ seq, session: this.id, change: { type: "message_put", message } });
    if ((message.parent ?? null) !== head) this.putSession({});
    return message;
  }

  /** A reply that has no text yet. */
  begin(more: Partial<Message> = {}): number {
    return this.say("assistant", null, {
      status: "streaming",
      author: { username: "builtin", name: "Jupyter" },
      ...more,
    }).id;
  }

  /** More text for the last part of a reply, or for a new one. */
  write(message: number, text: string): void {
    const row = this.message(message);
    const index = row.parts.length - 1;
    const base = row.seq;
    this.grow(
      row.parts[index]?.type === "text"
        ? { type: "text_append", message, base, index, text }
        : { type: "part_put", message, base, index: index + 1, part: { type: "text", text } },
    );
  }

  put(message: number, part: Part, at?: number): void {
    const row = this.message(message);
    this.grow({ type: "part_put", message, base: row.seq, index: at ?? row.parts.length, part });
  }

  end(message: number, status: Status = "done", more: Partial<Message> = {}): void {
    const seq = this.tick();
    const row = { ...this.message(message), ...more, seq, status };
    this.rows.set(message, row);
    this.deltas = this.deltas.filter(
      ({ change }) => !("message" in change) || change.message !== message,
    );
    this.emit({ seq, session: this.id, change: { type: "message_put", message: row } });
  }

  putSession(change: Partial<Session>): void {
    const seq = this.tick();
    this.session = { ...this.session, ...change, seq };
    this.emit({ seq, session: this.id, change: { type: "session_put", session: this.session } });
  }

  /** Ends every connection. */
  cut(code: CloseCode = CLOSED.lost): void {
    for (const line of [...this.lines]) line.end(code);
  }

  /** A message as it is so far. */
  message(id: number): Message {
    const row = this.rows.get(id);
    if (!row) throw new RequestError(404, "not_found", `There is no message ${id}.`);
    return this.live(row);
  }

  transport(): Transport {
    return {
      scope: `/|${this.id}`,
      session: (signal) => this.answer("session", signal, () => this.session),
      page: (before, limit, signal) => this.answer("page", signal, () => this.page(before, limit)),
      ask: (ask, signal) => this.answer("ask", signal, () => this.asked(ask)),
      stop: (id, signal) => this.answer("stop", signal, () => this.stopped(id)),
      regenerate: (id, _key, signal) => this.answer("regenerate", signal, () => this.again(id)),
      watch: (after, watcher, signal) => this.watch(after, watcher, signal),
    };
  }

  private page(before: number | null, limit: number): Page {
    const all = this.stored();
    const end = before === null ? all.length : all.findIndex((message) => message.id === before);
    const messages = all.slice(Math.max(0, end - limit), end);
    const top = messages[0];
    const more = (top?.parent ?? null) !== null;
    return {
      messages,
      cursor: this.clock,
      total: all.length,
      ...(more && top ? { before: top.id, has_more: true } : {}),
    };
  }

  private asked({ text, key }: Ask): Posted {
    const known = [...this.rows.values()].find((row) => key && row.key === key);
    const question = known ?? this.say("user", text ?? "", { key: key ?? null });
    const answer = [...this.rows.values()].find((row) => row.parent === question.id);
    const reply = answer?.id ?? this.begin();
    return { message: question.id, reply, cursor: question.id - 1 };
  }

  private again(id: number): Posted {
    const parent = this.message(id).parent ?? null;
    return { message: parent ?? 0, reply: this.begin({ parent }), cursor: this.clock };
  }

  private stopped(id: number): Message {
    for (const row of this.rows.values()) {
      if ((row.id === id || row.parent === id) && row.status === "streaming")
        this.end(row.id, "cancelled");
    }
    return this.message(id);
  }

  private async answer<T>(name: string, signal: AbortSignal, work: () => T): Promise<T> {
    this.requests.push(name);
    await Promise.resolve();
    signal.throwIfAborted();
    const refused = this.faults.refuse.shift();
    if (refused) throw refused;
    if (this.faults.dead) throw new RequestError(0, "unreachable", "The server cannot be reached.");
    const result = work();
    if (this.faults.loseAnswers > 0) {
      this.faults.loseAnswers -= 1;
      throw new RequestError(0, "unreachable", "The answer was lost.");
    }
    return result;
  }

  private watch(after: number, watcher: Watcher, signal: AbortSignal): Promise<CloseCode> {
    this.requests.push("watch");
    return new Promise((resolve, reject) => {
      const line: Line = {
        watcher,
        end: (code) => {
          this.lines.delete(line);
          resolve(code);
        },
        fail: (error) => {
          this.lines.delete(line);
          reject(error);
        },
      };
      signal.addEventListener("abort", () => line.end(CLOSED.lost));
      queueMicrotask(() => this.accept(line, after, signal));
    });
  }

  private accept(line: Line, after: number, signal: AbortSignal): void {
    if (signal.aborted || this.faults.dead) line.end(CLOSED.lost);
    else if (after > this.clock) line.end(CLOSED.cursorAhead);
    else {
      this.lines.add(line);
      line.watcher.opened();
      this.send(line, this.since(after));
    }
  }

  private since(after: number): Event[] {
    const session = this.id;
    const puts = [...this.rows.values()].map((message): Event => {
      return { seq: message.seq, session, change: { type: "message_put", message } };
    });
    const put: Event = {
      seq: this.session.seq,
      session,
      change: { type: "session_put", session: this.session },
    };
    return [put, ...puts, ...this.deltas]
      .filter((event) => event.seq > after)
      .sort((a, b) => a.seq - b.seq);
  }

  private live(row: Message): Message {
    return this.deltas.reduce(applyTo, row);
  }

  private grow(change: Delta): void {
    const event: Event = { seq: this.tick(), session: this.id, change };
    this.deltas.push(event);
    this.emit(event);
  }

  private emit(event: Event): void {
    for (const line of [...this.lines]) this.send(line, [event]);
  }

  private send(line: Line, events: readonly Event[]): void {
    const { dead, repeat } = this.faults;
    if (dead) return;
    const lost = Math.min(this.faults.lose, events.length);
    this.faults.lose -= lost;
    const rest = events.slice(lost);
    if (rest.length === 0) return;
    try {
      line.watcher.received(rest);
      if (repeat) line.watcher.received(rest);
    } catch (error) {
      line.fail(error);
    }
  }

  private tick(): number {
    this.clock += 1;
    return this.clock;
  }
}
