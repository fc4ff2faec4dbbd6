import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { Attached, Attachments } from "../attachments";
import { t } from "../words";
import type { Actions } from "./controller";
import { pictureOf } from "./filepart";
import { Icon } from "./icons";
import { bytes } from "./size";

interface Props {
  readonly files: readonly Attached[];
  readonly attachments: Attachments;
  readonly actions: Pick<Actions, "address">;
  /** Where the keyboard goes when the last one is gone. */
  readonly onEmpty: () => void;
}

/** The files that go out with the message. */
export function Chips({ files, attachments, actions, onEmpty }: Props): VNode | null {
  if (files.length === 0) return null;
  const remove = (button: HTMLElement, id: string): void => {
    const item = button.closest("li");
    const next = item?.nextElementSibling ?? item?.previousElementSibling;
    const other = next?.querySelector<HTMLElement>(".jp-Chatcore-quiet");
    attachments.remove(id);
    if (other) other.focus();
    else onEmpty();
  };
  return (
    <ul class="jp-Chatcore-chips" aria-label={t("Attached files")}>
      {files.map((file) => (
        <li
          key={file.id}
          class={`jp-Chatcore-attached jp-mod-${file.state}`}
          data-attached={file.state}
          title={file.error ?? file.name}
        >
          <Thumb file={file} actions={actions} />
          <span class="jp-Chatcore-name">{file.name}</span>
          <State file={file} onRetry={() => attachments.retry(file.id)} />
          <button
            type="button"
            class="jp-Chatcore-quiet"
            aria-label={t("Remove %1", file.name)}
            title={t("Remove")}
            onClick={(event) => remove(event.currentTarget, file.id)}
          >
            <Icon name="cross" />
          </button>
        </li>
      ))}
    </ul>
  );
}

function Thumb({ file, actions }: { readonly file: Attached } & Pick<Props, "actions">): VNode {
  const [broken, setBroken] = useState(false);
  const picture = file.part && !broken ? pictureOf({ part: file.part, actions }) : null;
  if (picture) return <img src={picture} alt="" onError={() => setBroken(true)} />;
  return <Icon name={file.state === "failed" ? "alert" : "file"} />;
}

function State({ file, onRetry }: { file: Attached; onRetry: () => void }): VNode {
  if (file.state === "failed") {
    const label = `${t("Try again: %1", file.name)}. ${file.error ?? ""}`;
    return (
      <button type="button" class="jp-Chatcore-link" aria-label={label} onClick={onRetry}>
        {t("Try again")}
      </button>
    );
  }
  const percent = `${Math.floor(file.share * 100)} %`;
  return (
    <span class="jp-Chatcore-muted jp-Chatcore-size">
      {file.state === "uploading" ? percent : bytes(file.size)}
    </span>
  );
}

/** What those who listen are told of the files. */
export function filesInWords(files: readonly Attached[]): string {
  const failed = files.filter(({ state }) => state === "failed");
  const coming = files.filter(({ state }) => state === "uploading");
  const named = (some: readonly Attached[]): string => some.map(({ name }) => name).join(", ");
  if (failed.length > 0) return t("Could not be attached: %1", named(failed));
  if (coming.length > 0) return t("Uploading %1", named(coming));
  return files.length > 0 ? t("Attached: %1", named(files)) : "";
}
