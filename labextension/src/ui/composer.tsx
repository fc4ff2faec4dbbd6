import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Actions } from "./controller";
import type { Draft } from "./drafts";
import type { Preferences } from "./host";
import { Icon } from "./icons";
import { memo } from "./memo";
import { insertLine, meaning, useGrowing } from "./textarea";

interface Props {
  readonly draft: Draft;
  readonly running: boolean;
  readonly disabled: boolean;
  readonly preferences: Preferences;
  readonly onSend: () => void;
  readonly actions: Actions;
}

/** Where one writes: grows with its text, sends on Enter, stops on Escape. */
export const Composer = memo((props: Props) => <Field {...props} />);

function Field({ draft, running, disabled, preferences, onSend, actions }: Props): VNode {
  const [text, setText] = useState(draft.value);
  const area = useRef<HTMLTextAreaElement>(null);
  const write = (value: string): void => {
    draft.value = value;
    setText(value);
  };
  const send = (): void => {
    if (!text.trim() || disabled) return;
    actions.send(text);
    write("");
    onSend();
    area.current?.focus();
  };
  const stop = (): void => {
    actions.stop();
    area.current?.focus();
  };
  useGrowing(area, text);
  useEffect(() => () => draft.flush(), [draft]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const means = meaning(event, preferences);
    if (means === null || (means === "cancel" && !running)) return;
    event.preventDefault();
    if (means === "line") insertLine(event.currentTarget as HTMLTextAreaElement);
    else if (means === "send") send();
    else {
      event.stopPropagation();
      stop();
    }
  };
  return (
    <form
      class="jp-Chatcore-write"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div class="jp-Chatcore-field">
        <textarea
          ref={area}
          rows={1}
          dir="auto"
          value={text}
          readOnly={disabled}
          placeholder="Ask anything"
          aria-label="Message"
          onInput={(event) => write(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        {running ? (
          <button
            type="button"
            class="jp-Chatcore-round jp-mod-stop"
            aria-label="Stop"
            title="Stop (Esc)"
            onClick={stop}
          >
            <Icon name="stop" />
          </button>
        ) : null}
        {running && !text.trim() ? null : (
          <button
            type="submit"
            class="jp-Chatcore-round"
            aria-label="Send"
            title="Send (Enter)"
            disabled={!text.trim() || disabled}
          >
            <Icon name="arrowUp" />
          </button>
        )}
      </div>
    </form>
  );
}
