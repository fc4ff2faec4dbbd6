import type { VNode } from "preact";
import type { DiffOutput, ToolPart, ToolStatus } from "../protocol";
import { Bundle } from "./bundle";
import { Icon, type IconName } from "./icons";

const STATUS: Readonly<Record<ToolStatus, readonly [text: string, icon: IconName]>> = {
  pending: ["preparing", "clock"],
  awaiting: ["waiting for your permission", "clock"],
  running: ["running", "tool"],
  done: ["done", "check"],
  failed: ["failed", "alert"],
  denied: ["not allowed", "cross"],
  cancelled: ["stopped", "cross"],
};

/** A tool call: what it does, how it stands; unfolds to what went in and came out. */
export function Tool({ part }: { readonly part: ToolPart }): VNode {
  const [text, icon] = STATUS[part.status ?? "pending"];
  return (
    <details class={`jp-Chatcore-fold jp-Chatcore-tool jp-mod-${part.status ?? "pending"}`}>
      <summary>
        <Icon name={icon} />
        <span class="jp-Chatcore-tool-title">{part.title || part.name}</span>
        <span class="jp-Chatcore-muted">{text}</span>
      </summary>
      <div class="jp-Chatcore-fold-body">
        {part.input ? <pre class="jp-Chatcore-output">{pretty(part.input)}</pre> : null}
        {part.output?.map((output, index) => {
          if (output.type === "text")
            return (
              <pre key={index} class="jp-Chatcore-output">
                {output.text}
              </pre>
            );
          if (output.type === "diff") return <Diff key={index} diff={output} />;
          return <Bundle key={index} {...output} />;
        })}
        {part.error ? <p class="jp-Chatcore-problem">{part.error}</p> : null}
      </div>
    </details>
  );
}

/** The arguments laid out, once they are complete. */
function pretty(input: string): string {
  try {
    return JSON.stringify(JSON.parse(input), null, 2);
  } catch {
    return input;
  }
}

function Diff({ diff }: { readonly diff: DiffOutput }): VNode {
  const lines = (text: string | null | undefined, sign: string): string =>
    (text ?? "")
      .replace(/\n$/, "")
      .split("\n")
      .filter((line) => line || text)
      .map((line) => `${sign} ${line}\n`)
      .join("");
  return (
    <pre class="jp-Chatcore-output">
      <b>{`${diff.path}\n`}</b>
      <del>{lines(diff.old, "−")}</del>
      <ins>{lines(diff.new, "+")}</ins>
    </pre>
  );
}
