import type { VNode } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Session } from "../../protocol";
import { t } from "../../words";
import { Entries, type MenuEntry } from "../popmenu";
import type { ListController } from "./controller";
import type { ListHost } from "./host";
import type { MenuAt } from "./row";

interface Props {
  readonly session: Session;
  readonly at: MenuAt;
  readonly host: ListHost;
  readonly controller: ListController;
  /** `refocus`: the focus is to go back to the row. */
  readonly onClose: (refocus: boolean) => void;
}

/** What one can do with a chat, beside its row or where one has clicked. */
export function RowMenu({ session, at, host, controller, onClose }: Props): VNode {
  const point = useRef<HTMLSpanElement>(null);
  const beside = useRef<HTMLElement | null>(null);
  const [placed, setPlaced] = useState(false);
  useLayoutEffect(() => {
    beside.current = at instanceof HTMLElement ? at : point.current;
    setPlaced(true);
  }, [at]);
  return (
    <>
      {at instanceof HTMLElement ? null : (
        <span
          ref={point}
          class="jp-Chatcore-point"
          style={{ left: `${at.x}px`, top: `${at.y}px` }}
        />
      )}
      {placed ? (
        <Entries
          label={t("What to do with “%1”", session.title)}
          entries={entries(session, host, controller)}
          start="first"
          button={beside}
          onClose={onClose}
        />
      ) : null}
    </>
  );
}

function entries(session: Session, host: ListHost, controller: ListController): MenuEntry[] {
  const { pinned = false, archived = false } = session;
  const inMain: MenuEntry = {
    label: t("Open in a tab"),
    icon: "open",
    run: () => controller.openInMain(session),
  };
  return [
    ...(host.openInMain ? [inMain] : []),
    { label: t("Rename"), icon: "edit", run: () => controller.rename(session.id) },
    {
      label: pinned ? t("Unpin") : t("Pin"),
      icon: "pin",
      run: () => controller.pin(session, !pinned),
    },
    {
      label: archived ? t("Take out of the archive") : t("Archive"),
      icon: "archive",
      run: () => controller.archive(session, !archived),
    },
    {
      label: t("Delete"),
      icon: "trash",
      danger: true,
      group: true,
      run: () => controller.remove(session),
    },
  ];
}
