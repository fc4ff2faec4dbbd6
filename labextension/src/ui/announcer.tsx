import { Component, type VNode } from "preact";
import type { Message, Status } from "../protocol";
import { t } from "../words";
import type { View } from "./controller";
import { openParts } from "./permission";
import { readable, spoken } from "./speech";

type Shown = Pick<View, "messages" | "hasNewer" | "chat">;

interface Props {
  readonly view: Shown;
  readonly now: () => number;
}

interface Piece {
  readonly id: number;
  readonly text: string;
}

/** Pieces that are kept for those who listen; older ones have been read. */
const KEPT = 12;

/**
 * Reads a growing answer to those who listen, a paragraph at a time, and what it asks for.
 *
 * The chat itself is no live region: it changes with every word. What only comes into the
 * window by moving it is not read: one goes there to read it.
 */
export class Announcer extends Component<Props, { pieces: readonly Piece[] }> {
  override state = { pieces: [] as readonly Piece[] };
  /** The newest answer, as far as it was looked at; what was said of it. */
  private newest: Message | null = null;
  private said = 0;
  private count = 0;
  /** The requests for permission that have been read out, by message and part. */
  private readonly asked = new Set<string>();

  override componentDidMount(): void {
    this.askForPermission();
    this.read(null);
  }

  override componentDidUpdate(before: Props): void {
    this.askForPermission();
    this.read(before.view);
  }

  private read(before: Shown | null): void {
    const { messages, hasNewer } = this.props.view;
    const newest = messages.at(-1);
    if (hasNewer || newest?.role !== "assistant" || newest === this.newest) return;
    if (newest.id < (this.newest?.id ?? 0)) return;
    const text = textOf(newest);
    if (newest.id !== this.newest?.id) this.said = this.start(newest, text, before);
    else if (this.newest.status === "streaming") this.sayEnd(newest.status);
    this.newest = newest;
    const end = newest.status === "streaming" ? readable(text, this.said) : text.length;
    if (end > this.said) this.say(...spoken(text.slice(this.said, end)));
    this.said = Math.max(this.said, end);
  }

  /** A chat that is opened is not read out, nor what one goes to: only what comes from now on. */
  private start(newest: Message, text: string, before: Shown | null): number {
    if (before?.hasNewer) return text.length;
    const opened = before === null || before.chat === null;
    return opened && newest.status !== "streaming" ? text.length : 0;
  }

  private sayEnd(status: Status): void {
    const words: Partial<Record<Status, string>> = {
      failed: t("The answer failed."),
      cancelled: t("The answer was stopped."),
      interrupted: t("The answer was cut off."),
    };
    const ending = words[status];
    if (ending) this.say(ending);
  }

  /** What waits for a person is read out once, also where it waited already. */
  private askForPermission(): void {
    const { view, now } = this.props;
    for (const message of view.messages) {
      for (const [index, part] of openParts(message, now())) {
        const name = `${message.id}/${index}`;
        if (this.asked.has(name)) continue;
        this.asked.add(name);
        this.say(t("Permission needed: %1", part.title || part.name));
      }
    }
  }

  private say(...words: readonly string[]): void {
    if (words.length === 0) return;
    const said = words.map((text) => {
      this.count += 1;
      return { id: this.count, text };
    });
    this.setState(({ pieces }) => ({ pieces: [...pieces, ...said].slice(-KEPT) }));
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

function textOf(message: Message): string {
  return message.parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n\n");
}
