import type { VNode } from "preact";

export const PATHS = {
  above: "M2.6 9.6h10.8v3.8H2.6zM8 7.2V2.4M5.6 4.8 8 2.4l2.4 2.4",
  again: "M13.2 8a5.2 5.2 0 1 1-1.6-3.75M13.4 2.2v2.6h-2.6",
  alert: "M8 5v3.6M8 11.1v.05M8 2.1 14.4 13.2H1.6Z",
  archive: "M2.4 3h11.2v3H2.4zM3.4 6.2v7h9.2v-7M6.4 8.8h3.2",
  arrowDown: "M8 3v10M3.8 8.8 8 13l4.2-4.2",
  arrowUp: "M8 13V3M3.8 7.2 8 3l4.2 4.2",
  back: "M13 8H3M7.2 3.8 3 8l4.2 4.2",
  below: "M2.6 2.6h10.8v3.8H2.6zM8 8.8v4.8M5.6 11.2 8 13.6l2.4-2.4",
  chart: "M3 13.2V9M8 13.2V2.8M13 13.2V6.4",
  check: "M3.2 8.6 6.5 12l6.3-7.6",
  chevron: "M6 3.8 10.2 8 6 12.2",
  clip: "M12.6 7.4 7.8 12.2a3 3 0 0 1-4.2-4.2l5.3-5.3a2 2 0 0 1 2.8 2.8L6.5 10.7a1 1 0 0 1-1.4-1.4l4.7-4.7",
  clock: "M8 4.6V8l2.2 1.6M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0Z",
  copy: "M5.6 5.6h7.8v7.8H5.6zM10.4 5.4V2.6H2.6v7.8h2.8",
  cross: "M4 4l8 8M12 4l-8 8",
  cut: "M8 2v3.4M8 7v2M8 10.6V14M2.4 8h2.8M10.8 8h2.8",
  edit: "M3 13l.6-3L10.6 3l2.4 2.4-7 7ZM9.2 4.4l2.4 2.4",
  export: "M8 9.6V2.4M5.2 5 8 2.2 10.8 5M3 9.4v4h10v-4",
  eye: "M1.6 8S4 3.8 8 3.8 14.4 8 14.4 8 12 12.2 8 12.2 1.6 8 1.6 8ZM8 9.8a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6Z",
  eyeOff: "M1.6 8S4 3.8 8 3.8 14.4 8 14.4 8 12 12.2 8 12.2 1.6 8 1.6 8ZM2.8 13.2 13.2 2.8",
  file: "M4 1.9h5l3 3v9.2H4ZM9 1.9v3h3",
  fork: "M4.6 5.4v5.2M4.6 8c4 0 6.6-.2 6.6-2.6M4.6 5.4a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3ZM4.6 13.6a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3ZM11.2 5.4a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3Z",
  import: "M8 2.4v7.2M5.2 7 8 9.8 10.8 7M3 9.4v4h10v-4",
  info: "M8 7.4v3.4M8 5.2v.05M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0Z",
  list: "M5.6 4h8M5.6 8h8M5.6 12h8M2.6 4v.05M2.6 8v.05M2.6 12v.05",
  lock: "M3.6 7.2h8.8v6.2H3.6zM5.4 7V5a2.6 2.6 0 0 1 5.2 0v2",
  more: "M3.4 8v.05M8 8v.05M12.6 8v.05",
  open: "M9.4 2.6h4v4M13.2 2.8 7.6 8.4M11.6 9.4v4h-9v-9h4",
  pin: "M5.4 2.4h5.2M6.2 2.6v4L4.4 9.2h7.2L9.8 6.6v-4M8 9.4v4.4",
  plus: "M8 3v10M3 8h10",
  replace: "M2.6 5.4h10.2M10.4 3l2.4 2.4-2.4 2.4M13.4 10.6H3.2M5.6 8.2l-2.4 2.4L5.6 13",
  run: "M4.6 2.8 12.8 8l-8.2 5.2Z",
  search: "M10.4 10.4 13.6 13.6M11.6 7A4.6 4.6 0 1 1 2.4 7a4.6 4.6 0 0 1 9.2 0Z",
  spark: "M8 1.8 9.5 6.5 14.2 8 9.5 9.5 8 14.2 6.5 9.5 1.8 8l4.7-1.5Z",
  stop: "M4.4 4.4h7.2v7.2H4.4z",
  tool: "M9.6 6.4 3 13M11.2 2.4a3 3 0 1 0 2.4 2.4l-1.9 1.9-1.6-.8-.8-1.6Z",
  trash: "M2.8 4.4h10.4M6.2 4.2V2.6h3.6v1.6M4.2 4.6l.6 8.8h6.4l.6-8.8",
  undo: "M5.6 3 2.6 6l3 3M2.8 6h6.4a3.7 3.7 0 0 1 0 7.4H5.4",
} as const;

export type IconName = keyof typeof PATHS;

/** A drawing that says nothing by itself: the text or label beside it does. */
export function Icon({ name }: { readonly name: IconName }): VNode {
  return (
    <svg class={`jp-Chatcore-icon jp-mod-${name}`} viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** A drawing's lines, for what draws by itself. */
export function linesOf(name: IconName): string {
  return PATHS[name];
}
