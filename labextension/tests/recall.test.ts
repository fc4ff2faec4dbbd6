/** One's own earlier messages, as the arrow keys bring them back. */
import { describe, expect, it } from "vitest";
import type { Part } from "../src/protocol";
import { ownTexts, Recall } from "../src/ui/recall";

const SAID = ["third", "second", "first"];

describe("going back and forward", () => {
  it("ends at both ends, and keeps what was typed", () => {
    const recall = new Recall(() => SAID);
    expect(recall.move(1, "typed")).toBe("third");
    expect(recall.move(1, "third")).toBe("second");
    expect(recall.move(1, "second")).toBe("first");
    expect(recall.move(1, "first")).toBeNull();
    expect(recall.move(-1, "first")).toBe("second");
    expect(recall.move(-1, "second")).toBe("third");
    expect(recall.move(-1, "third")).toBe("typed");
    expect(recall.move(-1, "typed")).toBeNull();
  });

  it("takes one that was changed for a new message", () => {
    const recall = new Recall(() => SAID);
    recall.move(1, "");
    expect(recall.shows("third")).toBe(true);
    expect(recall.shows("third, but better")).toBe(false);
    expect(recall.move(1, "third, but better")).toBe("third");
    expect(recall.move(-1, "third")).toBe("third, but better");
  });

  it("has nothing where nothing was said", () => {
    expect(new Recall(() => []).move(1, "")).toBeNull();
  });
});

describe("what is one's own", () => {
  const text = (value: string): Part[] => [{ type: "text", text: value }];
  const by = (username: string, value: string, key: string | null = null) => ({
    role: "user" as const,
    author: { username },
    key,
    parts: text(value),
  });
  const mine = (key: string | null | undefined): boolean => key === "mine";

  it("are the questions, the newest first, and none twice in a row", () => {
    const answer = { role: "assistant" as const, parts: text("answer") };
    const said = [by("ada", "a"), answer, by("ada", "b"), by("ada", "b"), by("ada", "a")];
    expect(ownTexts(said, mine)).toEqual(["a", "b", "a"]);
  });

  it("are only those of the user where several write", () => {
    const said = [by("ada", "from another tab"), by("bob", "bob's"), by("ada", "now", "mine")];
    expect(ownTexts(said, mine)).toEqual(["now", "from another tab"]);
    expect(ownTexts(said.slice(0, 2), mine)).toEqual([]);
  });

  it("are also those on their way, but no pictures", () => {
    const part: Part = { type: "file", name: "a", mime: "image/png", url: "", size: 1 };
    const pending = { key: "mine", parts: text("waits") };
    expect(ownTexts([by("ada", "a"), pending, { parts: [part] }], mine)).toEqual(["waits", "a"]);
  });
});
