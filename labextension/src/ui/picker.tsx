import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../words";
import { type Assistants, chosen, current } from "./assistants";
import type { View } from "./controller";
import { Icon } from "./icons";
import { lazily } from "./lazily";
import { keyAmong, rowsOf } from "./rove";

const Menu = lazily(() => import("./menu").then((module) => module.Menu));

interface Props {
  readonly view: View;
  readonly assistants: Assistants;
}

/** Who answers here; opens to all who could. */
export function Picker({ view, assistants }: Props): VNode {
  const [open, setOpen] = useState(false);
  const home = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const { title, model } = label(view);
  const show = (): void => {
    void assistants.load();
    setOpen(true);
  };
  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  useLeaving(home, open, () => setOpen(false));
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Escape" && open) {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (!open && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      show();
    } else if (open && home.current) keyAmong(rowsOf(home.current), event);
  };
  return (
    <div class="jp-Chatcore-picker" ref={home}>
      <button
        type="button"
        class="jp-Chatcore-pick"
        ref={button}
        aria-haspopup="dialog"
        aria-expanded={open}
        aria-label={t("Assistant: %1", [title, model].filter(Boolean).join(", "))}
        disabled={view.chat === null || view.connection.kind === "gone"}
        onClick={open ? close : show}
        onKeyDown={onKeyDown}
      >
        <Icon name="spark" />
        <span class="jp-Chatcore-pick-title">{title}</span>
        {model ? <span class="jp-Chatcore-pick-model">{model}</span> : null}
        <Icon name="chevron" />
      </button>
      {open ? (
        <Menu view={view} assistants={assistants} onDone={close} onKeyDown={onKeyDown} />
      ) : null}
    </div>
  );
}

/** Who answers, as far as that is known before anybody was listed. */
function label({ chat, messages, assistants }: View): { title: string; model: string } {
  const name = chat?.session.assistant ?? null;
  const info = current(assistants.list ?? [], name);
  const choice = info?.choices?.find((one) => one.name === "model") ?? { name: "model" };
  const last = messages.findLast(({ role, author }) =>
    // who wrote what was imported answers nothing here
    name === null
      ? role === "assistant" && !author?.username.startsWith("imported:")
      : author?.username === name,
  );
  return {
    title: info?.title || last?.author?.name || name || t("Assistant"),
    model: chosen(chat?.session.settings, choice) ?? choice.value ?? "",
  };
}

/** Calls `onLeave` when one clicks or goes elsewhere. */
export function useLeaving(
  home: { readonly current: HTMLElement | null },
  open: boolean,
  onLeave: () => void,
): void {
  useEffect(() => {
    if (!open) return undefined;
    const life = new AbortController();
    const look = (event: Event): void => {
      if (home.current && !event.composedPath().includes(home.current)) onLeave();
    };
    for (const name of ["pointerdown", "focusin"] as const) {
      document.addEventListener(name, look, { capture: true, signal: life.signal });
    }
    return () => life.abort();
  }, [open]);
}
