import type { ILabShell, ILayoutRestorer, JupyterFrontEnd } from "@jupyterlab/application";
import type { IEditorTracker } from "@jupyterlab/fileeditor";
import type { INotebookTracker } from "@jupyterlab/notebook";
import { type Translator, translateWith } from "../words";
import { Chats } from "./chats";
import { type Desk, OPEN_IN_MAIN } from "./commands";
import { ChatPanel } from "./panel";
import { Places } from "./places";
import { Live } from "./settings";
import { addStyle } from "./style";
import { ChatTabs } from "./tabs";
import { Workplace } from "./target";

/** What of JupyterLab is there: Notebook 7 lacks some, and users switch off more. */
interface Given {
  readonly labShell: ILabShell | null;
  readonly restorer: ILayoutRestorer | null;
  readonly notebooks: INotebookTracker | null;
  readonly editors: IEditorTracker | null;
  readonly translator: Translator;
}

/** Puts the chats into the page: the panel, the tabs, and what they work with. */
export function setUp(app: JupyterFrontEnd, given: Given): Desk {
  const { labShell, restorer, notebooks, editors, translator } = given;
  translateWith(translator);
  addStyle();
  const { baseUrl, token } = app.serviceManager.serverSettings;
  const chats = new Chats({ baseUrl, token });
  const settings = new Live();
  const workplace = new Workplace(notebooks, editors, () => app.shell.currentWidget);
  const tabs = labShell && new ChatTabs(chats, labShell);
  const panel = new ChatPanel(chats, {
    notebook: () => workplace.path,
    assistant: () => settings.current.assistant,
    newChat: () => void app.commands.execute("chatcore:new"),
    openInMain: tabs && ((session) => void app.commands.execute(OPEN_IN_MAIN, { session })),
  });
  const refresh = (): void => panel.list.refresh();
  workplace.moved.connect(refresh);
  settings.changed.connect(refresh);
  app.shell.add(panel, "left", { rank: 700 });
  restorer?.add(panel, panel.id);
  if (restorer) tabs?.restore(restorer, OPEN_IN_MAIN);
  return { chats, places: new Places(app.shell, chats, panel, tabs), workplace, settings };
}
