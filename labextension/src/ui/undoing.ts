/** Taking back what an answer changed in notebooks: what there is, and what came of it. */
import { useState } from "preact/hooks";
import type { DiffOutput, Message, Part } from "../protocol";
import { t } from "../words";
import type { Actions } from "./controller";

export const UNDO = (): string => t("Undo what this answer changed");

export interface Undoing {
  /** How many changes could be taken back. */
  readonly open: number;
  /** How many were. */
  readonly undone: number;
  readonly busy: boolean;
  /** What stayed when it was last tried, and why. */
  readonly conflicts: readonly string[];
  run(): void;
}

interface Tried {
  readonly of: number;
  readonly busy: boolean;
  readonly conflicts: readonly string[];
}

/** How it stands with the changes of a message; another version has its own. */
export function useUndoing(message: Message, actions: Actions): Undoing {
  const [last, setTried] = useState<Tried | null>(null);
  const of = message.id;
  const tried = last?.of === of ? last : { of, busy: false, conflicts: [] };
  const changes = message.status === "streaming" ? [] : changesOf(message.parts);
  const run = async (): Promise<void> => {
    if (tried.busy) return;
    setTried({ of, busy: true, conflicts: [] });
    const undone = await actions.deeds.undo(of);
    setTried({ of, busy: false, conflicts: undone?.conflicts ?? [] });
  };
  return {
    open: changes.filter((change) => !change.undone).length,
    undone: changes.filter((change) => change.undone).length,
    busy: tried.busy,
    conflicts: tried.conflicts,
    run: () => void run(),
  };
}

/** The changes of cells that were made: what only was asked for is none. */
function changesOf(parts: readonly Part[]): readonly DiffOutput[] {
  return parts.flatMap((part) =>
    part.type === "tool" && part.status === "done"
      ? (part.output ?? []).flatMap((one) => (one.type === "diff" && one.cell != null ? [one] : []))
      : [],
  );
}
