/**
 * What a tab knows of all chats, and what a page or an event does to it.
 *
 * A chat's row carries the number it was told under, so it does not matter in which order
 * pages, events and the answers to our own requests arrive: the newest word stands.
 */
import type { Event, Session, SessionPage } from "./protocol";

/** The chats in use, or those put away. */
export type Which = "open" | "archived";

interface Row {
  readonly session: Session;
  /** The number of the counter at which it was so. */
  readonly told: number;
}

/** All chats as far as they are at hand. Treat it as a value. */
export interface Chats {
  /** Also the deleted ones: a page that was asked for before must not bring them back. */
  readonly rows: ReadonlyMap<string, Row>;
  /** Everything up to this number is in the state: where to watch from. */
  readonly cursor: number;
  /** The cursor of the page it began with. */
  readonly floor: number;
  /** All chats whose `active` is as large are at hand; 0 where all are, null where none is. */
  readonly reach: Readonly<Record<Which, number | null>>;
}

/** The state before any page, which holds from this number on. */
export function fromCursor(cursor: number): Chats {
  return { rows: new Map(), cursor, floor: cursor, reach: { open: null, archived: null } };
}

/** The state with the chats of a page, where they are newer than those at hand. */
export function withPage(chats: Chats, page: SessionPage): Chats {
  const rows = new Map(chats.rows);
  const told = page.cursor ?? 0;
  for (const session of page.sessions) put(rows, { session, told });
  return { ...chats, rows };
}

/** The state with the page that follows the ones at hand. */
export function withNext(chats: Chats, which: Which, page: SessionPage): Chats {
  const next = withPage(chats, page);
  return { ...next, reach: { ...chats.reach, [which]: page.before ?? 0 } };
}

/** The state after a batch of events; the same state where they tell nothing new. */
export function applyAll(chats: Chats, events: readonly Event[]): Chats {
  const rows = new Map(chats.rows);
  let cursor = chats.cursor;
  for (const { seq, change } of events) {
    cursor = Math.max(cursor, seq);
    if (change.type === "session_put") put(rows, { session: change.session, told: seq });
  }
  return { ...chats, rows, cursor };
}

/** The state after one of our own requests: its answer lacks what only a list tells. */
export function withAnswer(chats: Chats, session: Session): Chats {
  const rows = new Map(chats.rows);
  const known = rows.get(session.id)?.session;
  const { used = null, last = "", running = false, unread = false } = known ?? {};
  put(rows, { session: { ...session, used, last, running, unread }, told: session.seq });
  return { ...chats, rows };
}

/** The state as it will be after a change of a chat that is at hand. */
export function altered(chats: Chats, id: string, change: Partial<Session>): Chats {
  const row = chats.rows.get(id);
  if (!row) return chats;
  const session: Session = { ...row.session, ...change };
  return { ...chats, rows: new Map(chats.rows).set(id, { ...row, session }) };
}

/** The chat, where it is at hand and not deleted. */
export function find(chats: Chats, id: string): Session | null {
  const session = chats.rows.get(id)?.session;
  return session && !session.deleted ? session : null;
}

/** Every chat at hand, the most recently used first. */
export function all(chats: Chats): Session[] {
  return [...chats.rows.values()]
    .map((row) => row.session)
    .filter((session) => !session.deleted)
    .sort((a, b) => b.active - a.active);
}

/** The chats in use, each in one place, in the order they are shown. */
export interface Sections {
  readonly notebook: readonly Session[];
  readonly pinned: readonly Session[];
  readonly others: readonly Session[];
}

/**
 * The chats of a notebook first, then the pinned ones, then the others.
 *
 * An old chat of which only an event tells waits for its page: it would stand beside
 * chats that it is not next to.
 */
export function sections(chats: Chats, notebook: string | null): Sections {
  const open = all(chats).filter((session) => !session.archived);
  const here = (session: Session): boolean => notebook !== null && session.notebook === notebook;
  const rest = open.filter((session) => !here(session));
  return {
    notebook: open.filter(here),
    pinned: rest.filter((session) => session.pinned),
    others: rest.filter((session) => !session.pinned && within(chats, "open", session)),
  };
}

/** The chats that were put away. */
export function archived(chats: Chats): Session[] {
  return all(chats).filter((session) => session.archived && within(chats, "archived", session));
}

function within({ reach }: Chats, which: Which, session: Session): boolean {
  const end = reach[which];
  return end !== null && session.active >= end;
}

/** Equal numbers are the same change, and an event tells more of it than an answer does. */
function put(rows: Map<string, Row>, row: Row): void {
  const known = rows.get(row.session.id);
  if (!known || known.told <= row.told) rows.set(row.session.id, row);
}
