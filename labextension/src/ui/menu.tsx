import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { AssistantInfo, Choice, Session } from "../protocol";
import { unique } from "../unique";
import { t } from "../words";
import { type Assistants, chosen, current } from "./assistants";
import type { View } from "./controller";
import { Icon } from "./icons";
import { rowsOf } from "./rove";
import { Said } from "./said";

interface Props {
  readonly view: View;
  readonly assistants: Assistants;
  readonly onDone: () => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

/** All who could answer: those who can now, then what the others lack; and what to choose. */
export function Menu({ view, assistants, onDone, onKeyDown }: Props): VNode {
  const panel = useRef<HTMLDivElement>(null);
  const { list, loading, problem } = view.assistants;
  const session = view.chat?.session;
  const now = current(list ?? [], session?.assistant);
  useFirstFocus(panel, list !== null);
  const choose = (info: AssistantInfo): void => {
    assistants.choose(info.name);
    if (!info.choices?.length) onDone();
  };
  const able = list?.filter(ready) ?? [];
  const lacking = list?.filter((info) => !ready(info)) ?? [];
  return (
    <div
      class="jp-Chatcore-menu"
      role="dialog"
      aria-label={t("Who answers")}
      aria-busy={loading}
      tabIndex={-1}
      ref={panel}
      onKeyDown={onKeyDown}
    >
      <div class="jp-Chatcore-menu-list">
        {problem ? <Problem why={problem} again={() => void assistants.load()} /> : null}
        {loading && !list ? (
          <p class="jp-Chatcore-menu-note">{t("Looking who can answer…")}</p>
        ) : null}
        <div role="listbox" aria-label={t("Assistants")}>
          {able.map((info) => (
            <Ready key={info.name} info={info} now={info === now} onChoose={() => choose(info)} />
          ))}
        </div>
        <Lacking list={lacking} now={now} />
      </div>
      {session && now?.choices?.length ? (
        <div class="jp-Chatcore-menu-choices">
          {now.choices.map((choice) => (
            <Setting key={choice.name} choice={choice} session={session} assistants={assistants} />
          ))}
        </div>
      ) : null}
    </div>
  );
}

function ready({ state = "ready" }: AssistantInfo): boolean {
  return state === "ready";
}

/** The focus goes to who answers now; to the menu itself while nobody is listed. */
function useFirstFocus(panel: { readonly current: HTMLElement | null }, listed: boolean): void {
  useEffect(() => {
    const menu = panel.current;
    const row = menu && (menu.querySelector("[aria-selected=true]") ?? rowsOf(menu)[0]);
    const there = menu?.contains((menu.getRootNode() as Document | ShadowRoot).activeElement);
    // who has gone on to something else in the menu is not called back
    if (there && menu !== (menu?.getRootNode() as Document | ShadowRoot).activeElement) return;
    ((row as HTMLElement | null) ?? menu)?.focus();
  }, [listed]);
}

interface ReadyProps {
  readonly info: AssistantInfo;
  readonly now: boolean;
  readonly onChoose: () => void;
}

function Ready({ info, now, onChoose }: ReadyProps): VNode {
  return (
    <button
      type="button"
      class="jp-Chatcore-menu-row"
      role="option"
      aria-selected={now}
      tabIndex={now ? 0 : -1}
      onClick={onChoose}
    >
      <span class="jp-Chatcore-menu-name" dir="auto">
        {info.title}
      </span>
      {info.default ? <span class="jp-Chatcore-menu-state">{t("default")}</span> : null}
      {now ? <Icon name="check" /> : null}
      {info.description ? (
        <span class="jp-Chatcore-menu-text" dir="auto">
          {info.description}
        </span>
      ) : null}
    </button>
  );
}

const STATES: Readonly<Record<NonNullable<AssistantInfo["state"]>, () => string>> = {
  ready: () => t("ready"),
  not_installed: () => t("not installed"),
  not_configured: () => t("not set up"),
  unreachable: () => t("not reachable"),
  broken: () => t("broken"),
};

interface LackingProps {
  readonly list: readonly AssistantInfo[];
  readonly now: AssistantInfo | undefined;
}

/** Those who cannot answer now, each with what to do about it. */
function Lacking({ list, now }: LackingProps): VNode | null {
  if (list.length === 0) return null;
  return (
    <section aria-label={t("Not ready")}>
      <h3>{t("Not ready")}</h3>
      {list.map((info) => (
        <details key={info.name} class="jp-Chatcore-menu-lacking" open={info === now}>
          <summary aria-current={info === now}>
            <span class="jp-Chatcore-menu-name" dir="auto">
              {info.title}
            </span>
            <span class="jp-Chatcore-menu-state">{STATES[info.state ?? "ready"]()}</span>
            {info === now ? <Icon name="check" /> : null}
          </summary>
          <p>
            <Said text={info.reason || t("It does not say why.")} />
          </p>
        </details>
      ))}
    </section>
  );
}

interface SettingProps {
  readonly choice: Choice;
  readonly session: Session;
  readonly assistants: Assistants;
}

/** What is known to be possible is chosen from; where nothing is, one writes it. */
function Setting({ choice, session, assistants }: SettingProps): VNode {
  const [id] = useState(unique);
  const value = chosen(session.settings, choice);
  const values = choice.values ?? [];
  const own = choice.value ? t("Default (%1)", choice.value) : t("Default");
  const onChange = (event: { readonly currentTarget: { readonly value: string } }): void =>
    assistants.pick(choice, event.currentTarget.value.trim() || null);
  return (
    <div>
      <label for={id}>{choice.title || choice.name}</label>
      {values.length === 0 ? (
        <input id={id} type="text" value={value ?? ""} placeholder={own} onChange={onChange} />
      ) : (
        <select id={id} value={value ?? ""} onChange={onChange}>
          <option value="">{own}</option>
          {(value && !values.includes(value) ? [value, ...values] : values).map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      )}
    </div>
  );
}

function Problem({ why, again }: { readonly why: string; readonly again: () => void }): VNode {
  return (
    <div class="jp-Chatcore-problem" role="alert">
      <Said text={why} />
      <button type="button" class="jp-Chatcore-button" onClick={again}>
        {t("Try again")}
      </button>
    </div>
  );
}
