import type { Shelf } from "../storage";

const PAUSE_MS = 250;

/** What is in the composer, kept through a reload: a tab's own, else the last one of any tab. */
export class Draft {
  private readonly name: string;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private text: string;

  constructor(
    scope: string,
    private readonly tab: Shelf,
    private readonly browser: Shelf,
  ) {
    this.name = `chatcore:draft:${scope}`;
    this.text = tab.get(this.name) ?? browser.get(this.name) ?? "";
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

  /** Writes down what was typed last. */
  flush(): void {
    clearTimeout(this.timer);
    for (const shelf of [this.tab, this.browser]) {
      if (this.text) shelf.put(this.name, this.text);
      else shelf.remove(this.name);
    }
  }
}
