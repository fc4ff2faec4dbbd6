// @vitest-environment jsdom
/** The list of chats by the keyboard alone, and deleting, which can be taken back for a while. */
import { beforeEach, describe, expect, it } from "vitest";
import { RequestError } from "../src/transport";
import { UNDO_MS } from "../src/ui/list/undo";
import { useListPage } from "./listpage";

const page = useListPage();

/** Chats d (newest), c, b and a. */
beforeEach(() => {
  for (const id of ["a", "b", "c", "d"]) page.lobby.add(id, { title: `Chat ${id}` });
});

describe("the keyboard", () => {
  it("goes through the rows, of which Tab leads to one", async () => {
    page.lobby.change("c", { pinned: true });
    await page.open();
    const stops = () => page.all(".jp-Chatcore-row-open").filter((one) => one.tabIndex === 0);
    expect(stops().length).toBe(1);
    page.search.focus();
    await page.press("ArrowDown");
    const walk = [page.focused];
    for (const key of ["ArrowDown", "ArrowDown", "End", "ArrowDown", "ArrowUp", "Home"]) {
      await page.press(key);
      walk.push(page.focused);
    }
    expect(walk).toEqual(["c", "d", "b", "a", "a", "b", "c"]);
    expect(stops().length).toBe(1);
    await page.press("ArrowUp");
    expect(document.activeElement).toBe(page.search);
  });

  it("goes through rows that are not on the page yet", async () => {
    for (let i = 0; i < 100; i++) page.lobby.add(`c${i}`);
    await page.open();
    await page.focus("c99");
    await page.press("End");
    expect(page.focused).toBe("c50");
    await page.press("PageDown");
    expect(page.focused).not.toBe("c50");
    await page.press("Home");
    expect(page.focused).toBe("c99");
  });

  it("begins to search with a letter", async () => {
    await page.open();
    await page.focus("b");
    await page.press("p");
    expect(document.activeElement).toBe(page.search);
  });

  it("opens in a tab of its own with Control and Enter", async () => {
    const tabs: string[] = [];
    await page.open({ openInMain: (id) => tabs.push(id) });
    await page.focus("b");
    await page.press("Enter", { ctrlKey: true });
    expect(tabs).toEqual(["b"]);
  });

  it("keeps its row when others move, come and go", async () => {
    await page.open();
    await page.focus("b");
    page.lobby.say("b", "hello");
    page.lobby.add("e");
    await page.rest();
    expect(page.rows()).toEqual(["e", "b", "d", "c", "a"]);
    expect(page.focused).toBe("b");
    page.lobby.remove("b");
    await page.rest();
    expect(page.focused).toBe("d");
  });

  it("is at the search box when the last row is gone", async () => {
    await page.open();
    await page.focus("a");
    for (const id of ["a", "b", "c", "d"]) page.lobby.remove(id);
    await page.rest();
    expect(document.activeElement).toBe(page.search);
  });
});

describe("renaming", () => {
  const field = () => page.one<HTMLInputElement>("[aria-label='Title of the chat']");

  it("is done in the row with F2, and kept with Enter", async () => {
    await page.open();
    await page.focus("b");
    await page.press("F2");
    expect(document.activeElement).toBe(field());
    expect(field().value).toBe("Chat b");
    await page.type("  Prices ");
    await page.press("Enter");
    expect(page.focused).toBe("b");
    expect(page.row("b").textContent).toContain("Prices");
    expect(page.lobby.session("b").title).toBe("Prices");
    expect(page.lobby.count("patch")).toBe(1);
  });

  it("is left as it was with Escape, or with nothing written", async () => {
    await page.open();
    await page.focus("b");
    await page.press("F2");
    await page.type("Prices");
    await page.press("Escape");
    await page.press("F2");
    await page.type("   ");
    await page.press("Enter");
    expect(page.row("b").textContent).toContain("Chat b");
    expect(page.focused).toBe("b");
    expect(page.lobby.count("patch")).toBe(0);
  });

  it("is kept when one goes elsewhere, and shown before the server has it", async () => {
    await page.open();
    await page.focus("b");
    await page.press("F2");
    await page.type("Prices");
    page.lobby.gate = new Promise(() => undefined);
    page.search.focus();
    await page.rest();
    expect(page.row("b").textContent).toContain("Prices");
  });

  it("leaves the keys to the field", async () => {
    await page.open();
    await page.focus("b");
    await page.press("F2");
    for (const key of ["Delete", "ArrowDown", "x", "Home"]) await page.press(key);
    expect(document.activeElement).toBe(field());
    expect(page.rows().length).toBe(4);
  });
});

describe("deleting", () => {
  it("takes the row away at once, and the chat when nobody has wanted it back", async () => {
    await page.open();
    await page.focus("b");
    await page.press("Delete");
    expect(page.rows()).toEqual(["d", "c", "a"]);
    expect(page.focused).toBe("a");
    expect(page.told).toBe("“Chat b” deleted. Control+Z takes it back.");
    await page.rest(UNDO_MS - 1_000);
    expect(page.lobby.count("remove")).toBe(0);
    await page.rest(1_000);
    expect(page.lobby.count("remove b")).toBe(1);
    expect(page.rows()).toEqual(["d", "c", "a"]);
    expect(page.all("section[aria-label='What was just done']")).toEqual([]);
  });

  it("is taken back by the button or by Control+Z, the last one first", async () => {
    await page.open();
    await page.focus("b");
    await page.press("Delete");
    await page.press("Delete");
    expect(page.rows()).toEqual(["d", "c"]);
    await page.press("z", { ctrlKey: true });
    expect(page.rows()).toEqual(["d", "c", "a"]);
    await page.click("Undo");
    expect(page.rows()).toEqual(["d", "c", "b", "a"]);
    await page.rest(60_000);
    expect(page.lobby.count("remove")).toBe(0);
  });

  it("hurries nobody who is on the button", async () => {
    await page.open();
    await page.focus("b");
    await page.press("Delete");
    page.button("Undo").focus();
    await page.rest(60_000);
    expect(page.lobby.count("remove")).toBe(0);
    await page.focus("a");
    await page.rest(UNDO_MS);
    expect(page.lobby.count("remove b")).toBe(1);
  });

  it("is carried out when the page is left, or the list is closed", async () => {
    await page.open();
    await page.focus("b");
    await page.press("Delete");
    window.dispatchEvent(new Event("pagehide"));
    expect(page.lobby.count("remove b")).toBe(1);
    await page.rest();
    await page.press("Delete");
    page.list?.dispose();
    expect(page.lobby.count("remove a")).toBe(1);
  });

  it("that comes to nothing brings the chat back, and says why", async () => {
    await page.open();
    await page.focus("b");
    await page.press("Delete");
    page.lobby.faults.refuse.push(new RequestError(403, "http", "Not yours."));
    await page.rest(UNDO_MS);
    expect(page.rows()).toEqual(["d", "c", "b", "a"]);
    expect(page.host.textContent).toContain("The chat could not be deleted. Not yours.");
  });
});
