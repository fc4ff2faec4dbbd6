/** The part of a Jupyter server that a widget asks before its chat is shown. */
import type { NewSession, Session, SessionPatch } from "../src/protocol";

const NOW = "2026-03-01T12:00:00Z";

/** Chats by their ids, and one notebook whose kernel is `kernel`; stands in for `fetch`. */
export class FakeJupyter {
  readonly chats = new Map<string, Session>();
  readonly requests: string[] = [];
  /** What its clock shows, as in the header of an answer. */
  date = new Date();

  readonly fetch = async (url: string, options: RequestInit): Promise<Response> => {
    const path = new URL(url).pathname;
    const body = options.body ? JSON.parse(String(options.body)) : undefined;
    this.requests.push(`${options.method} ${path}`);
    const found = this.answer(String(options.method), path, body);
    return new Response(JSON.stringify(found ?? { message: "Not found" }), {
      status: found ? 200 : 404,
      headers: { Date: this.date.toUTCString() },
    });
  };

  private answer(method: string, path: string, body: NewSession & SessionPatch): unknown {
    const id = path.match(/^\/chatcore\/sessions\/(.+)$/)?.[1] ?? body?.key ?? "";
    if (path === "/api/sessions")
      return [{ path: "a.ipynb", type: "notebook", kernel: { id: "kernel" } }];
    if (method === "PUT" || method === "POST") return this.chats.get(id) ?? this.make(id, body);
    if (method !== "PATCH") return this.chats.get(id);
    const known = this.chats.get(id);
    return known && this.keep({ ...known, ...body, seq: known.seq + 1 });
  }

  private make(id: string, { key: _key, ...given }: NewSession): Session {
    const numbers = { birth: 1, seq: 1, active: 1 };
    const session = { title: id, ...given, id, ...numbers, created: NOW, updated: NOW };
    return this.keep(session as Session);
  }

  private keep(session: Session): Session {
    this.chats.set(session.id, session);
    return session;
  }
}
