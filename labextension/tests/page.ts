/** A chat on a page, as one sees and uses it, over a server in memory. */
import { afterEach, beforeEach, vi } from "vitest";
import type { Controller } from "../src/ui/controller";
import type { Host } from "../src/ui/host";
import { type Mounted, mount } from "../src/ui/mount";
import { FakeServer } from "./fake";
import "./loaded";

/** jsdom has no layout: nothing there changes its size or comes into view. */
class NoLayout {
  observe(): void {}
  disconnect(): void {}
}

export class ChatPage {
  server = new FakeServer();
  host = document.createElement("div");
  private mounted: Mounted | null = null;

  async open(host: Partial<Host> = {}): Promise<void> {
    this.mounted = mount(this.host, this.server.transport(), host);
    await this.rest();
  }

  dispose(): void {
    this.mounted?.dispose();
    this.mounted = null;
  }

  /** What the host of the chat can call; a test that needs it has opened the page. */
  get controller(): Controller {
    if (!this.mounted) throw new Error("the page is not open");
    return this.mounted.controller;
  }

  /** Lets so much time go by. */
  async rest(ms = 100): Promise<void> {
    await vi.advanceTimersByTimeAsync(ms);
  }

  all(selector: string): HTMLElement[] {
    return [...this.host.querySelectorAll<HTMLElement>(selector)];
  }

  /** The first element that matches; a test that needs it fails without it. */
  one(selector: string): HTMLElement {
    const found = this.host.querySelector<HTMLElement>(selector);
    if (!found) throw new Error(`the page has no ${selector}: ${this.host.textContent}`);
    return found;
  }

  button(label: string): HTMLButtonElement | undefined {
    return this.all("button").find(
      (one) => (one.getAttribute("aria-label") ?? one.textContent).trim() === label,
    ) as HTMLButtonElement | undefined;
  }

  /** Clicks a button that must be there. */
  async click(label: string): Promise<void> {
    const button = this.button(label);
    if (!button) throw new Error(`the page has no button ${label}: ${this.host.textContent}`);
    button.focus();
    button.click();
    await this.rest();
  }

  /** Opens all that is folded; jsdom tells nobody of it by itself. */
  async unfold(): Promise<void> {
    for (const fold of this.host.querySelectorAll("details")) {
      fold.open = true;
      fold.dispatchEvent(new Event("toggle"));
    }
    await this.rest();
  }

  /** Presses a key where the focus is. */
  async press(key: string, more: KeyboardEventInit = {}): Promise<void> {
    const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
    document.activeElement?.dispatchEvent(event);
    await this.rest();
  }

  /** The status and the words of every message. */
  shown(): (string | undefined)[][] {
    return this.all("[data-message]").map((one) => [
      one.dataset.status,
      [...one.querySelectorAll("[data-body]")].map((body) => body.textContent.trim()).join(""),
    ]);
  }

  /** What those who listen have been told. */
  announced(): string[] {
    return this.all("[aria-live=polite] p").map((one) => one.textContent);
  }
}

/** A fresh page for each test of a file; the time stands still unless a test lets it go by. */
export function usePage(): ChatPage {
  const page = new ChatPage();
  beforeEach(() => {
    vi.useFakeTimers({
      toFake: ["setTimeout", "clearTimeout", "requestAnimationFrame", "performance", "Date"],
    });
    vi.stubGlobal("ResizeObserver", NoLayout);
    vi.stubGlobal("IntersectionObserver", NoLayout);
    localStorage.clear();
    sessionStorage.clear();
    page.server = new FakeServer();
    page.host = document.body.appendChild(document.createElement("div"));
  });
  afterEach(async () => {
    page.dispose();
    page.host.remove();
    await page.rest(60_000);
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });
  return page;
}
