import type { ComponentChildren, VNode } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";
import type { Connection } from "../../connection";
import { t } from "../../words";
import { Icon } from "../icons";
import type { ListController, ListView } from "./controller";

/** A connection is cut now and then; one that is back this soon is not worth a word. */
const PATIENCE_MS = 1_000;

interface MoreProps {
  readonly state: ListView["more"];
  readonly onRetry: () => void;
}

/** The end of a list that goes on. */
export function More({ state, onRetry }: MoreProps): VNode | null {
  if (state === "none") return null;
  return (
    <div class="jp-Chatcore-list-more">
      {state === "failed" ? (
        <>
          <span role="alert">{t("The next chats cannot be loaded.")}</span>
          <Button onClick={onRetry}>{t("Try again")}</Button>
        </>
      ) : (
        <span class="jp-Chatcore-muted">{t("Loading…")}</span>
      )}
    </div>
  );
}

interface StateProps {
  readonly connection: Connection;
  readonly onRetry: () => void;
}

/** Before anything is known of the chats: the room they will have, or why there are none. */
export function Waiting({ connection, onRetry }: StateProps): VNode {
  const words = troubled(connection);
  if (words) {
    return (
      <Middle icon="alert" title={t("Your chats cannot be shown yet")} role="alert">
        <p>{words}</p>
        <Button onClick={onRetry}>{t("Try again")}</Button>
      </Middle>
    );
  }
  return (
    <div class="jp-Chatcore-list-bones" role="status" aria-busy="true">
      <span class="jp-Chatcore-hidden">{t("Loading your chats…")}</span>
      {[70, 45, 60, 35, 55].map((width) => (
        <div key={width} aria-hidden="true">
          <i style={{ width: `${width}%` }} />
          <i />
        </div>
      ))}
    </div>
  );
}

/** A list that is empty, and what to do about it. */
export function Nothing({ view, controller }: ListProps): VNode {
  return view.which === "archived" ? (
    <Middle icon="archive" title={t("Nothing archived")}>
      <p>{t("Archive a chat to keep it out of the way without losing it.")}</p>
    </Middle>
  ) : (
    <Middle icon="spark" title={t("No chats yet")}>
      <p>{t("What you ask is kept on your server, and found again here.")}</p>
      <Button onClick={() => void controller.make()} disabled={view.making}>
        {t("New chat")}
      </Button>
    </Middle>
  );
}

interface ListProps {
  readonly view: ListView;
  readonly controller: ListController;
}

/** What is wrong with the connection, while the chats at hand are shown; null where nothing is. */
export function Strip({ connection, onRetry }: StateProps): VNode | null {
  const words = useLasting(troubled(connection));
  if (!words) return null;
  return (
    <div class="jp-Chatcore-list-strip" role="status">
      <span title={"why" in connection ? connection.why : undefined}>{words}</span>
      <Button onClick={onRetry}>{t("Try again")}</Button>
    </div>
  );
}

/** What was done and can be taken back, or what came to nothing. */
export function Bar({ view, controller }: ListProps): VNode | null {
  const { undo, problem, news } = view;
  const words = problem ?? news;
  if (!undo && !words) return null;
  const hold = (held: boolean) => () => controller.undo.hold(held);
  return (
    <section
      class={`jp-Chatcore-list-bar${problem ? " jp-mod-problem" : ""}`}
      aria-label={t("What was just done")}
      onFocusIn={hold(true)}
      onFocusOut={hold(false)}
      onPointerEnter={hold(true)}
      onPointerLeave={hold(false)}
    >
      <span dir="auto">{words ?? undo?.text}</span>
      {words ? (
        <Button onClick={() => controller.dismiss()}>{t("Close")}</Button>
      ) : (
        <Button onClick={() => controller.undo.undo()}>{t("Undo")}</Button>
      )}
    </section>
  );
}

interface MiddleProps {
  readonly icon: "alert" | "archive" | "search" | "spark";
  readonly title: string;
  readonly role?: "alert";
  readonly children?: ComponentChildren;
}

/** A few words in the middle of where the list would be. */
export function Middle({ icon, title, role, children }: MiddleProps): VNode {
  return (
    <div class="jp-Chatcore-empty jp-Chatcore-list-middle" role={role}>
      <Icon name={icon} />
      <h3>{title}</h3>
      {children}
    </div>
  );
}

interface ButtonProps {
  readonly onClick: () => void;
  readonly disabled?: boolean;
  readonly children: ComponentChildren;
}

export function Button({ onClick, disabled = false, children }: ButtonProps): VNode {
  return (
    <button type="button" class="jp-Chatcore-button" onClick={onClick} disabled={disabled}>
      {children}
    </button>
  );
}

function troubled(connection: Connection): string {
  switch (connection.kind) {
    case "reconnecting":
      return t("Reconnecting…");
    case "offline":
      return t("No network");
    case "refused":
    case "gone":
      return connection.why;
    default:
      return "";
  }
}

/** The words, once they have stood for a moment; "" at once where there are none any more. */
function useLasting(words: string): string {
  const [lasting, setLasting] = useState(false);
  useLayoutEffect(() => {
    if (!words) return undefined;
    const timer = setTimeout(() => setLasting(true), PATIENCE_MS);
    return () => {
      clearTimeout(timer);
      setLasting(false);
    };
  }, [words === ""]);
  return lasting ? words : "";
}
