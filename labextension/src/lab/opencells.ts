/** The cells of the notebooks that are open, as they are now. */
import type { ICellModel, ICodeCellModel } from "@jupyterlab/cells";
import type { INotebookTracker, NotebookPanel } from "@jupyterlab/notebook";
import type { JsonObject } from "../protocol";

/** A cell with its place in its notebook, from 0; `count` is null where it has not run. */
export interface Found {
  readonly index: number;
  readonly source: string;
  readonly count: number | null;
  outputs(): readonly JsonObject[];
}

/** The notebook at a path where it is open and loaded, else null. */
export function panelOf(notebooks: INotebookTracker, path: string): NotebookPanel | null {
  const panel = notebooks.find(({ context }) => context.localPath === path);
  return panel?.context.isReady && panel.content.model ? panel : null;
}

/** null where there is no such cell. */
export function cellIn({ content }: NotebookPanel, id: string): Found | null {
  const models = [...(content.model?.cells ?? [])];
  const index = models.findIndex((model) => model.id === id);
  const model = models[index];
  if (!model) return null;
  const code = isCode(model) ? model : null;
  return {
    index,
    source: model.sharedModel.getSource(),
    count: code?.executionCount ?? null,
    outputs: () => (code?.outputs.toJSON() ?? []) as readonly JsonObject[],
  };
}

function isCode(model: ICellModel): model is ICodeCellModel {
  return model.type === "code";
}
