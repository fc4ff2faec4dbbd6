/** Search as one types: the last question's answer is shown, and no older one. */
import type { SearchHit, SearchResult, Session } from "../../protocol";
import { RequestError } from "../../transport";

/** A pause in typing that is worth a request. */
const PAUSE_MS = 150;

/** What was found in one chat. */
export interface Found {
  readonly session: string;
  readonly title: string;
  readonly archived: boolean;
  readonly hits: readonly SearchHit[];
}

export interface SearchView {
  readonly q: string;
  /** What the last answer has, null before the first one; it may be that of an earlier `q`. */
  readonly found: readonly Found[] | null;
  readonly state: "idle" | "searching" | "failed";
  /** Why it failed, in words. */
  readonly why: string;
}

const NOTHING: SearchView = { q: "", found: null, state: "idle", why: "" };

export class Search {
  view: SearchView = NOTHING;
  private request = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly ask: (q: string, signal: AbortSignal) => Promise<SearchResult>,
    private readonly changed: () => void,
  ) {}

  /** Looks for this from now on; for nothing where it is empty. */
  type(q: string): void {
    const words = q.trim();
    if (words === this.view.q.trim()) this.set({ q });
    else if (words === "") this.clear();
    else {
      this.drop();
      this.set({ q, state: "searching" });
      this.timer = setTimeout(() => void this.run(words), PAUSE_MS);
    }
  }

  again(): void {
    this.drop();
    this.set({ state: "searching" });
    void this.run(this.view.q.trim());
  }

  clear(): void {
    this.drop();
    this.set(NOTHING);
  }

  /** Nobody waits for an answer any more. */
  drop(): void {
    clearTimeout(this.timer);
    this.request.abort();
  }

  private async run(q: string): Promise<void> {
    this.request = new AbortController();
    const { signal } = this.request;
    try {
      const result = await this.ask(q, signal);
      if (!signal.aborted) this.set({ found: grouped(result), state: "idle", why: "" });
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof RequestError)) throw error;
      this.set({ state: "failed", why: error.message });
    }
  }

  private set(change: Partial<SearchView>): void {
    this.view = { ...this.view, ...change };
    this.changed();
  }
}

/** The hits by chat: first the chats whose titles match, then by the best hit. */
export function grouped({ hits, sessions = [] }: SearchResult): Found[] {
  const groups = new Map<string, { session: string; title: string; hits: SearchHit[] }>();
  const named = new Map<string, Session>(sessions.map((one) => [one.id, one]));
  for (const { id, title } of sessions) groups.set(id, { session: id, title, hits: [] });
  for (const hit of hits) {
    const { session, title } = hit;
    const group = groups.get(session) ?? { session, title, hits: [] };
    group.hits.push(hit);
    groups.set(session, group);
  }
  return [...groups.values()].map((group) => ({
    ...group,
    archived: named.get(group.session)?.archived ?? false,
  }));
}

/** A text cut where the words that are looked for begin and end. */
export function marked(text: string, q: string): { text: string; match: boolean }[] {
  const words = q.split(/\s+/).filter(Boolean).map(escaped);
  if (words.length === 0) return [{ text, match: false }];
  return text
    .split(new RegExp(`(${words.join("|")})`, "iu"))
    .map((piece, index) => ({ text: piece, match: index % 2 === 1 }))
    .filter((piece) => piece.text !== "");
}

function escaped(word: string): string {
  return word.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
