import { render } from "preact";
import { backoff, browserWake, pause } from "../backoff";
import { t } from "../words";
import { Icon } from "./icons";
import { keepKeys } from "./keys";
import { addStyles } from "./styles";

/** Tries by themselves follow each other at this pace at the most. */
const PATIENCE = 4;

/**
 * Says in the chat's place why there is no chat, with a way to try again.
 *
 * What may pass by itself is tried again by itself.
 */
export function showProblem(
  element: HTMLElement,
  { text, passing }: { readonly text: string; readonly passing: boolean },
  retry: () => void,
  signal: AbortSignal,
): void {
  const done = new AbortController();
  addStyles(element);
  keepKeys(element, done.signal);
  const again = (): void => {
    if (done.signal.aborted) return;
    done.abort();
    render(null, element);
    retry();
  };
  signal.addEventListener("abort", () => done.abort(), { signal: done.signal });
  render(
    <section class="jp-Chatcore">
      <div class="jp-Chatcore-empty" role="alert">
        <Icon name="alert" />
        <h2>{t("The chat cannot be opened")}</h2>
        <p>{text}</p>
        <button type="button" class="jp-Chatcore-example" onClick={again}>
          {t("Try again")}
        </button>
      </div>
    </section>,
    element,
  );
  if (passing) void pause(backoff(PATIENCE), browserWake, done.signal).then(again);
}
