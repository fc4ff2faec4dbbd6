/** What of a notebook is shown to an assistant, and what of it one keeps back. */
import { describe, expect, it } from "vitest";
import { textOutputs } from "../src/lab/context/outputs";
import { BUDGET, type CellView, type Place, piecesOf } from "../src/lab/context/pieces";
import type { CellPart } from "../src/protocol";
import { markOf } from "../src/shown";
import { Showing } from "../src/ui/showing";
import { type Piece, partsOf, type Work } from "../src/ui/work";

const ERROR = { ename: "KeyError", evalue: "'a'", traceback: ["\u001b[31mKeyError\u001b[0m: 'a'"] };

function cell(id: string, given: Partial<CellView> = {}): CellView {
  const outputs = given.error ? [{ output_type: "error", ...given.error }] : [];
  return { id, type: "code", source: `${id} = 1`, count: null, outputs, error: null, ...given };
}

function at(active: number, cells: readonly CellView[], given: Partial<Place> = {}): Place {
  return { path: "a.ipynb", cells, active, own: false, selection: "", selected: [], ...given };
}

const labels = (pieces: readonly Piece[]): string[] => pieces.map(({ label }) => label);
const sent = (pieces: readonly Piece[]): CellPart[] =>
  partsOf(pieces).filter((part) => part.type === "cell");
const ids = (pieces: readonly Piece[]): string[] => sent(pieces).map(({ cell_id }) => cell_id);

describe("the pieces of a notebook", () => {
  const cells = [
    cell("a", { count: 1 }),
    cell("b", { type: "markdown", source: "# Title" }),
    cell("blank", { source: " \n" }),
    cell("c", { count: 2, error: ERROR }),
    cell("d"),
  ];

  it("are the cell, those before it that say something, and the last error", () => {
    const pieces = piecesOf(at(4, cells));
    expect(labels(pieces)).toEqual(["In [ ]", "3 cells before", "KeyError"]);
    expect(ids(pieces)).toEqual(["a", "b", "c", "d"]);
  });

  it("tell a cell and its error as one part", () => {
    const [part] = sent(piecesOf(at(3, cells)).filter(({ kind }) => kind !== "before"));
    expect(part).toEqual({
      type: "cell",
      path: "a.ipynb",
      cell_id: "c",
      cell_type: "code",
      source: "c = 1",
      execution_count: 2,
      mark: markOf("c = 1"),
      outputs: [
        { output_type: "error", ename: "KeyError", evalue: "'a'", traceback: ["KeyError: 'a'"] },
      ],
    });
  });

  it("have the error of the active cell first, else of the cell that ran last", () => {
    const two = [
      cell("old", { count: 7, error: { ...ERROR, ename: "Newest" } }),
      cell("new", { count: 3, error: { ...ERROR, ename: "Older" } }),
      cell("fine", { count: 9 }),
    ];
    const error = (active: number): string | undefined =>
      piecesOf(at(active, two)).find(({ kind }) => kind === "error")?.label;
    expect([error(0), error(1), error(2)]).toEqual(["Newest", "Older", "Newest"]);
  });

  it("are a selection, or the cells that are selected, in the place of the cell", () => {
    const selection = piecesOf(at(0, cells, { selection: "x\ny\n" }));
    expect(labels(selection)[0]).toBe("2 lines of In [1]");
    // a selection is stale when its cell has changed
    expect(sent(selection)[0]).toMatchObject({ source: "x\ny\n", mark: markOf("a = 1") });
    const several = piecesOf(at(1, cells, { selected: cells.slice(0, 3) }));
    expect(labels(several)[0]).toBe("2 selected cells");
  });

  it("leave out the cell of the chat itself, and an empty one", () => {
    expect(labels(piecesOf(at(1, cells, { own: true })))).toEqual(["1 cell before", "KeyError"]);
    expect(labels(piecesOf(at(2, cells)))).toEqual(["2 cells before", "KeyError"]);
    expect(piecesOf(at(-1, []))).toEqual([]);
  });

  it("stay within their budgets, with the nearest cells whole", () => {
    const long = cell("long", { source: "x".repeat(BUDGET.before) });
    const near = cell("near", { source: "y".repeat(5_000) });
    expect(ids(piecesOf(at(2, [long, near, cell("here", { source: "" })])))).toEqual(["near"]);
    const alone = sent(piecesOf(at(1, [long, cell("here", { source: "" })])));
    expect(alone[0]?.source.length).toBeLessThan(BUDGET.before + 10);
    const huge = cell("huge", { source: "z".repeat(100_000) });
    expect(sent(piecesOf(at(0, [huge])))[0]?.source.length).toBeLessThan(BUDGET.cell + 10);
  });

  it("read few of many cells", () => {
    let read = 0;
    const many = Array.from({ length: 1_000 }, (_, index) => ({
      ...cell(`c${index}`),
      get source() {
        read += 1;
        return "x = 1";
      },
    }));
    const pieces = piecesOf(at(999, many));
    expect(ids(pieces).length).toBeLessThan(70);
    expect(read).toBeLessThan(400);
  });
});

