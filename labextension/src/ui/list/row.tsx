import type { VNode } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Session } from "../../protocol";
import { t } from "../../words";
import { Icon } from "../icons";
import { memo } from "../memo";
import { when } from "../time";

/** Where a menu opens: beside an element, or at a point of the window. */
export type MenuAt = HTMLElement | { readonly x: number; readonly y: number };

/** What one can do with a row by the pointer; the keys are the list's. */
export interface RowActs {
  open(session: Session): void;
  menu(session: Session, at: MenuAt): void;
  name(session: Session, title: string): void;
  cancel(): void;
}

interface Props {
  readonly session: Session;
  /** How long ago it was used. */
  readonly ago: string;
  /** Whether it is the chat that is shown. */
  readonly current: boolean;
  /** Whether Tab leads to it. */
  readonly active: boolean;
  readonly renaming: boolean;
  /** Its place among the rows of its group, from 1; not all of them are on the page. */
  readonly position: number;
  readonly total: number;
  readonly acts: RowActs;
}

/** One chat of the list. */
export const Row = memo((props: Props): VNode => {
  const { session, current, active, renaming, position, total, acts } = props;
  const unread = session.unread && !current;
  const mods = [unread && "jp-mod-unread", current && "jp-mod-current"].filter(Boolean);
  return (
    <li
      class={["jp-Chatcore-row", ...mods].join(" ")}
      data-session={session.id}
      aria-setsize={total}
      aria-posinset={position}
    >
      {renaming ? (
        <Naming session={session} acts={acts} />
      ) : (
        <button
          type="button"
          class="jp-Chatcore-row-open"
          tabIndex={active ? 0 : -1}
          aria-current={current ? "true" : undefined}
          aria-keyshortcuts="F2 Delete Shift+F10"
          onClick={() => acts.open(session)}
        >
          <Said {...props} />
        </button>
      )}
      <button
        type="button"
        class="jp-Chatcore-quiet jp-Chatcore-row-more"
        tabIndex={active && !renaming ? 0 : -1}
        aria-label={t("What to do with “%1”", session.title)}
        aria-haspopup="menu"
        onClick={(event) => acts.menu(session, event.currentTarget)}
      >
        <Icon name="more" />
      </button>
    </li>
  );
});

/** When something was said in a chat, or it was made: what a list shows of its age. */
export function usedAt({ used, updated }: Session): string {
  return used ?? updated;
}

/** Title and time, then the last words and the marks. */
function Said({ session, ago, current }: Props): VNode {
  const { title, last, running, pinned, unread } = session;
  const used = usedAt(session);
  return (
    <>
      <span class="jp-Chatcore-row-line">
        <span class="jp-Chatcore-row-title" dir="auto">
          {title}
        </span>
        {running ? (
          <span class="jp-Chatcore-dots" role="img" aria-label={t("answering now")}>
            <i />
            <i />
            <i />
          </span>
        ) : (
          <time class="jp-Chatcore-row-time" dateTime={used} title={when(used)}>
            {ago || t("now")}
          </time>
        )}
      </span>
      <span class="jp-Chatcore-row-line">
        <span class="jp-Chatcore-row-last" dir="auto">
          {last || t("Nothing said yet")}
        </span>
        {pinned ? <Mark icon="pin" label={t("pinned")} /> : null}
        {unread && !current ? (
          <span class="jp-Chatcore-row-unread" role="img" aria-label={t("unread")} />
        ) : null}
      </span>
    </>
  );
}

function Mark({ icon, label }: { readonly icon: "pin"; readonly label: string }): VNode {
  return (
    <span class="jp-Chatcore-row-mark" role="img" aria-label={label}>
      <Icon name={icon} />
    </span>
  );
}

interface NamingProps {
  readonly session: Session;
  readonly acts: RowActs;
}

/** The title, to be written anew: Enter and leaving keep it, Escape does not. */
function Naming({ session, acts }: NamingProps): VNode {
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => field.current?.select(), []);
  const onKeyDown = (event: KeyboardEvent): void => {
    event.stopPropagation();
    if (event.isComposing) return;
    if (event.key === "Enter") acts.name(session, field.current?.value ?? "");
    else if (event.key === "Escape") acts.cancel();
    else return;
    event.preventDefault();
  };
  return (
    <div class="jp-Chatcore-row-open">
      <input
        class="jp-Chatcore-row-name"
        ref={field}
        aria-label={t("Title of the chat")}
        defaultValue={session.title}
        maxLength={300}
        dir="auto"
        onKeyDown={onKeyDown}
        onBlur={() => acts.name(session, field.current?.value ?? "")}
      />
      <span class="jp-Chatcore-row-line">
        <span class="jp-Chatcore-row-last" dir="auto">
          {session.last}
        </span>
      </span>
    </div>
  );
}
