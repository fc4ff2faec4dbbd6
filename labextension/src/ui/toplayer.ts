/** What lies above everything else, beside what it belongs to, however deep that is nested. */

const GAP_PX = 4;

/**
 * Shows an element with `popover` below another one, or above it where there is more room.
 *
 * It stays there while the page scrolls and while it grows. The result ends that; the
 * element is hidden when it leaves the page.
 */
export function above(element: HTMLElement, beside: HTMLElement): () => void {
  const life = new AbortController();
  const options = { signal: life.signal, capture: true, passive: true };
  const place = (): void => put(element, beside.getBoundingClientRect());
  const grown = new MutationObserver(place);
  // a host whose browser has no top layer shows it in its place
  element.showPopover?.();
  place();
  window.addEventListener("scroll", place, options);
  window.addEventListener("resize", place, options);
  grown.observe(element, { childList: true, subtree: true });
  life.signal.addEventListener("abort", () => grown.disconnect());
  return () => life.abort();
}

function put(element: HTMLElement, at: DOMRect): void {
  const { innerWidth, innerHeight } = window;
  const below = innerHeight - at.bottom - 2 * GAP_PX;
  const over = at.top - 2 * GAP_PX;
  element.style.maxHeight = `${Math.max(below, over)}px`;
  const { width, height } = element.getBoundingClientRect();
  const up = height > below && over > below;
  const left = at.left + width > innerWidth - GAP_PX ? at.right - width : at.left;
  element.style.left = `${Math.max(GAP_PX, left)}px`;
  element.style.top = `${up ? at.top - GAP_PX - height : at.bottom + GAP_PX}px`;
}
