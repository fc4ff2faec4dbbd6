/** Amounts as people read them. */
import { expect, it } from "vitest";
import { dollars, number, seconds } from "../src/ui/amounts";

it.each([
  [0, "$0"],
  [0.0000004, "less than $0.0001"],
  [0.00123, "$0.0012"],
  [0.456, "$0.46"],
  [1, "$1.00"],
  [1234.567, "$1,234.57"],
])("%d dollars are %s", (value, words) => expect(dollars(value)).toBe(words));

it.each([
  [0, "0 s"],
  [0.123, "0.12 s"],
  [59.4, "59 s"],
  [59.7, "1 min 0 s"],
  [119.6, "2 min 0 s"],
  [3_599.7, "1 h 0 min"],
  [7_500, "2 h 5 min"],
])("%d seconds are %s", (value, words) => expect(seconds(value)).toBe(words));

it("thousands stand apart", () => expect(number(12_345)).toBe("12,345"));
