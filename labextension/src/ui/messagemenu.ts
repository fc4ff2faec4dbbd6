/** What is rarely done with a message: the entries of its menu. */
import type { Message } from "../protocol";
import { t } from "../words";
import type { Answerer } from "./answerers";
import type { Actions } from "./controller";
import type { Host } from "./host";
import type { MenuEntry } from "./popmenu";
import { UNDO } from "./undoing";

interface About {
  readonly message: Message;
  readonly actions: Actions;
  readonly host: Host;
  readonly onDelete: () => void;
  readonly onAgain: (by: Answerer) => void;
  /** null where the answer has changed nothing that could be taken back. */
  readonly onUndo: (() => void) | null;
}

export function messageMenu(about: About): readonly MenuEntry[] {
  const { message, actions, host, onDelete, onUndo } = about;
  return [
    ...(onUndo ? [{ label: UNDO(), icon: "undo" as const, run: onUndo }] : []),
    { label: t("Fork from here"), icon: "fork", run: () => void fork(message.id, actions, host) },
    ...otherAnswers(about),
    { label: t("Delete"), icon: "trash", group: true, danger: true, run: onDelete },
  ];
}

/** A new chat with all up to a message; shown where the host can, else said. */
export async function fork(message: number, actions: Actions, host: Host): Promise<void> {
  const made = await actions.deeds.fork(message);
  if (!made) return;
  if (host.openChat) host.openChat(made.id);
  else actions.say(t("The chat goes on in another one: “%1” (%2).", made.title, made.id));
}

function otherAnswers({ message, actions, onAgain }: About): readonly MenuEntry[] {
  if (message.role !== "assistant" || message.parent == null) return [];
  return actions.deeds.answerers.map((answerer, index) => ({
    label: answerer.title,
    ...(index === 0 ? { group: t("Answer again with") } : {}),
    icon: "again" as const,
    run: () => onAgain(answerer),
  }));
}
