/** Finds the chat that a widget shows, and makes it where there is none yet. */
import type { NewSession, Session } from "./protocol";
import type { Server } from "./server";

/** What the kernel told the widget. */
export interface Wanted {
  /** The chat's id, "" for the notebook's own chat. */
  readonly session: string;
  /** The notebook's path as the kernel knew it when it started, "" for none. */
  readonly notebook: string;
  readonly kernelId: string;
  readonly title: string;
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
  const title = wanted.title ? { title: wanted.title } : {};
  if (wanted.session) {
    const made: NewSession = title;
    return server.json(
      "PUT",
      `chatcore/sessions/${encodeURIComponent(wanted.session)}`,
      signal,
      made,
    );
  }
  if (!path) {
    throw new Error('This kernel belongs to no notebook. Name the chat: Chat("ideas").');
  }
  const name =
    path
      .split("/")
      .at(-1)
      ?.replace(/\.ipynb$/, "") ?? path;
  const made: NewSession = { title: name, ...title, notebook: path, key: `notebook:${path}` };
  return server.json("POST", "chatcore/sessions", signal, made);
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
