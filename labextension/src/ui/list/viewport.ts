/** What of a long list is on the page: as much as one sees, and a little ahead. */
import { useLayoutEffect, useState } from "preact/hooks";
import type { Group } from "./controller";
import { type Place, type Sizes, type Span, STEP, spansOf } from "./spans";

/** Until something is on the page that can be measured. */
const GUESS: Sizes = { row: 52, head: 28, view: 800 };

export interface Viewport {
  /** The rows of each group that are to be on the page. */
  readonly spans: readonly (readonly Span[])[];
  readonly sizes: Sizes;
  /** Whether the last row is on the page: it is time for more. */
  readonly near: boolean;
  onScroll(event: { readonly currentTarget: HTMLElement }): void;
}

type Ref = { readonly current: HTMLElement | null };

export function useViewport(
  scroller: Ref,
  groups: readonly Group[],
  isHeaded: (group: Group) => boolean,
  kept: Place | null,
): Viewport {
  const sizes = useSizes(scroller);
  const [step, setStep] = useState(0);
  const counts = groups.map((group) => ({
    count: group.sessions.length,
    headed: isHeaded(group),
  }));
  const spans = spansOf(counts, sizes, step * STEP * sizes.row, kept);
  return {
    spans,
    sizes,
    near: spans.at(-1)?.at(-1)?.to === counts.at(-1)?.count,
    onScroll: ({ currentTarget }) =>
      setStep(Math.floor(currentTarget.scrollTop / (STEP * sizes.row))),
  };
}

/** The heights as they are on this page, with its fonts. */
function useSizes(scroller: Ref): Sizes {
  const [sizes, setSizes] = useState(GUESS);
  const measure = (): void => {
    const found = scroller.current && measured(scroller.current);
    if (found && !same(found, sizes)) setSizes(found);
  };
  useLayoutEffect(measure);
  useLayoutEffect(() => {
    if (!scroller.current) return undefined;
    const observer = new ResizeObserver(() => {
      if (scroller.current) setSizes(measured(scroller.current));
    });
    observer.observe(scroller.current);
    return () => observer.disconnect();
  }, [scroller]);
  return sizes;
}

function measured(scroller: HTMLElement): Sizes {
  const height = (selector: string): number =>
    scroller.querySelector(selector)?.getBoundingClientRect().height ?? 0;
  return {
    row: height("[data-session]") || GUESS.row,
    head: height("h3") || GUESS.head,
    view: scroller.clientHeight || GUESS.view,
  };
}

function same(one: Sizes, other: Sizes): boolean {
  return one.row === other.row && one.head === other.head && one.view === other.view;
}
