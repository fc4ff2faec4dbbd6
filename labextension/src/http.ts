/** A chat over HTTP and WebSocket, as a page of the same Jupyter server reaches it. */
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
  Message,
  Page,
  Posted,
  Regenerate,
  Session,
  SessionPatch,
  Undone,
} from "./protocol";
import { query, type Server } from "./server";
import {
  CLOSED,
  type CloseCode,
  type Download,
  type PageAt,
  type Progress,
  type Transport,
  type Watcher,
} from "./transport";

/** What a file's address looks like; any other in a part may lead anywhere. */
const FILE = /^chatcore\/files\/[0-9a-f]{64}\/[^/?#\\]+$/;

export class HttpTransport implements Transport {
  readonly scope: string;
  private readonly path: string;
  private readonly home: string;

  constructor(
    private readonly server: Server,
    id: string,
  ) {
    this.scope = `${new URL(server.settings.baseUrl).pathname}|${id}`;
    this.path = `chatcore/chat/${encodeURIComponent(id)}`;
    this.home = `chatcore/sessions/${encodeURIComponent(id)}`;
  }

  session(signal: AbortSignal): Promise<Session> {
    return this.server.json("GET", this.home, signal);
  }

  page(at: PageAt, limit: number, signal: AbortSignal): Promise<Page> {
    return this.server.json("GET", `${this.path}/messages?${query({ limit, ...at })}`, signal);
  }

  ask(ask: Ask, signal: AbortSignal): Promise<Posted> {
    return this.server.json("POST", this.path, signal, ask);
  }

  stop(message: number, signal: AbortSignal): Promise<Message> {
    return this.server.json("POST", `${this.path}/messages/${message}/stop`, signal, {});
  }

  regenerate(message: number, asked: Regenerate, signal: AbortSignal): Promise<Posted> {
    const path = `${this.path}/messages/${message}/regenerate`;
    return this.server.json("POST", path, signal, asked);
  }

  edit(message: number, edit: Edit, signal: AbortSignal): Promise<Posted> {
    return this.server.json("PATCH", `${this.path}/messages/${message}`, signal, edit);
  }

  remove(message: number, signal: AbortSignal): Promise<Message> {
    return this.server.json("DELETE", `${this.path}/messages/${message}`, signal);
  }

  fork(fork: Fork, signal: AbortSignal): Promise<Session> {
    return this.server.json("POST", `${this.path}/fork`, signal, fork);
  }

  upload(file: File, signal: AbortSignal, progress?: Progress): Promise<FilePart> {
    const path = `${this.path}/files?${query({ name: file.name || "file" })}`;
    return this.server.send(path, file, signal, progress);
  }

  address({ url }: FilePart): string | null {
    return FILE.test(url) ? this.server.url(url) : null;
  }

  async seen(message: number, signal: AbortSignal): Promise<void> {
    await this.server.json("POST", `${this.path}/seen`, signal, { message });
  }

  async typing(signal: AbortSignal): Promise<void> {
    await this.server.json("POST", `${this.path}/typing`, signal, {});
  }

  usage(signal: AbortSignal): Promise<ChatUsage> {
    return this.server.json("GET", `${this.path}/usage`, signal);
  }

  readonly download = (format: ExportFormat, signal: AbortSignal): Promise<Download> =>
    this.server.download(`${this.path}/export?${query({ format })}`, signal);

  approve(message: number, part: number, option: string, signal: AbortSignal): Promise<Message> {
    const path = `${this.path}/messages/${message}/parts/${part}/approval`;
    return this.server.json("POST", path, signal, { option });
  }

  undo(message: number, signal: AbortSignal): Promise<Undone> {
    return this.server.json("POST", `${this.path}/messages/${message}/undo`, signal, {});
  }

  assistants(signal: AbortSignal): Promise<AssistantList> {
    return this.server.json("GET", "chatcore/assistants", signal);
  }

  patch(patch: SessionPatch, signal: AbortSignal): Promise<Session> {
    return this.server.json("PATCH", this.home, signal, patch);
  }

  now(): number {
    return this.server.now();
  }

  /**
   * The socket is authenticated by the cookie, which a request with the token has set:
   * jupyter_server takes a token in the URL or a header only, and a browser's socket
   * has no headers, while what is in a URL ends in logs.
   */
  watch(after: number, watcher: Watcher, signal: AbortSignal): Promise<CloseCode> {
    const socket = new WebSocket(this.server.url(`${this.path}/ws?after=${after}`, "ws"));
    return follow(socket, watcher, signal);
  }
}

/** Passes on what a socket says until it ends; a dead one is not waited for. */
export function follow(
  socket: WebSocket,
  watcher: Watcher,
  signal: AbortSignal,
): Promise<CloseCode> {
  const { promise, resolve, reject } = pending<CloseCode>();
  const over = new AbortController();
  const options = { signal: over.signal };
  const abandon = (): void => resolve(CLOSED.lost);
  socket.addEventListener("open", () => watcher.opened(), options);
  socket.addEventListener("close", (event) => resolve(event.code), options);
  socket.addEventListener(
    "message",
    (event: MessageEvent<string>) => {
      try {
        tell(watcher, JSON.parse(event.data) as Told);
      } catch (error) {
        reject(error);
      }
    },
    options,
  );
  signal.addEventListener("abort", abandon, options);
  if (signal.aborted) abandon();
  return promise.finally(() => {
    over.abort();
    socket.close();
  });
}

/** Events, or what is only worth something now. */
type Told = readonly Event[] | { readonly typing?: Author };

function tell(watcher: Watcher, told: Told): void {
  if ("typing" in told) {
    if (told.typing) watcher.typing?.(told.typing);
  } else if (Array.isArray(told)) watcher.received(told);
}

interface Pending<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
}

function pending<T>(): Pending<T> {
  let resolve: (value: T) => void = () => undefined;
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
