import type { VNode } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ApprovalOption } from "../protocol";
import { RequestError } from "../transport";
import { t } from "../words";
import { spoken, useRemaining } from "./clock";
import type { Actions } from "./controller";
import type { Asking } from "./permission";

/** What is left is told when it is shorter than this. */
const SHORT_MS = 600_000;

interface Props {
  readonly part: Asking;
  readonly message: number;
  readonly index: number;
  readonly actions: Actions;
  /** Called when the time for an answer is over. */
  readonly onExpire: () => void;
}

/** What became of an answer that was given here. */
type Given =
  | { readonly kind: "none" }
  | { readonly kind: "sending"; readonly option: string }
  | { readonly kind: "taken"; readonly option: string }
  | { readonly kind: "late" | "failed"; readonly why: string };

/** The question whether a tool may do what it wants, with a button for each answer. */
export function Approval({ part, message, index, actions, onExpire }: Props): VNode {
  const [given, setGiven] = useState<Given>({ kind: "none" });
  const bar = useRef<HTMLFieldSetElement>(null);
  const left = useRemaining(part.approval.expires, actions.now);
  useEffect(() => {
    if (left === 0) onExpire();
  }, [left === 0]);
  useFocusKept(bar);
  const title = part.title || part.name;
  const busy = given.kind === "sending" || given.kind === "taken";
  const choose = async (option: string): Promise<void> => {
    if (busy) return;
    setGiven({ kind: "sending", option });
    setGiven(await answer(() => actions.approve(message, index, option), option));
  };
  return (
    <fieldset class="jp-Chatcore-ask" aria-label={t("Permission: %1", title)} ref={bar}>
      <p class="jp-Chatcore-ask-line">
        <span>{t("Waiting for your permission")}</span>
        {left !== null && left <= SHORT_MS ? (
          <span class="jp-Chatcore-count" role="timer">
            {t("%1 left", spoken(left))}
          </span>
        ) : null}
      </p>
      {given.kind === "late" ? (
        <p class="jp-Chatcore-ask-error" role="status">
          {given.why}
        </p>
      ) : (
        <div class="jp-Chatcore-ask-options">
          {part.approval.options.map((option) => (
            <Option
              key={option.id}
              option={option}
              title={title}
              busy={busy}
              chosen={busy && given.option === option.id}
              onChoose={() => void choose(option.id)}
            />
          ))}
        </div>
      )}
      {given.kind === "failed" ? (
        <p class="jp-Chatcore-ask-error" role="alert">
          {t("That did not go through: %1", given.why)}
        </p>
      ) : null}
    </fieldset>
  );
}

/** Sends an answer; one that came too late is told as such, the chat shows the first one. */
async function answer(send: () => Promise<void>, option: string): Promise<Given> {
  try {
    await send();
    return { kind: "taken", option };
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    return { kind: error.status === 409 ? "late" : "failed", why: error.message };
  }
}

interface OptionProps {
  readonly option: ApprovalOption;
  readonly title: string;
  readonly busy: boolean;
  readonly chosen: boolean;
  readonly onChoose: () => void;
}

/** While an answer is on its way no other can be given; the focus stays where it was. */
function Option({ option, title, busy, chosen, onChoose }: OptionProps): VNode {
  return (
    <button
      type="button"
      class={`jp-Chatcore-option jp-mod-${option.kind}${chosen ? " jp-mod-chosen" : ""}`}
      aria-label={`${option.label}: ${title}`}
      aria-disabled={busy}
      title={option.label}
      onClick={onChoose}
    >
      {option.label}
    </button>
  );
}

/** Who answered by the keyboard goes on from the tool, and not from the top of the page. */
function useFocusKept(bar: { readonly current: HTMLElement | null }): void {
  useLayoutEffect(() => {
    const element = bar.current;
    return () => {
      const root = element?.getRootNode() as Document | ShadowRoot | undefined;
      if (!element?.contains(root?.activeElement ?? null)) return;
      element.parentElement?.querySelector("summary")?.focus({ preventScroll: true });
    };
  }, [bar]);
}
