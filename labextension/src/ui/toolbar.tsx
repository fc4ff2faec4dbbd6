import type { ComponentChildren, VNode } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

interface Props {
  readonly label: string;
  readonly children: ComponentChildren;
}

/** Buttons that are one stop of the Tab key; the arrows, Home and End move among them. */
export function Toolbar({ label, children }: Props): VNode {
  const bar = useRef<HTMLSpanElement>(null);
  const stop = useRef<HTMLElement | null>(null);
  const settle = (): void => {
    const buttons = buttonsOf(bar.current);
    // where one has been is where one comes back to, as long as it is there
    const at = buttons.find((button) => button === stop.current) ?? buttons[0];
    for (const button of buttons) button.tabIndex = button === at ? 0 : -1;
  };
  useLayoutEffect(settle);
  const onFocusIn = ({ target }: FocusEvent): void => {
    stop.current = target as HTMLElement;
    settle();
  };
  return (
    <span
      class="jp-Chatcore-toolbar"
      role="toolbar"
      aria-label={label}
      ref={bar}
      onFocusIn={onFocusIn}
      onKeyDown={(event) => move(buttonsOf(bar.current), event)}
    >
      {children}
    </span>
  );
}

/** The buttons in their order; the entries of an open menu are its own. */
function buttonsOf(bar: HTMLElement | null): readonly HTMLElement[] {
  return [...(bar?.querySelectorAll<HTMLElement>("button:not([role^=menuitem])") ?? [])];
}

function move(buttons: readonly HTMLElement[], event: KeyboardEvent): void {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const from = buttons.indexOf(event.target as HTMLElement);
  const to: Readonly<Record<string, number>> = {
    ArrowRight: (from + 1) % buttons.length,
    ArrowLeft: (from - 1 + buttons.length) % buttons.length,
    Home: 0,
    End: buttons.length - 1,
  };
  const next = to[event.key];
  if (from < 0 || next === undefined) return;
  event.preventDefault();
  buttons[next]?.focus();
}
