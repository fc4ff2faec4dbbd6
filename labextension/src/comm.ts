/** A chat that a kernel keeps, as its widget's page reaches it: the same calls, over a comm. */
import type { Asked, CommLine } from "./commline";
import type { Sessions } from "./locate";
import type {
  Ask,
  AssistantList,
  ChatUsage,
  Edit,
  FilePart,
  Fork,
  Kept,
  Message,
  NewSession,
  Page,
  Posted,
  Regenerate,
  Session,
  SessionPatch,
  Undone,
} from "./protocol";
import type { CloseCode, PageAt, Transport, Watcher } from "./transport";

export { CommLine } from "./commline";

/** The file that keeps the chats, as its user would write it. Throws RequestError. */
export async function keptIn(line: CommLine, signal: AbortSignal): Promise<string> {
  return (await line.request<Kept>({ verb: "place" }, signal)).path;
}

/** The chats that a kernel keeps. */
export class CommSessions implements Sessions {
  constructor(private readonly line: CommLine) {}

  open(session: string | null, start: NewSession, signal: AbortSignal): Promise<Session> {
    return this.line.request({ verb: "open", session: session ?? "", body: start }, signal);
  }

  patch(session: string, patch: SessionPatch, signal: AbortSignal): Promise<Session> {
    return this.line.request({ verb: "patch", session, body: patch }, signal);
  }
}

export class CommTransport implements Transport {
  readonly scope: string;

  constructor(
    private readonly line: CommLine,
    kept: string,
    private readonly id: string,
  ) {
    this.scope = `${kept}|${id}`;
  }

  session(signal: AbortSignal): Promise<Session> {
    return this.request({ verb: "session" }, signal);
  }

  page(at: PageAt, limit: number, signal: AbortSignal): Promise<Page> {
    return this.request({ verb: "page", body: { limit, ...at } }, signal);
  }

  /** null: the page reaches no server that could hand out files. */
  address(): string | null {
    return null;
  }

  watch(after: number, watcher: Watcher, signal: AbortSignal): Promise<CloseCode> {
    return this.line.watch(this.id, after, watcher, signal);
  }

  ask(ask: Ask, signal: AbortSignal): Promise<Posted> {
    return this.request({ verb: "ask", body: ask }, signal);
  }

  stop(message: number, signal: AbortSignal): Promise<Message> {
    return this.request({ verb: "stop", message }, signal);
  }

  regenerate(message: number, asked: Regenerate, signal: AbortSignal): Promise<Posted> {
    return this.request({ verb: "regenerate", message, body: asked }, signal);
  }

  edit(message: number, edit: Edit, signal: AbortSignal): Promise<Posted> {
    return this.request({ verb: "edit", message, body: edit }, signal);
  }

  remove(message: number, signal: AbortSignal): Promise<Message> {
    return this.request({ verb: "remove", message }, signal);
  }

  fork(fork: Fork, signal: AbortSignal): Promise<Session> {
    return this.request({ verb: "fork", body: fork }, signal);
  }

  async upload(file: File, signal: AbortSignal): Promise<FilePart> {
    const body = { name: file.name, mime: file.type || "application/octet-stream" };
    return this.request({ verb: "upload", body }, signal, await file.arrayBuffer());
  }

  seen(message: number, signal: AbortSignal): Promise<void> {
    return this.request({ verb: "seen", body: { message } }, signal);
  }

  typing(signal: AbortSignal): Promise<void> {
    return this.request({ verb: "typing" }, signal);
  }

  usage(signal: AbortSignal): Promise<ChatUsage> {
    return this.request({ verb: "usage" }, signal);
  }

  readonly download = null;

  approve(message: number, part: number, option: string, signal: AbortSignal): Promise<Message> {
    return this.request({ verb: "approve", message, part, body: { option } }, signal);
  }

  undo(message: number, signal: AbortSignal): Promise<Undone> {
    return this.request({ verb: "undo", message }, signal);
  }

  assistants(signal: AbortSignal): Promise<AssistantList> {
    return this.request({ verb: "assistants" }, signal);
  }

  patch(patch: SessionPatch, signal: AbortSignal): Promise<Session> {
    return this.request({ verb: "patch", body: patch }, signal);
  }

  now(): number {
    return this.line.now();
  }

  private request<T>(asked: Asked, signal: AbortSignal, bytes?: ArrayBuffer): Promise<T> {
    return this.line.request<T>({ session: this.id, ...asked }, signal, bytes);
  }
}
