import type { VNode } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { Message } from "../protocol";
import { shownTo } from "../shown";
import { t, tn } from "../words";
import type { Actions } from "./controller";
import type { Change, Freshness } from "./host";
import { Icon } from "./icons";

const NONE: readonly Change[] = [];
/** So many things are named, the others counted. */
const NAMED = 3;

interface Props {
  readonly answer: Message;
  readonly freshness: Freshness;
  readonly actions: Actions;
  /** Takes the focus where what had it goes away. */
  readonly onRest: () => void;
}

/** Says under an answer that what it was shown is not so any more, with a way to ask again. */
export function Stale({ answer, freshness, actions, onRest }: Props): VNode | null {
  const question = answer.parent == null ? null : actions.message(answer.parent);
  const shown = useMemo(() => shownTo(question, answer), [question, answer]);
  const [changes, setChanges] = useState(NONE);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    setChanges(NONE);
    return shown.length > 0 ? freshness.watch(shown, setChanges) : undefined;
  }, [shown, freshness]);
  if (changes.length === 0) return null;
  const again = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    await askAgain(answer, question, freshness, actions);
    setBusy(false);
    onRest();
  };
  return (
    <div class="jp-Chatcore-stale">
      <span>
        <Icon name="clock" />
        {told(changes)}
      </span>
      {answer.parent == null ? null : (
        <button
          type="button"
          class="jp-Chatcore-link"
          aria-disabled={busy}
          onClick={() => void again()}
        >
          {t("Ask again")}
        </button>
      )}
    </div>
  );
}

/** With the cells and variables of the question as they are now, where it has any. */
async function askAgain(
  answer: Message,
  question: Message | null,
  freshness: Freshness,
  { deeds }: Actions,
): Promise<void> {
  const parts = question?.parts ?? [];
  const renewed = await freshness.renewed(parts);
  if (question && renewed.some((part, index) => part !== parts[index])) {
    await deeds.revise(question.id, { parts: renewed });
  } else {
    deeds.again(answer.id);
  }
}

function told(changes: readonly Change[]): string {
  const changed = listed(changes.filter(({ gone }) => !gone));
  const gone = listed(changes.filter((change) => change.gone));
  if (!gone) return t("Out of date: %1 changed since.", changed);
  if (!changed) return t("Out of date: %1 not there any more.", gone);
  return t("Out of date: %1 changed since, %2 not there any more.", changed, gone);
}

function listed(changes: readonly Change[]): string {
  const names = changes.slice(0, NAMED).map(({ name }) => name);
  const more = changes.length - names.length;
  return [...names, ...(more > 0 ? [tn("%1 more", "%1 more", more)] : [])].join(", ");
}
