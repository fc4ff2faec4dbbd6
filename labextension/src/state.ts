/**
 * What a tab knows of a chat, and what an event does to it.
 *
 * Nothing here touches the network or the page: `apply` means the same as the server's
 * `protocol.apply`, and both are held to the same golden files.
 */
import type { Delta, Event, Message, Page, Part, Session } from "./protocol";
import { type Beside, withBeside } from "./versions";

/** A change that does not build on the state at hand: take a fresh page. */
export class Gap extends Error {
  override readonly name = "Gap";
}

/**
 * A chat as far as it is at hand: a run of the branch shown, from `bottom` up.
 *
 * Treat it as a value: `apply` makes a new one.
 */
export interface Chat {
  readonly session: Session;
  readonly messages: ReadonlyMap<number, Message>;
  /** The leaf of the branch that is shown, null for an empty chat. */
  readonly head: number | null;
  /** The newest message at hand; it is the head where the run goes to the end. */
  readonly bottom: number | null;
  /** Everything up to this number is in the state: where to watch from. */
  readonly cursor: number;
  /** The cursor of the page it began with: messages with a larger id were born since. */
  readonly floor: number;
  /** Newer messages that are known of but not at hand, without what they say. */
  readonly away: ReadonlyMap<number, Message>;
  /** What went by since a page was asked for; null while none is on its way. */
  readonly passed: readonly Event[] | null;
  /** Which messages stand beside each other, as far as pages told. */
  readonly beside: Beside;
}

/** The chat as a page shows it; `below` is what grows further down. */
export function fromPage(session: Session, page: Page, below: readonly Message[] = []): Chat {
  const messages = new Map(page.messages.map((message) => [message.id, message]));
  const away = below.filter(({ id }) => !messages.has(id));
  const bottom = page.messages.at(-1)?.id ?? null;
  return {
    session,
    messages,
    head: page.after == null ? bottom : (session.head ?? null),
    bottom,
    cursor: page.cursor,
    floor: page.cursor,
    away: new Map(away.map((message) => [message.id, bare(message)])),
    passed: null,
    beside: withBeside(new Map(), page),
  };
}

/** The messages of the branch shown, oldest first, as far as they are at hand. */
export function branch(chat: Chat): Message[] {
  const walk: Message[] = [];
  let next = chat.bottom;
  while (next !== null) {
    const message = chat.messages.get(next);
    if (!message) break;
    walk.push(message);
    next = message.parent ?? null;
  }
  return walk.reverse();
}

/** Where the page above the branch is asked for with `before`; null where there is none. */
export function olderThan(messages: readonly Message[]): number | null {
  const top = messages[0];
  return top && (top.parent ?? null) !== null ? top.id : null;
}

/** Whether the branch goes on below what is at hand. */
export function hasNewer(chat: Chat): boolean {
  return chat.bottom !== chat.head;
}

/** The chat after a batch of events. Throws Gap where a fresh page is needed. */
export function applyAll(chat: Chat, events: readonly Event[]): Chat {
  const next = events.reduce(apply, chat);
  const { head } = next;
  if (head === null || head === chat.head) return next;
  if (next.messages.has(head)) return next;
  if (!hasNewer(next) || !leadsTo(next.away, head, chat.head)) {
    throw new Gap(`the branch of message ${head} is not at hand`);
  }
  return next;
}

/** Whether a message continues an older one, as far as it is known. */
function leadsTo(away: Chat["away"], id: number, older: number | null): boolean {
  let at: number | null = id;
  while (at !== older) {
    const message: Message | undefined = at === null ? undefined : away.get(at);
    if (!message) return false;
    at = message.parent ?? null;
  }
  return true;
}

/** The chat after an event; the same chat where it has seen it already. */
export function apply(chat: Chat, event: Event): Chat {
  if (event.seq <= chat.cursor || event.session !== chat.session.id) return chat;
  const passed = chat.passed && [...chat.passed, event];
  return change({ ...chat, cursor: event.seq, passed }, event);
}

