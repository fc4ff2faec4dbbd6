import { t } from "../words";

/** Puts a text on the clipboard, also on a page that came over plain HTTP. */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) await navigator.clipboard.writeText(text);
  else copyBySelection(text);
}

function copyBySelection(text: string): void {
  const area = document.createElement("textarea");
  area.value = text;
  area.style.position = "fixed";
  area.style.opacity = "0";
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

const SHOWN_MS = 1500;

/** Copies, and lets the button say so for a moment. */
export async function copyWith(button: HTMLElement, text: string): Promise<void> {
  await copyText(text);
  const label = button.getAttribute("aria-label") ?? t("Copy");
  if (button.classList.contains("jp-mod-done")) return;
  button.classList.add("jp-mod-done");
  button.setAttribute("aria-label", t("Copied"));
  setTimeout(() => {
    button.classList.remove("jp-mod-done");
    button.setAttribute("aria-label", label);
  }, SHOWN_MS);
}
