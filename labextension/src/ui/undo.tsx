import type { VNode } from "preact";
import { t, tn } from "../words";
import { Icon } from "./icons";
import { UNDO, type Undoing } from "./undoing";

/** The way back from what an answer changed in notebooks; what stays is told with its reason. */
export function Undo({ undoing }: { readonly undoing: Undoing }): VNode {
  const { open, undone, busy, conflicts, run } = undoing;
  return (
    <div class="jp-Chatcore-undo">
      {open > 0 ? (
        <button type="button" class="jp-Chatcore-button" aria-disabled={busy} onClick={run}>
          <Icon name="undo" /> {UNDO()}
        </button>
      ) : null}
      <div role="status">
        {undone > 0 ? <p class="jp-Chatcore-note">{told(undone)}</p> : null}
        {conflicts.length > 0 ? (
          <div class="jp-Chatcore-stays">
            {t("This stays:")}
            <ul>
              {conflicts.map((why) => (
                <li key={why} dir="auto">
                  {why}
                </li>
              ))}
            </ul>
          </div>
        ) : null}
      </div>
    </div>
  );
}

function told(undone: number): string {
  return tn("%1 change of a notebook was undone.", "%1 changes of notebooks were undone.", undone);
}
