/** What every field of several lines needs: to grow with its text, and keys that send it. */
import { useLayoutEffect } from "preact/hooks";
import type { Preferences } from "./host";

const LONG = 20_000;

/** What a key means in a field: to send, to start a line, or what it means anywhere. */
export function meaning(
  event: KeyboardEvent,
  { sendWith }: Preferences,
): "send" | "line" | "cancel" | null {
  // while a word is being composed, the keys are the input method's
  if (event.isComposing || event.keyCode === 229) return null;
  if (event.key === "Escape") return "cancel";
  if (event.key !== "Enter") return null;
  if (event.ctrlKey || event.metaKey) return "send";
  return event.shiftKey || event.altKey || sendWith === "ctrl-enter" ? "line" : "send";
}

/** Starts a line, which JupyterLab forbids the browser to do inside a cell. */
export function insertLine(area: HTMLTextAreaElement): void {
  // the old command is the only one that can be undone by the user
  if (document.execCommand?.("insertText", false, "\n")) return;
  area.setRangeText("\n", area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

/** Keeps a field as high as its text. */
export function useGrowing(
  area: { readonly current: HTMLTextAreaElement | null },
  text: string,
): void {
  useLayoutEffect(() => {
    const element = area.current;
    if (!element) return;
    // what is surely higher than the field may be, need not be laid out to know it
    if (text.length > LONG) element.style.height = "100vh";
    else {
      element.style.height = "auto";
      element.style.height = `${element.scrollHeight}px`;
    }
  }, [area, text]);
}
