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

/** A chat as far as it is at hand. Treat it as a value: `apply` makes a new one. */
export interface Chat {
  readonly session: Session;
  readonly messages: ReadonlyMap<number, Message>;
  /** The leaf of the branch that is shown, null for an empty chat. */
  readonly head: number | null;
  /** Everything up to this number is in the state: where to watch from. */
  readonly cursor: number;
  /** The cursor of the page it began with: messages with a larger id were born since. */
  readonly floor: number;
  /** Messages that are not at hand, by the number of the last change we could not apply. */
  readonly missed: ReadonlyMap<number, number>;
  /** Which messages stand beside each other, as far as pages told. */
  readonly beside: Beside;
}

/** The chat as a page of its newest messages shows it. */
export function fromPage(session: Session, page: Page): Chat {
  return {
    session,
    messages: new Map(page.messages.map((message) => [message.id, message])),
    head: page.messages.at(-1)?.id ?? null,
    cursor: page.cursor,
    floor: page.cursor,
    missed: new Map(),
    beside: withBeside(new Map(), page),
  };
}

/**
 * The chat with a page of older messages. A message at hand stays where it is newer.
 *
 * Throws Gap where the page is older than a change that went by while it was not at hand.
 */
export function withOlder(chat: Chat, page: Page): Chat {
  const messages = new Map(chat.messages);
  for (const message of page.messages) {
    if (message.seq < (chat.missed.get(message.id) ?? 0)) {
      throw new Gap(`message ${message.id} changed while its page was on the way`);
    }
    const known = messages.get(message.id);
    if (!known || known.seq < message.seq) messages.set(message.id, message);
  }
  return { ...chat, messages, beside: withBeside(chat.beside, page) };
}

/** The messages of the branch shown, oldest first, as far up as they are at hand. */
export function branch(chat: Chat): Message[] {
  const walk: Message[] = [];
  let next = chat.head;
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

/** The chat after a batch of events. Throws Gap where a fresh page is needed. */
export function applyAll(chat: Chat, events: readonly Event[]): Chat {
  const next = events.reduce(apply, chat);
  if (next.head !== null && !next.messages.has(next.head)) {
    throw new Gap(`the branch of message ${next.head} is not at hand`);
  }
  return next;
}

/** The chat after an event; the same chat where it has seen it already. */
export function apply(chat: Chat, event: Event): Chat {
  if (event.seq <= chat.cursor || event.session !== chat.session.id) return chat;
  const change = event.change;
  const next = { ...chat, cursor: event.seq };
  switch (change.type) {
    case "session_put":
      return putSession(next, change.session);
    case "message_put":
      return putMessage(next, change.message);
    default:
      return putDelta(next, event, change);
  }
}

function putSession(chat: Chat, session: Session): Chat {
  if (session.seq <= chat.session.seq) return chat;
  if (session.birth !== chat.session.birth) throw new Gap("the chat was deleted and made again");
  return { ...chat, session, head: session.head ?? null };
}

function putMessage(chat: Chat, message: Message): Chat {
  const known = chat.messages.get(message.id);
  if (known && known.seq >= message.seq) return chat;
  const messages = new Map(chat.messages).set(message.id, message);
  const born = !known && message.id > chat.floor;
  if (!born || (message.parent ?? null) !== chat.head) return { ...chat, messages };
  return { ...chat, messages, head: leaf(messages, message.id) };
}

/** The end of the newest branch below a message: an answer may reach us before its question. */
function leaf(messages: ReadonlyMap<number, Message>, top: number): number {
  const below = [...messages.values()].filter((message) => message.parent === top);
  const newest = Math.max(...below.map((message) => message.id));
  return below.length > 0 ? leaf(messages, newest) : top;
}

function putDelta(chat: Chat, event: Event, change: Delta): Chat {
  const message = chat.messages.get(change.message);
  if (!message) {
    return { ...chat, missed: new Map(chat.missed).set(change.message, event.seq) };
  }
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
