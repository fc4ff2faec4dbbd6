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

/** The chat. Throws RequestError, or an Error where no notebook is known. */
export async function locate(
  server: Server,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<Session> {
  const path = (await notebookOf(server, wanted.kernelId, signal)) ?? wanted.notebook;
  const start: NewSession = {
    ...(wanted.title ? { title: wanted.title } : {}),
    ...(wanted.assistant ? { assistant: wanted.assistant } : {}),
    ...(wanted.model ? { settings: { model: wanted.model } } : {}),
  };
  if (wanted.session) return server.json("PUT", pathOf(wanted.session), signal, start);
  if (!path) {
    throw new Error('This kernel belongs to no notebook. Name the chat: Chat("ideas").');
  }
  const name =
    path
      .split("/")
      .at(-1)
      ?.replace(/\.ipynb$/, "") ?? path;
  const made: NewSession = { title: name, ...start, notebook: path, key: `notebook:${path}` };
  return server.json("POST", "chatcore/sessions", signal, made);
}

/** Lets a chat that there was already be answered by whom the widget names. */
export async function assign(
  server: Server,
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
  return server.json("PATCH", pathOf(session.id), signal, patch);
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
