import { Component, type VNode } from "preact";
import type { Message } from "../protocol";
import { openParts } from "./permission";

interface Props {
  readonly messages: readonly Message[];
  readonly now: () => number;
}

interface Piece {
  readonly id: number;
  readonly text: string;
}

/** Pieces that are kept for those who listen; older ones have been read. */
const KEPT = 4;
const LONGEST = 1_500;

/**
 * Reads a growing answer to those who listen, a paragraph at a time, and what it asks for.
 *
 * The chat itself is no live region: it changes with every word.
 */
export class Announcer extends Component<Props, { pieces: readonly Piece[] }> {
  override state = { pieces: [] as readonly Piece[] };
  private message = 0;
  private said = 0;
  private count = 0;
  /** The requests for permission that have been read out, by message and part. */
  private readonly asked = new Set<string>();

  override componentDidMount(): void {
    this.askForPermission();
  }

  override componentDidUpdate(): void {
    this.askForPermission();
    const newest = this.props.messages.at(-1);
    if (newest?.role !== "assistant") return;
    const text = newest.parts
      .flatMap((part) => (part.type === "text" ? [part.text] : []))
      .join("\n\n");
    if (newest.id !== this.message) this.begin(newest, text);
    const end = newest.status === "streaming" ? text.lastIndexOf("\n\n") : text.length;
    if (end > this.said) this.say(text.slice(this.said, end));
    this.said = Math.max(this.said, end);
  }

  /** A chat that is opened is not read out: only what comes from now on. */
  private begin(newest: Message, text: string): void {
    this.message = newest.id;
    this.said = newest.status === "streaming" ? 0 : text.length;
  }

  /** What waits for a person is read out once, also where it waited already. */
  private askForPermission(): void {
    const { messages, now } = this.props;
    for (const message of messages) {
      for (const [index, part] of openParts(message, now())) {
        const name = `${message.id}/${index}`;
        if (this.asked.has(name)) continue;
        this.asked.add(name);
        this.say(`Permission needed: ${part.title || part.name}`);
      }
    }
  }

  private say(piece: string): void {
    const text = piece
      .replace(/[`*_#|>~]+/g, " ")
      .replace(/\s+/g, " ")
      .trim()
      .slice(0, LONGEST);
    this.count += 1;
    const id = this.count;
    if (text) this.setState(({ pieces }) => ({ pieces: [...pieces, { id, text }].slice(-KEPT) }));
  }

  override render(): VNode {
    return (
      <div class="jp-Chatcore-hidden" aria-live="polite" aria-relevant="additions">
        {this.state.pieces.map(({ id, text }) => (
          <p key={id}>{text}</p>
        ))}
      </div>
    );
  }
}
