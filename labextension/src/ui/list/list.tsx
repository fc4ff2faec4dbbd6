import type { VNode } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Session } from "../../protocol";
import { t, tn } from "../../words";
import type { ListController, ListView } from "./controller";
import { Head, Import, Shelf } from "./head";
import type { ListHost } from "./host";
import { Bar, Nothing, Strip, Waiting } from "./notices";
import { Results, resultsIn } from "./results";
import { focusRow, focusWithin } from "./roving";
import type { MenuAt, RowActs } from "./row";
import { RowMenu } from "./rowmenu";
import { Rows } from "./rows";

/** The times in the list are right to about half a minute. */
const TICK_MS = 30_000;

interface Props {
  readonly view: ListView;
  readonly controller: ListController;
  readonly host: ListHost;
}

/** All chats: where one searches, the chats or what was found, and what was just done. */
export function ListPane({ view, controller, host }: Props): VNode {
  const root = useRef<HTMLElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const [menu, setMenu] = useState<{ session: Session; at: MenuAt } | null>(null);
  const acts = useMemo(() => actsOf(controller, setMenu), [controller]);
  useTicks();
  useFocusKept(root, field);
  const closeMenu = (refocus: boolean): void => {
    setMenu(null);
    if (refocus && root.current && menu) focusRow(root.current, menu.session.id);
  };
  const search = (): void => field.current?.focus();
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey) return;
    // a field takes back what was typed in it
    if (!controller.undo.newest || event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    controller.undo.undo();
  };
  return (
    <section
      class="jp-Chatcore jp-Chatcore-list"
      ref={root}
      aria-label={t("Chats")}
      onKeyDown={onKeyDown}
    >
      <Head
        view={view}
        controller={controller}
        field={field}
        onDown={() => firstBelow(root.current)?.focus()}
        onEnter={() => root.current && resultsIn(root.current)[0]?.click()}
      />
      {view.which === "archived" && !view.search.q ? <h2>{t("Archived")}</h2> : null}
      <Body view={view} controller={controller} host={host} acts={acts} onSearch={search} />
      <Strip connection={view.connection} onRetry={() => controller.retry()} />
      <Bar view={view} controller={controller} />
      {view.search.q ? null : <Shelf view={view} controller={controller} />}
      {view.search.q || view.which === "archived" ? null : (
        <Import view={view} controller={controller} />
      )}
      {menu ? <RowMenu {...menu} host={host} controller={controller} onClose={closeMenu} /> : null}
      <p class="jp-Chatcore-hidden" role="status">
        {told(view)}
      </p>
    </section>
  );
}

interface BodyProps extends Props {
  readonly acts: RowActs;
  readonly onSearch: () => void;
}

function Body({ view, controller, host, acts, onSearch }: BodyProps): VNode {
  const { groups, search } = view;
  const searching = search.q.trim() !== "" && (search.found !== null || search.state === "failed");
  if (searching) return <Results view={view} controller={controller} onSearch={onSearch} />;
  if (!groups) return <Waiting connection={view.connection} onRetry={() => controller.retry()} />;
  const empty = groups.every((group) => group.sessions.length === 0);
  if (empty && view.more === "none") return <Nothing view={view} controller={controller} />;
  return (
    <Rows
      key={view.which}
      view={view}
      groups={groups}
      controller={controller}
      acts={acts}
      current={host.current}
      onSearch={onSearch}
    />
  );
}

function actsOf(
  controller: ListController,
  setMenu: (menu: { session: Session; at: MenuAt }) => void,
): RowActs {
  return {
    open: (session) => controller.open(session.id),
    menu: (session, at) => setMenu({ session, at }),
    name: (session, title) => controller.name(session, title),
    cancel: () => controller.rename(null),
  };
}

/** What those who listen are told: what was done, and how much was found. */
function told({ undo, search, news }: ListView): string {
  if (news) return news;
  if (undo) return t("%1. Control+Z takes it back.", undo.text);
  if (!search.q.trim() || !search.found || search.state !== "idle") return "";
  const messages = search.found.reduce((sum, one) => sum + one.hits.length, 0);
  const chats = tn("%1 chat found", "%1 chats found", search.found.length);
  return `${chats}, ${tn("%1 message", "%1 messages", messages)}`;
}

/** Where the arrow down leads from the search box. */
function firstBelow(root: HTMLElement | null): HTMLElement | undefined {
  if (!root) return undefined;
  const row = root.querySelector<HTMLElement>(".jp-Chatcore-row [tabindex='0']");
  return resultsIn(root)[0] ?? row ?? undefined;
}

function useTicks(): void {
  const [, setTick] = useState(0);
  useLayoutEffect(() => {
    const timer = setInterval(() => setTick((tick) => tick + 1), TICK_MS);
    return () => clearInterval(timer);
  }, []);
}

/** Where the focused element went away and nothing took its place, the search box has the focus. */
function useFocusKept(
  root: { readonly current: HTMLElement | null },
  field: { readonly current: HTMLElement | null },
): void {
  const held = focusWithin(root.current);
  useLayoutEffect(() => {
    if (held && !focusWithin(root.current)) field.current?.focus();
  });
}
