import type { VNode } from "preact";
import { useContext, useLayoutEffect, useRef, useState } from "preact/hooks";
import { t } from "../words";
import { HostContext } from "./host";
import { Icon } from "./icons";
import { useLeaving } from "./picker";
import type { Showing, ShowingView } from "./showing";
import { ShownBody, typeOf } from "./shownpart";
import { Toolbar } from "./toolbar";
import { above } from "./toplayer";
import { cellName, type Piece, type ShownPart } from "./work";

interface Props {
  readonly showing: Showing;
  readonly view: ShowingView;
  /** Where the keyboard goes when the last one is gone. */
  readonly onEmpty: () => void;
}

/** What of the notebook goes out with the message; always a line high, so that nothing moves. */
export function Shown({ showing, view, onEmpty }: Props): VNode {
  const { on, pieces, problem } = view;
  return (
    <div class="jp-Chatcore-shown">
      <Toolbar label={t("What the assistant is shown of the notebook")}>
        <Switch on={on} />
        {pieces.map((piece) => (
          <Chip key={piece.id} piece={piece} showing={showing} onEmpty={onEmpty} />
        ))}
      </Toolbar>
      <span class="jp-Chatcore-muted" role="status" title={problem}>
        {problem || (on ? "" : t("The notebook is not shown"))}
      </span>
    </div>
  );
}

function Switch({ on }: { readonly on: boolean }): VNode {
  const { setShowNotebook } = useContext(HostContext);
  const label = t("Show the notebook to the assistant");
  return (
    <button
      type="button"
      class="jp-Chatcore-quiet"
      aria-label={label}
      aria-pressed={on}
      title={on ? t("The assistant is shown what you are at. Click to stop that.") : label}
      onClick={() => setShowNotebook(!on)}
    >
      <Icon name={on ? "eye" : "eyeOff"} />
    </button>
  );
}

interface ChipProps extends Pick<Props, "showing" | "onEmpty"> {
  readonly piece: Piece;
}

function Chip({ piece, showing, onEmpty }: ChipProps): VNode {
  const [open, setOpen] = useState(false);
  const chip = useRef<HTMLSpanElement>(null);
  useLeaving(chip, open, () => setOpen(false));
  const remove = (): void => {
    const next = chip.current?.nextElementSibling ?? chip.current?.previousElementSibling;
    const other = next?.matches("button") ? null : next?.querySelector<HTMLElement>("button");
    showing.remove(piece.id);
    if (other) other.focus();
    else onEmpty();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const removes = event.key === "Delete" || event.key === "Backspace";
    if (!removes && !(open && event.key === "Escape")) return;
    event.preventDefault();
    event.stopPropagation();
    if (removes) remove();
    else setOpen(false);
  };
  return (
    <span class="jp-Chatcore-piece" data-piece={piece.kind} ref={chip}>
      <button
        type="button"
        aria-expanded={open}
        aria-keyshortcuts="Delete"
        title={t("See what is sent. Delete removes it.")}
        aria-haspopup="dialog"
        onClick={() => setOpen(!open)}
        onKeyDown={onKeyDown}
      >
        {piece.label}
      </button>
      <button
        type="button"
        aria-label={t("Remove %1", piece.label)}
        title={t("Do not send it")}
        onClick={remove}
        onKeyDown={onKeyDown}
      >
        <Icon name="cross" />
      </button>
      {open ? <Peek piece={piece} beside={chip} /> : null}
    </span>
  );
}

interface PeekProps {
  readonly piece: Piece;
  readonly beside: { readonly current: HTMLElement | null };
}

/** All that is sent of a thing. */
function Peek({ piece, beside }: PeekProps): VNode {
  const panel = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    return panel.current && beside.current ? above(panel.current, beside.current) : undefined;
  }, [beside]);
  return (
    <div
      class="jp-Chatcore-popmenu jp-Chatcore-peek"
      role="dialog"
      aria-label={t("What is sent of %1", piece.label)}
      ref={panel}
      popover="manual"
    >
      {piece.parts().map((part, index) => (
        <section key={index}>
          <p>{headOf(part)}</p>
          <ShownBody part={part} />
        </section>
      ))}
    </div>
  );
}

function headOf(part: ShownPart): string {
  if (part.type === "variable") return `${part.name}: ${typeOf(part)}`;
  return `${cellName(part)}, ${part.path}`;
}
