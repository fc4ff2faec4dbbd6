/** Whether what answers were shown of notebooks and kernels is still so, where they are open. */
import type { INotebookTracker, NotebookPanel } from "@jupyterlab/notebook";
import type { CellPart, Part, Shown, VariablePart } from "../protocol";
import type { Server } from "../server";
import { markOf } from "../shown";
import type { Change, Freshness } from "../ui/host";
import { t } from "../words";
import { cellsOf } from "./context/notebook";
import { type CellView, wholeCell } from "./context/pieces";
import { Fingerprints } from "./fingerprints";

/** Changes that come together are looked at together. */
const PAUSE_MS = 200;

interface Watch {
  readonly shown: readonly Shown[];
  readonly listener: (changes: readonly Change[]) => void;
  told: string;
}

/** Cells by their ids. */
type Marked = ReadonlyMap<string, { readonly name: string; readonly mark: string }>;

/** Costs nothing where nobody watches, and asks no kernel but after it ran something. */
export class OpenNotebooks implements Freshness {
  private readonly watches = new Set<Watch>();
  /** The notebooks by their paths, as this look finds them. */
  private readonly now = new Map<string, Marked | null>();
  private readonly fingerprints: Fingerprints;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly notebooks: INotebookTracker,
    server: Server,
  ) {
    this.fingerprints = new Fingerprints(
      server,
      () => this.variables(),
      () => this.soon(),
    );
    notebooks.widgetAdded.connect((_, panel) => this.added(panel));
    notebooks.forEach((panel) => {
      this.added(panel);
    });
  }

  watch(shown: readonly Shown[], listener: (changes: readonly Change[]) => void): () => void {
    const watch = { shown, listener, told: "[]" };
    this.watches.add(watch);
    this.soon();
    return () => this.watches.delete(watch);
  }

  async renewed(parts: readonly Part[]): Promise<readonly Part[]> {
    const variables = await this.fingerprints.read(
      parts.filter((part) => part.type === "variable").filter((part) => this.hasKernel(part)),
    );
    return parts.map((part) => {
      if (part.type === "variable") return variables.get(part) ?? part;
      return part.type === "cell" ? this.renewedCell(part) : part;
    });
  }

  private added(panel: NotebookPanel): void {
    const look = (): void => this.soon();
    panel.content.modelContentChanged.connect(look);
    panel.content.modelChanged.connect(look);
    panel.context.pathChanged.connect(look);
    panel.sessionContext.kernelChanged.connect(look);
    panel.disposed.connect(look);
    this.fingerprints.follow(panel.sessionContext);
    void panel.context.ready.then(look);
  }

  private soon(): void {
    const wait = this.timer === undefined && this.watches.size > 0;
    if (wait) this.timer = setTimeout(() => this.look(), PAUSE_MS);
  }

  private look(): void {
    this.timer = undefined;
    this.now.clear();
    this.fingerprints.want();
    for (const watch of [...this.watches]) {
      const changes = watch.shown.flatMap((one) => this.changeOf(one) ?? []);
      const told = JSON.stringify(changes);
      if (told === watch.told) continue;
      watch.told = told;
      watch.listener(changes);
    }
  }

  private changeOf(shown: Shown): Change | null {
    if (shown.type === "cell") return this.cellChange(shown);
    if (!this.hasKernel(shown)) return null;
    const now = this.fingerprints.of(shown);
    if (now === undefined || now === shown.fingerprint) return null;
    return { name: shown.name, gone: now === null };
  }

  private cellChange({ path, cell_id, mark }: Extract<Shown, { type: "cell" }>): Change | null {
    const cells = this.now.get(path) ?? this.marked(path);
    this.now.set(path, cells);
    if (!cells) return null;
    const cell = cells.get(cell_id);
    if (!cell) return { name: t("a cell"), gone: true };
    return cell.mark === mark ? null : { name: cell.name, gone: false };
  }

  private marked(path: string): Marked | null {
    const cells = this.cells(path)?.map(
      (cell, index) => [cell.id, { name: nameOf(cell, index), mark: markOf(cell.source) }] as const,
    );
    return cells ? new Map(cells) : null;
  }

  /** The cells of a notebook, null where it is not open or not loaded yet. */
  private cells(path: string): readonly CellView[] | null {
    const panel = this.notebooks.find(({ context }) => context.localPath === path);
    return panel?.context.isReady && panel.content.model ? cellsOf(panel) : null;
  }

  /** The variables that somebody watches, of kernels that are here. */
  private variables(): Extract<Shown, { type: "variable" }>[] {
    return [...this.watches].flatMap(({ shown }) =>
      shown.filter((one) => one.type === "variable").filter((one) => this.hasKernel(one)),
    );
  }

  private hasKernel({ kernel }: Pick<VariablePart, "kernel">): boolean {
    const id = (panel: NotebookPanel): string | undefined =>
      panel.sessionContext.session?.kernel?.id;
    return this.notebooks.find((panel) => id(panel) === kernel) !== undefined;
  }

  private renewedCell(part: CellPart): CellPart {
    const cell = this.cells(part.path)?.find(({ id }) => id === part.cell_id);
    const same = !cell || markOf(cell.source) === (part.mark ?? markOf(part.source));
    return same ? part : wholeCell(part.path, cell);
  }
}

/** A cell that has not run has no number but its place. */
function nameOf({ count }: CellView, index: number): string {
  return count === null ? t("cell %1", `${index + 1}`) : t("cell [%1]", `${count}`);
}
