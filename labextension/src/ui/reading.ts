/** Where one reads in a chat: what is loaded for it, what is new below, what was seen. */
import type { Feed } from "../feed";
import { branch, hasNewer } from "../state";
import { RequestError, type Transport } from "../transport";
import { t } from "../words";

export interface ReadingView {
  /** Whether the branch goes on below the messages at hand. */
  readonly hasNewer: boolean;
  /** How many messages were born since one left the end. */
  readonly fresh: number;
  /** The message to go to as soon as it is shown. */
  readonly target: number | null;
}

interface Host {
  readonly feed: Feed;
  readonly transport: Transport;
  readonly signal: AbortSignal;
  /** What the work gives, null where it came to nothing; that is said. */
  readonly attempt: <T>(what: string, work: Promise<T>) => Promise<T | null>;
  readonly changed: () => void;
}

export class Reading {
  private target: number | null = null;
  /** The newest message there was when one left the end, 0 for none; null while it is followed. */
  private left: number | null = null;
  /** The newest message that the server knows to be read. */
  private read = 0;

  constructor(private readonly host: Host) {}

  get view(): ReadingView {
    const { chat } = this.host.feed.state;
    // who never was at the end knows nothing newer than the page one began with
    const left = this.left === 0 ? (chat?.floor ?? 0) : this.left;
    return {
      hasNewer: chat !== null && hasNewer(chat),
      fresh: left === null ? 0 : this.known().filter((id) => id > left).length,
      target: this.target,
    };
  }

  /** One reads from this message on; null follows the end. */
  at(message: number | null): void {
    // until the message one goes to is there, what is shown is only on the way
    if (this.target !== null) return;
    this.host.feed.place = message;
    if (message === null) this.left = null;
    else this.left ??= Math.max(0, ...this.known());
  }

  /** One comes near the first or the last message at hand. */
  near(edge: "older" | "newer"): void {
    const { feed } = this.host;
    if (feed.state[edge] !== "failed") void feed[edge]();
  }

  /** Loads the messages above or below, also where that failed before. */
  load(edge: "older" | "newer"): void {
    void this.host.feed[edge]();
  }

  async newest(): Promise<void> {
    this.target = null;
    this.at(null);
    await this.host.attempt(t("load the newest messages"), this.host.feed.newest());
  }

  /** Has the first messages of the chat at hand; whether they are. */
  async oldest(): Promise<boolean> {
    this.target = null;
    const { attempt, feed } = this.host;
    return (await attempt(t("load the first messages"), feed.oldest())) ?? false;
  }

  /** Goes to a message, wherever in the chat it is. */
  async reveal(message: number): Promise<void> {
    this.at(message);
    this.target = message;
    const shown = this.host.feed.reveal(message).then(() => true);
    const there = await this.host.attempt(t("show the message"), shown);
    if (!there && this.target === message) this.target = null;
    this.host.changed();
  }

  /** The message one went to is shown. */
  arrived(): void {
    this.target = null;
  }

  /** The newest message is on the screen, and somebody looks at it. */
  async seen(): Promise<void> {
    const { feed, transport, signal } = this.host;
    const { chat } = feed.state;
    const newest = chat && !hasNewer(chat) ? chat.bottom : null;
    if (newest === null || newest <= this.read || signal.aborted) return;
    const before = this.read;
    this.read = newest;
    try {
      await transport.seen(newest, signal);
    } catch (error) {
      if (!(error instanceof RequestError) && !signal.aborted) throw error;
      // the next look tells it again
      this.read = before;
    }
  }

  private known(): number[] {
    const { chat } = this.host.feed.state;
    return chat ? [...branch(chat).map(({ id }) => id), ...chat.away.keys()] : [];
  }
}
