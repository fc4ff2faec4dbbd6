// @vitest-environment jsdom
/** That an answer is out of date: said under it, and taken back where nothing differs any more. */
import { expect, it } from "vitest";
import type { Part, Shown } from "../src/protocol";
import type { Change, Freshness } from "../src/ui/host";
import { usePage } from "./page";

const page = usePage();
const OLD = "0".repeat(16);
const CELL: Part = {
  type: "cell",
  path: "a.ipynb",
  cell_id: "1",
  cell_type: "code",
  source: "a = 1",
  mark: OLD,
};

/** A host whose notebooks are as a test says. */
class Notebooks implements Freshness {
  watched: (readonly Shown[])[] = [];
  renewedBy = (part: Part): Part => part;
  private readonly listeners = new Set<(changes: readonly Change[]) => void>();

  watch(shown: readonly Shown[], listener: (changes: readonly Change[]) => void): () => void {
    this.watched.push(shown);
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  renewed(parts: readonly Part[]): Promise<readonly Part[]> {
    return Promise.resolve(parts.map(this.renewedBy));
  }

  async change(...changes: Change[]): Promise<void> {
    for (const listener of this.listeners) listener(changes);
    await page.rest();
  }
}

async function opened(...parts: Part[]): Promise<Notebooks> {
  const asked = page.server.say("user", "why?", {
    parts: [{ type: "text", text: "why?" }, ...parts],
  });
  const reply = page.server.begin({ parent: asked.id });
  page.server.put(reply, { type: "text", text: "so" });
  page.server.end(reply);
  const freshness = new Notebooks();
  await page.open({ freshness });
  await page.rest();
  return freshness;
}

const stale = (): string | undefined =>
  page.all(".jp-Chatcore-stale > span")[0]?.textContent ?? undefined;
const changed = (name: string): Change => ({ name, gone: false });

it("says what has changed, until it is as it was", async () => {
  const notebooks = await opened(CELL);
  expect(stale()).toBeUndefined();
  await notebooks.change(changed("cell [3]"));
  expect(stale()).toBe("Out of date: cell [3] changed since.");
  await notebooks.change(changed("a"), changed("b"), changed("c"), changed("d"));
  expect(stale()).toBe("Out of date: a, b, c, 1 more changed since.");
  await notebooks.change({ name: "df", gone: true });
  expect(stale()).toBe("Out of date: df not there any more.");
  await notebooks.change(changed("cell 1"), { name: "df", gone: true });
  expect(stale()).toBe("Out of date: cell 1 changed since, df not there any more.");
  await notebooks.change();
  expect(stale()).toBeUndefined();
});

it("watches nothing for an answer that was shown nothing", async () => {
  expect((await opened()).watched).toEqual([]);
});

it("asks again with the cells as they are now", async () => {
  const notebooks = await opened(CELL);
  const now: Part = { ...CELL, source: "a = 2", mark: "1".repeat(16) };
  notebooks.renewedBy = (part) => (part.type === "cell" ? now : part);
  await notebooks.change(changed("cell 1"));
  await page.click("Ask again");
  const [asked, reply] = page.server.stored();
  expect(asked?.parts).toEqual([{ type: "text", text: "why?" }, now]);
  expect(reply).toMatchObject({ role: "assistant", status: "streaming" });
});

it("asks the same again where what its tools told has changed", async () => {
  const notebooks = await opened(CELL);
  const [asked, answer] = page.server.stored();
  await notebooks.change(changed("df"));
  await page.click("Ask again");
  const [same, reply] = page.server.stored();
  expect(same).toEqual(asked);
  expect(reply).toMatchObject({ role: "assistant", status: "streaming" });
  expect(reply?.id).not.toBe(answer?.id);
});
