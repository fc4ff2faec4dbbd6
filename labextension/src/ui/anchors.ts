/** What is at the top edge of a view: the message, and what of it one sees first. */

/** Where something is, in pixels below the top edge of the view. */
export interface Place {
  readonly element: Element;
  readonly top: number;
}

interface Anchors {
  /** From the smallest to the message itself: where one goes, the next stands in for it. */
  readonly places: readonly Place[];
  readonly message: number | null;
}

/** Deeper than this nothing is a block of its own. */
const DEEPEST = 8;
/** What is inside of these is drawn anew as a whole, or sticks to the edge. */
const WHOLE = "pre, p, figure, table, summary, math, button, svg, h1, h2, h3, h4, h5, h6";

/** What is at the top edge of a box; `content` has the messages, one below the other. */
export function anchorsAt(content: Element, box: Element): Anchors {
  const edge = box.getBoundingClientRect().top;
  const all = content.querySelectorAll<HTMLElement>("[data-message]");
  const message = firstBelow(all, edge);
  if (!message) return { places: [], message: null };
  const places: Place[] = [];
  let at: Element | null = message;
  while (at && places.length < DEEPEST) {
    const top: number = at.getBoundingClientRect().top - edge;
    places.unshift({ element: at, top });
    // what begins in view is seen as a whole
    at = top >= 0 || at.matches(WHOLE) ? null : firstBelow(at.children, edge);
  }
  return { places, message: Number(message.dataset.message) };
}

/** Whether an element is there and takes up room. */
export function stands(element: Element): boolean {
  return element.isConnected && element.getClientRects().length > 0;
}

/** Where an element is in a box. */
export function placeOf(element: Element, box: Element): number {
  return element.getBoundingClientRect().top - box.getBoundingClientRect().top;
}

/** The first of some elements, one below the other, that is not wholly above an edge. */
function firstBelow<T extends Element>(elements: ArrayLike<T>, edge: number): T | null {
  let low = 0;
  let high = elements.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const bottom = elements[middle]?.getBoundingClientRect().bottom ?? edge;
    if (bottom <= edge) low = middle + 1;
    else high = middle;
  }
  return elements[low] ?? null;
}
