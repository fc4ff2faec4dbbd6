/** Which of the things at hand in the notebook go out with the message that is being written. */
import { type Piece, partsOf, type ShownPart, type Work } from "./work";

/** Treat it as a value: what changes is a new one. */
export interface ShowingView {
  /** Whether what one is at in the notebook is shown by itself. */
  readonly on: boolean;
  readonly pieces: readonly Piece[];
}

export class Showing {
  view: ShowingView = { on: true, pieces: [] };
  private work: Work | null = null;
  private readonly removed = new Set<string>();

  constructor(private readonly changed: () => void) {}

  /** Takes in where the user is now; null where they are in no notebook. */
  update(work: Work | null): void {
    if (work?.at !== this.work?.at) this.removed.clear();
    this.work = work;
    this.set();
  }

  /** Whether the notebook is shown by itself. */
  set on(on: boolean) {
    if (on !== this.view.on) this.set(on);
  }

  /** Takes one out, until the user goes to another cell. */
  remove(id: string): void {
    this.removed.add(id);
    this.set();
  }

  /** What goes out now. */
  parts(): readonly ShownPart[] {
    return partsOf(this.view.pieces);
  }

  private set(on = this.view.on): void {
    const all = (on && this.work?.pieces) || [];
    this.view = { on, pieces: all.filter(({ id }) => !this.removed.has(id)) };
    this.changed();
  }
}
