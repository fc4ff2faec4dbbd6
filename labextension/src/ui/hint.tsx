import type { VNode } from "preact";
import { t, tn } from "../words";
import type { View } from "./controller";
import type { Preferences } from "./host";
import { sendKey } from "./keys";

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
  const failed = view.attached.find(({ state }) => state === "failed");
  if (failed) return `${failed.name}: ${failed.error}`;
  if (connection.kind === "refused") return connection.why;
  if (connection.kind === "offline") {
    return t("No network. What you send is kept and goes out by itself.");
  }
  if (connection.kind === "reconnecting") {
    return `${connection.why} ${t("Nothing is lost; what you send is kept and goes out by itself.")}`;
  }
  if (asked) return t("Waiting for your permission above.");
  if (view.typing.length > 0) return typing(view.typing);
  if (view.elsewhere) return t("Answering a message from another tab.");
  const line = preferences.sendWith === "enter" ? "Shift+Enter" : "Enter";
  return t("%1 sends, %2 starts a new line", sendKey(preferences), line);
}

function typing([first = "", second = "", ...more]: readonly string[]): string {
  if (!second) return t("%1 is typing…", first);
  if (more.length === 0) return t("%1 and %2 are typing…", first, second);
  const rest = more.length + 1;
  return tn("%2 and %1 other are typing…", "%2 and %1 others are typing…", rest, first);
}
