/** The variables that a text names, as the kernel has them: asked for when somebody writes. */
import type { VariablePart } from "../protocol";
import { RequestError } from "../transport";

const PAUSE_MS = 250;
/** What is sent is not held back for longer. */
const PATIENCE_MS = 1_500;
/** So much of a text is read, and so many variables are told of. */
const READ = 20_000;
const MOST = 8;
/** Names that are words as well: meant as names where they stand in backticks or after an @. */
const WORDS = new Set(["a", "A", "i", "I"]);

/** A kernel as it is since a cell ran in it last: another one is given once it has run again. */
export interface VariableSource {
  /** Those of these names with what is in them, or all by name alone. Throws RequestError. */
  read(names: readonly string[] | null, signal: AbortSignal): Promise<readonly VariablePart[]>;
  /** Whether a cell is running. */
  readonly busy: boolean;
}

/** The names in a text, in its order; all that may be one, or those after an @. */
export function namesIn(text: string, onlyMarked: boolean): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [, before, name = ""] of text
    .slice(0, READ)
    .matchAll(/([.@`]?)([\p{L}_][\p{L}\p{N}_]*)/gu)) {
    const marked = before === "@";
    const meant = marked || before === "`" || (!before && !WORDS.has(name));
    if (onlyMarked ? marked : meant) found.add(name);
  }
  return found;
}

export class Lookup {
  /** Why they cannot be looked up now, "" where they can. */
  problem = "";
  private source: VariableSource | null = null;
  private wanted: readonly string[] = [];
  private names: readonly VariablePart[] | null = null;
  private known = new Map<string, VariablePart | null>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private late: ReturnType<typeof setTimeout> | undefined;
  private life = new AbortController();
  private running = false;

  constructor(private readonly changed: () => void) {}

  /** Those that the text names and the kernel has told of. */
  get found(): readonly VariablePart[] {
    return this.hits().flatMap((name) => this.known.get(name) ?? []);
  }

  /** All by name, as far as they are known. */
  get all(): readonly VariablePart[] {
    return this.names ?? [];
  }

  /** Whether the kernel is still to tell of what the text names. */
  get pending(): boolean {
    return this.timer !== undefined || this.running;
  }

  /** Asks for all by name, for somebody who looks for one. */
  async list(): Promise<void> {
    const { source } = this;
    if (!source || this.names) return;
    const { signal } = this.life;
    try {
      this.names = await source.read(null, signal);
    } catch (error) {
      if (!(error instanceof RequestError) && !signal.aborted) throw error;
      if (error instanceof RequestError) this.refused(source, error);
    }
    this.changed();
  }

  /** Takes the kernel as it is now; null where there is none. */
  turnTo(source: VariableSource | null): void {
    if (source === this.source) return;
    this.stop();
    this.source = source;
    this.names = null;
    this.known.clear();
    this.problem = "";
    this.soon();
  }

  want(names: ReadonlySet<string>): void {
    this.wanted = [...names];
    this.soon();
  }

  /** Asks at once for what was about to be asked for, and gives up soon. */
  hurry(): void {
    if (this.timer !== undefined) void this.run();
    if (this.running) this.late ??= setTimeout(() => this.giveUp(), PATIENCE_MS);
  }

  stop(): void {
    clearTimeout(this.timer);
    clearTimeout(this.late);
    this.timer = undefined;
    this.late = undefined;
    this.running = false;
    this.life.abort();
    this.life = new AbortController();
  }

  private giveUp(): void {
    this.stop();
    this.changed();
  }

  private hits(): readonly string[] {
    const names = new Set(this.names?.map(({ name }) => name));
    return this.wanted.filter((name) => names.has(name)).slice(0, MOST);
  }

  private soon(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const settled = this.names !== null && this.hits().every((name) => this.known.has(name));
    if (!this.source || this.wanted.length === 0 || settled || this.problem) return;
    this.timer = setTimeout(() => void this.run(), PAUSE_MS);
  }

  private async run(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { source } = this;
    if (!source || this.running) return;
    const { signal } = this.life;
    this.running = true;
    try {
      await this.read(source, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof RequestError)) throw error;
      this.refused(source, error);
    }
    if (signal.aborted) return;
    this.running = false;
    clearTimeout(this.late);
    this.late = undefined;
    this.changed();
  }

  private async read(source: VariableSource, signal: AbortSignal): Promise<void> {
    this.names ??= await source.read(null, signal);
    // what was written meanwhile is looked up as well
    for (let missing = this.missing(); missing.length > 0; missing = this.missing()) {
      const told = await source.read(missing, signal);
      for (const name of missing) {
        this.known.set(name, told.find((one) => one.name === name) ?? null);
      }
    }
  }

  private missing(): readonly string[] {
    return this.hits().filter((name) => !this.known.has(name));
  }

  private refused(source: VariableSource, error: RequestError): void {
    // what passes is tried again with the next letter, all else once a cell has run
    if (error.passing) return;
    this.names ??= [];
    this.problem = source.busy && error.status === 409 ? error.message : "";
  }
}
