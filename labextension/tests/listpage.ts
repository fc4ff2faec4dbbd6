/** The list of chats on a page, as one sees and uses it, over a server in memory. */
import { afterEach, beforeEach, vi } from "vitest";
import { ListFeed } from "../src/listfeed";
import type { ListHost } from "../src/ui/list/host";
import { type MountedList, mountList } from "../src/ui/list/mount";
import { FakeWake } from "./fakebrowser";
import { FakeLobby } from "./fakelobby";

/** jsdom has no layout: nothing there changes its size. */
class NoLayout {
  observe(): void {}
  disconnect(): void {}
}

export class ListPage {
  lobby = new FakeLobby();
  wake = new FakeWake();
  host = document.createElement("div");
  /** What was opened: the chat, and the message where one was meant. */
  opened: string[] = [];
  list: MountedList | null = null;
  feed: ListFeed | null = null;

  async open(given: Partial<ListHost> = {}): Promise<void> {
    this.feed = new ListFeed(this.lobby.transport(), this.wake);
    const open = (id: string, message?: number): void => {
      this.opened.push(message === undefined ? id : `${id} at ${message}`);
    };
    this.list = mountList(this.host, this.feed, { open, ...given });
    await this.rest();
  }

  close(): void {
    this.list?.dispose();
    this.feed?.dispose();
  }

  /** Lets so much time go by. */
  async rest(ms = 100): Promise<void> {
    await vi.advanceTimersByTimeAsync(ms);
  }

  all(selector: string): HTMLElement[] {
    return [...this.host.querySelectorAll<HTMLElement>(selector)];
  }

  /** The first element that matches; a test that needs it fails without it. */
  one<E extends HTMLElement = HTMLElement>(selector: string): E {
    const found = this.host.querySelector<E>(selector);
    if (!found) throw new Error(`the page has no ${selector}: ${this.host.textContent}`);
    return found;
  }

  /** The ids of the rows, from the first to the last. */
  rows(): (string | undefined)[] {
    return this.all("[data-session]").map((row) => row.dataset.session);
  }

  row(id: string): HTMLElement {
    return this.one(`[data-session="${id}"]`);
  }

  get headings(): string[] {
    return this.all("h3").map((one) => one.textContent);
  }

  /** The id of the row that has the focus. */
  get focused(): string | undefined {
    return document.activeElement?.closest<HTMLElement>("[data-session]")?.dataset.session;
  }

  button(label: string): HTMLButtonElement {
    const found = this.all("button, [role=menuitem]").find(
      (one) => (one.getAttribute("aria-label") ?? one.textContent) === label,
    );
    if (!found) throw new Error(`the page has no button ${label}: ${this.host.textContent}`);
    return found as HTMLButtonElement;
  }

  async click(label: string): Promise<void> {
    const button = this.button(label);
    button.focus();
    button.click();
    await this.rest();
  }

  /** Puts the focus on a row. */
  async focus(id: string): Promise<void> {
    this.row(id).querySelector("button")?.focus();
    await this.rest();
  }

  /** Presses a key where the focus is. */
  async press(key: string, more: KeyboardEventInit = {}): Promise<void> {
    const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
    document.activeElement?.dispatchEvent(event);
    await this.rest();
  }

  /** Writes into the field that has the focus, or into another one. */
  async type(text: string, field = document.activeElement as HTMLInputElement): Promise<void> {
    field.value = text;
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    await this.rest(0);
  }

  get search(): HTMLInputElement {
    return this.one<HTMLInputElement>("[type=search]");
  }

  /** Writes into the search box and waits for the answer. */
  async look(q: string): Promise<void> {
    this.search.focus();
    await this.type(q, this.search);
    await this.rest(300);
  }

  /** What those who listen are told. */
  get told(): string {
    return this.all("p[role=status]")
      .map((one) => one.textContent)
      .join("");
  }
}

/** A fresh page for each test of a file; the time stands still unless a test lets it go by. */
export function useListPage(): ListPage {
  const page = new ListPage();
  beforeEach(() => {
    vi.useFakeTimers({ now: new Date("2026-03-01T12:30:00Z") });
    vi.stubGlobal("ResizeObserver", NoLayout);
    page.lobby = new FakeLobby();
    page.opened = [];
    page.host = document.body.appendChild(document.createElement("div"));
  });
  afterEach(async () => {
    page.close();
    page.host.remove();
    await page.rest(60_000);
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });
  return page;
}
