/** Who answers a request for permission, and what becomes of it: the server's rules. */
import type { ApprovalOption, FilePart, Message, Part, ToolPart } from "../src/protocol";
import { RequestError } from "../src/transport";

export const OPTIONS: readonly ApprovalOption[] = [
  { id: "once", label: "Allow once", kind: "allow_once" },
  { id: "always", label: "Always allow", kind: "allow_always" },
  { id: "no", label: "Deny", kind: "reject_once" },
];

/** A tool call that asks for permission. */
export function asking(title: string, more: Partial<ToolPart> = {}): ToolPart {
  return {
    type: "tool",
    call: title,
    name: "edit",
    title,
    kind: "edit",
    status: "awaiting",
    input: '{"path": "a.txt"}',
    approval: { options: OPTIONS },
    ...more,
  };
}

/** The part with a person's answer; the first one stands. Throws RequestError. */
export function decided(
  message: Message,
  part: Part | undefined,
  option: string,
  by: string,
  now: number,
): ToolPart {
  if (part?.type !== "tool" || !part.approval) {
    throw new RequestError(404, "not_found", "This part asks for nothing.");
  }
  const { approval } = part;
  const chosen = approval.options.find((one) => one.id === option);
  if (!chosen) throw new RequestError(422, "invalid", `There is no option '${option}'.`);
  const late = approval.expires != null && Date.parse(approval.expires) < now;
  if (approval.outcome != null) throw conflict(`This has been answered already.`);
  if (message.status !== "streaming" || part.status !== "awaiting" || late) {
    throw conflict("The request for permission has expired: ask again.");
  }
  const status = chosen.kind.startsWith("allow") ? "running" : "denied";
  return { ...part, status, approval: { ...approval, outcome: option, by } };
}

function conflict(text: string): RequestError {
  return new RequestError(409, "conflict", text);
}

/** What a message shows of a file that was taken. */
export function kept({ name, type, size }: File): FilePart {
  const url = `chatcore/files/${"0".repeat(64)}/${encodeURIComponent(name)}`;
  return { type: "file", name, mime: type, url, size };
}
