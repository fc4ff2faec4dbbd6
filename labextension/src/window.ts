/**
 * The part of a chat that is at hand moves: pages come in at one end, others go at the other.
 *
 * A page is read while events go by. Those that came since it was asked for are put upon it,
 * so it is as new as the rest whichever came first. What cannot be put right so throws Gap.
 */
import type { Event, Message, Page, Session } from "./protocol";
import { bare, branch, type Chat, change, Gap } from "./state";
import { withBeside } from "./versions";

/** The chat while a page is on its way: it keeps what goes by. */
export function asking(chat: Chat): Chat {
  return { ...chat, passed: [] };
}

/** The chat when no page is on its way any more. */
export function answered(chat: Chat): Chat {
  return { ...chat, passed: null };
}

/** The chat with the page above `before`; unchanged where that is no longer at its top. */
export function withOlder(chat: Chat, page: Page, before: number): Chat {
  if (branch(chat)[0]?.id !== before) return answered(chat);
  return upTo(joined(chat, page), chat.passed);
}

/** The chat with the page below `after`; unchanged where that is no longer at its bottom. */
export function withNewer(chat: Chat, page: Page, after: number): Chat {
  if (chat.bottom !== after) return answered(chat);
  const bottom = page.messages.at(-1)?.id ?? after;
  mustLeadHere(chat, page, bottom);
  return upTo({ ...joined(chat, page), ...endOf(chat, page, bottom) }, chat.passed);
}

/** The chat at another place: a page in the stead of what is at hand. */
export function moved(chat: Chat, page: Page, session: Session = chat.session): Chat {
  const bottom = page.messages.at(-1)?.id ?? null;
  mustLeadHere(chat, page, bottom);
  const dropped = branch(chat).filter(({ id }) => id > (bottom ?? 0));
  const below = { ...chat, away: withAway(chat, dropped) };
  const at: Chat = {
    ...below,
    session,
    messages: new Map(page.messages.map((message) => [message.id, message])),
    head: session === chat.session ? chat.head : (session.head ?? null),
    beside: withBeside(new Map(), page),
  };
  return upTo({ ...at, ...endOf(at, page, bottom) }, chat.passed);
}

/** The chat with at most so many messages: what is more goes at the top or at the bottom. */
export function trimmed(chat: Chat, edge: "top" | "bottom", most: number): Chat {
  const shown = branch(chat);
  if (shown.length <= most) return chat;
  const kept = edge === "top" ? shown.slice(-most) : shown.slice(0, most);
  const dropped = edge === "top" ? [] : shown.slice(most);
  const messages = around(chat, shown, kept);
  return {
    ...chat,
    messages,
    bottom: kept.at(-1)?.id ?? null,
    away: withAway(chat, dropped),
    beside: new Map([...chat.beside].filter(([id]) => messages.has(id))),
  };
}

/** The messages kept, and those that stand beside them. */
function around(chat: Chat, shown: readonly Message[], kept: readonly Message[]): Chat["messages"] {
  const gone = new Set(shown.map(({ id }) => id));
  for (const { id } of kept) gone.delete(id);
  const parents = new Set([kept[0]?.parent ?? null, ...kept.map(({ id }) => id)]);
  return new Map(
    [...chat.messages].filter(([id, { parent }]) => !gone.has(id) && parents.has(parent ?? null)),
  );
}

function joined(chat: Chat, page: Page): Chat {
  const messages = new Map(chat.messages);
  for (const message of page.messages) {
    const known = messages.get(message.id);
    if (!known || known.seq < message.seq) messages.set(message.id, message);
  }
  return { ...chat, messages, beside: withBeside(chat.beside, page) };
}

/** How a chat stands below the page that ends at `bottom`. */
function endOf(
  chat: Chat,
  page: Page,
  bottom: number | null,
): Pick<Chat, "head" | "bottom" | "away"> {
  // at the end the events that passed tell again of what was born since
  if (page.after == null) return { head: bottom, bottom, away: new Map() };
  const here = new Set(page.messages.map(({ id }) => id));
  const away = new Map([...chat.away].filter(([id]) => !here.has(id)));
  return { head: chat.head, bottom, away };
}

function mustLeadHere(chat: Chat, page: Page, bottom: number | null): void {
  if (page.after != null) return;
  for (const { seq, change: made } of chat.passed ?? []) {
    if (made.type !== "session_put" || seq <= page.cursor) continue;
    if ((made.session.head ?? null) !== bottom) throw new Gap("the branch moved under its page");
  }
}

/** What is known of messages that go: those born since, and those that still grow. */
function withAway(chat: Chat, dropped: readonly Message[]): Chat["away"] {
  const told = dropped.filter(({ id, status }) => id > chat.floor || status === "streaming");
  return new Map([...chat.away, ...told.map((message) => [message.id, bare(message)] as const)]);
}

function upTo(chat: Chat, passed: readonly Event[] | null): Chat {
  return answered((passed ?? []).reduce(change, chat));
}
