import type { ComponentChildren, VNode } from "preact";
import type { Message, Status } from "../protocol";
import type { Actions } from "./controller";
import { Footer, textOf } from "./footer";
import { Icon } from "./icons";
import { memo } from "./memo";
import { PartView } from "./parts";
import { openParts } from "./permission";
import { Said } from "./said";
import { when } from "./time";

interface Props {
  readonly message: Message;
  /** An unfinished reply whose turn has not come. */
  readonly queued: boolean;
  /** Whether the author's name is worth a line: not above the second message in a row. */
  readonly named: boolean;
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

function Question({ message, named, actions }: Props): VNode {
  return (
    <Frame message={message}>
      {named ? <div class="jp-Chatcore-author">{authorOf(message)}</div> : null}
      {textOf(message) || message.parts.length === 0 ? (
        <Bubble text={textOf(message)} title={when(message.created)} />
      ) : null}
      {message.parts.map((part, index) =>
        part.type === "text" ? null : (
          <PartView
            key={index}
            part={part}
            message={message.id}
            index={index}
            running={message.status === "streaming"}
            live={false}
            actions={actions}
          />
        ),
      )}
    </Frame>
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

function Answer({ message, queued, named, actions }: Props): VNode {
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
        <PartView
          key={index}
          part={part}
          message={message.id}
          index={index}
          running={live}
          live={live && index === last}
          actions={actions}
        />
      ))}
      <Ending message={message} actions={actions} />
      {live ? (
        <Progress queued={queued} waiting={openParts(message, actions.now()).length > 0} />
      ) : (
        <Footer message={message} actions={actions} />
      )}
    </Frame>
  );
}

interface ProgressProps {
  readonly queued: boolean;
  /** Whether it waits for a person, so that there is no progress to show. */
  readonly waiting: boolean;
}

function Progress({ queued, waiting }: ProgressProps): VNode {
  return (
    <div class="jp-Chatcore-foot">
      {queued ? (
        <>
          <Icon name="clock" /> Comes after the answer above
        </>
      ) : null}
      {queued || waiting ? null : (
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
      <Said text={message.error?.message || text} />
      <button type="button" class="jp-Chatcore-button" onClick={() => actions.again(message.id)}>
        Try again
      </button>
    </div>
  );
}
