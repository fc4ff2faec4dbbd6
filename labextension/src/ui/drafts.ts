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
