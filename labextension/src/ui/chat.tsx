import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { t } from "../words";
import { Announcer } from "./announcer";
import { Composer } from "./composer";
import type { Controller, View } from "./controller";
import { useDropping } from "./dropping";
import { Header } from "./header";
import { Hint } from "./hint";
import { type Host, HostContext } from "./host";
import { Kept } from "./kept";
import { Log } from "./log";
import { openParts } from "./permission";
import { Picker } from "./picker";
import { Scroll } from "./scroll";

interface Props {
  readonly view: View;
  readonly controller: Controller;
  readonly host: Host;
}

/** A chat as a whole: its head, its messages, and where one writes. */
export function ChatView({ view, controller, host }: Props): VNode {
  const [scroll] = useState(() => new Scroll());
  const asked = asks(view, controller.now());
  const gone = view.connection.kind === "gone";
  const dropping = useDropping(!gone, (files) => controller.attachments.add(files));
  return (
    <HostContext.Provider value={host}>
      <section
        class="jp-Chatcore"
        aria-label={view.chat?.session.title || host.title || t("Chat")}
        {...dropping.on}
      >
        <Header view={view} controller={controller} host={host} />
        <Log view={view} controller={controller} host={host} asked={asked} scroll={scroll} />
        <div class="jp-Chatcore-composer">
          <Composer
            draft={controller.draft}
            files={view.attached}
            attachments={controller.attachments}
            running={view.running}
            disabled={gone}
            preferences={host.preferences}
            showing={host.followWork && controller.showing}
            shown={view.showing}
            onSend={scroll.toEnd}
            actions={controller}
          />
          <div class="jp-Chatcore-below">
            <Picker view={view} assistants={controller.assistants} />
            <Hint view={view} preferences={host.preferences} asked={asked} />
          </div>
          <Kept host={host} />
        </div>
        <Announcer view={view} now={controller.now} />
        {dropping.over ? (
          <div class="jp-Chatcore-drop">{t("Drop files to attach them")}</div>
        ) : null}
      </section>
    </HostContext.Provider>
  );
}

/** Whether an answer waits for a person. */
function asks(view: View, now: number): boolean {
  return view.messages.some((message) => openParts(message, now).length > 0);
}
