// @vitest-environment jsdom
/** The list of chats as one sees it, and what one does in it. */
import { describe, expect, it, vi } from "vitest";
import { RequestError } from "../src/transport";
import { useListPage } from "./listpage";

const page = useListPage();

describe("the list", () => {
  it("shows of each chat its title, its last words, its time and its marks", async () => {
    page.lobby.add("a", { title: "Prices", last: "They rise." });
    page.lobby.add("b", { pinned: true, unread: true });
    page.lobby.add("c", { running: true });
    await page.open();
    expect(page.row("a").textContent).toContain("Prices30mThey rise.");
    const labels = (id: string) =>
      [...page.row(id).querySelectorAll("[role=img]")].map((one) => one.ariaLabel);
    expect(labels("a")).toEqual([]);
    expect(labels("b")).toEqual(["pinned", "unread"]);
    expect(labels("c")).toEqual(["answering now"]);
  });

  it("has the notebook's chats first, then the pinned ones, then the others, each once", async () => {
    page.lobby.add("here", { notebook: "n.ipynb", pinned: true });
    page.lobby.add("pinned", { pinned: true });
    page.lobby.add("other");
    await page.open({ notebook: "n.ipynb" });
    expect(page.headings).toEqual(["In this notebook", "Pinned", "Chats"]);
    expect(page.rows()).toEqual(["here", "pinned", "other"]);
    page.list?.update({ notebook: null });
    await page.rest();
    expect(page.headings).toEqual(["Pinned", "Chats"]);
    expect(page.rows()).toEqual(["pinned", "here", "other"]);
  });

  it("marks the open one, which is never unread", async () => {
    page.lobby.add("a", { unread: true });
    page.lobby.add("b");
    await page.open({ current: "a" });
    expect(page.one("[aria-current=true]").closest("li")?.dataset.session).toBe("a");
    expect(page.all("[aria-label=unread]")).toEqual([]);
    page.list?.update({ current: "b" });
    await page.rest();
    expect(page.one("[aria-current=true]").closest("li")?.dataset.session).toBe("b");
    expect(page.all("[aria-label=unread]").length).toBe(1);
  });

  it("follows what happens elsewhere, and the clock", async () => {
    page.lobby.add("a");
    page.lobby.add("b");
    await page.open();
    page.lobby.say("a", "hello", { running: true, title: "Greeting" });
    await page.rest();
    expect(page.rows()).toEqual(["a", "b"]);
    expect(page.row("a").textContent).toContain("Greeting");
    vi.setSystemTime(Date.now() + 40 * 60_000);
    await page.rest(30_000);
    expect(page.row("b").textContent).toContain("1h");
    page.lobby.remove("a");
    await page.rest();
    expect(page.rows()).toEqual(["b"]);
  });

  it("keeps few rows of many on the page, and takes the next ones in time", async () => {
    for (let i = 0; i < 300; i++) page.lobby.add(`c${i}`);
    await page.open();
    expect(page.rows().length).toBeLessThan(40);
    const rows = page.one(".jp-Chatcore-rows");
    const loaded = () => Number(page.one("[aria-setsize]").getAttribute("aria-setsize"));
    expect(loaded()).toBe(50);
    for (let top = 0; top < 300 * 52; top += 800) {
      rows.scrollTop = top;
      rows.dispatchEvent(new Event("scroll"));
      await page.rest();
      expect(page.rows().length).toBeLessThan(60);
    }
    expect(loaded()).toBe(300);
    expect(page.rows()).toContain("c0");
  });

  it("says that it is loading, that there is nothing, and what to do then", async () => {
    let answer = (): void => undefined;
    page.lobby.gate = new Promise((resolve) => {
      answer = resolve;
    });
    await page.open();
    expect(page.one("[aria-busy=true]").textContent).toBe("Loading your chats…");
    answer();
    await page.rest();
    expect(page.host.textContent).toContain("No chats yet");
    page
      .all("button")
      .find((one) => one.className.includes("button"))
      ?.click();
    await page.rest();
    expect(page.opened).toEqual(page.rows());
    expect(page.opened.length).toBe(1);
  });

  it("says why there are no chats, and tries again when told to", async () => {
    const { refuse } = page.lobby.faults;
    refuse.push(...Array(9).fill(new RequestError(403, "http", "Sign in again.")));
    await page.open();
    expect(page.one("[role=alert]").textContent).toContain("Sign in again.");
    refuse.length = 0;
    page.lobby.add("a");
    await page.click("Try again");
    expect(page.rows()).toEqual(["a"]);
  });

  it("says that it is reconnecting while it still shows what it knows", async () => {
    page.lobby.add("a");
    await page.open();
    page.lobby.faults.dead = true;
    page.lobby.cut();
    await page.rest(500);
    expect(page.host.textContent).not.toContain("Reconnecting");
    await page.rest(2_000);
    expect(page.host.textContent).toContain("Reconnecting…");
    expect(page.rows()).toEqual(["a"]);
    page.lobby.faults.dead = false;
    await page.click("Try again");
    expect(page.host.textContent).not.toContain("Reconnecting");
  });
});

