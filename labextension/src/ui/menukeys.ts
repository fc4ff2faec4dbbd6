/** Moving through the entries of a menu by the keyboard, as ARIA's pattern for menus has it. */

/** What was typed stands for the start of a name for so long. */
const TYPING_MS = 700;

/** Letters typed in a row, kept by the menu while it is open. */
export interface Typed {
  current: string;
  at?: number;
}

/** Focuses the entry that the key leads to; past either end it goes on at the other. */
export function keyInMenu(items: readonly HTMLElement[], event: KeyboardEvent, typed: Typed): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const root = items[0]?.getRootNode() as Document | ShadowRoot | undefined;
  const from = items.indexOf(root?.activeElement as HTMLElement);
  const letter = event.key.length === 1 && event.key !== " ";
  const item = letter ? named(items, from, event, typed) : items[moved(items, from, event.key)];
  if (!item) return;
  event.preventDefault();
  item.focus();
}

function moved(items: readonly HTMLElement[], from: number, key: string): number {
  const count = items.length;
  const to: Readonly<Record<string, number>> = {
    ArrowDown: (from + 1) % count,
    ArrowUp: (Math.max(from, 0) - 1 + count) % count,
    Home: 0,
    End: count - 1,
  };
  return to[key] ?? -1;
}

/** A letter leads to the next name that starts with it, several in a row to what they spell. */
function named(
  items: readonly HTMLElement[],
  from: number,
  event: KeyboardEvent,
  typed: Typed,
): HTMLElement | undefined {
  const goesOn = event.timeStamp - (typed.at ?? 0) < TYPING_MS;
  typed.at = event.timeStamp;
  typed.current = (goesOn ? typed.current : "") + event.key.toLowerCase();
  // a first letter leads on from where one is, more letters may stay there
  const start = typed.current.length > 1 ? from : from + 1;
  const order = [...items.slice(start), ...items.slice(0, start)];
  return order.find((item) => item.textContent.trim().toLowerCase().startsWith(typed.current));
}
