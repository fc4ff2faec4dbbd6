import type { VNode } from "preact";
import { useContext, useState } from "preact/hooks";
import { asMarkdown } from "../asmarkdown";
import type { Message } from "../protocol";
import { t } from "../words";
import { About, factsOf } from "./about";
import type { Answerer } from "./answerers";
import { copyWith } from "./clipboard";
import { Confirm } from "./confirm";
import type { Actions } from "./controller";
import { Progress } from "./ending";
import { HostContext } from "./host";
import { Icon, type IconName } from "./icons";
import { lazily } from "./lazily";
import { Leaf } from "./leaf";
import { messageMenu } from "./messagemenu";
import { openParts } from "./permission";
import { PopMenu } from "./popmenu";
import { when } from "./time";
import { Toolbar } from "./toolbar";
import { type Undoing, useUndoing } from "./undoing";

const Undo = lazily(() => import("./undo").then((module) => module.Undo));
const Stale = lazily(() => import("./stale").then((module) => module.Stale));

interface Props {
  readonly message: Message;
  readonly versions: readonly number[] | undefined;
  readonly queued: boolean;
  readonly actions: Actions;
  readonly onTurn: (steps: number) => void;
  /** Begins to write the message anew; null where it is not for people to write. */
  readonly onEdit: (() => void) | null;
  /** Takes the focus where what had it goes away. */
  readonly onRest: () => void;
}

/** What can be known and done about a message; the way to its versions is always there. */
export function Footer(props: Props): VNode | null {
  const { message, versions, queued, actions, onRest } = props;
  const [about, setAbout] = useState(false);
  const [deleting, setDeleting] = useState<number | null>(null);
  const undoing = useUndoing(message, actions);
  const { freshness } = useContext(HostContext);
  const live = message.status === "streaming";
  const ended = !live && message.status !== "deleted";
  if (!live && !ended && !versions) return null;
  if (deleting === message.id && ended) {
    const answer = (sure: boolean): void => {
      onRest();
      setDeleting(null);
      if (sure) actions.deeds.remove(message.id);
    };
    return (
      <Confirm
        question={t("Delete this message for good?")}
        doing={t("Delete")}
        onAnswer={answer}
      />
    );
  }
  const open = about && ended;
  const answers = ended && message.role === "assistant";
  return (
    <>
      {answers && freshness ? (
        <Stale answer={message} freshness={freshness} actions={actions} onRest={onRest} />
      ) : null}
      {undoing.open + undoing.undone > 0 ? <Undo undoing={undoing} /> : null}
      <div class={`jp-Chatcore-foot ${open || live ? "" : "jp-mod-low"}`}>
        <Bar
          {...props}
          ended={ended}
          undoing={undoing}
          onDelete={() => setDeleting(message.id)}
          about={open}
          onAbout={setAbout}
        />
        {live ? <Progress queued={queued} waiting={waits(message, actions.now())} /> : null}
        {ended ? <Facts message={message} /> : null}
      </div>
      {open ? <About message={message} /> : null}
    </>
  );
}

function waits(message: Message, now: number): boolean {
  return openParts(message, now).length > 0;
}

function Facts({ message }: Pick<Props, "message">): VNode {
  return (
    <span class="jp-Chatcore-facts jp-mod-onhover">
      <time dateTime={message.created}>{when(message.created)}</time>
      {message.model ? <span>{message.model}</span> : null}
    </span>
  );
}

interface BarProps extends Props {
  readonly ended: boolean;
  readonly undoing: Undoing;
  readonly onDelete: () => void;
  readonly about: boolean;
  readonly onAbout: (open: boolean) => void;
}

function Bar(props: BarProps): VNode | null {
  const { message, versions, ended, onTurn } = props;
  if (!versions && !ended) return null;
  return (
    <Toolbar label={t("What to do with this message")}>
      {versions ? <Leaf ids={versions} shown={message.id} onTurn={onTurn} /> : null}
      {ended ? <Tools {...props} /> : null}
    </Toolbar>
  );
}

function Tools(props: BarProps): VNode {
  const { message, onEdit, onDelete, onRest, actions, about, onAbout, undoing } = props;
  const host = useContext(HostContext);
  const text = asMarkdown(message);
  const answers = message.role === "assistant" && message.parent != null;
  const again = (by?: Answerer): void => {
    // the button goes with the version that it belongs to
    onRest();
    actions.deeds.again(message.id, by);
  };
  return (
    <span class="jp-Chatcore-tools jp-mod-onhover">
      {onEdit ? <Tool icon="edit" label={t("Edit and ask again")} onClick={onEdit} /> : null}
      {text ? <Copy text={text} /> : null}
      {answers ? <Tool icon="again" label={t("Answer again")} onClick={() => again()} /> : null}
      <PopMenu
        label={t("More")}
        icon="more"
        load={answers ? () => actions.deeds.load() : undefined}
        entries={() =>
          messageMenu({
            message,
            actions,
            host,
            onDelete,
            onAgain: again,
            onUndo: undoing.open > 0 ? undoing.run : null,
          })
        }
      />
      {factsOf(message).length > 0 ? (
        <Tool
          icon="info"
          label={t("About this answer")}
          expanded={about}
          onClick={() => onAbout(!about)}
        />
      ) : null}
    </span>
  );
}

interface ToolProps {
  readonly icon: IconName;
  readonly label: string;
  readonly expanded?: boolean;
  readonly onClick: () => void;
}

function Tool({ icon, label, expanded, onClick }: ToolProps): VNode {
  return (
    <button
      type="button"
      class="jp-Chatcore-quiet"
      aria-label={label}
      title={label}
      aria-expanded={expanded}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}

function Copy({ text }: { readonly text: string }): VNode {
  return (
    <button
      type="button"
      class="jp-Chatcore-quiet jp-Chatcore-copyall"
      aria-label={t("Copy as Markdown")}
      title={t("Copy as Markdown")}
      onClick={(event) => void copyWith(event.currentTarget, text)}
    >
      <Icon name="copy" />
      <Icon name="check" />
    </button>
  );
}
