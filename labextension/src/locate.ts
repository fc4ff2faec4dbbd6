/** Finds the chat that a widget shows, and makes it where there is none yet. */
import type { NewSession, Session, SessionPatch } from "./protocol";
import type { Server } from "./server";

/** What the kernel told the widget. */
export interface Wanted {
  /** The chat's id, "" for the notebook's own chat. */
  readonly session: string;
  /** The notebook's path as the kernel knew it when it started, "" for none. */
  readonly notebook: string;
  readonly kernelId: string;
  readonly title: string;
  /** The assistant that is to answer, "" where that is left to the chat. */
  readonly assistant: string;
  /** The model that it is to use, "" where that is left to the chat. */
  readonly model: string;
}

interface KernelSession {
  readonly path: string;
  readonly type?: string;
  readonly kernel?: { readonly id: string } | null;
}

/** The chats, wherever they are kept, as far as a widget needs them. */
export interface Sessions {
  /** The chat with this id, or else with the key given, made if there is none. */
  open(session: string | null, start: NewSession, signal: AbortSignal): Promise<Session>;
  patch(session: string, patch: SessionPatch, signal: AbortSignal): Promise<Session>;
}

/** The chats of a Jupyter server. */
export class HttpSessions implements Sessions {
  constructor(private readonly server: Server) {}

  open(session: string | null, start: NewSession, signal: AbortSignal): Promise<Session> {
    return session === null
      ? this.server.json("POST", "chatcore/sessions", signal, start)
      : this.server.json("PUT", pathOf(session), signal, start);
  }

  patch(session: string, patch: SessionPatch, signal: AbortSignal): Promise<Session> {
    return this.server.json("PATCH", pathOf(session), signal, patch);
  }
}

/**
 * The chat. Throws RequestError, or an Error where no notebook is known.
 *
 * `server` is the page's, which knows where the kernel's notebook is; null for none.
 */
export async function locate(
  sessions: Sessions,
  server: Server | null,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<Session> {
  const found = server && (await notebookOf(server, wanted.kernelId, signal));
  const path = found ?? wanted.notebook;
  const start: NewSession = {
    ...(wanted.title ? { title: wanted.title } : {}),
    ...(wanted.assistant ? { assistant: wanted.assistant } : {}),
    ...(wanted.model ? { settings: { model: wanted.model } } : {}),
  };
  if (wanted.session) return sessions.open(wanted.session, start, signal);
  if (!path) {
    throw new Error('This kernel belongs to no notebook. Name the chat: Chat("ideas").');
  }
  return sessions.open(null, ofNotebook(path, start), signal);
}

/** What the chat that belongs to a notebook starts with: the key makes it the only one. */
export function ofNotebook(path: string, start: NewSession): NewSession {
  const name = path.slice(path.lastIndexOf("/") + 1).replace(/\.ipynb$/, "");
  return { title: name || path, ...start, notebook: path, key: `notebook:${path}` };
}

/** Lets a chat that there was already be answered by whom the widget names. */
export async function assign(
  sessions: Sessions,
  session: Session,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<Session> {
  const { assistant, model } = wanted;
  const settings = session.settings ?? {};
  const patch: SessionPatch = {
    ...(assistant && assistant !== session.assistant ? { assistant } : {}),
    ...(model && model !== settings.model ? { settings: { ...settings, model } } : {}),
  };
  if (Object.keys(patch).length === 0) return session;
  return sessions.patch(session.id, patch, signal);
}

function pathOf(session: string): string {
  return `chatcore/sessions/${encodeURIComponent(session)}`;
}

/** Where the kernel's notebook is now: it may have been renamed since the kernel started. */
async function notebookOf(
  server: Server,
  kernelId: string,
  signal: AbortSignal,
): Promise<string | null> {
  if (!kernelId) return null;
  const sessions = await server.json<readonly KernelSession[]>("GET", "api/sessions", signal);
  const found = sessions.find(({ kernel, type }) => kernel?.id === kernelId && type === "notebook");
  // with real-time collaboration the path begins with the name of its drive
  return found ? found.path.replace(/^RTC:/, "") : null;
}
