import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { Message } from "../protocol";
import { About, factsOf } from "./about";
import { copyWith } from "./clipboard";
import type { Actions } from "./controller";
import { Icon } from "./icons";
import { when } from "./time";

interface Props {
  readonly message: Message;
  readonly actions: Actions;
}

/** What can be known and done about an answer that has ended. */
export function Footer({ message, actions }: Props): VNode {
  const [open, setOpen] = useState(false);
  return (
    <>
      <div class={`jp-Chatcore-foot ${open ? "jp-mod-open" : "jp-mod-onhover"}`}>
        <Facts message={message} />
        <Tools message={message} actions={actions} />
        {factsOf(message).length > 0 ? (
          <button
            type="button"
            class="jp-Chatcore-quiet"
            aria-label="About this answer"
            title="About this answer"
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          >
            <Icon name="info" />
          </button>
        ) : null}
      </div>
      {open ? <About message={message} /> : null}
    </>
  );
}

function Facts({ message }: Pick<Props, "message">): VNode {
  return (
    <>
      <time dateTime={message.created}>{when(message.created)}</time>
      {message.model ? <span>{message.model}</span> : null}
    </>
  );
}

function Tools({ message, actions }: Props): VNode {
  const text = textOf(message);
  return (
    <>
      {text ? (
        <button
          type="button"
          class="jp-Chatcore-quiet jp-Chatcore-copyall"
          aria-label="Copy the answer"
          title="Copy the answer"
          onClick={(event) => void copyWith(event.currentTarget, text)}
        >
          <Icon name="copy" />
          <Icon name="check" />
        </button>
      ) : null}
      {message.role === "assistant" && message.parent ? (
        <button
          type="button"
          class="jp-Chatcore-quiet"
          aria-label="Answer again"
          title="Answer again"
          onClick={() => actions.again(message.id)}
        >
          <Icon name="again" />
        </button>
      ) : null}
    </>
  );
}

/** What a message says in words. */
export function textOf(message: Pick<Message, "parts">): string {
  return message.parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n");
}
