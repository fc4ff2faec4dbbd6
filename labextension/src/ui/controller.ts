/** What the chat knows and what one can do in it, apart from how it looks. */

import { type Attached, Attachments } from "../attachments";
import { browserWake } from "../backoff";
import { Feed, type FeedState } from "../feed";
import { type Entry, Outbox } from "../outbox";
import type { FilePart, Message, Part } from "../protocol";
import { branch, olderThan } from "../state";
import { BrowserShelf } from "../storage";
import { RequestError, type Transport } from "../transport";
import { unique } from "../unique";
import { type Beside, versionsOf } from "../versions";
import { t } from "../words";
import { Assistants, type AssistantsView } from "./assistants";
import { Deeds } from "./deeds";
import { Draft } from "./drafts";
import { Reading, type ReadingView } from "./reading";
import { ownTexts } from "./recall";
import { Showing, type ShowingView } from "./showing";
import { Typists } from "./typists";

export interface Actions {
  /** Sends a text with what goes along: what is shown of the notebook, and files. */
  send(text: string, along?: readonly Part[]): void;
  /** Ends the reply that is being written, or that is about to be. */
  stop(): void;
  /** What one does with messages that are there. */
  readonly deeds: Deeds;
  retry(key: string): void;
  discard(key: string): void;
  say(notice: string | null): void;
  /** A message that is at hand, null where it is not. */
  message(id: number): Message | null;
  /** Answers a request for permission. Throws RequestError where it is not taken. */
  approve(message: number, part: number, option: string): Promise<void>;
  /** Where the page can get a file of a message; null where it cannot. */
  address(part: FilePart): string | null;
  /** The user has written a letter. */
  typing(): void;
  /** What the user has said in the chat, the newest first. */
  said(): readonly string[];
  /** The server's clock, in milliseconds since the epoch. */
  readonly now: () => number;
}

export interface View extends FeedState, ReadingView {
  readonly messages: readonly Message[];
  /** The versions of each message shown that has more than one. */
  readonly versions: Beside;
  /** Messages on their way that the chat does not show yet. */
  readonly entries: readonly Entry[];
  readonly hasOlder: boolean;
  /** Whether there is something to stop. */
  readonly running: boolean;
  /** Whether what is being written was asked for elsewhere. */
  readonly elsewhere: boolean;
  /** What the last action came to, where that cannot be seen otherwise. */
  readonly notice: string | null;
  readonly assistants: AssistantsView;
  /** The files of the message that is being written. */
  readonly attached: readonly Attached[];
  /** What of the notebook goes out with it. */
  readonly showing: ShowingView;
  /** Who else is writing a message now. */
  readonly typing: readonly string[];
}

const TAB = "chatcore:tab";

export class Controller implements Actions {
  readonly draft: Draft;
  readonly assistants: Assistants;
  readonly deeds: Deeds;
  readonly attachments: Attachments;
  readonly reading: Reading;
  readonly showing: Showing;
  private readonly typists: Typists;
  private readonly feed: Feed;
  private readonly outbox: Outbox;
  private readonly life = new AbortController();
  private notice: string | null = null;
  private shown: readonly Message[] = [];
  private versions: Beside = new Map();
  private shownOf: FeedState["chat"] = null;
  private newest: number | undefined;

  constructor(
    private readonly transport: Transport,
    private readonly changed: () => void,
  ) {
    const tab = new BrowserShelf(() => sessionStorage);
    const browser = new BrowserShelf(() => localStorage);
    const name = tabName(tab);
    this.draft = new Draft(transport.scope, tab, browser);
    this.feed = new Feed(transport);
    this.outbox = new Outbox(transport, browser, browserWake, name);
    const host = {
      transport,
      signal: this.life.signal,
      session: () => this.feed.state.chat?.session ?? null,
      attempt: <T>(what: string, work: Promise<T>) => this.attempt(what, work),
    };
    this.reading = new Reading({ ...host, feed: this.feed, changed });
    this.assistants = new Assistants({ ...host, changed });
    this.deeds = new Deeds({
      ...host,
      assistants: this.assistants,
      hurry: () => this.feed.hurry(),
      key: () => `${name}.${unique()}`,
    });
    this.attachments = new Attachments(transport, this.draft.files, browserWake, () => {
      this.draft.files = this.attachments.parts;
      changed();
    });
    this.showing = new Showing(changed);
    this.typists = new Typists(() => this.quietly(transport.typing(this.life.signal)), changed);
    this.feed.onTyping = (author) => this.typists.add(author);
    this.feed.subscribe(() => this.settle());
    this.outbox.subscribe(changed);
    const { signal } = this.life;
    window.addEventListener("storage", () => this.outbox.reread(), { signal });
    window.addEventListener("pagehide", () => this.draft.flush(), { signal });
    void this.feed.run();
    void this.outbox.deliver();
  }

