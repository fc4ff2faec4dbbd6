import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Session } from "../../protocol";
import { t } from "../../words";
import { ago } from "./ago";
import type { Group, ListController, ListView } from "./controller";
import { keyOnRow } from "./keys";
import { More } from "./notices";
import { rowOf, sessionOf, useRoving } from "./roving";
import { Row, type RowActs, usedAt } from "./row";
import { piecesOf, type Sizes, type Span } from "./spans";
import { useViewport } from "./viewport";

interface Props {
  readonly view: ListView;
  readonly groups: readonly Group[];
  readonly controller: ListController;
  readonly acts: RowActs;
  /** The chat that is shown. */
  readonly current: string | null;
  /** Goes to the search box. */
  readonly onSearch: () => void;
}

/** All chats in their groups; of thousands, those in view are on the page. */
export function Rows({ view, groups, controller, acts, current, onSearch }: Props): VNode {
  const scroller = useRef<HTMLElement>(null);
  const roving = useRoving(scroller, groups, current);
  const headed = (group: Group): boolean => hasHead(group, groups);
  const { spans, sizes, near, onScroll } = useViewport(scroller, groups, headed, roving.place);
  useEffect(() => {
    if (near && view.more === "idle") controller.more();
  });
  const onKeyDown = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(sizes.view / sizes.row) - 1);
    const menu = (session: Session): void => {
      const row = scroller.current && rowOf(scroller.current, session.id);
      if (row) acts.menu(session, row);
    };
    keyOnRow(event, { controller, roving, page, menu, search: onSearch });
  };
  const onContextMenu = (event: MouseEvent): void => {
    const session = find(groups, sessionOf(event.target));
    // a field has the browser's own menu
    if (!session || event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    event.stopPropagation();
    acts.menu(session, { x: event.clientX, y: event.clientY });
  };
  return (
    <nav
      class="jp-Chatcore-rows"
      ref={scroller}
      aria-label={t("All chats")}
      onScroll={onScroll}
      onKeyDown={onKeyDown}
      onContextMenu={onContextMenu}
      onFocusIn={roving.onFocusIn}
    >
      {groups.map((group, at) => (
        <Section
          key={group.key}
          group={group}
          headed={headed(group)}
          spans={spans[at] ?? []}
          sizes={sizes}
          renaming={view.renaming}
          current={current}
          active={roving.active?.id ?? null}
          acts={acts}
          now={controller.now()}
        />
      ))}
      <More state={view.more} onRetry={() => controller.more()} />
    </nav>
  );
}

interface SectionProps {
  readonly group: Group;
  readonly headed: boolean;
  readonly spans: readonly Span[];
  readonly sizes: Sizes;
  readonly renaming: string | null;
  readonly current: string | null;
  readonly active: string | null;
  readonly acts: RowActs;
  readonly now: number;
}

function Section({ group, headed, spans, sizes, now, ...shared }: SectionProps): VNode {
  const heading = HEADINGS[group.key]();
  const total = group.sessions.length;
  return (
    <section class="jp-Chatcore-group">
      {headed ? <h3 class="jp-Chatcore-group-head">{heading}</h3> : null}
      <ul aria-label={heading}>
        {piecesOf(group.sessions, spans).map((piece) =>
          piece.kind === "gap" ? (
            <li
              key={`gap ${piece.at}`}
              role="presentation"
              style={{ height: `${piece.rows * sizes.row}px` }}
            />
          ) : (
            <Row
              key={piece.item.id}
              session={piece.item}
              ago={ago(usedAt(piece.item), now)}
              current={piece.item.id === shared.current}
              active={piece.item.id === shared.active}
              renaming={piece.item.id === shared.renaming}
              position={piece.position}
              total={total}
              acts={shared.acts}
            />
          ),
        )}
      </ul>
    </section>
  );
}

const HEADINGS: Readonly<Record<Group["key"], () => string>> = {
  notebook: () => t("In this notebook"),
  pinned: () => t("Pinned"),
  others: () => t("Chats"),
  archived: () => t("Archived"),
};

/** One list alone needs no heading. */
function hasHead({ key }: Group, groups: readonly Group[]): boolean {
  return key !== "archived" && (groups.length > 1 || key !== "others");
}

function find(groups: readonly Group[], id: string | null): Session | undefined {
  return groups.flatMap((group) => group.sessions).find((session) => session.id === id);
}
