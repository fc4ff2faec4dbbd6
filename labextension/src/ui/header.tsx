import type { VNode } from "preact";
import { useRef, useState } from "preact/hooks";
import type { Connection } from "../connection";
import { t } from "../words";
import type { Controller, View } from "./controller";
import { headMenu } from "./headmenu";
import type { Host, HostAction } from "./host";
import { Icon } from "./icons";
import { lazily } from "./lazily";
import { PopMenu } from "./popmenu";
import { Title } from "./title";

const UsagePanel = lazily(() => import("./usage").then((module) => module.UsagePanel));

interface Props {
  readonly view: View;
  readonly controller: Controller;
  readonly host: Host;
}

/** What the chat is called, how it stands with its server, and what can be done with it. */
export function Header({ view, controller, host }: Props): VNode {
  const [naming, setNaming] = useState(false);
  const [usage, setUsage] = useState(false);
  const more = useRef<HTMLSpanElement>(null);
  const session = view.chat?.session ?? null;
  const { deeds } = controller;
  const back = (): void => {
    setUsage(false);
    more.current?.querySelector("button")?.focus();
  };
  const entries = () =>
    headMenu({
      view,
      controller,
      host,
      onRename: () => setNaming(true),
      onUsage: () => setUsage(true),
    });
  return (
    <header class="jp-Chatcore-head">
      {host.actions.filter(leads).map((action) => (
        <Action key={action.label} action={action} />
      ))}
      <Title
        title={session?.title ?? ""}
        shown={host.title}
        naming={naming}
        onNaming={session ? setNaming : null}
        onName={(title) => deeds.rename(title)}
      />
      <span class="jp-Chatcore-space" />
      <State connection={view.connection} />
      {host.actions
        .filter((action) => !leads(action))
        .map((action) => (
          <Action key={action.label} action={action} />
        ))}
      {session ? (
        <span ref={more}>
          <PopMenu label={t("This chat")} icon="more" entries={entries} />
          {usage ? <UsagePanel beside={more} load={() => deeds.usage()} onClose={back} /> : null}
        </span>
      ) : null}
    </header>
  );
}

/** The way back stands before the title, as everywhere. */
function leads({ icon }: HostAction): boolean {
  return icon === "list";
}

function Action({ action }: { readonly action: HostAction }): VNode {
  return (
    <button
      type="button"
      class="jp-Chatcore-quiet"
      aria-label={action.label}
      title={action.label}
      onClick={() => action.run()}
    >
      <Icon name={action.icon} />
    </button>
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
