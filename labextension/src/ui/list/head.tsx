import type { VNode } from "preact";
import { t } from "../../words";
import { Icon } from "../icons";
import type { ListController, ListView } from "./controller";

interface Props {
  readonly view: ListView;
  readonly controller: ListController;
  readonly field: { current: HTMLInputElement | null };
  /** Goes from the box to what is below it. */
  readonly onDown: () => void;
  /** Opens the first thing that was found. */
  readonly onEnter: () => void;
}

/** Where one searches, and begins a new chat. */
export function Head({ view, controller, field, onDown, onEnter }: Props): VNode {
  const { q, state } = view.search;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") onDown();
    else if (event.key === "Enter") onEnter();
    else if (event.key === "Escape" && q) controller.search.clear();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <header class="jp-Chatcore-list-head">
      <search class="jp-Chatcore-search">
        <Icon name="search" />
        <input
          ref={field}
          type="search"
          aria-label={t("Search chats")}
          placeholder={t("Search chats")}
          value={q}
          dir="auto"
          autocomplete="off"
          spellcheck={false}
          aria-busy={state === "searching"}
          onInput={(event) => controller.search.type(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        {q ? (
          <button
            type="button"
            class="jp-Chatcore-quiet"
            aria-label={t("Clear the search")}
            title={t("Clear the search")}
            onClick={() => {
              controller.search.clear();
              field.current?.focus();
            }}
          >
            <Icon name="cross" />
          </button>
        ) : null}
      </search>
      <button
        type="button"
        class="jp-Chatcore-new"
        aria-label={t("New chat")}
        title={t("New chat")}
        disabled={view.making}
        onClick={() => void controller.make()}
      >
        <Icon name="plus" />
        <span>{t("New chat")}</span>
      </button>
    </header>
  );
}

/** From the chats in use to those put away, and back. */
export function Shelf({ view, controller }: Pick<Props, "view" | "controller">): VNode {
  const away = view.which === "archived";
  return (
    <button
      type="button"
      class="jp-Chatcore-list-shelf"
      onClick={() => controller.show(away ? "open" : "archived")}
    >
      <Icon name={away ? "back" : "archive"} />
      <span>{away ? t("All chats") : t("Archived")}</span>
    </button>
  );
}

/** Brings in chats from files, of this server or of other programs. */
export function Import({ view, controller }: Pick<Props, "view" | "controller">): VNode {
  return (
    <button
      type="button"
      class="jp-Chatcore-list-shelf"
      title={t("JSONL exports, .chat files, and ChatGPT's export")}
      disabled={view.importing}
      onClick={() => void controller.import()}
    >
      <Icon name="import" />
      <span>{view.importing ? t("Importing…") : t("Import chats…")}</span>
    </button>
  );
}
