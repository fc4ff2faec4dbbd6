/** What the list of chats shows and what one can do in it, apart from how it looks. */
import { pickFiles, together, told } from "../../exchange";
import type { ListFeed, ListState } from "../../listfeed";
import { altered, archived, type Chats, find, sections, type Which } from "../../liststate";
import type { ImportResult, Session, SessionPatch } from "../../protocol";
import { RequestError } from "../../transport";
import { t } from "../../words";
import type { Frames } from "../frames";
import type { ListHost } from "./host";
import { Search, type SearchView } from "./search";
import { type Deed, Undo } from "./undo";

/** Chats that stand together. */
export interface Group {
  readonly key: "notebook" | "pinned" | "others" | "archived";
  readonly sessions: readonly Session[];
}

export interface ListView extends Omit<ListState, "chats" | "more"> {
  /** null until it is known which chats there are. */
  readonly groups: readonly Group[] | null;
  readonly which: Which;
  /** How it goes with the next page; "none" where there is none. */
  readonly more: "idle" | "loading" | "failed" | "none";
  readonly search: SearchView;
  /** The chat whose title is being written. */
  readonly renaming: string | null;
  /** Whether a new chat is being made. */
  readonly making: boolean;
  /** Whether files of chats are on their way in. */
  readonly importing: boolean;
  /** What an import brought. */
  readonly news: string | null;
  readonly undo: Deed | null;
  /** Why the last action came to nothing. */
  readonly problem: string | null;
}

interface Change {
  readonly id: string;
  readonly change: Partial<Session>;
}

/** What goes on in this list, and in no other tab's. */
interface Doing
  extends Pick<ListView, "which" | "renaming" | "making" | "importing" | "news" | "problem"> {
  /** What was done here and is not yet confirmed: it is shown at once. */
  readonly changes: readonly Change[];
}

export class ListController {
  readonly search: Search;
  readonly undo: Undo;
  private doing: Doing = {
    which: "open",
    renaming: null,
    making: false,
    importing: false,
    news: null,
    problem: null,
    changes: [],
  };
  private readonly leave: () => void;
  private readonly life = new AbortController();

  constructor(
    private readonly feed: ListFeed,
    private host: ListHost,
    private readonly frames: Pick<Frames, "request" | "flush">,
  ) {
    const { request } = frames;
    this.search = new Search((q, signal) => feed.transport.search(q, signal), request);
    this.undo = new Undo(() => frames.flush());
    this.leave = feed.subscribe(request);
    feed.attend(host.notebook);
    // what was deleted must not come back because the page was left too early
    window.addEventListener("pagehide", () => this.undo.settle(), { signal: this.life.signal });
  }

  get view(): ListView {
    const { chats, connection, more } = this.feed.state;
    const { changes, ...doing } = this.doing;
    const shown = chats && changes.reduce((now, one) => altered(now, one.id, one.change), chats);
    return {
      ...doing,
      connection,
      groups: shown && this.groups(shown),
      more: chats?.reach[doing.which] === 0 ? "none" : more[doing.which],
      search: this.found(shown),
      undo: this.undo.newest,
    };
  }

  readonly now = (): number => this.feed.transport.now();

  update(host: ListHost): void {
    if (host.notebook !== this.host.notebook) this.feed.attend(host.notebook);
    this.host = host;
    this.frames.request();
  }

  dispose(): void {
    this.undo.settle();
    this.life.abort();
    this.search.drop();
    this.leave();
  }

  retry(): void {
    this.feed.retry();
  }

  more(): void {
    void this.feed.more(this.doing.which);
  }

  open(session: string, message?: number): void {
    this.host.open(session, message);
  }

  openInMain(session: Session): void {
    (this.host.openInMain ?? this.host.open)(session.id);
  }

  show(which: Which): void {
    this.set({ which });
    const { chats } = this.feed.state;
    if (chats && chats.reach[which] === null) this.more();
  }

  /** Opens a new chat; the open one where nothing was said in it yet. */
  async make(): Promise<void> {
    const { current, notebook, assistant } = this.host;
    const chats = this.feed.state.chats;
    const open = chats && current !== null ? find(chats, current) : null;
    if (this.doing.making) return;
    if (open && !open.count && !open.running) {
      this.host.open(open.id);
      return;
    }
    this.set({ making: true });
    await this.attempt(t("The chat could not be made."), async () => {
      const made = await this.feed.create({
        ...(notebook === null ? {} : { notebook }),
        ...(assistant ? { assistant } : {}),
      });
      this.host.open(made.id);
    });
    this.set({ making: false });
  }

