/** Who a person is, at a glance. */
import { expect, it } from "vitest";
import { initialsOf, pictureOf } from "../src/ui/avatar";

const PAGE = "http://here.test/lab";

it.each([
  ["avatars/ada.png", "http://here.test/avatars/ada.png"],
  ["https://elsewhere.test/ada.png", "https://elsewhere.test/ada.png"],
  ["https://me:secret@elsewhere.test/ada.png", "https://elsewhere.test/ada.png"],
  ["http://elsewhere.test/ada.png", null],
  ["javascript:alert(1)", null],
  ["data:image/svg+xml,<svg/>", null],
  ["https://", null],
  ["", null],
])("a picture at %j is taken from %j", (avatar_url, address) => {
  expect(pictureOf({ username: "ada", avatar_url }, PAGE)).toBe(address);
});

it.each([
  [{ username: "ada", initials: "AL" }, "AL"],
  [{ username: "ada", name: "Ada King Lovelace" }, "AL"],
  [{ username: "ada" }, "A"],
  [{ username: "x", name: "élodie" }, "É"],
  [{ username: "x", initials: "TOO LONG" }, "TO"],
])("the initials of %j are %j", (author, initials) => {
  expect(initialsOf(author)).toBe(initials);
});
