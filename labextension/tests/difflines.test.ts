/** What two texts differ in. */
import { describe, expect, it } from "vitest";
import { diffLines } from "../src/render/difflines";

const shown = (old: string, next: string) =>
  diffLines(old, next).map(({ sign, text }) => (sign === "skip" ? `…${text}` : sign + text));
const numbers = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `${from + index}\n`).join("");

/** Both texts as the lines give them, with what is left out taken from the old one. */
function rebuilt(old: string, next: string): [string, string] {
  const rest = old.split("\n").slice(0, -1);
  const made: [string[], string[]] = [[], []];
  for (const { sign, text } of diffLines(old, next)) {
    const same = sign === "skip" ? rest.splice(0, Number(text)) : [text];
    if (sign === " " || sign === "-") rest.shift();
    if (sign !== "+") made[0].push(...same);
    if (sign !== "-") made[1].push(...same);
  }
  const [a, b] = made.map((lines) => lines.map((line) => `${line}\n`).join(""));
  return [a ?? "", b ?? ""];
}

describe("a change", () => {
  it("of one line keeps what is around it", () => {
    expect(shown(numbers(0, 20), numbers(0, 20).replace("\n10\n", "\nten\n"))).toEqual(
      "…7, 7, 8, 9,-10,+ten, 11, 12, 13,…6".split(","),
    );
  });

  it.each([
    ["", "a\nb\n", ["+a", "+b"]],
    ["a\nb\n", "", ["-a", "-b"]],
    ["", "", []],
    ["a\n", "a\n", ["…1"]],
    ["a\nb\nc\n", "a\nc\n", [" a", "-b", " c"]],
    ["a\nb\n", "b\na\n", ["-a", " b", "+a"]],
    ["a", "a\n", ["-a", "+a"]],
    ["a\r\n", "a\n", ["-a", "+a"]],
    ["a\u2028b\n", "a\u2028c\n", ["-a\u2028b", "+a\u2028c"]],
  ])("from %j to %j", (old, next, lines) => {
    expect(shown(old, next)).toEqual(lines);
  });

  it("gives both texts back", () => {
    const old = numbers(0, 60).replace("7\n", "x\n");
    const next = `start\n${numbers(5, 70).replace("30\n31\n", "")}`;
    expect(rebuilt(old, next)).toEqual([old, next]);
    expect(rebuilt(next, old)).toEqual([next, old]);
  });

  it("that is large comes to its end", () => {
    const lines = diffLines(numbers(0, 20_000), numbers(30_000, 50_000));
    expect(lines.length).toBe(40_000);
  });
});
