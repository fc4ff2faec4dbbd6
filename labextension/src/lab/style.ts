import css from "./style.css";

/** Adds the look of the chat's places to the page. */
export function addStyle(): void {
  const style = document.createElement("style");
  style.textContent = css;
  document.head.append(style);
}
