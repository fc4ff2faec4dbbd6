/** What the keys mean on a row of the list. */
import type { Session } from "../../protocol";
import type { ListController } from "./controller";
import type { Roving } from "./roving";

export interface RowKeys {
  readonly controller: ListController;
  readonly roving: Roving;
  /** How many rows one sees at a time. */
  readonly page: number;
  menu(session: Session): void;
  /** Goes to the search box. */
  search(): void;
}

/** Does what the key is for; a letter goes into the search box. */
export function keyOnRow(event: KeyboardEvent, keys: RowKeys): void {
  const { controller, roving } = keys;
  const session = roving.active;
  if (!session || event.isComposing) return;
  const combined = event.ctrlKey || event.metaKey || event.altKey;
  if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) keys.menu(session);
  else if (event.key === "Enter" && combined) controller.openInMain(session);
  else if (combined) return;
  else if (event.key === "F2") controller.rename(session.id);
  else if (event.key === "Delete") controller.remove(session);
  else if (event.key.length === 1 && event.key !== " ") {
    // the box has the focus by the time the letter is written
    keys.search();
    return;
  } else if (!moved(event.key, keys)) return;
  event.preventDefault();
  event.stopPropagation();
}

function moved(key: string, { roving, page, search }: RowKeys): boolean {
  const by: Readonly<Record<string, number | "first" | "last">> = {
    ArrowDown: 1,
    ArrowUp: -1,
    PageDown: page,
    PageUp: -page,
    Home: "first",
    End: "last",
  };
  const step = by[key];
  if (step === undefined) return false;
  if (!roving.move(step) && key === "ArrowUp") search();
  return true;
}
