/** The one row that Tab leads to, and how the focus goes from row to row. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Session } from "../../protocol";
import type { Group } from "./controller";
import type { Place } from "./spans";

export interface Roving {
  /** The row's chat; null where there are no rows. */
  readonly active: Session | null;
  readonly place: Place | null;
  /** Moves the focus: `by` rows on, or to the first or the last one. False where none is. */
  move(by: number | "first" | "last"): boolean;
  onFocusIn(event: FocusEvent): void;
}

/**
 * Keeps the focus in a list of which rows move, come and go.
 *
 * Where the focused row goes away, the focus goes to the one that takes its place.
 */
export function useRoving(
  scroller: { readonly current: HTMLElement | null },
  groups: readonly Group[],
  current: string | null,
): Roving {
  const [chosen, setChosen] = useState<string | null>(null);
  const last = useRef(0);
  const moved = useRef(false);
  const rows = groups.flatMap((group) => group.sessions);
  const index = indexOf(rows, chosen ?? current, last.current);
  last.current = index;
  const active = rows[index] ?? null;
  const held = focusWithin(scroller.current);
  useLayoutEffect(() => {
    const lost = held && !focusWithin(scroller.current);
    if (scroller.current && active && (moved.current || lost))
      focusRow(scroller.current, active.id);
    moved.current = false;
  });
  return {
    active,
    place: placeOf(groups, index),
    move: (by) => {
      const to = rows[target(by, index, rows.length)];
      if (!to || (typeof by === "number" && to === active)) return false;
      moved.current = true;
      setChosen(to.id);
      return true;
    },
    onFocusIn: ({ target: element }) => {
      const id = sessionOf(element);
      if (id !== null) setChosen(id);
    },
  };
}

/** The chat of the row that an element is in. */
export function sessionOf(element: EventTarget | null): string | null {
  const row = element instanceof Element ? element.closest<HTMLElement>("[data-session]") : null;
  return row?.dataset.session ?? null;
}

/** The element of a chat's row, if it is on the page. */
export function rowOf(list: HTMLElement, id: string): HTMLElement | null {
  const rows = list.querySelectorAll<HTMLElement>("[data-session]");
  return [...rows].find((row) => row.dataset.session === id) ?? null;
}

export function focusWithin(element: HTMLElement | null): boolean {
  const root = element?.getRootNode() as Document | ShadowRoot | undefined;
  return element?.contains(root?.activeElement ?? null) ?? false;
}

/** Focuses a chat's row, where it is on the page, and brings it into view. */
export function focusRow(list: HTMLElement, id: string): void {
  const row = rowOf(list, id);
  row?.querySelector<HTMLElement>("input, button")?.focus({ preventScroll: true });
  row?.scrollIntoView?.({ block: "nearest" });
}

/** Where the chat is; where it is no more, the row that has its place. */
function indexOf(rows: readonly Session[], id: string | null, last: number): number {
  const index = rows.findIndex((row) => row.id === id);
  return index >= 0 ? index : Math.min(last, rows.length - 1);
}

function target(by: number | "first" | "last", index: number, count: number): number {
  if (by === "first") return 0;
  if (by === "last") return count - 1;
  return Math.max(0, Math.min(count - 1, index + by));
}

function placeOf(groups: readonly Group[], index: number): Place | null {
  let before = 0;
  for (const [group, { sessions }] of groups.entries()) {
    if (index < before + sessions.length) return { group, index: index - before };
    before += sessions.length;
  }
  return null;
}
