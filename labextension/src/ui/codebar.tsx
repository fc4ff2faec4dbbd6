import type { VNode } from "preact";
import { useContext, useEffect, useRef, useState } from "preact/hooks";
import { t } from "../words";
import { copyText } from "./clipboard";
import { HostContext, type NotebookTarget, type Place } from "./host";
import { Icon, type IconName } from "./icons";
import { PopMenu } from "./popmenu";

/** So long a button says that it has done what it should. */
const SHOWN_MS = 1_500;
/** What is written in a fence and yet nothing that a notebook could run. */
const NO_CODE =
  /^(?:|te?xt|plain(?:text)?|output|console|(?:ba|z|fi|c|power)?sh|shell.*|ps1|bat|cmd|terminal|json[5lc]?|ya?ml|toml|ini|x?html|xml|svg|s?css|less|diff|patch|markdown|md|rst|csv|tsv|log|http|latex|tex|math|mermaid|dot|dockerfile|makefile)$/;
/** Marks that turn the direction of what follows: code that reads unlike it runs. */
const TURNS = /[\u202a-\u202e\u2066-\u2069]/;

const PLACES: readonly Place[] = ["below", "above", "replace", "run"];
const ICONS: Readonly<Record<Place, IconName>> = {
  below: "below",
  above: "above",
  replace: "replace",
  run: "run",
};
const LABELS: Readonly<Record<Place, () => string>> = {
  below: () => t("Insert below the cell"),
  above: () => t("Insert above the cell"),
  replace: () => t("Replace the cell"),
  run: () => t("Insert below and run"),
};
const DONE: Readonly<Record<Place, () => string>> = {
  below: () => t("Inserted below"),
  above: () => t("Inserted above"),
  replace: () => t("Replaced"),
  run: () => t("Inserted and running"),
};

/** What came of the last thing that was asked for. */
interface Result {
  readonly of: "copy" | "put";
  readonly text: string;
  readonly failed: boolean;
}

interface Props {
  readonly language: string;
  /** Whether all of the code is there. */
  readonly closed: boolean;
  readonly text: () => string;
}

/** What can be done with a block of code; it stays in sight while a long one is read. */
export function CodeBar({ language, closed, text }: Props): VNode {
  const { notebook, preferences } = useContext(HostContext);
  const { result, attempt } = useResult();
  const bar = useRef<HTMLDivElement>(null);
  const code = closed && !NO_CODE.test(language);
  const able = useAvailable(bar, code ? notebook : null);
  const put = (place: Place): void => {
    if (notebook) void attempt("put", DONE[place](), () => notebook.put(text(), place));
  };
  const done = (of: Result["of"]): string =>
    result?.of === of && !result.failed ? " jp-mod-done" : "";
  return (
    <div class={`jp-Chatcore-codebar${able ? " jp-mod-able" : ""}`} ref={bar}>
      {/* drawn, so that it is no part of the text that one selects */}
      <span class="jp-Chatcore-language" data-language={language || t("text")} />
      {closed && TURNS.test(text()) ? (
        <span class="jp-Chatcore-turns">{t("hidden marks turn its text around")}</span>
      ) : null}
      <span class={result?.failed ? "jp-Chatcore-failed" : "jp-Chatcore-hidden"} role="status">
        {result?.text}
      </span>
      <span class="jp-Chatcore-codebuttons">
        {able ? (
          <>
            <Do
              label={LABELS[preferences.place]()}
              icon={ICONS[preferences.place]}
              done={done("put")}
              run={() => put(preferences.place)}
            />
            <PopMenu
              label={t("More places for the code")}
              icon="more"
              entries={() =>
                PLACES.filter((place) => place !== preferences.place).map((place) => ({
                  label: LABELS[place](),
                  icon: ICONS[place],
                  run: () => put(place),
                }))
              }
            />
          </>
        ) : null}
        <Do
          label={t("Copy the code")}
          icon="copy"
          done={done("copy")}
          run={() => void attempt("copy", t("Copied"), () => copyText(text()))}
        />
      </span>
    </div>
  );
}

interface DoProps {
  readonly label: string;
  readonly icon: IconName;
  readonly done: string;
  readonly run: () => void;
}

function Do({ label, icon, done, run }: DoProps): VNode {
  return (
    <button
      type="button"
      class={`jp-Chatcore-quiet${done}`}
      aria-label={label}
      title={label}
      onClick={run}
    >
      <Icon name={icon} />
      <Icon name="check" />
    </button>
  );
}

interface Attempts {
  readonly result: Result | null;
  attempt(of: Result["of"], done: string, work: () => Promise<void>): Promise<void>;
}

/** A success is told for a moment, a failure until the next try. */
function useResult(): Attempts {
  const [result, setResult] = useState<Result | null>(null);
  useEffect(() => {
    if (!result || result.failed) return undefined;
    const timer = setTimeout(() => setResult(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [result]);
  const attempt: Attempts["attempt"] = async (of, done, work) => {
    try {
      await work();
      setResult({ of, text: done, failed: false });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      setResult({ of, text: t("That did not work: %1", why), failed: true });
    }
  };
  return { result, attempt };
}

/** Whether there is a notebook now: asked when one points at the code or comes to it. */
function useAvailable(
  bar: { readonly current: HTMLElement | null },
  notebook: NotebookTarget | null,
): boolean {
  const [looked, setLooked] = useState<boolean | null>(null);
  useEffect(() => {
    const box = bar.current?.closest(".jp-Chatcore-code");
    if (!box || !notebook) return undefined;
    const life = new AbortController();
    const look = (): void => setLooked(notebook.available());
    for (const name of ["pointerenter", "focusin"]) {
      box.addEventListener(name, look, { signal: life.signal });
    }
    return () => life.abort();
  }, [notebook]);
  // known while it is drawn: a block that has ended is not drawn again for it
  return notebook !== null && (looked ?? notebook.available());
}
