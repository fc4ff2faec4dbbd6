import type { VNode } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon, type IconName } from "./icons";
import { keyInMenu } from "./menukeys";
import { above } from "./toplayer";

export interface MenuEntry {
  readonly label: string;
  readonly icon?: IconName;
  /** Begins a group of its own; a text is the group's heading. */
  readonly group?: boolean | string;
  /** Whether it destroys something. */
  readonly danger?: boolean;
  readonly disabled?: boolean;
  /** A choice among others: whether it is the one that stands. */
  readonly checked?: boolean;
  run(): void;
}

interface Props {
  /** What the button is called, and the menu with it. */
  readonly label: string;
  readonly icon: IconName;
  /** Asked anew whenever the open menu is rendered. */
  readonly entries: () => readonly MenuEntry[];
  /** Fetches what the entries need; the menu is rendered again when it is there. */
  readonly load?: (() => Promise<unknown>) | undefined;
}

/** A button that opens a menu: arrows, Home, End and letters move in it, Escape closes it. */
export function PopMenu({ label, icon, entries, load }: Props): VNode {
  const [first, setFirst] = useState<"first" | "last" | null>(null);
  const [, setLoaded] = useState(0);
  const button = useRef<HTMLButtonElement>(null);
  const show = (at: "first" | "last"): void => {
    setFirst(at);
    void load?.().then(() => setLoaded((times) => times + 1));
  };
  const close = (refocus: boolean): void => {
    setFirst(null);
    if (refocus) button.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    show(event.key === "ArrowDown" ? "first" : "last");
  };
  return (
    <span class="jp-Chatcore-pop">
      <button
        type="button"
        class="jp-Chatcore-quiet"
        ref={button}
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={first !== null}
        onClick={() => (first === null ? show("first") : close(true))}
        onKeyDown={onKeyDown}
      >
        <Icon name={icon} />
      </button>
      {first === null ? null : (
        <Entries label={label} entries={entries()} start={first} button={button} onClose={close} />
      )}
    </span>
  );
}

interface EntriesProps {
  readonly label: string;
  readonly entries: readonly MenuEntry[];
  readonly start: "first" | "last";
  readonly button: { readonly current: HTMLElement | null };
  readonly onClose: (refocus: boolean) => void;
}

/** An open menu beside what it belongs to. */
export function Entries({ label, entries, start, button, onClose }: EntriesProps): VNode {
  const menu = useRef<HTMLDivElement>(null);
  const typed = useRef("");
  useLayoutEffect(() => {
    if (!menu.current || !button.current) return undefined;
    const lower = above(menu.current, button.current);
    const items = itemsOf(menu.current);
    (start === "first" ? items[0] : items.at(-1))?.focus();
    return lower;
  }, [button, start]);
  useLeaving(menu, button, onClose);
  const choose = (entry: MenuEntry): void => {
    if (entry.disabled) return;
    // the focus is back before the entry moves it on
    onClose(true);
    entry.run();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    event.stopPropagation();
    if (event.key === "Escape" || event.key === "Tab") {
      if (event.key === "Escape") event.preventDefault();
      onClose(true);
    } else if (menu.current) keyInMenu(itemsOf(menu.current), event, typed);
  };
  return (
    <div
      class="jp-Chatcore-popmenu"
      role="menu"
      aria-label={label}
      ref={menu}
      popover="manual"
      onKeyDown={onKeyDown}
    >
      {entries.map((entry) => (
        <Item key={entry.label} entry={entry} onChoose={() => choose(entry)} />
      ))}
    </div>
  );
}

function Item({ entry, onChoose }: { entry: MenuEntry; onChoose: () => void }): VNode {
  const { label, icon, group, danger, disabled, checked } = entry;
  const role =
    checked === undefined
      ? ({ role: "menuitem" } as const)
      : ({ role: "menuitemradio", "aria-checked": checked } as const);
  return (
    <>
      {group ? <hr /> : null}
      {typeof group === "string" ? (
        <p class="jp-Chatcore-menu-note" role="presentation">
          {group}
        </p>
      ) : null}
      <button
        type="button"
        {...role}
        class={danger ? "jp-mod-danger" : undefined}
        aria-disabled={disabled}
        tabIndex={-1}
        onClick={onChoose}
      >
        {icon ? <Icon name={icon} /> : <i />}
        <span dir="auto">{label}</span>
        {checked ? <Icon name="check" /> : null}
      </button>
    </>
  );
}

function itemsOf(menu: HTMLElement): readonly HTMLElement[] {
  return [...menu.querySelectorAll<HTMLElement>("[role^=menuitem]")];
}

/** Closes the menu when one clicks or goes elsewhere. */
function useLeaving(
  menu: { readonly current: HTMLElement | null },
  button: { readonly current: HTMLElement | null },
  onClose: (refocus: boolean) => void,
): void {
  const close = useRef(onClose);
  close.current = onClose;
  // at once: Preact also runs a later effect when the menu is gone by then, and never undoes it
  useLayoutEffect(() => {
    const life = new AbortController();
    const look = (event: Event): void => {
      const path = event.composedPath();
      const inside = [menu.current, button.current].some((one) => one && path.includes(one));
      if (!inside) close.current(false);
    };
    for (const name of ["pointerdown", "focusin"] as const) {
      document.addEventListener(name, look, { capture: true, signal: life.signal });
    }
    return () => life.abort();
  }, [menu, button]);
}
