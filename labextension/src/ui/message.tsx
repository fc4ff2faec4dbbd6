import type { ComponentChildren, VNode } from "preact";
import { useRef, useState } from "preact/hooks";
import { textOf } from "../asmarkdown";
import type { Message } from "../protocol";
import { t } from "../words";
import { Along } from "./along";
import { Avatar } from "./avatar";
import type { Actions } from "./controller";
import { Ending } from "./ending";
import { Footer } from "./footer";
import { Icon } from "./icons";
import { lazily } from "./lazily";
import { stepsOf } from "./leaf";
import { memo } from "./memo";
import { PartView } from "./parts";
import { when } from "./time";

const Rewrite = lazily(() => import("./rewrite").then((module) => module.Rewrite));

/** What a question says, and what of the notebook was shown with it. */
const SAID: readonly string[] = ["text", "cell", "variable"];

interface Props {
  readonly message: Message;
  /** The ids of all versions of it, oldest first, where there are several. */
  readonly versions: readonly number[] | undefined;
  /** An unfinished reply whose turn has not come. */
  readonly queued: boolean;
  /** Whether the author's name is worth a line: not above the second message in a row. */
  readonly named: boolean;
  readonly actions: Actions;
  /** Keeps a message where it is, while it is edited or another version takes its place. */
  readonly onHold: (message: number) => void;
}

/**
 * One message of the chat, rendered again only when it changes.
 *
 * Its frame stays when another version takes its place, and the focus and the view with it.
 */
export const MessageView = memo((props: Props) => <Framed {...props} />);

function Framed(props: Props): VNode {
  const { message, versions, actions, onHold } = props;
  const frame = useRef<HTMLElement>(null);
  const [editing, setEditing] = useState<number | null>(null);
  const turn = (steps: number): void => {
    if (!versions) return;
    onHold(message.id);
    actions.deeds.turn(versions, message.id, steps);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const steps = versions ? stepsOf(event) : 0;
    if (steps === 0) return;
    event.preventDefault();
    turn(steps);
  };
  const edit = (): void => {
    onHold(message.id);
    setEditing(message.id);
  };
  const rest = (): void => frame.current?.focus();
  const leave = (): void => {
    setEditing(null);
    rest();
  };
  return (
    <article
      class={`jp-Chatcore-message jp-mod-${message.role}`}
      data-message={message.id}
      data-status={message.status}
      aria-label={`${authorOf(message)}, ${when(message.created)}`}
      tabIndex={-1}
      ref={frame}
      onKeyDown={onKeyDown}
    >
      <Body {...props} editing={editing === message.id} onLeave={leave} onRest={rest} />
      {editing === message.id ? null : (
        <Footer
          {...props}
          onTurn={turn}
          onEdit={message.role === "user" ? edit : null}
          onRest={rest}
        />
      )}
    </article>
  );
}

/** Who wrote a message, as people call them. */
export function authorOf(message: Message): string {
  const { author, role } = message;
  if (author) return author.name || author.username;
  if (role === "assistant") return message.model ?? t("Assistant");
  return role === "user" ? t("You") : t("System");
}

interface BodyProps extends Props {
  readonly editing: boolean;
  readonly onLeave: () => void;
  readonly onRest: () => void;
}

function Body(props: BodyProps): VNode {
  const { message, named } = props;
  if (message.status === "deleted") {
    return <p class="jp-Chatcore-note">{t("This message was deleted.")}</p>;
  }
  return (
    <>
      {named ? <Name message={message} /> : null}
      {message.role === "user" ? <Question {...props} /> : <Answer {...props} />}
    </>
  );
}

function Question(props: BodyProps): VNode {
  const { message, actions, editing, onLeave } = props;
  const save = async (text: string): Promise<boolean> => {
    const taken = await actions.deeds.edit(message, text);
    if (taken) onLeave();
    return taken;
  };
  return (
    <>
      {editing ? (
        <Rewrite
          text={textOf(message)}
          mayBeEmpty={message.parts.some(
            ({ type }) => !["text", "cell", "variable"].includes(type),
          )}
          onSave={save}
          onCancel={onLeave}
        />
      ) : textOf(message) || message.parts.length === 0 ? (
        <Bubble text={textOf(message)} title={when(message.created)} />
      ) : null}
      <Along parts={message.parts} />
      <Parts {...props} skip={SAID} />
    </>
  );
}

function Name({ message }: Pick<Props, "message">): VNode {
  const { author, role } = message;
  return (
    <div class="jp-Chatcore-author">
      {role === "user" && author ? <Avatar author={author} /> : null}
      {role === "assistant" ? <Icon name="spark" /> : null}
      <bdi>{authorOf(message)}</bdi>
    </div>
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

function Answer(props: BodyProps): VNode {
  const { message, actions, onRest } = props;
  return (
    <>
      <Parts {...props} key={message.id} skip={[]} />
      <Ending message={message} actions={actions} onRest={onRest} />
    </>
  );
}

interface PartsProps extends Pick<Props, "message" | "actions"> {
  /** The kinds of parts that are shown otherwise. */
  readonly skip: readonly string[];
}

function Parts({ message, actions, skip }: PartsProps): ComponentChildren {
  const live = message.status === "streaming";
  const last = message.parts.length - 1;
  return message.parts.map((part, index) =>
    skip.includes(part.type) ? null : (
      <PartView
        key={index}
        part={part}
        message={message.id}
        index={index}
        running={live}
        live={live && index === last}
        actions={actions}
      />
    ),
  );
}
