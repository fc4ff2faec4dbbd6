// @vitest-environment jsdom
/** A menu that a button opens, as the keyboard and the pointer use it. */
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type MenuEntry, PopMenu } from "../src/ui/popmenu";

const done: string[] = [];
let host = document.createElement("div");
let entries: MenuEntry[] = [];

function entry(label: string, more: Partial<MenuEntry> = {}): MenuEntry {
  return { label, run: () => done.push(label), ...more };
}

beforeEach(() => {
  done.length = 0;
  entries = [entry("Rename"), entry("Fork"), entry("Export"), entry("Delete", { danger: true })];
  host = document.body.appendChild(document.createElement("div"));
  act(() => render(<PopMenu label="More" icon="more" entries={() => entries} />, host));
});

afterEach(() => {
  act(() => render(null, host));
  host.remove();
});

const button = () => host.querySelector<HTMLButtonElement>("[aria-haspopup]") as HTMLButtonElement;
const menu = () => host.querySelector<HTMLElement>("[role=menu]");
const focused = () => document.activeElement?.textContent || document.activeElement?.ariaLabel;

function press(key: string, more: KeyboardEventInit = {}): KeyboardEvent {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
  act(() => void document.activeElement?.dispatchEvent(event));
  return event;
}

function open(key?: string): void {
  button().focus();
  if (key) press(key);
  else act(() => button().click());
}

describe("a menu", () => {
  it("opens at its first entry, or with the arrow up at its last one", () => {
    open();
    expect(focused()).toBe("Rename");
    expect(button().getAttribute("aria-expanded")).toBe("true");
    press("Escape");
    expect(menu()).toBeNull();
    expect(document.activeElement).toBe(button());
    open("ArrowUp");
    expect(focused()).toBe("Delete");
  });

  it("is gone through with the arrows, Home and End, round its ends", () => {
    open("ArrowDown");
    const way = ["ArrowUp", "ArrowDown", "ArrowDown", "End", "Home"].map((key) => {
      press(key);
      return focused();
    });
    expect(way).toEqual(["Delete", "Rename", "Fork", "Delete", "Rename"]);
  });

  it("is found in by letters, several in a row to what they spell", () => {
    entries = [entry("Edit"), entry("Export"), entry("Examine"), entry("Fork")];
    open();
    press("e");
    expect(focused()).toBe("Export");
    press("x");
    press("a");
    expect(focused()).toBe("Examine");
  });

  it("does what is chosen, once, with the focus back before", () => {
    entries = [entry("Rename", { run: () => done.push(`${focused()}`) })];
    open();
    act(() => (document.activeElement as HTMLElement).click());
    expect(done).toEqual(["More"]);
    expect(menu()).toBeNull();
  });

  it("does nothing for what cannot be done now, and stays", () => {
    entries = [entry("Fork", { disabled: true })];
    open();
    act(() => (document.activeElement as HTMLElement).click());
    expect(done).toEqual([]);
    expect(menu()).not.toBeNull();
  });

  it("closes when one goes elsewhere, and takes no focus then", () => {
    open();
    const other = document.body.appendChild(document.createElement("button"));
    act(() => other.focus());
    expect(menu()).toBeNull();
    expect(document.activeElement).toBe(other);
    other.remove();
  });

  it("keeps its keys to itself", () => {
    const heard: string[] = [];
    host.addEventListener("keydown", ({ key }) => heard.push(key));
    open();
    press("ArrowDown");
    press("Escape");
    expect(heard).toEqual([]);
  });

  it("names its groups and says which choice stands", () => {
    entries = [entry("A", { checked: true, group: "Answer again with" }), entry("B")];
    open();
    expect(menu()?.textContent).toContain("Answer again with");
    expect(menu()?.querySelector("[role=menuitemradio]")?.getAttribute("aria-checked")).toBe(
      "true",
    );
  });
});
