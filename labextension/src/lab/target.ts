import type { IDocumentWidget } from "@jupyterlab/docregistry";
import type { FileEditor, IEditorTracker } from "@jupyterlab/fileeditor";
import {
  type INotebookTracker,
  type Notebook,
  NotebookActions,
  type NotebookPanel,
} from "@jupyterlab/notebook";
import { Signal } from "@lumino/signaling";
import type { NotebookTarget, Place } from "../ui/host";
import { t } from "../words";

type Editor = IDocumentWidget<FileEditor>;

/** Where JupyterLab's user works: the notebook or the file in front. */
export class Workplace implements NotebookTarget {
  /** Another notebook or file has come to the front. */
  readonly moved = new Signal<this, void>(this);

  constructor(
    private readonly notebooks: INotebookTracker | null,
    private readonly editors: IEditorTracker | null,
    /** What is in front in the main area. */
    private readonly front: () => object | null,
  ) {
    for (const tracker of [notebooks, editors]) {
      tracker?.currentChanged.connect(() => this.moved.emit());
    }
  }

  /** The notebook in front, or the one that was. */
  get notebook(): NotebookPanel | null {
    return this.editor ? null : (this.notebooks?.currentWidget ?? null);
  }

  /** The file in front, where one is. */
  get editor(): Editor | null {
    const editor = this.editors?.currentWidget ?? null;
    return editor && (editor === this.front() || !this.notebooks?.currentWidget) ? editor : null;
  }

  /** The path of the notebook that one works on, as its chats know it. */
  get path(): string | null {
    return this.notebook?.context.localPath ?? null;
  }

  /** The notebook of a chat: its own below a cell, else the one in front. */
  notebookOf(chat: Element): NotebookPanel | null {
    if (chat.closest(".jp-ChatcoreWidget")) return this.notebook;
    return this.notebooks?.find(({ node }) => node.contains(chat)) ?? null;
  }

  available(): boolean {
    return this.editor !== null || this.notebook?.content.model != null;
  }

  async put(code: string, place: Place): Promise<void> {
    const { editor, notebook } = this;
    if (editor) editor.content.editor.replaceSelection?.(code);
    else if (notebook) await putInto(notebook, code, place);
    else throw new Error(t("There is no notebook to put it into."));
  }
}

async function putInto(panel: NotebookPanel, code: string, place: Place): Promise<void> {
  const notebook = panel.content;
  if (panel.context.model.readOnly) throw new Error(t("The notebook cannot be changed."));
  if (place === "replace") replace(notebook, code);
  else insert(notebook, code, place === "above" ? 0 : 1);
  const { activeCell } = notebook;
  if (activeCell) await notebook.scrollToCell(activeCell, "smart");
  if (place === "run") await NotebookActions.run(notebook, panel.sessionContext);
}

/** Puts a cell beside the active one, and makes it the active one. */
function insert(notebook: Notebook, code: string, offset: 0 | 1): void {
  const model = notebook.model?.sharedModel;
  const index = notebook.activeCell ? notebook.activeCellIndex + offset : 0;
  model?.insertCell(index, cellWith(code));
  notebook.activeCellIndex = index;
  notebook.deselectAll();
}

/** Puts the code in the place of what the active cell says; of another kind of cell, in its own. */
function replace(notebook: Notebook, code: string): void {
  const cell = notebook.activeCell;
  const model = notebook.model?.sharedModel;
  if (!cell || !model) {
    insert(notebook, code, 0);
    return;
  }
  if (cell.readOnly) throw new Error(t("This cell cannot be changed."));
  const index = notebook.activeCellIndex;
  if (cell.model.type === "code") {
    cell.model.sharedModel.setSource(code);
    return;
  }
  model.transact(() => {
    model.deleteCell(index);
    model.insertCell(index, cellWith(code));
  });
  notebook.activeCellIndex = index;
}

function cellWith(source: string): {
  cell_type: "code";
  source: string;
  metadata: { trusted: true };
} {
  // it has no outputs yet, so there is nothing in it to distrust
  return { cell_type: "code", source, metadata: { trusted: true } };
}
