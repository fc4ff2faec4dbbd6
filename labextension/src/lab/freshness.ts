/** Whether what answers were shown of notebooks and kernels is still so, where they are open. */
import type { INotebookTracker, NotebookPanel } from "@jupyterlab/notebook";
import type { CellPart, Part, Shown, VariablePart } from "../protocol";
import type { Server } from "../server";
import { markOf } from "../shown";
import type { Change, Freshness } from "../ui/host";
import { t } from "../words";
import { Fingerprints } from "./fingerprints";
import { cellIn, type Found, panelOf } from "./opencells";

/** Changes that come together are looked at together. */
const PAUSE_MS = 200;

interface Watch {
  readonly shown: readonly Shown[];
  readonly listener: (changes: readonly Change[]) => void;
  told: string;
}

/** Costs nothing where nobody watches, and asks no kernel but after it ran something. */
export class OpenNotebooks implements Freshness {
  private readonly watches = new Set<Watch>();
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
    const panel = panelOf(this.notebooks, path);
    if (!panel) return null;
    const found = cellIn(panel, cell_id);
    if (!found) return { name: t("a cell"), gone: true };
    return markOf(found.source) === mark ? null : { name: nameOf(found), gone: false };
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
    const panel = panelOf(this.notebooks, part.path);
    const found = panel && cellIn(panel, part.cell_id);
    const mark = found && markOf(found.source);
    if (!found || mark === (part.mark ?? markOf(part.source))) return part;
    const { source, count: execution_count } = found;
    return { ...part, source, execution_count, outputs: part.outputs ? found.outputs() : [], mark };
  }
}

function nameOf({ count, index }: Found): string {
  return count === null ? t("cell %1", `${index + 1}`) : t("cell [%1]", `${count}`);
}
