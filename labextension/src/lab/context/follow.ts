/** Tells a chat what its user is at in JupyterLab's notebooks, while that changes. */
import type { NotebookPanel } from "@jupyterlab/notebook";
import { Signal } from "@lumino/signaling";
import type { Server } from "../../server";
import type { VariableSource } from "../../ui/lookup";
import type { FollowWork, Piece, Work } from "../../ui/work";
import type { Workplace } from "../target";
import { placeIn } from "./notebook";
import { type Place, piecesOf } from "./pieces";
import { thingsIn } from "./things";
import { KernelRuns } from "./variables";

/** Changes that come together are looked at together. */
const PAUSE_MS = 150;

export function follow(workplace: Workplace, server: Server): FollowWork {
  return (element, listener) => {
    const follower = new Follower(workplace, server, element, listener);
    return () => follower.dispose();
  };
}

class Follower {
  private panel: NotebookPanel | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private told: string | null = "";
  private variables: VariableSource | null = null;
  private readonly life = new AbortController();
  private readonly kernel: KernelRuns;
  /** Those who listen to the notebook, and to its active cell. */
  private readonly inNotebook = {};
  private readonly inCell = {};

  constructor(
    private readonly workplace: Workplace,
    server: Server,
    private readonly element: Element,
    private readonly listener: (work: Work | null) => void,
  ) {
    const { signal } = this.life;
    this.kernel = new KernelRuns(server, this.soon);
    workplace.moved.connect(this.soon, this);
    // where the chat is, is known for sure once somebody turns to it
    element.addEventListener("focusin", () => this.soon(), { signal });
    this.look();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.life.abort();
    this.kernel.follow(null);
    for (const each of [this, this.inNotebook, this.inCell]) Signal.disconnectReceiver(each);
  }

  private readonly soon = (): void => {
    this.timer ??= setTimeout(() => this.look(), PAUSE_MS);
  };

  private look(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.turnTo(this.workplace.notebookOf(this.element));
    const place = this.panel && placeIn(this.panel, this.element);
    const work = place && this.workAt(place);
    const telling = work && JSON.stringify([work.at, work.pieces]);
    const variables = work?.variables ?? null;
    if (telling === this.told && variables === this.variables) return;
    this.told = telling;
    this.variables = variables;
    this.listener(work);
  }

  private turnTo(panel: NotebookPanel | null): void {
    if (panel === this.panel) return;
    Signal.disconnectReceiver(this.inNotebook);
    this.panel = panel;
    const notebook = panel?.content;
    notebook?.modelContentChanged.connect(this.soon, this.inNotebook);
    notebook?.modelChanged.connect(this.soon, this.inNotebook);
    notebook?.selectionChanged.connect(this.soon, this.inNotebook);
    notebook?.activeCellChanged.connect(this.followCell, this.inNotebook);
    panel?.context.pathChanged.connect(this.soon, this.inNotebook);
    panel?.disposed.connect(this.soon, this.inNotebook);
    this.kernel.follow(panel?.sessionContext ?? null);
    this.followCell();
  }

  private readonly followCell = (): void => {
    Signal.disconnectReceiver(this.inCell);
    const model = this.panel?.content.activeCell?.model;
    model?.selections.changed.connect(this.soon, this.inCell);
    this.soon();
  };

  private workAt(place: Place): Work {
    const pieces = piecesOf(place).map((piece) => ({ ...piece, parts: () => this.partsOf(piece) }));
    const at = `${place.path}:${place.cells[place.active]?.id}`;
    const { path } = place;
    return { at, path, pieces, things: () => thingsIn(place), variables: this.kernel.source };
  }

  /** What a thing comes to now, also where the notebook has changed since. */
  private partsOf(piece: Piece): ReturnType<Piece["parts"]> {
    const place = this.panel && !this.panel.isDisposed && placeIn(this.panel, this.element);
    const now = place ? piecesOf(place).find(({ id }) => id === piece.id) : null;
    return (now ?? piece).parts();
  }
}
