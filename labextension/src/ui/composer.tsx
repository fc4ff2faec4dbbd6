import type { ComponentChildren, VNode } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Attached, Attachments } from "../attachments";
import { t } from "../words";
import { Chips, filesInWords } from "./chips";
import type { Actions } from "./controller";
import type { Draft } from "./drafts";
import type { Preferences } from "./host";
import { Icon } from "./icons";
import { sendKey } from "./keys";
import { memo } from "./memo";
import { useMentions } from "./mention";
import { Recall, step } from "./recall";
import type { Showing, ShowingView } from "./showing";
import { Shown } from "./shown";
import { insertLine, meaning, useGrowing } from "./textarea";

interface Props {
  readonly draft: Draft;
  readonly files: readonly Attached[];
  readonly attachments: Attachments;
  readonly running: boolean;
  readonly disabled: boolean;
  readonly preferences: Preferences;
  /** What of the notebook goes along; null where nobody knows of one. */
  readonly showing: Showing | null;
  readonly shown: ShowingView;
  readonly onSend: () => void;
  readonly actions: Actions;
}

type Area = { readonly current: HTMLTextAreaElement | null };

/** Where one writes: grows with its text, takes files, sends on Enter, stops on Escape. */
export const Composer = memo((props: Props) => <Form {...props} />);

function Form(props: Props): VNode {
  const { files, attachments, running, disabled, preferences, showing, shown, actions } = props;
  const area = useRef<HTMLTextAreaElement>(null);
  const writing = useWriting(props, area);
  const { text, write, waiting, send } = writing;
  useGrowing(area, text);
  const { look, close, keys, list } = useMentions(area, showing, (file) => attachments.add([file]));
  const focus = (): void => area.current?.focus();
  const stop = (): void => {
    actions.stop();
    focus();
  };
  const onKey = useKeys(props, writing, stop);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!keys.current?.(event)) onKey(event);
  };
  return (
    <form
      class="jp-Chatcore-write"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {showing ? <Shown showing={showing} view={shown} onEmpty={focus} /> : null}
      <Chips files={files} attachments={attachments} actions={actions} onEmpty={focus} />
      <div class="jp-Chatcore-field">
        <Attach disabled={disabled} attachments={attachments} onDone={focus} />
        <textarea
          ref={area}
          rows={1}
          dir="auto"
          value={text}
          readOnly={disabled || waiting}
          placeholder={t("Ask anything")}
          aria-label={t("Message")}
          aria-autocomplete={showing ? "list" : undefined}
          onInput={(event) => {
            write(event.currentTarget.value);
            look();
          }}
          onKeyDown={onKeyDown}
          onKeyUp={look}
          onClick={look}
          onBlur={close}
          onPaste={(event) => pasteFiles(event, attachments)}
        />
        <Slot>{running ? <Stop onClick={stop} /> : null}</Slot>
        <Send enabled={writing.ready && !waiting} files={files} preferences={preferences} />
      </div>
      {list}
      <p class="jp-Chatcore-hidden" role="status">
        {waiting ? t("Goes out as soon as what goes along is there.") : filesInWords(files)}
      </p>
    </form>
  );
}

interface Writing {
  readonly text: string;
  readonly write: (text: string) => void;
  /** Whether there is something to send, and nothing in the way. */
  readonly ready: boolean;
  /** Whether it goes out as soon as its files and variables are there. */
  readonly waiting: boolean;
  readonly send: () => void;
  readonly hold: () => void;
}

