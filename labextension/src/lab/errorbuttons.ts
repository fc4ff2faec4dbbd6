import { CodeCell } from "@jupyterlab/cells";
import type { INotebookTracker, NotebookPanel } from "@jupyterlab/notebook";
import { t } from "../words";
import { chatIcon } from "./icon";

const BUTTON = "jp-Chatcore-explain";

type OutputArea = CodeCell["outputArea"];
type Explain = (panel: NotebookPanel, cell: CodeCell) => void;

/** Puts a button beside each error that a notebook shows. */
export function addErrorButtons(tracker: INotebookTracker, explain: Explain): void {
  const seen = new WeakSet<OutputArea>();
  const look = (panel: NotebookPanel): void => {
    for (const cell of panel.content.widgets) {
      if (!(cell instanceof CodeCell) || seen.has(cell.outputArea)) continue;
      seen.add(cell.outputArea);
      const show = (): void => markErrors(cell.outputArea, () => explain(panel, cell));
      cell.outputArea.outputLengthChanged.connect(show);
      show();
    }
  };
  const watch = (panel: NotebookPanel): void => {
    const again = (): void => look(panel);
    const cells = (): void => {
      panel.content.model?.cells.changed.connect(again);
      again();
    };
    panel.content.modelChanged.connect(cells);
    cells();
  };
  tracker.widgetAdded.connect((_, panel) => watch(panel));
  tracker.forEach(watch);
}

function markErrors(area: OutputArea, explain: () => void): void {
  area.widgets.forEach((output, index) => {
    const { node } = output;
    const has = node.querySelector(`.${BUTTON}`);
    const wanted = index < area.model.length && area.model.get(index).type === "error";
    if (wanted && !has) node.append(button(explain));
    else if (!wanted) has?.remove();
  });
}

function button(explain: () => void): HTMLElement {
  const element = document.createElement("button");
  element.type = "button";
  element.className = BUTTON;
  element.title = t("Ask the notebook's chat about this error");
  element.append(chatIcon.element({ tag: "span" }), t("Explain"));
  element.addEventListener("click", explain);
  return element;
}
