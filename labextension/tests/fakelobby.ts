/** All chats of a server in memory, on a line that can lose, repeat and cut. */
import type { Event, NewSession, SearchHit, Session, SessionPatch } from "../src/protocol";
import {
  type ChatsAt,
  type ChatsTransport,
  CLOSED,
  type CloseCode,
  RequestError,
} from "../src/transport";
import { FakeLine, type Faults } from "./fakeline";

export const NOON = "2026-03-01T12:00:00Z";

export class FakeLobby {
  readonly requests: string[] = [];
  readonly sessions = new Map<string, Session>();
  hits: SearchHit[] = [];
  /** Where set, answers wait until it is resolved. */
  gate: Promise<void> | null = null;
  private clock = 0;
  private log: Event[] = [];
  private readonly line = new FakeLine(
    () => this.clock,
    (after) => this.since(after),
  );

  get faults(): Faults {
    return this.line.faults;
  }

  /** A chat that was used just now. */
  add(id: string, more: Partial<Session> = {}): Session {
    const seq = this.clock + 1;
    const made: Session = {
      id,
      birth: seq,
      seq,
      active: seq,
      title: `Chat ${id}`,
      created: NOON,
      updated: NOON,
      used: NOON,
      last: `Last words of ${id}`,
      ...more,
    };
    return this.store(made, made.active);
  }

  /** A change of a chat, which leaves its place in the list. */
  change(id: string, change: Partial<Session>): Session {
    return this.store({ ...this.session(id), ...change });
  }

  /** A new message in a chat, which brings it to the top. */
  say(id: string, last: string, more: Partial<Session> = {}): void {
    this.store({ ...this.session(id), last, ...more }, this.clock + 1);
  }

  remove(id: string): void {
    this.store({ ...this.session(id), title: "", deleted: true });
  }

  session(id: string): Session {
    const found = this.sessions.get(id);
    if (!found || found.deleted) throw new RequestError(404, "not_found", `There is no ${id}.`);
    return found;
  }

  cut(code: CloseCode = CLOSED.lost): void {
    this.line.cut(code);
  }

  count(request: string): number {
    return this.requests.filter((one) => one.startsWith(request)).length;
  }

  transport(): ChatsTransport {
    return {
      scope: "/",
      page: (at, signal) => this.answer(`page ${at.show ?? "open"}`, signal, () => this.page(at)),
      search: (q, signal) =>
        this.answer(`search ${q}`, signal, () => {
          const sessions = [...this.sessions.values()].filter(({ title }) => title.includes(q));
          return { hits: this.hits, sessions };
        }),
      create: (made, signal) => this.answer("create", signal, () => this.made(made)),
      patch: (id, patch, signal) =>
        this.answer("patch", signal, () => bare(this.change(id, patched(patch)))),
      remove: (id, signal) => this.answer(`remove ${id}`, signal, () => this.remove(id)),
      take: (file, signal) =>
        this.answer(`take ${file.name}`, signal, () => {
          const known = this.sessions.has(file.name) ? 1 : 0;
          const made = this.sessions.get(file.name) ?? this.add(file.name);
          return { sessions: [made], made: 1 - known, known, messages: 2 - 2 * known };
        }),
      now: () => Date.now(),
      watch: (after, watcher, signal) => {
        this.requests.push("watch");
        return this.line.watch(after, watcher, signal);
      },
    };
  }

  private page({ before, limit = 50, notebook, show = "open" }: ChatsAt) {
    const found = [...this.sessions.values()]
      .filter((session) => !session.deleted && shown(session, show))
      .filter((session) => notebook === undefined || session.notebook === notebook)
      .filter((session) => before === undefined || session.active < before)
      .sort((a, b) => b.active - a.active);
    const sessions = found.slice(0, limit);
    const last = sessions.at(-1);
    const more = last && found.length > limit ? { before: last.active } : {};
    return { sessions, cursor: this.clock, ...more };
  }

  private made({ title, notebook }: NewSession): Session {
    const id = `made-${this.clock}`;
    return bare(this.add(id, { title: title ?? "New chat", notebook: notebook ?? null, last: "" }));
  }

  private store(session: Session, active = session.active): Session {
    this.clock += 1;
    const put = { ...session, seq: this.clock, active };
    this.sessions.set(put.id, put);
    const event: Event = {
      seq: this.clock,
      session: put.id,
      change: { type: "session_put", session: put },
    };
    this.log.push(event);
    this.line.emit(event);
    return put;
  }

  private since(after: number): Event[] {
    return this.log.filter((event) => event.seq > after);
  }

  private async answer<T>(name: string, signal: AbortSignal, work: () => T): Promise<T> {
    this.requests.push(name);
    await this.gate;
    signal.throwIfAborted();
    const refused = this.faults.refuse.shift();
    if (refused) throw refused;
    if (this.faults.dead) throw new RequestError(0, "unreachable", "The server cannot be reached.");
    return work();
  }
}

function shown({ pinned, archived }: Session, show: NonNullable<ChatsAt["show"]>): boolean {
  if (show === "archived") return !!archived;
  return show === "all" || (!archived && (show === "open" || !!pinned));
}

/** What a request for one chat answers: what only a list tells is not in it. */
function bare({ used: _1, last: _2, running: _3, unread: _4, ...session }: Session): Session {
  return session;
}

function patched({ title, pinned, archived, notebook }: SessionPatch): Partial<Session> {
  return {
    ...(title === undefined ? {} : { title, named: true }),
    ...(pinned === undefined ? {} : { pinned }),
    ...(archived === undefined ? {} : { archived }),
    ...(notebook === undefined ? {} : { notebook }),
  };
}
