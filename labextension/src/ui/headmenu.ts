/** What can be done with a chat as a whole: the entries of the menu in its head. */
import type { ExportFormat } from "../protocol";
import { t } from "../words";
import { allowedIn } from "./assistants";
import type { Controller, View } from "./controller";
import type { Host } from "./host";
import { fork } from "./messagemenu";
import type { MenuEntry } from "./popmenu";

export interface Head {
  readonly view: View;
  readonly controller: Controller;
  readonly host: Host;
  readonly onRename: () => void;
  readonly onUsage: () => void;
}

export function headMenu(head: Head): readonly MenuEntry[] {
  const { view, controller, host, onRename, onUsage } = head;
  const last = view.chat?.head ?? null;
  return [
    { label: t("Rename"), icon: "edit", run: onRename },
    {
      label: t("Fork this chat"),
      icon: "fork",
      disabled: last === null,
      run: () => last !== null && void fork(last, controller, host),
    },
    { label: t("Usage"), icon: "chart", run: onUsage },
    ...(controller.deeds.exports && last !== null ? exports(controller) : []),
    ...allowed(head),
  ];
}

/** What may be done without asking, each with the way back. */
function allowed({ view, controller }: Head): MenuEntry[] {
  return allowedIn(view.chat?.session.settings).map((tool, index) => ({
    label: t("%1 · Ask again", tool),
    icon: "lock" as const,
    ...(index === 0 ? { group: t("Allowed without asking") } : {}),
    run: () => controller.assistants.askAgain(tool),
  }));
}

function exports({ deeds }: Controller): MenuEntry[] {
  const entry = (label: string, format: ExportFormat): MenuEntry => ({
    label,
    icon: "export",
    run: () => void deeds.export(format),
  });
  return [
    { ...entry(t("Export as Markdown"), "markdown"), group: true },
    entry(t("Export as notebook"), "notebook"),
    entry(t("Export as JSONL"), "jsonl"),
  ];
}