describe("outputs", () => {
  it("are told as text, without errors, widgets and colours", () => {
    const shown = textOutputs(
      [
        { output_type: "stream", name: "stderr", text: ["\u001b[1mbold\u001b[0m\n", "two\n"] },
        { output_type: "display_data", data: { "image/png": "iVBORw" }, metadata: {} },
        { output_type: "error", ...ERROR },
        {
          output_type: "display_data",
          data: { "text/plain": "Chat()", "application/vnd.jupyter.widget-view+json": {} },
        },
        {
          output_type: "execute_result",
          execution_count: 4,
          data: { "text/plain": "42", "text/html": "<b>42</b>" },
          metadata: { a: 1 },
        },
      ],
      100,
    );
    expect(shown).toEqual([
      { output_type: "stream", name: "stderr", text: "bold\ntwo" },
      {
        output_type: "execute_result",
        execution_count: 4,
        data: { "text/plain": "42" },
        metadata: {},
      },
    ]);
  });

  it("share a budget", () => {
    const stream = { output_type: "stream", name: "stdout", text: "x".repeat(80) };
    const shown = textOutputs([stream, stream, stream], 100);
    expect(shown).toHaveLength(2);
    expect(`${shown[1]?.text}`.length).toBeLessThan(30);
  });
});

describe("what is shown", () => {
  function piece(id: string, kind: Piece["kind"] = "cell"): Piece {
    const part = { type: "cell", path: "a", cell_id: id, cell_type: "code", source: id } as const;
    return { id, kind, label: id, parts: () => [part] };
  }
  const work = (at: string): Work => ({
    at,
    pieces: [piece("one"), piece("two", "before")],
    path: "a/b.ipynb",
    things: () => [],
    variables: null,
  });

  it("is what the user is at, in the notebook's order", () => {
    const showing = new Showing(() => undefined);
    expect(showing.parts()).toEqual([]);
    showing.update(work("a"));
    expect(ids(showing.view.pieces)).toEqual(["two", "one"]);
  });

  it("lacks what was removed, until the user goes elsewhere", () => {
    let changes = 0;
    const showing = new Showing(() => {
      changes += 1;
    });
    showing.update(work("a"));
    showing.remove("one");
    showing.update(work("a"));
    expect(labels(showing.view.pieces)).toEqual(["two"]);
    showing.update(work("b"));
    expect(labels(showing.view.pieces)).toEqual(["one", "two"]);
    expect(changes).toBe(4);
  });

  it("is nothing where that is switched off", () => {
    const showing = new Showing(() => undefined);
    showing.update(work("a"));
    showing.on = false;
    expect(showing.view).toEqual({ on: false, pieces: [], problem: "" });
    showing.on = true;
    expect(labels(showing.view.pieces)).toEqual(["one", "two"]);
    showing.update(null);
    expect(showing.view.pieces).toEqual([]);
  });
});
