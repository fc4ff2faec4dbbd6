import type { ComponentChildren, VNode } from "preact";
import type { Message, Status } from "../protocol";
import { copyWith } from "./clipboard";
import type { Actions } from "./controller";
import { Icon } from "./icons";
import { memo } from "./memo";
import { Attachment, PartView } from "./parts";
import { when } from "./time";

interface Props {
  readonly message: Message;
  /** An unfinished reply whose turn has not come. */
  readonly queued: boolean;
  /** Whether the author's name is worth a line: not above the second message in a row. */
  readonly named: boolean;
  readonly images: readonly string[];
  readonly actions: Actions;
}

/** One message of the chat, rendered again only when it changes. */
export const MessageView = memo((props: Props) => {
  const { message } = props;
  if (message.status === "deleted") {
    return (
      <Frame message={message}>
        <p class="jp-Chatcore-note">This message was deleted.</p>
      </Frame>
    );
  }
  return message.role === "user" ? <Question {...props} /> : <Answer {...props} />;
});

/** Who wrote a message, as people call them. */
export function authorOf(message: Message): string {
  const { author, role } = message;
  if (author) return author.name || author.username;
  if (role === "assistant") return message.model ?? "Assistant";
  return role === "user" ? "You" : "System";
}

function Frame({ message, children }: { message: Message; children: ComponentChildren }): VNode {
  return (
    <article
      class={`jp-Chatcore-message jp-mod-${message.role}`}
      data-message={message.id}
      data-status={message.status}
      aria-label={`${authorOf(message)}, ${when(message.created)}`}
    >
      {children}
    </article>
  );
}

function Question({ message, named }: Props): VNode {
  return (
    <Frame message={message}>
      {named ? <div class="jp-Chatcore-author">{authorOf(message)}</div> : null}
      <Bubble text={textOf(message)} title={when(message.created)} />
      {message.parts.map((part, index) =>
        part.type === "text" ? null : <PartOrOutput key={index} part={part} />,
      )}
    </Frame>
  );
}

function PartOrOutput({ part }: { readonly part: Message["parts"][number] }): VNode {
  return part.type === "output" || part.type === "tool" ? (
    <PartView part={part} live={false} images={[]} />
  ) : (
    <Attachment part={part} />
  );
}

/** What a person wrote, as they wrote it. */
export function Bubble({ text, title }: { readonly text: string; readonly title?: string }): VNode {
  return (
    <div class="jp-Chatcore-bubble" data-body dir="auto" title={title}>
      {text}
    </div>
  );
}

function textOf(message: Message): string {
  return message.parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n");
}

function Answer({ message, queued, named, images, actions }: Props): VNode {
  const live = message.status === "streaming";
  const last = message.parts.length - 1;
  return (
    <Frame message={message}>
      {named ? (
        <div class="jp-Chatcore-author">
          <Icon name="spark" />
          {authorOf(message)}
        </div>
      ) : null}
      {message.parts.map((part, index) => (
        <PartView key={index} part={part} live={live && index === last} images={images} />
      ))}
      <Ending message={message} actions={actions} />
      {live ? <Progress queued={queued} /> : <Footer message={message} actions={actions} />}
    </Frame>
  );
}

function Progress({ queued }: { readonly queued: boolean }): VNode {
  return (
    <div class="jp-Chatcore-foot">
      {queued ? (
        <>
          <Icon name="clock" /> Comes after the answer above
        </>
      ) : (
        <span class="jp-Chatcore-dots" role="img" aria-label="Answering">
          <i />
          <i />
          <i />
        </span>
      )}
    </div>
  );
}

const ENDS: Partial<Record<Status, string>> = {
  cancelled: "Stopped.",
  interrupted: "Cut off: the server ended while this was being written. What had arrived is kept.",
  failed: "The assistant could not finish.",
};

/** Why an answer is not a whole one, and what to do about it. */
function Ending({ message, actions }: Pick<Props, "message" | "actions">): VNode | null {
  const text = ENDS[message.status];
  if (!text) return null;
  if (message.status === "cancelled") return <p class="jp-Chatcore-note">{text}</p>;
  return (
    <div class="jp-Chatcore-problem">
      <Icon name="alert" />
      <span>{message.error?.message || text}</span>
      <button type="button" class="jp-Chatcore-button" onClick={() => actions.again(message.id)}>
        Try again
      </button>
    </div>
  );
}

function Footer({ message, actions }: Pick<Props, "message" | "actions">): VNode {
  const text = textOf(message);
  return (
    <div class="jp-Chatcore-foot jp-mod-onhover">
      <time dateTime={message.created}>{when(message.created)}</time>
      {message.model ? <span>{message.model}</span> : null}
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
    </div>
  );
}
