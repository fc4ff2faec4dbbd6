/** Naming things with an @ where one writes: when that begins, and what is put in its place. */
import type { VNode } from "preact";
import { useRef, useState } from "preact/hooks";
import { lazily } from "./lazily";
import type { Showing } from "./showing";

const Completing = lazily(() => import("./completing").then((module) => module.Completing));

/** A name is not longer. */
const LONGEST = 200;

/** What stands after an @ before the caret. */
export interface Mention {
  /** Where the @ is. */
  readonly start: number;
  readonly query: string;
}

type Area = { readonly current: HTMLTextAreaElement | null };
/** Whether a key was one of the list's. */
export type Keys = { current: ((event: KeyboardEvent) => boolean) | null };

/** What is being named at the caret; null where nothing is. */
export function mentionAt(text: string, caret: number): Mention | null {
  const from = Math.max(0, caret - LONGEST);
  const [whole, query] = /(?:^|(?<=[\s(`"']))@([^\s@]*)$/.exec(text.slice(from, caret)) ?? [];
  return whole === undefined ? null : { start: caret - whole.length, query: query ?? "" };
}

interface Mentions {
  /** Looks where the caret is now. */
  look(): void;
  close(): void;
  readonly keys: Keys;
  readonly list: VNode | null;
}

/** Offers what can be named while an @ stands before the caret. */
export function useMentions(
  area: Area,
  showing: Showing | null,
  onFile: (file: File) => void,
): Mentions {
  const [mention, setMention] = useState<Mention | null>(null);
  const keys: Keys = useRef(null);
  const left = useRef<number | null>(null);
  const look = (): void => {
    const field = area.current;
    const open = field && field.selectionStart === field.selectionEnd;
    const next = showing && open ? mentionAt(field.value, field.selectionStart) : null;
    // a list that was closed stays so while the same name is written
    if (next?.start !== left.current) left.current = null;
    else if (next) return;
    setMention((was) => (was?.start === next?.start && was?.query === next?.query ? was : next));
  };
  const close = (): void => {
    left.current = mention?.start ?? null;
    setMention(null);
  };
  const insert = (token: string): void => {
    if (!area.current || !mention) return;
    replace(area.current, mention.start, token);
    look();
  };
  const list =
    mention && showing ? (
      <Completing
        mention={mention}
        area={area}
        showing={showing}
        keys={keys}
        onInsert={insert}
        onFile={onFile}
        onClose={close}
      />
    ) : null;
  return { look, close, keys, list };
}

/** Puts a token in the place of what was typed of it, so that it can be undone. */
function replace(area: HTMLTextAreaElement, start: number, token: string): void {
  const end = area.selectionStart;
  area.focus();
  area.setSelectionRange(start, end);
  if (document.execCommand?.("insertText", false, token)) return;
  area.setRangeText(token, start, end, "end");
  area.dispatchEvent(new InputEvent("input", { bubbles: true }));
}
