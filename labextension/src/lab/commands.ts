import type { JupyterFrontEnd } from "@jupyterlab/application";
import { type ICommandPalette, InputDialog, Notification } from "@jupyterlab/apputils";
import type { Cell } from "@jupyterlab/cells";
import type { NotebookPanel } from "@jupyterlab/notebook";
import type { CommandRegistry } from "@lumino/commands";
import { find } from "../liststate";
import type { NewSession } from "../protocol";
import { RequestError } from "../transport";
import { t } from "../words";
import type { Chats } from "./chats";
import type { ChatWidget } from "./chatwidget";
import { errorOf, questionAbout } from "./errors";
import { chatIcon } from "./icon";
import type { Places } from "./places";
import { selection } from "./selection";
import type { Live } from "./settings";
import type { Workplace } from "./target";

/** What the commands work on. */
export interface Desk {
  readonly chats: Chats;
  readonly places: Places;
  readonly workplace: Workplace;
  readonly settings: Live;
}

export const OPEN_IN_MAIN = "chatcore:open-in-main";

type Command = CommandRegistry.ICommandOptions;

/** Adds the chat's commands, and all of them to the palette where there is one. */
export function addCommands(
  { commands }: JupyterFrontEnd,
  palette: ICommandPalette | null,
  desk: Desk,
): void {
  const all = { ...chatCommands(desk), ...workCommands(desk) };
  for (const [id, command] of Object.entries(all)) {
    commands.addCommand(id, { describedBy: { args: {} }, ...command });
    palette?.addItem({ command: id, category: t("Chats") });
  }
  notify(commands, desk, Object.keys(all));
}

/** Lets menus and buttons know when another chat is meant, or it begins or ends a reply. */
function notify(commands: CommandRegistry, { places }: Desk, ids: readonly string[]): void {
  let was = "";
  places.panel.changed.connect(() => {
    const now = `${places.current?.session} ${places.current?.running}`;
    if (now === was) return;
    was = now;
    for (const id of ids) commands.notifyCommandChanged(id);
  });
}

/** What a new chat starts with here. */
export function fresh({ settings }: Desk, notebook: string | null = null): NewSession {
  const { assistant } = settings.current;
  return { ...(assistant ? { assistant } : {}), ...(notebook === null ? {} : { notebook }) };
}

function chatCommands(desk: Desk): Record<string, Command> {
  const { places } = desk;
  const current = (): boolean => places.current !== null;
  return {
    "chatcore:new": {
      label: (args) => (args.isPalette ? t("New chat") : t("Chat")),
      caption: t("Start a new chat in the side bar"),
      icon: chatIcon,
      execute: () => told(async () => void (await newChat(desk))),
    },
    "chatcore:focus": {
      label: t("Go to the chat"),
      caption: t("Show the chat, and write in it"),
      icon: chatIcon,
      execute: () => told(async () => (await chatAtHand(desk)).focus()),
    },
    "chatcore:search": {
      label: t("Search chats"),
      caption: t("Search the titles and messages of all chats"),
      execute: async () => {
        places.reveal();
        await places.panel.showList().focusSearch();
      },
    },
    "chatcore:stop": {
      label: t("Stop the reply"),
      isEnabled: () => places.current?.running ?? false,
      execute: () => places.current?.shown?.controller.stop(),
    },
    "chatcore:rename": {
      label: t("Rename the chat…"),
      isEnabled: current,
      execute: () => told(() => rename(desk)),
    },
    [OPEN_IN_MAIN]: {
      label: t("Open the chat in the main area"),
      isEnabled: (args) => places.tabs !== null && (args.session !== undefined || current()),
      isVisible: () => places.tabs !== null,
      execute: ({ session, title, quiet }) => {
        const id = session ?? places.current?.session;
        if (typeof id !== "string") return null;
        return places.openInMain(id, typeof title === "string" ? title : "", !quiet);
      },
    },
  };
}

function workCommands(desk: Desk): Record<string, Command> {
  const { workplace } = desk;
  return {
    "chatcore:send-selection": {
      label: t("Send the selection to the chat"),
      caption: t("Put what is selected, or the whole cell, into the chat's message"),
      icon: chatIcon,
      isEnabled: () => workplace.available(),
      execute: () =>
        told(async () => {
          const code = selection(workplace);
          if (code !== null) await (await chatAtHand(desk)).quote(code);
        }),
    },
    "chatcore:explain-error": {
      label: t("Explain the error"),
      caption: t("Ask the notebook's chat about the error of this cell"),
      icon: chatIcon,
      isEnabled: () => errorOf(workplace.notebook?.content.activeCell) !== null,
      execute: async () => {
        const { notebook } = workplace;
        const cell = notebook?.content.activeCell;
        if (notebook && cell) await explain(desk, notebook, cell);
      },
    },
  };
}

/** Asks the notebook's chat about the error of a cell. */
export async function explain(desk: Desk, notebook: NotebookPanel, cell: Cell): Promise<void> {
  const error = errorOf(cell);
  if (!error) return;
  const question = questionAbout(cell, error);
  await told(async () => {
    const chat = await desk.places.notebookChat(notebook.context.localPath, fresh(desk));
    await chat.say(question);
  });
}

/** Does the work; where the server refuses it, JupyterLab says why. */
async function told(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    Notification.error(error.message);
  }
}

async function newChat(desk: Desk): Promise<ChatWidget> {
  return desk.places.newChat(fresh(desk, desk.workplace.path));
}

/** The chat that one is in, else the one in the panel, else the notebook's, else a new one. */
async function chatAtHand(desk: Desk): Promise<ChatWidget> {
  const { places, workplace } = desk;
  const { current } = places;
  if (current && current !== places.panel.chat) return current;
  if (current) return places.open(current.session);
  if (workplace.path !== null) return places.notebookChat(workplace.path, fresh(desk));
  return newChat(desk);
}

async function rename({ chats, places }: Desk): Promise<void> {
  const session = places.current?.session;
  if (!session) return;
  const { chats: known } = chats.feed.state;
  const { value } = await InputDialog.getText({
    title: t("Rename the chat"),
    label: t("Title"),
    text: (known && find(known, session)?.title) ?? "",
    okLabel: t("Rename"),
  });
  const title = value?.trim();
  if (title) await chats.feed.patch(session, { title });
}
