/** Names above messages stay what they are while the chat moves past. */
import { describe, expect, it } from "vitest";
import type { Author, Message, Role } from "../src/protocol";
import { Names } from "../src/ui/names";

const ada: Author = { username: "ada", name: "Ada" };
const bob: Author = { username: "bob" };

function said(id: number, role: Role, author?: Author): Message {
  return {
    id,
    seq: id,
    session: "s",
    role,
    status: "done",
    created: "2026-03-01T12:00:00Z",
    parts: [],
    parent: id > 1 ? id - 1 : null,
    ...(author ? { author } : {}),
  };
}

describe("names", () => {
  it("stand above each first answer in a row, also where the row goes out of sight", () => {
    const all = [said(1, "user", ada), said(2, "assistant"), said(3, "assistant")];
    const names = new Names();
    expect([...names.over(all)]).toEqual([2]);
    expect([...names.over(all.slice(2))]).toEqual([]);
    expect([...names.over(all.slice(1))]).toEqual([2]);
  });

  it("stand above the first of what nothing is known above", () => {
    expect([...new Names().over([said(8, "assistant"), said(9, "assistant")])]).toEqual([8]);
  });

  it("of people are shown as soon as there are two, and from then on", () => {
    const all = [said(1, "user", ada), said(2, "user", bob), said(3, "user", bob)];
    const names = new Names();
    expect([...names.over(all.slice(1))]).toEqual([]);
    expect([...names.over(all)]).toEqual([1, 2]);
    expect([...names.over(all.slice(1))]).toEqual([2]);
  });

  it("are left out where nothing is said any more", () => {
    expect([...new Names().over([{ ...said(1, "assistant"), status: "deleted" }])]).toEqual([]);
  });
});
