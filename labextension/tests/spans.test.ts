/** Of a long list, the rows in view are on the page, and the one that has the focus. */
import { describe, expect, it } from "vitest";
import { ago } from "../src/ui/list/ago";
import { piecesOf, spansOf } from "../src/ui/list/spans";

const SIZES = { row: 50, head: 30, view: 500 };
const one = (count: number) => [{ count, headed: false }];

describe("spans", () => {
  it("are all rows of a short list", () => {
    expect(spansOf(one(5), SIZES, 0, null)).toEqual([[{ from: 0, to: 5 }]]);
    expect(spansOf(one(0), SIZES, 0, null)).toEqual([[]]);
  });

  it("follow the view, with some rows before and after it", () => {
    expect(spansOf(one(1000), SIZES, 0, null)).toEqual([[{ from: 0, to: 21 }]]);
    expect(spansOf(one(1000), SIZES, 25_000, null)).toEqual([[{ from: 490, to: 521 }]]);
    expect(spansOf(one(1000), SIZES, 49_500, null)).toEqual([[{ from: 980, to: 1000 }]]);
  });

  it("keep one row wherever it is", () => {
    const spans = spansOf(one(1000), SIZES, 25_000, { group: 0, index: 3 });
    expect(spans).toEqual([
      [
        { from: 3, to: 4 },
        { from: 490, to: 521 },
      ],
    ]);
    const below = spansOf(one(1000), SIZES, 0, { group: 0, index: 999 });
    expect(below[0]?.at(-1)).toEqual({ from: 999, to: 1000 });
    const within = spansOf(one(1000), SIZES, 0, { group: 0, index: 5 });
    expect(within).toEqual([[{ from: 0, to: 21 }]]);
  });

  it("count the groups above, with their headings", () => {
    const groups = [
      { count: 100, headed: true },
      { count: 100, headed: true },
    ];
    expect(spansOf(groups, SIZES, 0, null)).toEqual([[{ from: 0, to: 20 }], []]);
    const [first, second] = spansOf(groups, SIZES, 5_030, null);
    expect(first).toEqual([{ from: 90, to: 100 }]);
    expect(second).toEqual([{ from: 0, to: 20 }]);
  });

  it("leave gaps as high as what is not there", () => {
    const letters = [..."abcdefgh"];
    const spans = [
      { from: 1, to: 2 },
      { from: 4, to: 6 },
    ];
    expect(piecesOf(letters, spans)).toEqual([
      { kind: "gap", at: 0, rows: 1 },
      { kind: "row", item: "b", position: 2 },
      { kind: "gap", at: 2, rows: 2 },
      { kind: "row", item: "e", position: 5 },
      { kind: "row", item: "f", position: 6 },
      { kind: "gap", at: 6, rows: 2 },
    ]);
  });
});

describe("how long ago", () => {
  const now = Date.parse("2026-03-11T12:00:00Z");

  it("is as short as it can be", () => {
    const at = ["2026-03-11T11:59:30Z", "2026-03-11T11:15:00Z", "2026-03-11T03:00:00Z"];
    expect(at.map((time) => ago(time, now))).toEqual(["", "45m", "9h"]);
    expect(ago("2026-03-08T12:00:00Z", now)).toBe("Sun");
    expect(ago("2026-01-08T12:00:00Z", now)).toMatch(/^(Jan 8|8 Jan)$/);
    expect(ago("2025-12-31T12:00:00Z", now)).toContain("2025");
  });

  it("is nothing for what is no moment, or is still to come", () => {
    expect(ago("never", now)).toBe("");
    expect(ago("2026-03-11T13:00:00Z", now)).toBe("");
  });
});
