/** The JupyterLab extension: chats in the side bar, in tabs and beside the work. */
import {
  ILabShell,
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin,
} from "@jupyterlab/application";
import { ICommandPalette } from "@jupyterlab/apputils";
import { IEditorTracker } from "@jupyterlab/fileeditor";
import { INotebookTracker } from "@jupyterlab/notebook";
import { IRenderMimeRegistry } from "@jupyterlab/rendermime";
import { ISettingRegistry } from "@jupyterlab/settingregistry";
import { IStatusBar } from "@jupyterlab/statusbar";
import { ITranslator, nullTranslator } from "@jupyterlab/translation";
import { Token } from "@lumino/coreutils";
import { addCommands, type Desk, explain } from "./lab/commands";
import { notifyOf, watchEnds } from "./lab/ended";
import { addErrorButtons } from "./lab/errorbuttons";
import { host } from "./lab/hosting";
import { RunningItem } from "./lab/running";
import { setUp } from "./lab/setup";
import { Workbench } from "./lab/workbench";
import { find } from "./liststate";

const ID = "jupyter-chatcore:plugin";
const IDesk = new Token<Desk>("jupyter-chatcore:IDesk", "The chats of the page.");

const chats: JupyterFrontEndPlugin<Desk> = {
  id: ID,
  description: "Chats with AI assistants, in the side bar and in tabs.",
  autoStart: true,
  provides: IDesk,
  optional: [
    ILabShell,
    ILayoutRestorer,
    ICommandPalette,
    INotebookTracker,
    IEditorTracker,
    IRenderMimeRegistry,
    ISettingRegistry,
    ITranslator,
  ],
  activate: (
    app: JupyterFrontEnd,
    labShell: ILabShell | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    notebooks: INotebookTracker | null,
    editors: IEditorTracker | null,
    rendermime: IRenderMimeRegistry | null,
    registry: ISettingRegistry | null,
    translators: ITranslator | null,
  ) => {
    const translator = (translators ?? nullTranslator).load("jupyter_chatcore");
    const desk = setUp(app, { labShell, restorer, notebooks, editors, translator });
    addCommands(app, palette, desk);
    host(desk, rendermime, notebooks, translator);
    if (registry) void desk.settings.follow(registry, ID);
    return desk;
  },
};

const errors: JupyterFrontEndPlugin<void> = {
  id: "jupyter-chatcore:errors",
  description: "A button beside each error of a notebook, which asks its chat about it.",
  autoStart: true,
  requires: [IDesk],
  optional: [INotebookTracker],
  activate: (_app: JupyterFrontEnd, desk: Desk, notebooks: INotebookTracker | null) => {
    if (!notebooks) return;
    addErrorButtons(notebooks, (panel, cell) => void explain(desk, panel, cell));
  },
};

const workbench: JupyterFrontEndPlugin<void> = {
  id: "jupyter-chatcore:workbench",
  description: "Lets assistants work on the notebooks that are open, with their user's leave.",
  autoStart: true,
  requires: [IDesk],
  optional: [INotebookTracker],
  activate: (app: JupyterFrontEnd, { chats }: Desk, notebooks: INotebookTracker | null) => {
    if (!notebooks) return;
    const made = new Workbench(chats.server, notebooks);
    app.shell.disposed.connect(() => made.dispose());
  },
};

const status: JupyterFrontEndPlugin<void> = {
  id: "jupyter-chatcore:status",
  description: "Shows in the status bar which replies are being written.",
  autoStart: true,
  requires: [IDesk],
  // Notebook 7 has none
  optional: [IStatusBar],
  activate: (app: JupyterFrontEnd, { chats, places }: Desk, bar: IStatusBar | null) => {
    if (!bar) return;
    const item = new RunningItem(chats.feed, (session) => places.show(session));
    bar.registerStatusItem("jupyter-chatcore:running", {
      item,
      align: "left",
      rank: 90,
      isActive: () => item.active,
      activeStateChanged: item.activeChanged,
    });
    void app.restored.then(() => chats.feed.subscribe(() => item.refresh()));
  },
};

const notifications: JupyterFrontEndPlugin<void> = {
  id: "jupyter-chatcore:notifications",
  description: "Tells of long replies that have ended while one looked elsewhere.",
  autoStart: true,
  requires: [IDesk],
  activate: (app: JupyterFrontEnd, { chats, places, settings }: Desk) => {
    const ended = (id: string, tookMs: number): void => {
      const { notify, longSeconds } = settings.current;
      const known = chats.feed.state.chats;
      const session = known && find(known, id);
      if (!session || !notify || tookMs < longSeconds * 1000 || places.shows(id)) return;
      notifyOf(session, () => places.show(id));
    };
    void app.restored.then(() => watchEnds(chats.feed, ended));
  },
};

export default [chats, errors, workbench, status, notifications];
