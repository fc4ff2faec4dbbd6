import { render, type VNode } from "preact";
import { t } from "../words";
import { Icon } from "./icons";

/**
 * Shows a picture as large as the window, until one closes it.
 *
 * The browser's own dialog keeps the focus inside, closes on Escape, gives the focus back,
 * and lies above everything, also from within a cell or a shadow tree.
 */
export function enlarge(image: HTMLImageElement): void {
  const home = image.closest(".jp-Chatcore");
  if (!home) return;
  // not every browser focuses what is clicked, and the focus comes back to where it was
  image.closest("button")?.focus();
  const dialog = document.createElement("dialog");
  dialog.className = "jp-Chatcore-lightbox";
  dialog.setAttribute("aria-label", image.alt || t("Image"));
  const close = (): void => dialog.close();
  dialog.addEventListener("close", () => {
    render(null, dialog);
    dialog.remove();
  });
  // what is beside the picture belongs to the dialog itself
  dialog.addEventListener("click", ({ target }) => {
    if (target === dialog) close();
  });
  dialog.addEventListener("keydown", (event) => event.stopPropagation());
  home.append(dialog);
  render(
    <Enlarged source={image.currentSrc || image.src} alt={image.alt} onClose={close} />,
    dialog,
  );
  dialog.showModal();
}

interface Props {
  readonly source: string;
  readonly alt: string;
  readonly onClose: () => void;
}

function Enlarged({ source, alt, onClose }: Props): VNode {
  return (
    <>
      <button
        type="button"
        class="jp-Chatcore-round"
        aria-label={t("Close")}
        title={t("Close (Esc)")}
        onClick={onClose}
      >
        <Icon name="cross" />
      </button>
      <img src={source} alt={alt} referrerpolicy="no-referrer" />
      {alt ? (
        <p dir="auto" aria-hidden="true">
          {alt}
        </p>
      ) : null}
    </>
  );
}
