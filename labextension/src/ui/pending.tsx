import type { VNode } from "preact";
import { textOf } from "../asmarkdown";
import type { Entry } from "../outbox";
import { t } from "../words";
import { Along } from "./along";
import type { Actions } from "./controller";
import { FileView } from "./filepart";
import { Icon } from "./icons";
import { Bubble } from "./message";
import { Said as Words } from "./said";

/** A message that the server does not have yet, or that the chat does not show yet. */
export function Pending({
  entry,
  actions,
}: {
  readonly entry: Entry;
  readonly actions: Actions;
}): VNode {
  const failed = entry.state === "failed";
  return (
    <article
      class="jp-Chatcore-message jp-mod-user jp-mod-pending"
      data-message={entry.key}
      data-status={failed ? "failed" : "sending"}
      aria-label={t("Your message, not sent yet")}
    >
      <Said entry={entry} actions={actions} />
      {failed ? (
        <Refused entry={entry} actions={actions} />
      ) : (
        <Waiting entry={entry} actions={actions} />
      )}
    </article>
  );
}

function Said({ entry, actions }: { readonly entry: Entry; readonly actions: Actions }): VNode {
  const text = textOf(entry);
  return (
    <>
      {text ? <Bubble text={text} /> : null}
      <Along parts={entry.parts} />
      {entry.parts.map((part, index) =>
        part.type === "file" ? <FileView key={index} part={part} actions={actions} /> : null,
      )}
    </>
  );
}

function Waiting({
  entry,
  actions,
}: {
  readonly entry: Entry;
  readonly actions: Actions;
}): VNode | null {
  if (entry.state !== "queued" || !entry.error) return null;
  return (
    <div class="jp-Chatcore-foot">
      <Icon name="clock" />
      <span title={entry.error}>{t("Not sent yet; it is kept and goes out by itself.")}</span>
      <button type="button" class="jp-Chatcore-link" onClick={() => actions.discard(entry.key)}>
        {t("Discard")}
      </button>
    </div>
  );
}

function Refused({ entry, actions }: { readonly entry: Entry; readonly actions: Actions }): VNode {
  return (
    <div class="jp-Chatcore-problem">
      <Icon name="alert" />
      <Words text={entry.error ?? t("The server did not take this message.")} />
      <button type="button" class="jp-Chatcore-button" onClick={() => actions.retry(entry.key)}>
        {t("Try again")}
      </button>
      <button type="button" class="jp-Chatcore-button" onClick={() => actions.discard(entry.key)}>
        {t("Discard")}
      </button>
    </div>
  );
}
