import { Component, type VNode } from "preact";
import type { Message } from "../protocol";

interface Props {
  readonly messages: readonly Message[];
}

/** Pieces that are kept for those who listen; older ones have been read. */
const KEPT = 4;
const LONGEST = 1_500;

/**
 * Reads a growing answer to those who listen, a paragraph at a time.
 *
 * The chat itself is no live region: it changes with every word.
 */
export class Announcer extends Component<Props, { pieces: readonly string[] }> {
  override state = { pieces: [] as readonly string[] };
  private message = 0;
  private said = 0;

  override componentDidUpdate(): void {
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

  private say(piece: string): void {
    const words = piece
      .replace(/[`*_#|>~]+/g, " ")
      .replace(/\s+/g, " ")
      .trim()
      .slice(0, LONGEST);
    if (words) this.setState(({ pieces }) => ({ pieces: [...pieces, words].slice(-KEPT) }));
  }

  override render(): VNode {
    return (
      <div class="jp-Chatcore-hidden" aria-live="polite" aria-relevant="additions">
        {this.state.pieces.map((piece) => (
          <p key={piece}>{piece}</p>
        ))}
      </div>
    );
  }
}
