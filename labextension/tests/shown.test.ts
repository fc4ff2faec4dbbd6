import { describe, expect, it } from "vitest";
import type { Message, Part, ToolPart } from "../src/protocol";
import { markOf, shownTo } from "../src/shown";
import { golden } from "./golden";

interface Case {
  readonly name: string;
  readonly text: string;
  readonly repeat?: number;
  readonly mark: string;
}

describe("marks", () => {
  it.each(golden<Case>("marks"))("are those of the server: $name", ({ text, repeat, mark }) => {
    expect(markOf(text.repeat(repeat ?? 1))).toBe(mark);
  });
});

const A = { type: "cell", path: "a.ipynb", cell_id: "1", cell_type: "code", source: "a" } as const;
const DF = { type: "variable", name: "df", kernel: "k", python_type: "DataFrame" } as const;
const OLD = "0".repeat(16);
const NEW = "1".repeat(16);

function message(id: number, role: Message["role"], ...parts: Part[]): Message {
  const created = "2026-03-01T12:00:00Z";
  return { id, seq: id, session: "s", role, status: "done", created, parts };
}

function call(output: ToolPart["output"], more: Partial<ToolPart> = {}): ToolPart {
  return { type: "tool", call: "c", name: "n", status: "done", ...(output && { output }), ...more };
}

/** Each thing with its mark. */
function told(question: readonly Part[], ...answer: Part[]): Record<string, string> {
  const shown = shownTo(message(1, "user", ...question), message(2, "assistant", ...answer));
  return Object.fromEntries(
    shown.map((one) =>
      one.type === "cell" ? [one.cell_id, one.mark] : [one.name, one.fingerprint],
    ),
  );
}

describe("what an answer was shown", () => {
  it("is what its question shows", () => {
    const marked = { ...A, cell_id: "2", mark: OLD };
    const parts: Part[] = [A, marked, { ...DF, fingerprint: OLD }, { ...DF, name: "n" }];
    expect(told(parts)).toEqual({ 1: markOf("a"), 2: OLD, df: OLD });
  });

  it("is what its tools told, the last of it", () => {
    const read = (mark: string): ToolPart =>
      call([
        { type: "text", text: "", shown: [{ type: "cell", path: A.path, cell_id: "1", mark }] },
      ]);
    expect(told([A], read(OLD), read(NEW))).toEqual({ 1: NEW });
    expect(told([A], { ...read(OLD), status: "failed" })).toEqual({ 1: markOf("a") });
  });

  it("is nothing where there is no question and no tool", () => {
    expect(shownTo(null, message(2, "assistant", { type: "text", text: "a" }))).toEqual([]);
  });

  it.each([
    ["edited", { old: "a", new: "b" }, { 1: markOf("b") }],
    ["edited and taken back", { old: "a", new: "b", undone: true }, { 1: markOf("a") }],
    ["deleted", { old: "a" }, {}],
    ["in a file that is no notebook", { new: "b", cell: null }, { 1: markOf("a") }],
    ["in a cell that it had not read", { new: "b", cell: "9" }, { 1: markOf("a") }],
  ])("is as the answer left it: %s", (_, diff, expected) => {
    const output = [{ type: "diff" as const, path: A.path, cell: "1", ...diff }];
    expect(told([A], call(output))).toEqual(expected);
  });

  it("forgets variables that the answer itself may have changed", () => {
    const shown = [{ type: "variable" as const, kernel: "k", name: "n", fingerprint: NEW }];
    const look = call([{ type: "text", text: "", shown }], { kind: "read" });
    const parts = [{ ...DF, fingerprint: OLD }];
    expect(told(parts, look)).toEqual({ df: OLD, n: NEW });
    expect(told(parts, call([], { kind: "execute" }), look)).toEqual({ n: NEW });
  });

  it("tells variables of two kernels apart", () => {
    const both: Part[] = ["k", "l"].map((kernel) => ({ ...DF, kernel, fingerprint: OLD }));
    expect(shownTo(message(1, "user", ...both), message(2, "assistant"))).toHaveLength(2);
  });
});