function useWriting(props: Props, area: Area): Writing {
  const { draft, files, attachments, disabled, showing, onSend, actions } = props;
  const [text, setText] = useState(draft.value);
  const [waiting, show] = useState(false);
  // an effect of an earlier drawing must not send what was held back since
  const wanted = useRef(false);
  const setWaiting = (now: boolean): void => {
    wanted.current = now;
    show(now);
  };
  const uploading = files.some(({ state }) => state === "uploading");
  const failed = files.some(({ state }) => state === "failed");
  const ready = !disabled && !failed && (text.trim() !== "" || files.length > 0);
  const write = (value: string): void => {
    if (value.length > draft.value.length) actions.typing();
    draft.value = value;
    setText(value);
  };
  const send = (): void => {
    if (!ready) return;
    showing?.write(text);
    const early = showing?.waits() || uploading;
    setWaiting(early);
    if (early) return;
    actions.send(text, [...(showing?.parts() ?? []), ...attachments.take()]);
    write("");
    onSend();
    area.current?.focus();
  };
  useEffect(() => {
    if (wanted.current) send();
  });
  useEffect(() => showing?.write(text), [showing, text]);
  useEffect(() => () => draft.flush(), [draft]);
  useLayoutEffect(() => draft.onAdded(setText), [draft]);
  return { text, write, ready, waiting, send, hold: () => setWaiting(false) };
}

function useKeys(
  { running, preferences, actions }: Props,
  { write, waiting, send, hold }: Writing,
  stop: () => void,
): (event: KeyboardEvent) => void {
  const [recall] = useState(() => new Recall(() => actions.said()));
  const cancel = waiting ? hold : running ? stop : null;
  return (event) => {
    const area = event.currentTarget as HTMLTextAreaElement;
    if (!area.readOnly && recalls(event, area, recall)) {
      write(area.value);
      return;
    }
    const means = meaning(event, preferences);
    if (means === null || (means === "cancel" && !cancel)) return;
    event.preventDefault();
    if (means === "line") insertLine(area);
    else if (means === "send") send();
    else {
      event.stopPropagation();
      cancel?.();
    }
  };
}

/** Puts an earlier message into the field, where the key asks for one. */
function recalls(event: KeyboardEvent, area: HTMLTextAreaElement, recall: Recall): boolean {
  if (event.isComposing || event.keyCode === 229) return false;
  const way = step(event, area, recall);
  const said = way && recall.move(way, area.value);
  if (typeof said !== "string") return false;
  event.preventDefault();
  area.value = said;
  area.setSelectionRange(said.length, said.length);
  return true;
}

/** Takes the files of the clipboard; words that came with a picture of them are words. */
function pasteFiles(event: ClipboardEvent, attachments: Attachments): void {
  const { clipboardData } = event;
  if (!clipboardData?.files.length || clipboardData.getData("text/plain")) return;
  event.preventDefault();
  attachments.add(clipboardData.files);
}

interface AttachProps {
  readonly disabled: boolean;
  readonly attachments: Attachments;
  readonly onDone: () => void;
}

function Attach({ disabled, attachments, onDone }: AttachProps): VNode {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        class="jp-Chatcore-quiet jp-Chatcore-attach"
        aria-label={t("Attach files")}
        title={t("Attach files: choose, drop or paste them")}
        disabled={disabled}
        onClick={() => input.current?.click()}
      >
        <Icon name="clip" />
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={({ currentTarget }) => {
          attachments.add(currentTarget.files ?? []);
          // the same file can be chosen again
          currentTarget.value = "";
          onDone();
        }}
      />
    </>
  );
}

/** A place that is kept, so that nothing moves when its button comes and goes. */
function Slot({ children }: { readonly children: ComponentChildren }): VNode {
  return <span class="jp-Chatcore-slot">{children}</span>;
}

function Stop({ onClick }: { readonly onClick: () => void }): VNode {
  return (
    <button
      type="button"
      class="jp-Chatcore-round jp-mod-stop"
      aria-label={t("Stop")}
      title={t("Stop (Esc)")}
      onClick={onClick}
    >
      <Icon name="stop" />
    </button>
  );
}

function Send({
  enabled,
  files,
  preferences,
}: { readonly enabled: boolean } & Pick<Props, "files" | "preferences">): VNode {
  const failed = files.some(({ state }) => state === "failed");
  return (
    <button
      type="submit"
      class="jp-Chatcore-round"
      aria-label={t("Send")}
      title={
        failed
          ? t("A file could not be attached: try it again, or remove it")
          : t("Send (%1)", sendKey(preferences))
      }
      disabled={!enabled}
    >
      <Icon name="arrowUp" />
    </button>
  );
}
