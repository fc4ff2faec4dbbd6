import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { ToolKind, ToolOutput, ToolPart, ToolStatus } from "../protocol";
import { t } from "../words";
import { Approval } from "./approval";
import { Arguments } from "./arguments";
import { Bundle, COLOURS } from "./bundle";
import type { Actions } from "./controller";
import { Diff } from "./diff";
import { Icon, type IconName } from "./icons";
import { isOpen, outcomeOf } from "./permission";
import { Said } from "./said";

const STATUS: Readonly<Record<ToolStatus, readonly [text: () => string, icon: IconName]>> = {
  pending: [() => t("preparing"), "clock"],
  awaiting: [() => t("waiting"), "clock"],
  running: [() => t("running"), "tool"],
  done: [() => t("done"), "check"],
  failed: [() => t("failed"), "alert"],
  denied: [() => t("not allowed"), "cross"],
  cancelled: [() => t("stopped"), "cross"],
};

/** What it would do, for who decides whether it may. */
const DOES: Readonly<Record<ToolKind, () => string>> = {
  read: () => t("reads"),
  edit: () => t("makes changes"),
  delete: () => t("deletes"),
  move: () => t("moves"),
  search: () => t("searches"),
  execute: () => t("runs a command"),
  think: () => "",
  fetch: () => t("uses the network"),
  other: () => "",
};

interface Props {
  readonly part: ToolPart;
  readonly message: number;
  readonly index: number;
  /** Whether its message is still being written. */
  readonly running: boolean;
  readonly actions: Actions;
}

/** A tool call: what it does, how it stands; unfolds to what went in and came out. */
export function Tool({ part, message, index, running, actions }: Props): VNode {
  const [, setExpired] = useState(false);
  const status = part.status ?? "pending";
  const asking = isOpen(part, running, actions.now()) ? part : null;
  // what is asked for opens it once; only a person folds it again
  const [asked, setAsked] = useState(asking !== null);
  const [open, setOpen] = useState(asked);
  if (asking && !asked) {
    setAsked(true);
    setOpen(true);
  }
  return (
    <div class={`jp-Chatcore-tool jp-mod-${asking ? "asking" : status}`} data-tool={status}>
      <details
        class="jp-Chatcore-fold"
        open={open}
        onToggle={(event) => setOpen(event.currentTarget.open)}
      >
        <summary>
          <Icon name={asking ? "lock" : STATUS[status][1]} />
          <span class="jp-Chatcore-tool-title" dir="auto">
            {part.title || part.name}
          </span>
          <span class="jp-Chatcore-muted">
            {asking ? DOES[part.kind ?? "other"]() : standing(part, running, actions.now())}
          </span>
        </summary>
        {open ? <Body part={part} /> : null}
      </details>
      {asking ? (
        <Approval
          part={asking}
          message={message}
          index={index}
          actions={actions}
          onExpire={() => setExpired(true)}
        />
      ) : null}
    </div>
  );
}

/** What went in and came out; laid out only while somebody looks at it. */
function Body({ part }: { readonly part: ToolPart }): VNode {
  return (
    <div class="jp-Chatcore-fold-body">
      {part.input ? <Arguments text={part.input} shown={sourcesIn(part)} /> : null}
      {part.output?.map((output, at) => (
        <Output key={at} output={output} asked={part.status !== "done"} />
      ))}
      {part.error ? (
        <p class="jp-Chatcore-problem">
          <Said text={part.error} />
        </p>
      ) : null}
    </div>
  );
}

/** The sources of cells that the card shows as a diff. */
function sourcesIn({ output = [] }: ToolPart): readonly string[] {
  return output.flatMap((one) =>
    one.type === "diff" && one.cell_type && one.new != null ? [one.new] : [],
  );
}

/** How it stands, and who allowed it; that it was not allowed is told once. */
function standing(part: ToolPart, running: boolean, now: number): string {
  const status = part.status ?? "pending";
  const outcome = outcomeOf(part, running, now);
  const allowed = part.approval?.outcome != null && status !== "denied";
  if (!outcome) return STATUS[status][0]();
  return allowed ? `${STATUS[status][0]()} · ${outcome}` : outcome;
}

interface OutputProps {
  readonly output: ToolOutput;
  /** Whether it is what the call would give, and not what it gave. */
  readonly asked: boolean;
}

function Output({ output, asked }: OutputProps): VNode {
  switch (output.type) {
    case "text":
      return (
        <pre class="jp-Chatcore-output" tabIndex={0}>
          {output.text.replace(COLOURS, "")}
        </pre>
      );
    case "diff":
      return <Diff diff={output} asked={asked} />;
    default:
      return <Bundle {...output} />;
  }
}
