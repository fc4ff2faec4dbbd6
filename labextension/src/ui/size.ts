const UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

/** A number of bytes as people read it. */
export function bytes(size: number): string {
  const power = size < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(size) / 3));
  return `${Number((size / 1000 ** power).toPrecision(3))} ${UNITS[power]}`;
}
