import type { FilePart } from "../protocol";
import type { Shelf } from "../storage";

const PAUSE_MS = 250;
/** The server keeps a file that no message shows for a week. */
const FILES_MS = 6 * 24 * 3600 * 1000;

interface KeptFiles {
  readonly kept: number;
  readonly parts: readonly FilePart[];
}

/** What is in the composer, kept through a reload: a tab's own, else the last one of any tab. */
export class Draft {
  private readonly name: string;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private text: string;
  private parts: readonly FilePart[];
  private readonly listeners = new Set<(text: string) => void>();

  constructor(
    scope: string,
    private readonly tab: Shelf,
    private readonly browser: Shelf,
  ) {
    this.name = `chatcore:draft:${scope}`;
    this.text = this.kept(this.name) ?? "";
    this.parts = files(this.kept(this.filesName));
  }

  get value(): string {
    return this.text;
  }

  set value(text: string) {
    this.text = text;
    clearTimeout(this.timer);
    if (text === "") this.flush();
    else this.timer = setTimeout(() => this.flush(), PAUSE_MS);
  }

  /** Adds what comes from elsewhere as a paragraph of its own; those who show the draft hear it. */
  add(text: string): void {
    this.value = `${[this.text.trimEnd(), text].filter(Boolean).join("\n\n")}\n`;
    for (const listener of this.listeners) listener(this.text);
  }

  /** Calls `listener` with the draft after something was added; the result undoes it. */
  onAdded(listener: (text: string) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The files that go with it, which the server has. */
  get files(): readonly FilePart[] {
    return this.parts;
  }

  set files(parts: readonly FilePart[]) {
    const same = parts.length === this.parts.length && parts.every((p, i) => p === this.parts[i]);
    if (same) return;
    this.parts = parts;
    this.put(this.filesName, parts.length > 0 ? JSON.stringify({ kept: Date.now(), parts }) : "");
  }

  /** Writes down what was typed last. */
  flush(): void {
    clearTimeout(this.timer);
    this.put(this.name, this.text);
  }

  private get filesName(): string {
    return `${this.name}:files`;
  }

  private kept(name: string): string | null {
    return this.tab.get(name) ?? this.browser.get(name);
  }

  private put(name: string, text: string): void {
    for (const shelf of [this.tab, this.browser]) {
      if (text) shelf.put(name, text);
      else shelf.remove(name);
    }
  }
}

function files(text: string | null): readonly FilePart[] {
  try {
    const { kept, parts } = JSON.parse(text ?? "{}") as Partial<KeptFiles>;
    return Date.now() - (kept ?? 0) < FILES_MS && Array.isArray(parts) ? parts : [];
  } catch {
    return [];
  }
}
