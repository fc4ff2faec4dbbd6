import type { VNode } from "preact";
import { t } from "../words";
import type { View } from "./controller";
import type { Preferences } from "./host";

interface Props {
  readonly view: View;
  readonly preferences: Preferences;
  /** Whether an answer waits for the user's permission. */
  readonly asked: boolean;
}

/** The one line that tells what is going on; always there, so nothing moves. */
export function Hint(props: Props): VNode {
  const text = hint(props);
  return (
    <p class="jp-Chatcore-hint" title={text}>
      {text}
    </p>
  );
}

function hint({ view, preferences, asked }: Props): string {
  const { connection } = view;
  if (view.notice) return view.notice;
  if (connection.kind === "refused") return connection.why;
  if (connection.kind === "offline") {
    return t("No network. What you send is kept and goes out by itself.");
  }
  if (connection.kind === "reconnecting") {
    return `${connection.why} ${t("Nothing is lost; what you send is kept and goes out by itself.")}`;
  }
  if (asked) return t("Waiting for your permission above.");
  if (view.elsewhere) return t("Answering a message from another tab.");
  return preferences.sendWith === "enter"
    ? t("Enter sends, Shift+Enter starts a new line")
    : t("Ctrl+Enter sends, Enter starts a new line");
}