describe("a new chat", () => {
  it("is made once, opened, and belongs to the open notebook", async () => {
    await page.open({ notebook: "n.ipynb" });
    page.button("New chat").click();
    page.button("New chat").click();
    await page.rest();
    expect(page.lobby.count("create")).toBe(1);
    expect(page.headings).toEqual(["In this notebook"]);
    expect(page.opened).toEqual(page.rows());
  });

  it("is the open one, where nothing was said in it", async () => {
    page.lobby.add("empty", { last: "" });
    page.lobby.add("used", { count: 2 });
    await page.open({ current: "empty" });
    await page.click("New chat");
    expect(page.opened).toEqual(["empty"]);
    page.list?.update({ current: "used" });
    await page.click("New chat");
    expect(page.lobby.count("create")).toBe(1);
  });

  it("that cannot be made is said, and can be made later", async () => {
    page.lobby.add("a");
    await page.open();
    page.lobby.faults.refuse.push(new RequestError(503, "busy", "The server is busy."));
    await page.click("New chat");
    expect(page.host.textContent).toContain("The chat could not be made. The server is busy.");
    await page.click("New chat");
    expect(page.host.textContent).not.toContain("could not");
    expect(page.opened.length).toBe(1);
  });
});

describe("a row's menu", () => {
  it("opens by its button, by a right click and by the keyboard, and gives the focus back", async () => {
    page.lobby.add("a", { title: "Prices" });
    await page.open({ openInMain: () => undefined });
    const names = () => page.all("[role=menuitem]").map((one) => one.textContent);
    await page.click("What to do with “Prices”");
    expect(names()).toEqual(["Open in a tab", "Rename", "Pin", "Archive", "Delete"]);
    await page.press("Escape");
    expect(names()).toEqual([]);
    expect(page.focused).toBe("a");
    await page.press("F10", { shiftKey: true });
    expect(document.activeElement?.textContent).toBe("Open in a tab");
    await page.press("Escape");
    const click = new MouseEvent("contextmenu", { bubbles: true, cancelable: true });
    page.row("a").querySelector("button")?.dispatchEvent(click);
    await page.rest();
    expect(click.defaultPrevented).toBe(true);
    expect(names().length).toBe(5);
  });

  it("pins and unpins at once", async () => {
    page.lobby.add("a", { title: "Prices" });
    page.lobby.add("b");
    await page.open();
    await page.focus("a");
    await page.press("ContextMenu");
    await page.click("Pin");
    expect(page.headings).toEqual(["Pinned", "Chats"]);
    expect(page.rows()).toEqual(["a", "b"]);
    expect(page.focused).toBe("a");
    await page.press("ContextMenu");
    await page.click("Unpin");
    expect(page.headings).toEqual([]);
    expect(page.lobby.session("a").pinned).toBe(false);
  });

  it("puts away and takes back, also by undo", async () => {
    page.lobby.add("a", { title: "Prices" });
    page.lobby.add("b");
    await page.open();
    await page.focus("a");
    await page.press("ContextMenu");
    await page.click("Archive");
    expect(page.rows()).toEqual(["b"]);
    expect(page.told).toBe("“Prices” archived. Control+Z takes it back.");
    await page.click("Undo");
    expect(page.rows()).toEqual(["b", "a"]);
    await page.focus("a");
    await page.press("ContextMenu");
    await page.click("Archive");
    await page.click("Archived");
    expect(page.rows()).toEqual(["a"]);
    await page.focus("a");
    await page.press("ContextMenu");
    await page.click("Take out of the archive");
    expect(page.host.textContent).toContain("Nothing archived");
    await page.click("All chats");
    expect(page.rows()).toEqual(["b", "a"]);
  });

  it("says what came to nothing, and shows the chat as it is", async () => {
    page.lobby.add("a", { title: "Prices" });
    await page.open();
    await page.focus("a");
    page.lobby.faults.refuse.push(new RequestError(0, "unreachable", "No way."));
    await page.press("ContextMenu");
    await page.click("Pin");
    expect(page.host.textContent).toContain("could not be pinned or unpinned. No way.");
    expect(page.headings).toEqual([]);
    await page.click("Close");
    expect(page.host.textContent).not.toContain("No way.");
  });
});
