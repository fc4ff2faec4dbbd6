import type { VNode } from "preact";
import { t } from "../words";
import { Icon } from "./icons";

interface Props {
  /** The ids of all versions, oldest first, and the one that is shown. */
  readonly ids: readonly number[];
  readonly shown: number;
  readonly onTurn: (steps: number) => void;
}

/** Which version of a message is shown, and the way to those beside it. */
export function Leaf({ ids, shown, onTurn }: Props): VNode {
  const at = ids.indexOf(shown) + 1;
  return (
    <span class="jp-Chatcore-leaf">
      <Turn
        label={t("Previous version")}
        keys="Alt+←"
        disabled={at <= 1}
        onClick={() => onTurn(-1)}
      />
      <span aria-hidden="true">{`${at} / ${ids.length}`}</span>
      <span class="jp-Chatcore-hidden" role="status">
        {t("Version %1 of %2", `${at}`, `${ids.length}`)}
      </span>
      <Turn
        label={t("Next version")}
        keys="Alt+→"
        disabled={at >= ids.length}
        onClick={() => onTurn(1)}
      />
    </span>
  );
}

interface TurnProps {
  readonly label: string;
  readonly keys: string;
  readonly disabled: boolean;
  readonly onClick: () => void;
}

/** At the last version it stays focused, and says that it leads nowhere. */
function Turn({ label, keys, disabled, onClick }: TurnProps): VNode {
  return (
    <button
      type="button"
      class="jp-Chatcore-quiet"
      aria-label={label}
      aria-disabled={disabled}
      title={`${label} (${keys})`}
      onClick={onClick}
    >
      <Icon name="chevron" />
    </button>
  );
}

/** The steps that a key asks for on a message: one back, one on, or none. */
export function stepsOf({
  key,
  altKey,
  ctrlKey,
  metaKey,
  shiftKey,
  target,
}: KeyboardEvent): number {
  if (!altKey || ctrlKey || metaKey || shiftKey) return 0;
  // in a field these keys move by words on some systems
  if (target instanceof Element && target.matches("textarea, input, select")) return 0;
  return key === "ArrowLeft" ? -1 : key === "ArrowRight" ? 1 : 0;
}
