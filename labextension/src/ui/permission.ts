/** What a request for permission has come to, by its part, its message and the clock. */
import type { Approval, ApprovalOption, Message, Part, ToolPart } from "../protocol";
import { t } from "../words";
import { remaining } from "./clock";

/** A tool call that waits for a person. */
export type Asking = ToolPart & { readonly approval: Approval };

/** Whether an answer to this part would still count; `running` is its message's state. */
export function isOpen(part: Part, running: boolean, now: number): part is Asking {
  if (part.type !== "tool" || part.status !== "awaiting" || !part.approval) return false;
  const { outcome, expires } = part.approval;
  return running && outcome == null && remaining(expires, now) !== 0;
}

/** The parts of a message that wait for a person, by their index. */
export function openParts(message: Message, now: number): readonly (readonly [number, Asking])[] {
  if (message.status !== "streaming") return [];
  return message.parts.flatMap((part, index) =>
    isOpen(part, true, now) ? [[index, part] as const] : [],
  );
}

const WORDS: Readonly<Record<ApprovalOption["kind"], () => string>> = {
  allow_once: () => t("allowed"),
  allow_always: () => t("always allowed"),
  reject_once: () => t("denied"),
  reject_always: () => t("always denied"),
};

/** How a request ended: who allowed it, that nobody did; "" where there is nothing to say. */
export function outcomeOf(part: ToolPart, running: boolean, now: number): string {
  const { approval, status } = part;
  if (!approval || isOpen(part, running, now)) return "";
  if (approval.outcome != null) {
    const kind = approval.options.find((option) => option.id === approval.outcome)?.kind;
    const how = kind ? WORDS[kind]() : t("answered");
    return approval.by ? t("%1 by %2", how, approval.by) : how;
  }
  if (remaining(approval.expires, now) === 0) return t("nobody answered in time");
  return status === "awaiting" || status === "cancelled" ? t("not answered") : "";
}
