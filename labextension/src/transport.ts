/** How a chat reaches its server: the seam between the chat and the network. */
import type {
  Ask,
  AssistantList,
  Author,
  ChatUsage,
  Edit,
  Event,
  ExportFormat,
  FilePart,
  Fork,
  ImportResult,
  Message,
  NewSession,
  Page,
  Posted,
  Regenerate,
  SearchResult,
  Session,
  SessionPage,
  SessionPatch,
  Undone,
} from "./protocol";

/** What a watch tells while it runs. */
export interface Watcher {
  /** The server has accepted the watch. */
  opened(): void;
  /** Events, oldest first; none when the server only says that it is there. */
  received(events: readonly Event[]): void;
  /** Somebody else is writing a message now. */
  typing?(author: Author): void;
}

/** A file that is to be saved. */
export interface Download {
  readonly name: string;
  readonly blob: Blob;
}

/** Told how much of a file has gone out, from 0 to 1. */
export type Progress = (share: number) => void;

/** Why a watch ended: a WebSocket's close code, see `CLOSED`. */
export type CloseCode = number;

/** The close codes that mean something to us; all others mean "come back". */
export const CLOSED = {
  badCursor: 4400,
  noSession: 4404,
  cursorAhead: 4409,
  deleted: 4410,
  lost: 1006,
} as const;

/** A request that was refused, or that never arrived (status 0). */
export class RequestError extends Error {
  override readonly name = "RequestError";

  constructor(
    /** The HTTP status, 0 where no answer came. */
    readonly status: number,
    /** The server's stable name for what went wrong. */
    readonly code: string,
    message: string,
    /** Seconds to wait before the next try, where the server said so. */
    readonly retryAfter: number | null = null,
  ) {
    super(message);
  }

  /** Whether the same request may go through later, without anybody changing anything. */
  get passing(): boolean {
    return this.status === 0 || this.status >= 500 || [408, 425, 429].includes(this.status);
  }
}

/** Which page of messages: by default the newest one; after 0 is the oldest. */
export interface PageAt {
  readonly before?: number;
  readonly after?: number;
  readonly around?: number;
}

/** One chat at one server. Every call throws RequestError where it fails. */
export interface Transport {
  /** Names the server and the chat; what is kept in the browser is kept under it. */
  readonly scope: string;
  session(signal: AbortSignal): Promise<Session>;
  page(at: PageAt, limit: number, signal: AbortSignal): Promise<Page>;
  /** Runs until the connection ends or the signal is aborted; says why it ended. */
  watch(after: number, watcher: Watcher, signal: AbortSignal): Promise<CloseCode>;
  /** A message that wants a reply. Repeating it with the same `key` makes no second one. */
  ask(ask: Ask, signal: AbortSignal): Promise<Posted>;
  /** Ends a reply, or the replies to a message. */
  stop(message: number, signal: AbortSignal): Promise<Message>;
  /** Another answer, beside the one given. */
  regenerate(message: number, asked: Regenerate, signal: AbortSignal): Promise<Posted>;
  /** Another version of a message, beside it; a question is answered anew. */
  edit(message: number, edit: Edit, signal: AbortSignal): Promise<Posted>;
  /** Deletes what a message says; its place stays. */
  remove(message: number, signal: AbortSignal): Promise<Message>;
  /** A new chat with the messages up to one. */
  fork(fork: Fork, signal: AbortSignal): Promise<Session>;
  /** Keeps a file beside the chat; the part is what a message shows of it. */
  upload(file: File, signal: AbortSignal, progress?: Progress): Promise<FilePart>;
  /** Where the page can get a file of the chat; null where it cannot, or for any other address. */
  address(part: FilePart): string | null;
  /** The user has read up to this message. */
  seen(message: number, signal: AbortSignal): Promise<void>;
  /** The user is writing: others are shown it for a few seconds. */
  typing(signal: AbortSignal): Promise<void>;
  /** What all answers of the chat took. */
  usage(signal: AbortSignal): Promise<ChatUsage>;
  /** The chat as a file; null where the way to it carries no files. */
  readonly download: ((format: ExportFormat, signal: AbortSignal) => Promise<Download>) | null;
  /** Answers the request for permission of a message's part with one of its options. */
  approve(message: number, part: number, option: string, signal: AbortSignal): Promise<Message>;
  /** Takes back what an answer changed in notebooks, and nothing that others changed since. */
  undo(message: number, signal: AbortSignal): Promise<Undone>;
  /** Who can answer, whether they can now, and what to choose of each. */
  assistants(signal: AbortSignal): Promise<AssistantList>;
  /** Changes what the chat is set to; what is left out stays. */
  patch(patch: SessionPatch, signal: AbortSignal): Promise<Session>;
  /** The server's clock as far as it is known, in milliseconds since the epoch. */
  now(): number;
}

/** Which chats: those in use by default, the most recently used first. */
export interface ChatsAt {
  readonly before?: number;
  readonly limit?: number;
  readonly notebook?: string;
  readonly show?: "open" | "pinned" | "archived" | "all";
}

/** All chats of one server. Every call throws RequestError where it fails. */
export interface ChatsTransport {
  readonly scope: string;
  page(at: ChatsAt, signal: AbortSignal): Promise<SessionPage>;
  /** Follows all chats after a cursor: the events are `session_put`s as the list tells them. */
  watch(after: number, watcher: Watcher, signal: AbortSignal): Promise<CloseCode>;
  search(q: string, signal: AbortSignal): Promise<SearchResult>;
  create(made: NewSession, signal: AbortSignal): Promise<Session>;
  patch(session: string, patch: SessionPatch, signal: AbortSignal): Promise<Session>;
  remove(session: string, signal: AbortSignal): Promise<void>;
  /** Imports the chats of a file; doing it again makes no second ones. */
  take(file: File, signal: AbortSignal): Promise<ImportResult>;
  now(): number;
}
