import { afterEach, expect, test } from "vitest";
import { onPublished, publish, published } from "../src/pagehost";
import type { Translator } from "../src/words";

const translator: Translator = { __: (text) => text, _n: (one) => one };

afterEach(() => publish(null));

test("whoever asks gets what was published last", () => {
  expect(published()).toBeNull();
  publish({ host: { title: "one" }, translator });
  publish({ host: { title: "two" }, translator });
  expect(published()?.host.title).toBe("two");
});

test("whoever listens hears of each change, until they leave", () => {
  const heard: (string | undefined)[] = [];
  const leave = onPublished(() => heard.push(published()?.host.title));
  publish({ host: { title: "one" }, translator });
  publish(null);
  leave();
  publish({ host: { title: "two" }, translator });
  expect(heard).toEqual(["one", undefined]);
});
