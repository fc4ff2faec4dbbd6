import type { VNode } from "preact";
import type { Part } from "../protocol";
import { tn } from "../words";
import { Cell, Variable } from "./parts";
import type { ShownPart } from "./work";

/** So many are shown one by one. */
const FEW = 4;

/** What of the notebook went along with a question: each opens to what was sent. */
export function Along({ parts }: { readonly parts: readonly Part[] }): VNode | null {
  const shown = parts.filter((part) => part.type === "cell" || part.type === "variable");
  if (shown.length === 0) return null;
  if (shown.length <= FEW) return <List shown={shown} />;
  return (
    <details class="jp-Chatcore-fold jp-Chatcore-along">
      <summary>{tn("%1 thing shown", "%1 things shown", shown.length)}</summary>
      <List shown={shown} />
    </details>
  );
}

function List({ shown }: { readonly shown: readonly ShownPart[] }): VNode {
  return (
    <div class="jp-Chatcore-along">
      {shown.map((part, index) =>
        part.type === "cell" ? (
          <Cell key={index} part={part} />
        ) : (
          <Variable key={index} part={part} />
        ),
      )}
    </div>
  );
}
