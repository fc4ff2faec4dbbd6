import type { VNode } from "preact";
import type { PlanPart } from "../protocol";
import { t } from "../words";
import { Icon } from "./icons";

interface Props {
  readonly part: PlanPart;
  /** Whether its message is still being written: only then is a step under way. */
  readonly running: boolean;
}

const STEPS = {
  pending: () => t("to do"),
  in_progress: () => t("now"),
  completed: () => t("done"),
} as const;

/** What an agent is going to do, ticked off as it goes along. */
export function Plan({ part, running }: Props): VNode {
  const done = part.entries.filter((entry) => entry.status === "completed").length;
  return (
    <section class={`jp-Chatcore-plan${running ? " jp-mod-running" : ""}`} aria-label={t("Plan")}>
      <p class="jp-Chatcore-plan-head">
        {t("Plan")}
        <span class="jp-Chatcore-muted">
          {t("%1 of %2 done", `${done}`, `${part.entries.length}`)}
        </span>
      </p>
      <ol>
        {part.entries.map(({ content, status = "pending", priority }, index) => (
          <li key={index} class={`jp-mod-${status}`}>
            <span class="jp-Chatcore-tick">
              {status === "completed" ? <Icon name="check" /> : null}
            </span>
            <span class="jp-Chatcore-hidden">{STEPS[status]()}: </span>
            <span dir="auto">{content}</span>
            {priority === "high" && status !== "completed" ? (
              <span class="jp-Chatcore-muted">{t("first")}</span>
            ) : null}
          </li>
        ))}
      </ol>
    </section>
  );
}
