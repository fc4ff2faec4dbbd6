import type { VNode } from "preact";
import type { PlanPart } from "../protocol";
import { Icon } from "./icons";

interface Props {
  readonly part: PlanPart;
  /** Whether its message is still being written: only then is a step under way. */
  readonly running: boolean;
}

const STEPS = { pending: "to do", in_progress: "now", completed: "done" } as const;

/** What an agent is going to do, ticked off as it goes along. */
export function Plan({ part, running }: Props): VNode {
  const done = part.entries.filter((entry) => entry.status === "completed").length;
  return (
    <section class={`jp-Chatcore-plan${running ? " jp-mod-running" : ""}`} aria-label="Plan">
      <p class="jp-Chatcore-plan-head">
        Plan
        <span class="jp-Chatcore-muted">
          {done} of {part.entries.length} done
        </span>
      </p>
      <ol>
        {part.entries.map(({ content, status = "pending", priority }, index) => (
          <li key={index} class={`jp-mod-${status}`}>
            <span class="jp-Chatcore-tick">
              {status === "completed" ? <Icon name="check" /> : null}
            </span>
            <span class="jp-Chatcore-hidden">{STEPS[status]}: </span>
            <span dir="auto">{content}</span>
            {priority === "high" && status !== "completed" ? (
              <span class="jp-Chatcore-muted">first</span>
            ) : null}
          </li>
        ))}
      </ol>
    </section>
  );
}
