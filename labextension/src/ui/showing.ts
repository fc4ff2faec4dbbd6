/** Which of the things at hand in the notebook go out with the message that is being written. */
import type { VariablePart } from "../protocol";
import { Lookup, namesIn } from "./lookup";
import type { Offer } from "./offers";
import { type Piece, partsOf, type ShownPart, type Work } from "./work";

/** Treat it as a value: what changes is a new one. */
export interface ShowingView {
  /** Whether what one is at in the notebook is shown by itself. */
  readonly on: boolean;
  readonly pieces: readonly Piece[];
  /** Why variables cannot be shown now, "" where they can. */
  readonly problem: string;
}

export class Showing {
  view: ShowingView;
  private work: Work | null = null;
  private text = "";
  private readonly lookup = new Lookup(() => this.set(true));
  private readonly removed = new Set<string>();
  /** What was named, by what stands for it in the text. */
  private readonly picked = new Map<string, Piece>();

  constructor(
    private readonly changed: () => void,
    /** Whether what one is at is shown by itself. */
    private automatic = true,
  ) {
    this.view = { on: automatic, pieces: [], problem: "" };
  }

  /** Takes in where the user is now; null where they are in no notebook. */
  update(work: Work | null): void {
    if (work?.at !== this.work?.at) this.removed.clear();
    const variables = work?.variables ?? null;
    const other = variables !== (this.work?.variables ?? null);
    this.work = work;
    this.lookup.turnTo(variables);
    if (other && variables) this.look();
    else this.set();
  }

  set on(on: boolean) {
    if (on === this.automatic) return;
    this.automatic = on;
    this.look();
  }

  /** Takes in what is being written: the variables that it names go along. */
  write(text: string): void {
    if (text === this.text) return;
    this.text = text;
    if (text === "") this.picked.clear();
    if (this.work) this.look();
  }

  /** Takes one out, until the user goes to another cell. */
  remove(id: string): void {
    this.removed.add(id);
    this.set();
  }

  /** Takes along what was named, as long as the text has its token. */
  pick(token: string, piece: Piece): void {
    this.removed.delete(piece.id);
    this.picked.set(token, piece);
  }

  /** The folder of the notebook, "" for the server's own. */
  get folder(): string {
    const path = this.work?.path ?? "";
    return path.slice(0, path.lastIndexOf("/") + 1);
  }

  /** The cells and errors that can be named. */
  things(): readonly Offer[] {
    return this.work?.things() ?? [];
  }

  /** The variables as far as they are known: `names` asks for them. */
  get variables(): readonly VariablePart[] {
    return this.lookup.all;
  }

  names(): Promise<void> {
    return this.lookup.list();
  }

  /** Whether what is sent has to wait for the kernel: not for long. */
  waits(): boolean {
    this.lookup.hurry();
    return this.lookup.pending;
  }

  /** What goes out now. */
  parts(): readonly ShownPart[] {
    return partsOf(this.view.pieces);
  }

  dispose(): void {
    this.lookup.stop();
  }

  private look(): void {
    this.lookup.want(namesIn(this.text, !this.automatic));
    this.set();
  }

  /** Makes the view anew; `looked` says that whoever waits for the kernel waits no more. */
  private set(looked = false): void {
    const work = (this.automatic && this.work?.pieces) || [];
    const named = [...this.picked].flatMap(([token, piece]) =>
      this.text.includes(token) ? [piece] : [],
    );
    const all = [...work, ...named, ...this.lookup.found.map(variablePiece)];
    const byId = new Map(all.toReversed().map((piece) => [piece.id, piece]));
    const pieces = [...byId.values()].reverse().filter(({ id }) => !this.removed.has(id));
    const view = { on: this.automatic, pieces, problem: this.lookup.problem };
    if (!looked && same(view, this.view)) return;
    this.view = view;
    this.changed();
  }
}

function same(one: ShowingView, other: ShowingView): boolean {
  const { on, pieces, problem } = other;
  const alike = one.on === on && one.problem === problem && one.pieces.length === pieces.length;
  return alike && one.pieces.every((piece, index) => piece === pieces[index]);
}

const pieceOf = new WeakMap<VariablePart, Piece>();

function variablePiece(part: VariablePart): Piece {
  const { name } = part;
  const id = `variable:${name}`;
  const piece = pieceOf.get(part) ?? { id, kind: "variable", label: name, parts: () => [part] };
  pieceOf.set(part, piece);
  return piece;
}
