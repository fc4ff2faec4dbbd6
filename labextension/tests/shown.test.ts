import { describe, expect, it } from "vitest";
import { markOf } from "../src/shown";
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
