// @vitest-environment jsdom
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { DEFAULTS, setFontSize } from "../src/lab/settings";
import { Stopwatch } from "../src/lab/stopwatch";

test("what is set for nobody is what the schema says", () => {
  const schema = JSON.parse(readFileSync("schema/plugin.json", "utf8")) as {
    properties: Record<string, { default: unknown }>;
  };
  const defaults = Object.entries(schema.properties).map(([name, one]) => [name, one.default]);
  expect(Object.fromEntries(defaults)).toEqual(DEFAULTS);
});

test("a font size is the page's until it is taken back", () => {
  const page = document.documentElement;
  setFontSize(page, 18);
  expect(page.style.getPropertyValue("--chatcore-font-size")).toBe("18px");
  setFontSize(page, 0);
  expect(page.style.getPropertyValue("--chatcore-font-size")).toBe("");
});

test("a stopwatch tells how long each reply took, once", () => {
  const watch = new Stopwatch();
  expect(watch.look(["a"], 1_000)).toEqual([]);
  expect(watch.look(["a", "b"], 3_000)).toEqual([]);
  expect(watch.look(["b"], 6_000)).toEqual([{ session: "a", took: 5_000 }]);
  expect(watch.look([], 7_000)).toEqual([{ session: "b", took: 4_000 }]);
  expect(watch.look([], 8_000)).toEqual([]);
});
