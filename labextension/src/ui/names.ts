/** Whose names stand above the messages: the same whatever part of the chat is at hand. */
import type { Message } from "../protocol";
import { authorOf } from "./message";

export class Names {
  private was: readonly Message[] = [];
  /** The message above the first, where that was at hand before. */
  private above: Message | null = null;
  /** Who was seen to write here: who has gone out of the window still writes. */
  private readonly people = new Set<string>();

  /** The ids of the messages that say who wrote them. */
  over(messages: readonly Message[]): ReadonlySet<number> {
    this.remember(messages);
    const several = this.people.size > 1;
    let before = this.above;
    const named = new Set<number>();
    for (const message of messages) {
      if (isNamed(message, before, several)) named.add(message.id);
      before = message;
    }
    return named;
  }

  private remember(messages: readonly Message[]): void {
    if (messages === this.was) return;
    const [first] = messages;
    if (first?.id !== this.was[0]?.id) {
      this.above = this.was.find(({ id }) => id === first?.parent) ?? null;
    }
    this.was = messages;
    for (const message of messages) if (message.role === "user") this.people.add(authorOf(message));
  }
}

/** An assistant is named above each first answer in a row; people where there are several. */
function isNamed(message: Message, before: Message | null, several: boolean): boolean {
  if (message.status === "deleted") return false;
  if (message.role === "user" && !several) return false;
  return !before || authorOf(before) !== authorOf(message);
}
