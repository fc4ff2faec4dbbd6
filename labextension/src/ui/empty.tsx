import type { VNode } from "preact";
import { useContext } from "preact/hooks";
import { t } from "../words";
import { HostContext } from "./host";
import { Icon } from "./icons";

interface Props {
  readonly examples: readonly string[];
  readonly onExample: (example: string) => void;
}

/** A chat in which nothing was said yet. */
export function Empty({ examples, onExample }: Props): VNode {
  const { keptIn } = useContext(HostContext);
  return (
    <div class="jp-Chatcore-empty">
      <Icon name="spark" />
      <h2>{t("What are you working on?")}</h2>
      <p>
        {t("Ask about a function, a package or an error.")}{" "}
        {keptIn || t("The chat is kept on your server.")}
      </p>
      <div class="jp-Chatcore-examples">
        {examples.map((example) => (
          <button
            key={example}
            type="button"
            class="jp-Chatcore-example"
            onClick={() => onExample(example)}
          >
            {example}
          </button>
        ))}
      </div>
    </div>
  );
}

interface GoneProps {
  readonly why: string;
  readonly reopen: (() => void) | null;
}

/** A chat that is there no more. */
export function Gone({ why, reopen }: GoneProps): VNode {
  return (
    <div class="jp-Chatcore-problem" role="alert">
      <Icon name="alert" />
      <span>{why}</span>
      {reopen ? (
        <button type="button" class="jp-Chatcore-button" onClick={reopen}>
          {t("Open it again")}
        </button>
      ) : null}
    </div>
  );
}
