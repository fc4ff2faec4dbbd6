import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { SearchHit } from "../../protocol";
import { t } from "../../words";
import { keyAmong } from "../rove";
import { when } from "../time";
import { ago } from "./ago";
import type { ListController, ListView } from "./controller";
import { Button, Middle } from "./notices";
import { type Found, marked } from "./search";

interface Props {
  readonly view: ListView;
  readonly controller: ListController;
  /** Goes back to the search box, where what is being typed is written. */
  readonly onSearch: () => void;
}

/** What was found, chat by chat. */
export function Results({ view, controller, onSearch }: Props): VNode {
  const { q, found, state, why } = view.search;
  const [focused, setFocused] = useState<string | null>(null);
  if (state === "failed") {
    return (
      <Middle icon="alert" title={t("The search did not get through")} role="alert">
        <p>{why}</p>
        <Button onClick={() => controller.search.again()}>{t("Try again")}</Button>
      </Middle>
    );
  }
  if (found?.length === 0) {
    return (
      <Middle icon="search" title={t("Nothing found for “%1”", q.trim())}>
        <p>{t("Each of the words has to be in one message, or in a chat's title.")}</p>
      </Middle>
    );
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const rows = resultsIn(event.currentTarget as HTMLElement);
    const first = event.target === rows[0];
    const combined = event.ctrlKey || event.metaKey || event.altKey;
    const letter = event.key.length === 1 && event.key !== " " && !combined;
    if (letter || (first && event.key === "ArrowUp")) {
      if (!letter) event.preventDefault();
      onSearch();
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      controller.search.clear();
      onSearch();
    } else keyAmong(rows, event);
  };
  return (
    <section
      class="jp-Chatcore-results"
      aria-label={t("What was found")}
      aria-busy={state === "searching"}
      onKeyDown={onKeyDown}
      onFocusIn={({ target }) => setFocused((target as HTMLElement).dataset.result ?? null)}
    >
      {found?.map((one) => (
        <FoundChat
          key={one.session}
          found={one}
          q={q}
          now={controller.now()}
          tab={tabStop(found, focused)}
          onOpen={(message) => controller.open(one.session, message)}
        />
      ))}
    </section>
  );
}

/** Everything in the results that can be opened, in order. */
export function resultsIn(element: HTMLElement): readonly HTMLElement[] {
  return [...element.querySelectorAll<HTMLElement>("[data-result]")];
}

const keyOf = (session: string, message?: number): string => `${session} ${message ?? ""}`;

/** The one that Tab leads to: where one was, else the first. */
function tabStop(found: readonly Found[], focused: string | null): string {
  const keys = found.flatMap(({ session, hits }) => [
    keyOf(session),
    ...hits.map(({ message }) => keyOf(session, message)),
  ]);
  return keys.find((key) => key === focused) ?? keys[0] ?? "";
}

interface FoundProps {
  readonly found: Found;
  readonly q: string;
  readonly now: number;
  readonly tab: string;
  readonly onOpen: (message?: number) => void;
}

function FoundChat({ found, q, now, tab, onOpen }: FoundProps): VNode {
  const { session, title, archived, hits } = found;
  const key = keyOf(session);
  return (
    <section class="jp-Chatcore-found">
      <button
        type="button"
        class="jp-Chatcore-found-chat"
        data-result={key}
        tabIndex={key === tab ? 0 : -1}
        onClick={() => onOpen()}
      >
        <span class="jp-Chatcore-row-title" dir="auto">
          <Pieces pieces={marked(title, q)} />
        </span>
        {archived ? <span class="jp-Chatcore-found-tag">{t("archived")}</span> : null}
      </button>
      {hits.length > 0 ? (
        <ul aria-label={t("Messages in “%1”", title)}>
          {hits.map((hit) => (
            <li key={hit.message}>
              <FoundMessage hit={hit} now={now} tab={tab} onOpen={() => onOpen(hit.message)} />
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  );
}

interface MessageProps {
  readonly hit: SearchHit;
  readonly now: number;
  readonly tab: string;
  readonly onOpen: () => void;
}

const ROLES: Readonly<Record<SearchHit["role"], () => string>> = {
  user: () => t("Question"),
  assistant: () => t("Answer"),
  system: () => t("Note"),
};

function FoundMessage({ hit, now, tab, onOpen }: MessageProps): VNode {
  const { session, message, role, created, snippet } = hit;
  const key = keyOf(session, message);
  return (
    <button
      type="button"
      class="jp-Chatcore-found-message"
      data-result={key}
      tabIndex={key === tab ? 0 : -1}
      onClick={onOpen}
    >
      <span class="jp-Chatcore-row-line">
        <span class="jp-Chatcore-found-role">{ROLES[role]()}</span>
        <time class="jp-Chatcore-row-time" dateTime={created} title={when(created)}>
          {ago(created, now) || t("now")}
        </time>
      </span>
      <span class="jp-Chatcore-found-text" dir="auto">
        <Pieces pieces={snippet} />
      </span>
    </button>
  );
}

function Pieces({ pieces }: { readonly pieces: SearchHit["snippet"] }): VNode {
  return <>{pieces.map(({ text, match }, at) => (match ? <mark key={at}>{text}</mark> : text))}</>;
}