/** What an event does, whatever the chat's cursor; nothing where it is known already. */
export function change(chat: Chat, event: Event): Chat {
  const made = event.change;
  switch (made.type) {
    case "session_put":
      return toEnd(putSession(chat, made.session));
    case "message_put":
      return toEnd(putMessage(chat, made.message));
    default:
      return putDelta(chat, event, made);
  }
}

/** Where the head is at hand, the run goes to the end. */
function toEnd(chat: Chat): Chat {
  const { head, bottom, messages } = chat;
  return head !== null && head !== bottom && messages.has(head) ? { ...chat, bottom: head } : chat;
}

function putSession(chat: Chat, session: Session): Chat {
  if (session.seq <= chat.session.seq) return chat;
  if (session.birth !== chat.session.birth) throw new Gap("the chat was deleted and made again");
  const head = session.head ?? null;
  return { ...chat, session, head, bottom: hasNewer(chat) ? chat.bottom : head };
}

function putMessage(chat: Chat, message: Message): Chat {
  const known = chat.messages.get(message.id) ?? chat.away.get(message.id);
  if (known && known.seq >= message.seq) return chat;
  const born = !known && message.id > chat.floor;
  const next = born && (message.parent ?? null) === chat.head;
  if (chat.messages.has(message.id) || takes(chat, message)) {
    const messages = new Map(chat.messages).set(message.id, message);
    if (!next || hasNewer(chat)) return { ...chat, messages };
    const head = leaf(messages, message.id);
    return { ...chat, messages, head, bottom: head };
  }
  if (!known && !born) return chat;
  const away = new Map(chat.away).set(message.id, bare(message));
  return { ...chat, away, head: next ? leaf(away, message.id) : chat.head };
}

/** Whether a message that is not at hand is taken in: at the end, or as another version. */
function takes(chat: Chat, { id, parent }: Message): boolean {
  if (chat.away.has(id)) return false;
  return !hasNewer(chat) || (parent != null && chat.messages.has(parent));
}

/** A message without what it says. */
export function bare(message: Message): Message {
  return { ...message, parts: [] };
}

/** The end of the newest branch below a message: an answer may reach us before its question. */
function leaf(messages: ReadonlyMap<number, Message>, top: number): number {
  const below = [...messages.values()].filter((message) => message.parent === top);
  const newest = Math.max(...below.map((message) => message.id));
  return below.length > 0 ? leaf(messages, newest) : top;
}

function putDelta(chat: Chat, event: Event, delta: Delta): Chat {
  const message = chat.messages.get(delta.message);
  // a page that is on its way, or the next one, has it
  if (!message) return chat;
  const grown = applyTo(message, event);
  return grown === message
    ? chat
    : { ...chat, messages: new Map(chat.messages).set(grown.id, grown) };
}

/**
 * The message after the event; the same message where it has seen it already.
 *
 * Throws Gap where the event builds on a state that this message is not in.
 */
export function applyTo(message: Message, event: Event): Message {
  const change = event.change;
  if (event.seq <= message.seq || change.type === "session_put") return message;
  if (change.type === "message_put") {
    return change.message.id === message.id ? change.message : message;
  }
  if (change.message !== message.id) return message;
  if (change.base !== message.seq) {
    throw new Gap(
      `message ${message.id} is at ${message.seq}, the change builds on ${change.base}`,
    );
  }
  return { ...message, seq: event.seq, parts: withPart(message, change) };
}

function withPart(message: Message, delta: Delta): Part[] {
  const parts = [...message.parts];
  const part = parts[delta.index];
  if (delta.type === "text_append") {
    if (!part) throw new Gap(`message ${message.id} has no part ${delta.index}`);
    parts[delta.index] = grow(part, delta.text);
  } else {
    if (delta.index < 0 || delta.index > parts.length) {
      throw new Gap(`message ${message.id} cannot have a part ${delta.index} yet`);
    }
    parts[delta.index] = delta.part;
  }
  return parts;
}

/** The part with `text` at its end. Throws Gap where it has no text that can grow. */
function grow(part: Part, text: string): Part {
  switch (part.type) {
    case "text":
    case "reasoning":
      return { ...part, text: part.text + text };
    case "tool":
      return { ...part, input: (part.input ?? "") + text };
    default:
      throw new Gap(`a part of type ${part.type} has no text that can grow`);
  }
}
