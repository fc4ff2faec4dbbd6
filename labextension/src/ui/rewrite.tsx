import type { VNode } from "preact";
import { useContext, useLayoutEffect, useRef, useState } from "preact/hooks";
import { t } from "../words";
import { HostContext } from "./host";
import { insertLine, meaning, useGrowing } from "./textarea";

interface Props {
  readonly text: string;
  /** Whether the message says something without its words: it has a file. */
  readonly mayBeEmpty: boolean;
  /** Whether the new version was taken. */
  readonly onSave: (text: string) => Promise<boolean>;
  readonly onCancel: () => void;
}

/** A message of one's own in the place where it stands, to be written anew. */
export function Rewrite({ text, mayBeEmpty, onSave, onCancel }: Props): VNode {
  const { preferences } = useContext(HostContext);
  const [value, setValue] = useState(text);
  const [saving, setSaving] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  useGrowing(area, value);
  useStart(area);
  const able = !saving && (mayBeEmpty || value.trim() !== "");
  const save = async (): Promise<void> => {
    if (!able) return;
    setSaving(true);
    if (!(await onSave(value))) setSaving(false);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const means = meaning(event, preferences);
    if (means === null) return;
    event.preventDefault();
    event.stopPropagation();
    if (means === "line") insertLine(event.currentTarget as HTMLTextAreaElement);
    else if (means === "send") void save();
    else onCancel();
  };
  return (
    <form
      class="jp-Chatcore-rewrite"
      aria-label={t("Change the message")}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <textarea
        ref={area}
        rows={1}
        dir="auto"
        value={value}
        readOnly={saving}
        aria-label={t("The message in other words")}
        onInput={(event) => setValue(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <div class="jp-Chatcore-rewrite-foot">
        <span class="jp-Chatcore-muted">{t("The first version is kept beside it.")}</span>
        <button type="button" class="jp-Chatcore-button" onClick={onCancel}>
          {t("Cancel")}
        </button>
        <button type="submit" class="jp-Chatcore-button jp-mod-primary" disabled={!able}>
          {t("Save and ask")}
        </button>
      </div>
    </form>
  );
}

/** One goes on at the end of what is there. */
function useStart(area: { readonly current: HTMLTextAreaElement | null }): void {
  useLayoutEffect(() => {
    const element = area.current;
    element?.focus();
    element?.setSelectionRange(element.value.length, element.value.length);
  }, [area]);
}
