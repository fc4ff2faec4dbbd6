import type { VNode } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ChatUsage } from "../protocol";
import { t, tn } from "../words";
import { dollars, number, seconds } from "./amounts";
import { Icon } from "./icons";
import { above } from "./toplayer";

interface Props {
  readonly beside: { readonly current: HTMLElement | null };
  /** null where it came to nothing. */
  readonly load: () => Promise<ChatUsage | null>;
  readonly onClose: () => void;
}

/** What all answers of the chat took, for whoever asks. */
export function UsagePanel({ beside, load, onClose }: Props): VNode {
  const panel = useRef<HTMLDivElement>(null);
  const [usage, setUsage] = useState<ChatUsage | null>(null);
  useEffect(() => {
    void load().then((found) => (found ? setUsage(found) : onClose()));
    // what is asked for once is asked for when the panel opens
  }, []);
  useLayoutEffect(() => {
    const button = beside.current?.querySelector("button");
    if (!panel.current || !button) return undefined;
    const lower = above(panel.current, button);
    panel.current.querySelector("button")?.focus();
    return lower;
  }, [beside, usage]);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" && event.key !== "Tab") return;
    event.preventDefault();
    event.stopPropagation();
    onClose();
  };
  const onFocusOut = ({ relatedTarget }: FocusEvent): void => {
    if (relatedTarget && !panel.current?.contains(relatedTarget as Node)) onClose();
  };
  return (
    <div
      class="jp-Chatcore-usage"
      role="dialog"
      aria-label={t("What this chat took")}
      aria-busy={usage === null}
      popover="manual"
      ref={panel}
      onKeyDown={onKeyDown}
      onFocusOut={onFocusOut}
    >
      <header>
        {t("What this chat took")}
        <button
          type="button"
          class="jp-Chatcore-quiet"
          aria-label={t("Close")}
          title={t("Close")}
          onClick={onClose}
        >
          <Icon name="cross" />
        </button>
      </header>
      {usage ? <Totals usage={usage} /> : <p class="jp-Chatcore-muted">{t("Adding up…")}</p>}
    </div>
  );
}

function Totals({ usage }: { readonly usage: ChatUsage }): VNode {
  const { answers = 0, unpriced = 0, cost } = usage;
  if (answers === 0) return <p class="jp-Chatcore-muted">{t("No answer told what it took.")}</p>;
  return (
    <>
      <dl>
        {totals(usage).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {unpriced > 0 && cost != null ? (
        <p class="jp-Chatcore-muted">
          {tn("One answer has no known price.", "%1 answers have no known price.", unpriced)}
        </p>
      ) : null}
      <p class="jp-Chatcore-muted">{t("All versions are counted.")}</p>
    </>
  );
}

function totals(usage: ChatUsage): readonly (readonly [string, string])[] {
  const { answers = 0, input_tokens = 0, output_tokens = 0, cost } = usage;
  return [
    [t("Answers"), number(answers)],
    [t("Tokens in"), number(input_tokens)],
    [t("Tokens out"), number(output_tokens)],
    [t("Time"), seconds(usage.seconds ?? 0)],
    [t("Cost"), cost == null ? t("no known price") : dollars(cost)],
  ];
}
