// @vitest-environment jsdom
/** Chats that come into the list from files. */
import { describe, expect, it } from "vitest";
import { RequestError } from "../src/transport";
import { useListPage } from "./listpage";

const page = useListPage();

/** Picks files as a user does. */
async function pick(...names: string[]): Promise<void> {
  button("Import chats…").click();
  await page.rest();
  const input = document.querySelector<HTMLInputElement>("input[type=file]");
  if (!input) throw new Error("no files are asked for");
  Object.defineProperty(input, "files", { value: names.map((name) => new File(["x"], name)) });
  input.dispatchEvent(new Event("change"));
  await page.rest();
}

function button(label: string): HTMLButtonElement {
  const found = page.all("button").find((one) => one.textContent === label);
  if (!found) throw new Error(`no button ${label}: ${page.host.textContent}`);
  return found as HTMLButtonElement;
}

const bar = () => page.one(".jp-Chatcore-list-bar");

describe("importing", () => {
  it("takes every file, and says what came of it", async () => {
    await page.open();
    await pick("a.chat", "b.jsonl");
    expect(page.lobby.requests.filter((one) => one.startsWith("take"))).toEqual([
      "take a.chat",
      "take b.jsonl",
    ]);
    expect(bar().textContent).toContain("2 chats imported, 4 new messages.");
    expect(page.one("p[role=status]").textContent).toContain("2 chats imported");
    button("Close").click();
    await page.rest();
    expect(page.all(".jp-Chatcore-list-bar")).toEqual([]);
    await pick("a.chat");
    expect(bar().textContent).toContain("Nothing new");
  });

  it("says why a file could not be used", async () => {
    await page.open();
    page.lobby.faults.refuse.push(new RequestError(422, "invalid", "It is no chat."));
    await pick("a.chat");
    expect(bar().textContent).toContain("The chats could not be imported.");
    expect(bar().textContent).toContain("It is no chat.");
    expect(button("Import chats…").disabled).toBe(false);
  });

  it("does nothing where nothing was picked", async () => {
    await page.open();
    await pick();
    expect(page.lobby.count("take")).toBe(0);
    expect(page.all(".jp-Chatcore-list-bar")).toEqual([]);
  });
});