  /** Starts to rename a chat; null ends it without a change. */
  rename(id: string | null): void {
    this.set({ renaming: id });
  }

  name(session: Session, written: string): void {
    // the field is left once more when it goes away
    if (this.doing.renaming !== session.id) return;
    const title = written.trim();
    this.set({ renaming: null });
    if (title === "" || title === session.title) return;
    void this.patch(session.id, { title }, t("The chat could not be renamed."));
  }

  pin(session: Session, pinned: boolean): void {
    void this.patch(session.id, { pinned }, t("The chat could not be pinned or unpinned."));
  }

  archive(session: Session, away: boolean): void {
    const move = (to: boolean): void => {
      const failure = t("The chat could not be moved to or from the archive.");
      void this.patch(session.id, { archived: to }, failure);
    };
    move(away);
    this.undo.offer({
      text: away ? t("“%1” archived", session.title) : t("“%1” is back", session.title),
      undo: () => move(!away),
      done: () => undefined,
    });
  }

  /** Takes the chat away at once, and deletes it when nobody has wanted it back. */
  remove(session: Session): void {
    const gone: Change = { id: session.id, change: { deleted: true } };
    if (this.doing.changes.some(({ id, change }) => id === session.id && change.deleted)) return;
    this.set({ changes: [...this.doing.changes, gone] });
    this.undo.offer({
      text: t("“%1” deleted", session.title),
      undo: () => this.forget(gone),
      done: () => {
        const failure = t("The chat could not be deleted.");
        void this.attempt(failure, () => this.feed.remove(session.id)).then(() =>
          this.forget(gone),
        );
      },
    });
  }

  /** Imports the chats of the files that the user picks. */
  async import(): Promise<void> {
    const { signal } = this.life;
    const files = this.doing.importing ? [] : await pickFiles(signal);
    if (files.length === 0 || signal.aborted) return;
    this.set({ importing: true, news: null });
    await this.attempt(t("The chats could not be imported."), async () => {
      const results: ImportResult[] = [];
      for (const file of files) results.push(await this.feed.transport.take(file, signal));
      this.set({ news: told(together(results)) });
    });
    this.set({ importing: false });
  }

  dismiss(): void {
    this.set({ problem: null, news: null });
  }

  private async patch(id: string, patch: SessionPatch, failure: string): Promise<void> {
    const { title, pinned, archived: away } = patch;
    const change: Change = {
      id,
      change: {
        ...(title === undefined ? {} : { title }),
        ...(pinned === undefined ? {} : { pinned }),
        ...(away === undefined ? {} : { archived: away }),
      },
    };
    this.set({ changes: [...this.doing.changes, change] });
    await this.attempt(failure, () => this.feed.patch(id, patch));
    this.forget(change);
  }

  /** Does the work; where it comes to nothing, that is said. */
  private async attempt(failure: string, work: () => Promise<unknown>): Promise<void> {
    this.set({ problem: null });
    try {
      await work();
    } catch (error) {
      if (this.life.signal.aborted) return;
      if (!(error instanceof RequestError)) throw error;
      this.set({ problem: `${failure} ${error.message}` });
    }
  }

  private forget(change: Change): void {
    this.set({ changes: this.doing.changes.filter((one) => one !== change) });
  }

  private groups(chats: Chats): Group[] {
    if (this.doing.which === "archived") return [{ key: "archived", sessions: archived(chats) }];
    const { notebook, pinned, others } = sections(chats, this.host.notebook);
    const groups: Group[] = [
      { key: "notebook", sessions: notebook },
      { key: "pinned", sessions: pinned },
      { key: "others", sessions: others },
    ];
    return groups.filter((group) => group.sessions.length > 0);
  }

  /** What was found, without what has been deleted since. */
  private found(chats: Chats | null): SearchView {
    const { view } = this.search;
    const gone = (id: string): boolean => chats?.rows.get(id)?.session.deleted ?? false;
    return { ...view, found: view.found?.filter((one) => !gone(one.session)) ?? null };
  }

  private set(change: Partial<Doing>): void {
    this.doing = { ...this.doing, ...change };
    // the next key is for what this one has left
    this.frames.flush();
  }
}
