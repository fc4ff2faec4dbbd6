/** The lines in which two texts differ, with a little of what is around them. */

export interface DiffLine {
  readonly sign: "+" | "-" | " " | "skip";
  /** The line without its end; for `skip` how many lines are left out. */
  readonly text: string;
}

/** Equal lines that are kept around each change. */
const CONTEXT = 3;
/** Larger changes are shown as all of the old and all of the new: comparing costs too much. */
const MOST_CELLS = 400_000;

/** What to take away from `old` and to add to get `next`, in order. */
export function diffLines(old: string, next: string): readonly DiffLine[] {
  const [a, b] = [lines(old), lines(next)];
  const head = common(a, b, (list, index) => list[index]);
  const [restA, restB] = [a.slice(head), b.slice(head)];
  const tail = common(restA, restB, (list, index) => list[list.length - 1 - index]);
  const changed = compare(restA.slice(0, restA.length - tail), restB.slice(0, restB.length - tail));
  const same = a.slice(0, head).map(equal);
  return folded([...same, ...changed, ...a.slice(a.length - tail).map(equal)]);
}

/** With their ends, since those may be all that differs. */
function lines(text: string): string[] {
  return text === "" ? [] : text.split(/(?<=\n)/);
}

function common(
  a: readonly string[],
  b: readonly string[],
  at: (list: readonly string[], index: number) => string | undefined,
): number {
  const most = Math.min(a.length, b.length);
  let count = 0;
  while (count < most && at(a, count) === at(b, count)) count += 1;
  return count;
}

function compare(a: readonly string[], b: readonly string[]): DiffLine[] {
  const wide = b.length + 1;
  if ((a.length + 1) * wide > MOST_CELLS) return [...a.map(removed), ...b.map(added)];
  const lengths = commonLengths(a, b);
  const found: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    const [left, right] = [a[i] ?? "", b[j] ?? ""];
    const down = lengths[(i + 1) * wide + j] ?? 0;
    const across = lengths[i * wide + j + 1] ?? 0;
    if (left === right) {
      found.push(equal(left));
      i += 1;
      j += 1;
    } else if (down >= across) {
      found.push(removed(left));
      i += 1;
    } else {
      found.push(added(right));
      j += 1;
    }
  }
  return [...found, ...a.slice(i).map(removed), ...b.slice(j).map(added)];
}

/** For each pair of ends of the two lists the length of their longest common part. */
function commonLengths(a: readonly string[], b: readonly string[]): Uint32Array {
  const wide = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * wide);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const both = (lengths[(i + 1) * wide + j + 1] ?? 0) + 1;
      const either = Math.max(lengths[(i + 1) * wide + j] ?? 0, lengths[i * wide + j + 1] ?? 0);
      lengths[i * wide + j] = a[i] === b[j] ? both : either;
    }
  }
  return lengths;
}

/** Without the equal lines that are far from every change. */
function folded(all: readonly DiffLine[]): DiffLine[] {
  const near = new Set<number>();
  for (const [index, { sign }] of all.entries()) {
    for (let at = index - CONTEXT; sign !== " " && at <= index + CONTEXT; at += 1) near.add(at);
  }
  const found: DiffLine[] = [];
  let skipped = 0;
  const close = (): void => {
    if (skipped > 0) found.push({ sign: "skip", text: String(skipped) });
    skipped = 0;
  };
  for (const [index, line] of all.entries()) {
    if (!near.has(index)) skipped += 1;
    else {
      close();
      found.push(line);
    }
  }
  close();
  return found;
}

const bare = (line: string): string => line.replace(/\r?\n$/, "");
const equal = (line: string): DiffLine => ({ sign: " ", text: bare(line) });
const removed = (line: string): DiffLine => ({ sign: "-", text: bare(line) });
const added = (line: string): DiffLine => ({ sign: "+", text: bare(line) });
