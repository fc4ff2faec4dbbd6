/** The JupyterLab extension: chats in the side bar and in tabs. */
import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin,
} from "@jupyterlab/application";
import { ITranslator } from "@jupyterlab/translation";
import { Chats } from "./lab/chats";
import { ChatPanel } from "./lab/panel";
import { addStyle } from "./lab/style";
import { publish } from "./pagehost";
import { translateWith } from "./words";

const plugin: JupyterFrontEndPlugin<void> = {
  id: "jupyter-chatcore:plugin",
  description: "Chats with AI assistants, in the side bar and in tabs.",
  autoStart: true,
  requires: [ITranslator],
  optional: [ILayoutRestorer],
  activate: (app: JupyterFrontEnd, translators: ITranslator, restorer: ILayoutRestorer | null) => {
    const translator = translators.load("jupyter_chatcore");
    translateWith(translator);
    const { baseUrl, token } = app.serviceManager.serverSettings;
    const chats = new Chats({ baseUrl, token });
    addStyle();
    const panel = new ChatPanel(chats);
    publish({ host: {}, translator });
    restorer?.add(panel, panel.id);
    app.shell.add(panel, "left", { rank: 700 });
  },
};

export default [plugin];
