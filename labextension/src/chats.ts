/** All chats of a Jupyter server, as a page of it reaches them. */
import { importFile } from "./exchange";
import { follow } from "./http";
import type {
  ImportResult,
  NewSession,
  SearchResult,
  Session,
  SessionPage,
  SessionPatch,
} from "./protocol";
import { query, type Server } from "./server";
import type { ChatsAt, ChatsTransport, CloseCode, Watcher } from "./transport";

export class HttpChatsTransport implements ChatsTransport {
  readonly scope: string;

  constructor(private readonly server: Server) {
    this.scope = new URL(server.settings.baseUrl).pathname;
  }

  page(at: ChatsAt, signal: AbortSignal): Promise<SessionPage> {
    return this.server.json("GET", `chatcore/sessions?${query(at)}`, signal);
  }

  watch(after: number, watcher: Watcher, signal: AbortSignal): Promise<CloseCode> {
    return follow(
      new WebSocket(this.server.url(`chatcore/ws?after=${after}`, "ws")),
      watcher,
      signal,
    );
  }

  search(q: string, signal: AbortSignal): Promise<SearchResult> {
    return this.server.json("GET", `chatcore/search?${query({ q })}`, signal);
  }

  create(made: NewSession, signal: AbortSignal): Promise<Session> {
    return this.server.json("POST", "chatcore/sessions", signal, made);
  }

  patch(session: string, patch: SessionPatch, signal: AbortSignal): Promise<Session> {
    return this.server.json("PATCH", pathOf(session), signal, patch);
  }

  remove(session: string, signal: AbortSignal): Promise<void> {
    return this.server.json("DELETE", pathOf(session), signal);
  }

  take(file: File, signal: AbortSignal): Promise<ImportResult> {
    return importFile(this.server, file, signal);
  }

  now(): number {
    return this.server.now();
  }
}

function pathOf(session: string): string {
  return `chatcore/sessions/${encodeURIComponent(session)}`;
}
