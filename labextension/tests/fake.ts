/**
 * A chat server in memory: the same rows, numbers and backlogs as the real one, on a
 * line that can be told to lose, repeat or cut what it carries.
 */
import type {
  Ask,
  AssistantInfo,
  Author,
  ChatUsage,
  Delta,
  Edit,
  Event,
  Message,
  Part,
  Posted,
  Session,
  SessionPatch,
  Status,
  Undone,
} from "../src/protocol";
import { applyTo } from "../src/state";
import { CLOSED, type CloseCode, RequestError, type Transport } from "../src/transport";
import { answeredBy, newestLeaf, saidIn } from "./fakebranches";
import { decided, kept } from "./fakedesk";
import { FakeLine, type Faults } from "./fakeline";
import { pageOf } from "./fakepages";
import { takenBack } from "./fakeundo";

const NOW = "2026-03-01T12:00:00Z";

export class FakeServer {
  readonly requests: string[] = [];
  session: Session;
  assistants: AssistantInfo[] = [];
  usage: ChatUsage = {};
  /** The ids of cells that somebody has changed since an answer did. */
  readonly changedSince = new Set<string>();
  /** Milliseconds that its clock goes before the page's. */
  ahead = 0;
  private clock = 0;
  private rows = new Map<number, Message>();
  private deltas: Event[] = [];
  private readonly line = new FakeLine(
    () => this.clock,
    (after) => this.since(after),
  );

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
    return this.line.open;
  }

  get faults(): Faults {
    return this.line.faults;
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
    this.line.emit({ seq, session: this.id, change: { type: "message_put", message } });
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
    this.line.emit({ seq, session: this.id, change: { type: "message_put", message: row } });
  }

  putSession(change: Partial<Session>): void {
    const seq = this.tick();
    this.session = { ...this.session, ...change, seq };
    this.line.emit({
      seq,
      session: this.id,
      change: { type: "session_put", session: this.session },
    });
  }

  /** Ends every connection. */
  cut(code: CloseCode = CLOSED.lost): void {
    this.line.cut(code);
  }

  /** Another user writes a letter. */
  types(author: Author): void {
    this.line.types(author);
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
      page: (at, limit, signal) =>
        this.answer("page", signal, () => ({
          ...pageOf(this.stored(), this.rows, at, limit),
          cursor: this.clock,
        })),
      ask: (ask, signal) => this.answer("ask", signal, () => this.asked(ask)),
      stop: (id, signal) => this.answer("stop", signal, () => this.stopped(id)),
      regenerate: (id, { assistant }, signal) =>
        this.answer("regenerate", signal, () => this.again(id, assistant ?? null)),
      edit: (id, edit, signal) => this.answer("edit", signal, () => this.edited(id, edit)),
      remove: (id, signal) =>
        this.answer("remove", signal, () => {
          this.end(id, "deleted", { parts: [] });
          return this.message(id);
        }),
      fork: ({ message }, signal) =>
        this.answer("fork", signal, () => ({ ...this.session, id: `fork-of-${message}` })),
      upload: (file, signal) => this.answer("upload", signal, () => kept(file)),
      address: ({ url }) => (url.startsWith("chatcore/files/") ? `/${url}` : null),
      seen: (_id, signal) => this.answer("seen", signal, () => undefined),
      typing: async () => {
        this.requests.push("typing");
      },
      download: null,
      usage: (signal) => this.answer("usage", signal, () => this.usage),
      approve: (id, part, option, signal) =>
        this.answer("approve", signal, () => this.approved(id, part, option)),
      undo: (id, signal) => this.answer("undo", signal, () => this.undone(id)),
      assistants: (signal) =>
        this.answer("assistants", signal, () => ({ assistants: this.assistants })),
      patch: (patch, signal) => this.answer("patch", signal, () => this.patched(patch)),
      now: () => Date.now() + this.ahead,
      watch: (after, watcher, signal) => {
        this.requests.push("watch");
        return this.line.watch(after, watcher, signal);
      },
    };
  }

  private asked({ parts, key }: Ask): Posted {
    const known = [...this.rows.values()].find((row) => key && row.key === key);
    const question = known ?? this.say("user", null, { key: key ?? null, parts: parts ?? [] });
    const answer = [...this.rows.values()].find((row) => row.parent === question.id);
    return { message: question.id, reply: answer?.id ?? this.begin(), cursor: question.id - 1 };
  }

  private edited(id: number, edit: Edit): Posted {
    const parent = this.message(id).parent ?? null;
    const question = this.say("user", null, { ...saidIn(edit), parent });
    return { message: question.id, reply: this.begin(), cursor: question.id - 1 };
  }

  private again(id: number, by: string | null): Posted {
    const parent = this.message(id).parent ?? null;
    const reply = this.begin({ parent, ...answeredBy(by) });
    return { message: parent ?? 0, reply, cursor: this.clock };
  }

  private stopped(id: number): Message {
    for (const row of this.rows.values()) {
      if ((row.id === id || row.parent === id) && row.status === "streaming")
        this.end(row.id, "cancelled");
    }
    return this.message(id);
  }

  private approved(id: number, index: number, option: string): Message {
    const part = this.message(id).parts[index];
    this.put(id, decided(this.message(id), part, option, "Ada", Date.now() + this.ahead), index);
    return this.message(id);
  }

  private undone(id: number): Undone {
    const { parts, told } = takenBack(this.message(id), this.changedSince);
    this.end(id, this.message(id).status, { parts });
    return told;
  }

  private patched({ branch, ...patch }: SessionPatch): Session {
    this.putSession(branch ? { ...patch, head: newestLeaf(this.rows, branch) } : patch);
    return this.session;
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
    this.line.emit(event);
  }

  private tick(): number {
    this.clock += 1;
    return this.clock;
  }
}
