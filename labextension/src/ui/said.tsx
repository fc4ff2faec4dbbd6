import type { VNode } from "preact";
import { t } from "../words";
import { copyWith } from "./clipboard";
import { Icon } from "./icons";

const CODE = /`([^`\n]+)`/;

/**
 * A text of the server's own, with what is between backticks as code.
 *
 * It is no Markdown: nothing else in it means anything. What looks like a command can be
 * copied.
 */
export function Said({ text }: { readonly text: string }): VNode {
  // splitting by a pattern with a group gives text and code in turn
  return (
    <span class="jp-Chatcore-said" dir="auto">
      {text
        .split(CODE)
        .map((piece, index) => (index % 2 === 1 ? <Code key={index} text={piece} /> : piece))}
    </span>
  );
}

function Code({ text }: { readonly text: string }): VNode {
  if (!text.includes(" ")) return <code>{text}</code>;
  return (
    <span class="jp-Chatcore-command">
      <code>{text}</code>
      <button
        type="button"
        class="jp-Chatcore-quiet"
        aria-label={t("Copy: %1", text)}
        title={t("Copy")}
        onClick={(event) => void copyWith(event.currentTarget, text)}
      >
        <Icon name="copy" />
        <Icon name="check" />
      </button>
    </span>
  );
}
