import type { Preferences } from "./host";

const SUPPRESS = "data-lm-suppress-shortcuts";

const CELLS = ".jp-Notebook, .jp-CodeConsole";

/**
 * Keeps JupyterLab's shortcuts away from a chat among cells: Shift+Enter there starts a
 * line and runs no cell. Elsewhere they are as welcome as in every other place.
 *
 * JupyterLab looks for the mark from the focused element upwards, and some shortcuts are
 * for the focused element itself, so the mark has to be on that one.
 */
export function keepKeys(element: HTMLElement, signal: AbortSignal): void {
  const mark = ({ target }: FocusEvent): void => {
    if (target instanceof Element && element.closest(CELLS)) target.setAttribute(SUPPRESS, "true");
  };
  element.addEventListener("focusin", mark, { signal });
}

const MAC = /Mac|iPhone|iPad/;

/** What sends a message, as it is written on the keys. */
export function sendKey({ sendWith }: Preferences): string {
  if (sendWith === "enter") return "Enter";
  return MAC.test(navigator.platform) ? "⌘+Enter" : "Ctrl+Enter";
}
