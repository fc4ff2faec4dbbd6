import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { FilePart } from "../protocol";
import { t } from "../words";
import type { Actions } from "./controller";
import { enlargeAt } from "./enlarging";
import { Icon } from "./icons";
import { bytes } from "./size";

const PICTURES = ["image/png", "image/jpeg", "image/gif", "image/webp"];

interface Props {
  readonly part: FilePart;
  readonly actions: Pick<Actions, "address">;
}

/** Where a picture can be had that may be shown; null for whatever else a file is. */
export function pictureOf({ part, actions }: Props): string | null {
  return PICTURES.includes(part.mime) ? actions.address(part) : null;
}

/** A file of a message: a picture to look at, or a name to save it by. */
export function FileView(props: Props): VNode {
  const { part } = props;
  const [broken, setBroken] = useState(false);
  const picture = broken ? null : pictureOf(props);
  if (picture === null) return <Chip {...props} />;
  const label = `${part.name} (${bytes(part.size)})`;
  return (
    <button
      type="button"
      class="jp-Chatcore-enlarge jp-Chatcore-picture"
      title={label}
      aria-label={t("Enlarge: %1", part.name)}
      onClick={enlargeAt}
    >
      <img src={picture} alt={part.name} loading="lazy" onError={() => setBroken(true)} />
    </button>
  );
}

function Chip({ part, actions }: Props): VNode {
  const url = actions.address(part);
  const inner = (
    <>
      <Icon name="file" />
      <span class="jp-Chatcore-name">{part.name}</span>{" "}
      <span class="jp-Chatcore-muted">{bytes(part.size)}</span>
    </>
  );
  if (url === null) return <span class="jp-Chatcore-chip">{inner}</span>;
  return (
    <a class="jp-Chatcore-chip" href={url} download={part.name} title={t("Save %1", part.name)}>
      {inner}
    </a>
  );
}