  get view(): View {
    const { feed, outbox } = this;
    const messages = this.messages();
    const all = this.known();
    const keys = new Set(all.map((message) => message.key));
    const entries = outbox.entries.filter((entry) => !keys.has(entry.key));
    const reply = all.find(streaming);
    const asked = all.find((message) => message.id === reply?.parent);
    return {
      ...feed.state,
      ...this.reading.view,
      messages,
      versions: this.versions,
      entries,
      hasOlder: olderThan(messages) !== null,
      running: reply !== undefined || entries.some(onItsWay),
      elsewhere: reply !== undefined && asked?.key != null && !outbox.mine(asked.key),
      notice: this.notice,
      assistants: this.assistants.view,
      attached: this.attachments.files,
      showing: this.showing.view,
      typing: this.typists.names,
    };
  }

  send(text: string, along: readonly Part[] = []): void {
    this.say(null);
    this.outbox.send([...(text.trim() ? [{ type: "text" as const, text }] : []), ...along]);
  }

  message(id: number): Message | null {
    return this.feed.state.chat?.messages.get(id) ?? null;
  }

  address(part: FilePart): string | null {
    return this.transport.address(part);
  }

  typing(): void {
    this.typists.wrote();
  }

  said(): readonly string[] {
    return ownTexts([...this.messages(), ...this.view.entries], (key) => this.outbox.mine(key));
  }

  stop(): void {
    const reply = this.known().find(streaming);
    const entry = this.view.entries.find(onItsWay);
    if (reply) void this.attempt("stop", this.transport.stop(reply.id, this.life.signal));
    else if (entry) this.outbox.stop(entry.key);
  }

  retry(key: string): void {
    this.outbox.retry(key);
  }

  discard(key: string): void {
    this.outbox.discard(key);
  }

  /** Goes to a message, wherever in the chat it is, and marks it for a moment. */
  reveal(message: number): void {
    void this.reading.reveal(message);
  }

  async approve(message: number, part: number, option: string): Promise<void> {
    try {
      await this.transport.approve(message, part, option, this.life.signal);
    } catch (error) {
      // nobody is left to read what became of it
      if (!this.life.signal.aborted) throw error;
    }
  }

  readonly now = (): number => this.transport.now();

  dispose(): void {
    this.draft.flush();
    this.life.abort();
    this.feed.dispose();
    this.outbox.dispose();
    this.attachments.dispose();
    this.typists.dispose();
    this.showing.dispose();
  }

  /** Does what nobody misses where it fails. */
  private async quietly(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      if (!(error instanceof RequestError) && !this.life.signal.aborted) throw error;
    }
  }

  /** What the work gives, null where it came to nothing; that is said. */
  private async attempt<T>(what: string, work: Promise<T>): Promise<T | null> {
    this.say(null);
    try {
      return await work;
    } catch (error) {
      if (this.life.signal.aborted) return null;
      if (!(error instanceof RequestError)) throw error;
      this.say(t("Could not %1: %2", what, error.message));
      return null;
    }
  }

  /** Tells what an action came to, in the one line that is for it. */
  say(notice: string | null): void {
    if (notice === this.notice) return;
    this.notice = notice;
    this.changed();
  }

  private messages(): readonly Message[] {
    const { chat } = this.feed.state;
    if (chat !== this.shownOf) {
      this.shownOf = chat;
      this.shown = chat ? branch(chat) : [];
      this.versions = chat ? versionsOf(chat, this.shown, this.versions) : this.versions;
    }
    return this.shown;
  }

  /** The messages shown, and what is known of newer ones that are not at hand. */
  private known(): readonly Message[] {
    const away = this.feed.state.chat?.away;
    return away && away.size > 0 ? [...this.messages(), ...away.values()] : this.messages();
  }

  /** What the chat has, needs no delivery: not even where its answer was lost. */
  private settle(): void {
    if (this.outbox.entries.length > 0) {
      const { chat } = this.feed.state;
      const all = chat ? [...chat.messages.values(), ...chat.away.values()] : [];
      this.outbox.settle(new Set(all.flatMap(({ key }) => (key ? [key] : []))));
    }
    this.greet();
    this.changed();
  }

  /** Who has sent a message writes it no more. */
  private greet(): void {
    const newest = this.messages().findLast(({ role }) => role === "user");
    if (newest?.id === this.newest) return;
    this.newest = newest?.id;
    if (newest?.author) this.typists.remove(newest.author.username);
  }
}

function streaming(message: Message): boolean {
  return message.status === "streaming";
}

function onItsWay(entry: Entry): boolean {
  return entry.state === "sending" || entry.state === "sent";
}

/** A name for this tab that lasts through reloads. */
function tabName(tab: BrowserShelf): string {
  const known = tab.get(TAB);
  if (known) return known;
  const name = unique().slice(0, 8);
  tab.put(TAB, name);
  return name;
}
