/** Page, then watch: keeps the list of all chats in step with the server. */
import { browserWake, type Wake } from "./backoff";
import { type Connection, Keeper } from "./connection";
import {
  altered,
  applyAll,
  type Chats,
  fromCursor,
  type Which,
  withAnswer,
  withNext,
  withPage,
} from "./liststate";
import type { NewSession, Session, SessionPage, SessionPatch } from "./protocol";
import { type ChatsAt, type ChatsTransport, RequestError } from "./transport";

const PAGE = 50;
const LARGEST_PAGE = 200;

export interface ListState {
  /** null until the first page is there. */
  readonly chats: Chats | null;
  readonly connection: Connection;
  /** How it goes with the next page of each list. */
  readonly more: Readonly<Record<Which, "idle" | "loading" | "failed">>;
}

type Listener = () => void;

/**
 * All chats of a server, for everybody on the page who wants to know of them.
 *
 * It connects when the first one subscribes, and stays connected until disposed.
 */
export class ListFeed {
  private current: ListState = {
    chats: null,
    connection: { kind: "connecting" },
    more: { open: "idle", archived: "idle" },
  };
  private readonly listeners = new Set<Listener>();
  private readonly keeper: Keeper;
  private started = false;
  private notebook: string | null = null;
  /** The notebook whose chats are all at hand. */
  private attended: string | null = null;

  constructor(
    readonly transport: ChatsTransport,
    wake: Wake = browserWake,
  ) {
    this.keeper = new Keeper(
      {
        takePage: (signal) => this.takePage(signal),
        cursor: () => this.current.chats?.cursor ?? 0,
        watch: (after, watcher, signal) => transport.watch(after, watcher, signal),
        take: (events) => this.change((chats) => applyAll(chats, events)),
        ask: (signal) => transport.page({ limit: 1 }, signal),
        // a server without chats may be one that is still starting
        gone: () => null,
        stands: (connection) => this.stands(connection),
      },
      wake,
    );
  }

  get state(): ListState {
    return this.current;
  }

  /** Calls `listener` after every change; the result undoes it. */
  subscribe(listener: Listener): () => void {
    this.listeners.add(listener);
    if (!this.started) {
      this.started = true;
      void this.keeper.run();
    }
    return () => this.listeners.delete(listener);
  }

  dispose(): void {
    this.keeper.dispose();
    this.listeners.clear();
  }

  /** Tries again at once. */
  retry(): void {
    this.keeper.hurry();
  }

  /** Loads the next page of a list; the first one of those put away when it is wanted. */
  async more(which: Which): Promise<void> {
    const { chats, more } = this.current;
    if (!chats || chats.reach[which] === 0 || more[which] === "loading") return;
    this.set({ more: { ...more, [which]: "loading" } });
    try {
      const page = await this.transport.page(next(chats, which, PAGE), this.keeper.signal);
      this.merge(chats, (now) => withNext(now, which, page));
      this.set({ more: { ...this.current.more, [which]: "idle" } });
    } catch (error) {
      this.pass(error);
      this.set({ more: { ...this.current.more, [which]: "failed" } });
    }
  }

  /** All chats of this notebook are to be at hand, however long ago they were used. */
  attend(notebook: string | null): void {
    this.notebook = notebook;
    void this.takeNotebook();
  }

  /** A new chat. Throws RequestError. */
  async create(made: NewSession): Promise<Session> {
    const session = await this.transport.create(made, this.keeper.signal);
    this.change((chats) => withAnswer(chats, session));
    return session;
  }

  /** The chat after the change. Throws RequestError. */
  async patch(id: string, patch: SessionPatch): Promise<Session> {
    const session = await this.transport.patch(id, patch, this.keeper.signal);
    this.change((chats) => withAnswer(chats, session));
    return session;
  }

  /** Deletes a chat for good. Throws RequestError. */
  async remove(id: string): Promise<void> {
    // also where nobody is left to see it
    await this.transport.remove(id, new AbortController().signal);
    this.change((chats) => altered(chats, id, { deleted: true }));
  }

  /** As many chats as before, and those that are shown whatever their age. */
  private async takePage(signal: AbortSignal): Promise<void> {
    const had = this.current.chats;
    const first = await this.transport.page({ limit: PAGE }, signal);
    let chats = withNext(fromCursor(first.cursor ?? 0), "open", first);
    for (const page of await this.pages({ show: "pinned" }, signal)) chats = withPage(chats, page);
    for (const which of ["open", "archived"] as const) {
      chats = await this.upTo(chats, which, had ? count(had, which) : 0, signal);
    }
    this.attended = null;
    this.set({ chats, more: { open: "idle", archived: "idle" } });
  }

  /** Takes pages of a list until so many of its chats are at hand. */
  private async upTo(
    chats: Chats,
    which: Which,
    many: number,
    signal: AbortSignal,
  ): Promise<Chats> {
    let taken = chats;
    while (count(taken, which) < many && taken.reach[which] !== 0) {
      const page = await this.transport.page(next(taken, which, LARGEST_PAGE), signal);
      taken = withNext(taken, which, page);
    }
    return taken;
  }

  /** All pages of what are few chats. */
  private async pages(at: ChatsAt, signal: AbortSignal): Promise<SessionPage[]> {
    const taken: SessionPage[] = [];
    let before: number | null | undefined;
    do {
      const from = before == null ? {} : { before };
      const page = await this.transport.page({ ...at, ...from, limit: LARGEST_PAGE }, signal);
      taken.push(page);
      before = page.before;
    } while (before != null);
    return taken;
  }

  private async takeNotebook(): Promise<void> {
    const notebook = this.notebook;
    const { chats, connection } = this.current;
    const wanted = notebook !== null && notebook !== this.attended;
    if (!wanted || !chats || connection.kind !== "live") return;
    this.attended = notebook;
    try {
      const pages = await this.pages({ notebook }, this.keeper.signal);
      this.merge(chats, (now) => pages.reduce(withPage, now));
    } catch (error) {
      this.pass(error);
      // the next connection asks for them again
      if (this.attended === notebook) this.attended = null;
    }
  }

  /** Takes in what was asked for at a state; one before a fresh start may lack what went by. */
  private merge(asked: Chats, take: (now: Chats) => Chats): void {
    const now = this.current.chats;
    if (now?.floor === asked.floor) this.set({ chats: take(now) });
  }

  /** Throws what is no refusal of a request, unless nobody is left to hear of it. */
  private pass(error: unknown): void {
    if (!(error instanceof RequestError) && !this.keeper.signal.aborted) throw error;
  }

  private change(take: (now: Chats) => Chats): void {
    const now = this.current.chats;
    if (now) this.set({ chats: take(now) });
  }

  private stands(connection: Connection): void {
    this.set({ connection });
    void this.takeNotebook();
  }

  private set(change: Partial<ListState>): void {
    if (this.keeper.signal.aborted) return;
    this.current = { ...this.current, ...change };
    for (const listener of [...this.listeners]) listener();
  }
}

function next(chats: Chats, which: Which, limit: number): ChatsAt {
  const before = chats.reach[which];
  return { show: which, limit, ...(before === null ? {} : { before }) };
}

/** How many chats of a list are at hand. */
function count({ rows, reach }: Chats, which: Which): number {
  if (reach[which] === null) return 0;
  return [...rows.values()].filter(({ session }) => !!session.archived === (which === "archived"))
    .length;
}
