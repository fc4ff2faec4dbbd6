import type { VNode } from "preact";
import type { Connection } from "../connection";
import { t } from "../words";
import type { View } from "./controller";
import type { Host } from "./host";

interface Props {
  readonly view: View;
  readonly host: Host;
}

/** What the chat is called, and how it stands with its server. */
export function Header({ view, host }: Props): VNode {
  return (
    <header class="jp-Chatcore-head">
      <span class="jp-Chatcore-title">{host.title || view.chat?.session.title}</span>
      <State connection={view.connection} />
    </header>
  );
}

const STATES: Readonly<Record<Connection["kind"], () => string>> = {
  connecting: () => t("Connecting…"),
  live: () => "",
  reconnecting: () => t("Reconnecting…"),
  offline: () => t("Offline"),
  refused: () => t("Not allowed"),
  gone: () => t("Closed"),
};

function State({ connection }: { readonly connection: Connection }): VNode {
  const why = "why" in connection ? connection.why : "";
  return (
    <span
      class={`jp-Chatcore-state jp-mod-${connection.kind}`}
      role="status"
      title={why || t("Connected")}
    >
      {STATES[connection.kind]()}
    </span>
  );
}
