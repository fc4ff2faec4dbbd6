import type { VNode } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../words";

const LONGEST = 300;

interface Props {
  readonly title: string;
  /** What it is called until its title is known. */
  readonly shown: string;
  readonly naming: boolean;
  /** null while there is nothing to name. */
  readonly onNaming: ((naming: boolean) => void) | null;
  readonly onName: (title: string) => void;
}

/** What the chat is called; a click, or the menu, lets one write another name in its place. */
export function Title({ title, shown, naming, onNaming, onName }: Props): VNode {
  const button = useRef<HTMLButtonElement>(null);
  const was = useRef(naming);
  useEffect(() => {
    if (was.current && !naming) button.current?.focus();
    was.current = naming;
  }, [naming]);
  if (naming && onNaming) {
    const end = (name: string | null): void => {
      onNaming(false);
      if (name && name !== title) onName(name);
    };
    return <Field title={title} onEnd={end} />;
  }
  const text = title || shown;
  if (!onNaming) return <span class="jp-Chatcore-title">{text}</span>;
  return (
    <button
      type="button"
      class="jp-Chatcore-title"
      ref={button}
      dir="auto"
      title={t("Rename")}
      onClick={() => onNaming(true)}
    >
      {text}
    </button>
  );
}

interface FieldProps {
  readonly title: string;
  /** The new name; null where it is to stay. */
  readonly onEnd: (name: string | null) => void;
}

function Field({ title, onEnd }: FieldProps): VNode {
  const field = useRef<HTMLInputElement>(null);
  const over = useRef(false);
  useLayoutEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  // the field loses the focus as it goes: that is no second end
  const end = (name: string | null): void => {
    if (over.current) return;
    over.current = true;
    onEnd(name);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.isComposing || (event.key !== "Enter" && event.key !== "Escape")) return;
    event.preventDefault();
    event.stopPropagation();
    end(event.key === "Enter" ? (field.current?.value.trim() ?? null) : null);
  };
  return (
    <input
      class="jp-Chatcore-title"
      ref={field}
      defaultValue={title}
      maxLength={LONGEST}
      dir="auto"
      aria-label={t("Name of the chat")}
      onKeyDown={onKeyDown}
      onBlur={(event) => end(event.currentTarget.value.trim())}
    />
  );
}
