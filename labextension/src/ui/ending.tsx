import type { VNode } from "preact";
import type { Message, Status } from "../protocol";
import { t } from "../words";
import type { Actions } from "./controller";
import { Icon } from "./icons";
import { Said } from "./said";

interface ProgressProps {
  readonly queued: boolean;
  /** Whether it waits for a person, so that there is no progress to show. */
  readonly waiting: boolean;
}

/** How an answer stands that is still being written. */
export function Progress({ queued, waiting }: ProgressProps): VNode | null {
  if (queued) {
    return (
      <span class="jp-Chatcore-queued">
        <Icon name="clock" /> {t("Comes after the answer above")}
      </span>
    );
  }
  if (waiting) return null;
  return (
    <span class="jp-Chatcore-dots" role="img" aria-label={t("Answering")}>
      <i />
      <i />
      <i />
    </span>
  );
}

const ENDS: Partial<Record<Status, () => string>> = {
  cancelled: () => t("Stopped."),
  interrupted: () =>
    t("Cut off: the server ended while this was being written. What had arrived is kept."),
  failed: () => t("The assistant could not finish."),
};

interface Props {
  readonly message: Message;
  readonly actions: Actions;
  /** Takes the focus where what had it goes away. */
  readonly onRest: () => void;
}

/** Why an answer is not a whole one, and what to do about it. */
export function Ending({ message, actions, onRest }: Props): VNode | null {
  const text = ENDS[message.status]?.();
  if (!text) return null;
  if (message.status === "cancelled") {
    return (
      <p class="jp-Chatcore-note">
        <Icon name="stop" /> {text}
      </p>
    );
  }
  const cut = message.status === "interrupted";
  return (
    <div class={`jp-Chatcore-problem ${cut ? "jp-mod-cut" : ""}`}>
      <Icon name={cut ? "cut" : "alert"} />
      <Said text={message.error?.message || text} />
      <button
        type="button"
        class="jp-Chatcore-button"
        onClick={() => {
          onRest();
          actions.deeds.again(message.id);
        }}
      >
        {t("Try again")}
      </button>
    </div>
  );
}
