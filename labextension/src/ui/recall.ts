import { textOf } from "../asmarkdown";
import type { Message } from "../protocol";

/** One's own earlier messages, as the arrow keys bring them back into the field. */
export class Recall {
  /** How many messages back; 0 is what is being typed. */
  private place = 0;
  private typed = "";

  constructor(
    /** What one has said in the chat, the newest first. */
    private readonly said: () => readonly string[],
  ) {}

  /** The text one step back (1) or forward (-1); null where there is none. */
  move(step: 1 | -1, text: string): string | null {
    const said = this.said();
    // one that was changed is a new message
    if (!this.shows(text)) this.place = 0;
    if (this.place === 0) this.typed = text;
    const next = this.place + step;
    if (next < 0 || next > said.length) return null;
    this.place = next;
    return next === 0 ? this.typed : (said[next - 1] ?? null);
  }

  /** Whether the text is an earlier message, as it was said. */
  shows(text: string): boolean {
    return this.place > 0 && text === this.said()[this.place - 1];
  }
}

/** Which way an arrow key leads from where the caret is; null where it moves the caret. */
export function step(
  { key, shiftKey, altKey, ctrlKey, metaKey }: KeyboardEvent,
  { selectionStart, selectionEnd, value }: HTMLTextAreaElement,
  recall: Recall,
): 1 | -1 | null {
  if (shiftKey || altKey || ctrlKey || metaKey || selectionStart !== selectionEnd) return null;
  const shows = recall.shows(value);
  const edge = selectionStart === 0 || (shows && selectionStart === value.length);
  if (key === "ArrowUp" && edge) return 1;
  return key === "ArrowDown" && edge && shows ? -1 : null;
}

type Said = Pick<Message, "parts"> & Partial<Pick<Message, "role" | "author" | "key">>;

/**
 * What the user has said, the newest first, and nothing twice in a row.
 *
 * Who that is, is known by a message that was written in this tab; until there is one, all
 * are the user's where only one person writes.
 */
export function ownTexts(
  messages: readonly Said[],
  mine: (key: string | null | undefined) => boolean,
): string[] {
  const asked = messages.filter(({ role = "user" }) => role === "user");
  const names = new Set(asked.flatMap(({ author }) => (author ? [author.username] : [])));
  const me = asked.findLast(({ key, author }) => author && mine(key))?.author?.username;
  const own = asked.filter(({ author }) => {
    return !author || (me === undefined ? names.size === 1 : author.username === me);
  });
  const texts = own.map(textOf).filter((text) => text.trim() !== "");
  return texts.filter((text, index) => text !== texts[index + 1]).reverse();
}
