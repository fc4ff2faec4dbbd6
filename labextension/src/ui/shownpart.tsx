/** What an assistant was or will be shown of a notebook, as it is sent. */
import type { VNode } from "preact";
import type { CellPart, JsonObject, VariablePart } from "../protocol";
import { t } from "../words";
import { Bundle } from "./bundle";
import type { ShownPart } from "./work";

export function ShownBody({ part }: { readonly part: ShownPart }): VNode {
  return part.type === "cell" ? <CellBody part={part} /> : <VariableBody part={part} />;
}

/** A cell's source, and what it gave. */
export function CellBody({ part }: { readonly part: CellPart }): VNode {
  return (
    <div class="jp-Chatcore-fold-body">
      <Text text={part.source} />
      {part.outputs?.map((output, index) =>
        isObject(output.data) ? (
          <Bundle key={index} data={output.data} />
        ) : (
          <Text key={index} text={textOf(output)} />
        ),
      )}
    </div>
  );
}

export function VariableBody({ part }: { readonly part: VariablePart }): VNode {
  return <Bundle data={part.preview ?? {}} />;
}

/** What kind of thing a variable is, and how large. */
export function typeOf({ python_type, shape }: VariablePart): string {
  return python_type + (shape ? ` (${shape.join(" × ")})` : "");
}

/** The name of the error that a cell ended with, "" where it has none. */
export function errorNameOf({ outputs }: CellPart): string {
  const error = outputs?.findLast(({ output_type }) => output_type === "error");
  return error ? `${error.ename ?? t("Error")}` : "";
}

function Text({ text }: { readonly text: string }): VNode {
  return (
    <pre class="jp-Chatcore-output" tabIndex={0}>
      {text}
    </pre>
  );
}

/** The words of a stream or an error, as nbformat has them. */
function textOf({ text, traceback, evalue }: JsonObject): string {
  if (Array.isArray(traceback) && traceback.length > 0) return traceback.join("\n");
  return Array.isArray(text) ? text.join("") : `${text ?? evalue ?? ""}`;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null;
}
