/** Moving through the rows of a list by the keyboard. */

/** What the arrow keys go through, in order. */
export function rowsOf(element: HTMLElement): readonly HTMLElement[] {
  return [...element.querySelectorAll<HTMLElement>("[role=option], summary")];
}

/** Focuses the row that the key leads to from the focused one; a letter leads to its name. */
export function keyAmong(rows: readonly HTMLElement[], event: KeyboardEvent): void {
  const root = rows[0]?.getRootNode() as Document | ShadowRoot | undefined;
  const from = rows.indexOf(root?.activeElement as HTMLElement);
  const target = event.target as HTMLElement;
  // a field has these keys for itself
  if (target.matches("select, input") || event.ctrlKey || event.metaKey || event.altKey) return;
  const row =
    event.key.length === 1 ? named(rows, from, event.key) : rows[moved(rows, from, event)];
  if (!row) return;
  event.preventDefault();
  row.focus();
}

function moved(rows: readonly HTMLElement[], from: number, { key }: KeyboardEvent): number {
  const last = rows.length - 1;
  const to: Readonly<Record<string, number>> = {
    ArrowDown: Math.min(from + 1, last),
    ArrowUp: Math.max(from - 1, 0),
    Home: 0,
    End: last,
  };
  return to[key] ?? -1;
}

function named(
  rows: readonly HTMLElement[],
  from: number,
  letter: string,
): HTMLElement | undefined {
  const after = [...rows.slice(from + 1), ...rows.slice(0, from + 1)];
  const wanted = letter.toLowerCase();
  return after.find((row) => row.textContent.trim().toLowerCase().startsWith(wanted));
}
