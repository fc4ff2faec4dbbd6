import type { VNode } from "preact";
import type { CellPart, Part, VariablePart } from "../protocol";
import { Bundle, Json } from "./bundle";
import type { Actions } from "./controller";
import { FileView } from "./filepart";
import { lazily } from "./lazily";
import { Markdown } from "./markdown";
import { memo } from "./memo";
import { Notice } from "./notice";
import { Reasoning } from "./reasoning";
import { CellBody, errorNameOf, typeOf, VariableBody } from "./shownpart";
import { cellName } from "./work";

const Tool = lazily(() => import("./tool").then((module) => module.Tool));
const Plan = lazily(() => import("./plan").then((module) => module.Plan));

interface Props {
  readonly part: Part;
  /** Where it is: its message, and its place in it. */
  readonly message: number;
  readonly index: number;
  /** Whether its message is still being written. */
  readonly running: boolean;
  /** Whether this part may still grow. */
  readonly live: boolean;
  readonly actions: Actions;
}

/** A part of a message. */
export const PartView = memo((props: Props) => {
  const { part, live } = props;
  switch (part.type) {
    case "text":
      return (
        <div data-body>
          <Markdown text={part.text} live={live} />
        </div>
      );
    case "reasoning":
      return <Reasoning part={part} live={live} now={props.actions.now} />;
    case "tool":
      return <Tool {...props} part={part} />;
    case "notice":
      return <Notice part={part} running={props.running} now={props.actions.now} />;
    case "plan":
      return <Plan part={part} running={props.running} />;
    case "output":
      return <Bundle data={part.data} {...(part.metadata ? { metadata: part.metadata } : {})} />;
    default:
      return <Attachment part={part} actions={props.actions} />;
  }
});

/** A part that stands beside the words: what was shown or brought along. */
function Attachment({ part, actions }: Pick<Props, "part" | "actions">): VNode {
  switch (part.type) {
    case "file":
      return <FileView part={part} actions={actions} />;
    case "cell":
      return <Cell part={part} />;
    case "variable":
      return <Variable part={part} />;
    case "custom":
      return <Json label={part.kind} value={part.data} />;
    default:
      // a part that a newer server knows and we do not
      return <Json label={part.type} value={part} />;
  }
}

/** A cell that was shown; what it says is under its name. */
export function Cell({ part }: { readonly part: CellPart }): VNode {
  const failed = errorNameOf(part);
  return (
    <details class="jp-Chatcore-fold">
      <summary title={part.path}>
        {cellName(part)}
        {failed ? <span class="jp-Chatcore-failed">{failed}</span> : null}
      </summary>
      <CellBody part={part} />
    </details>
  );
}

/** A variable that was shown. */
export function Variable({ part }: { readonly part: VariablePart }): VNode {
  return (
    <details class="jp-Chatcore-fold">
      <summary>
        <code>{part.name}</code> <span class="jp-Chatcore-muted">{typeOf(part)}</span>
      </summary>
      <VariableBody part={part} />
    </details>
  );
}
