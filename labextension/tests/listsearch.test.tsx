// @vitest-environment jsdom
/** Search in the list of chats, as one types. */
import { beforeEach, describe, expect, it } from "vitest";
import type { SearchHit } from "../src/protocol";
import { RequestError } from "../src/transport";
import { grouped, marked } from "../src/ui/list/search";
import { NOON } from "./fakelobby";
import { useListPage } from "./listpage";

const page = useListPage();

function hit(session: string, message: number, text: string): SearchHit {
  const snippet = [{ text: "so " }, { text, match: true }, { text: " it is" }];
  return { session, title: `Chat ${session}`, message, role: "user", created: NOON, snippet };
}

const results = () => page.all("[data-result]").map((one) => one.textContent);

beforeEach(() => {
  page.lobby.add("a", { title: "Prices of bread" });
  page.lobby.add("b");
  page.lobby.hits = [hit("b", 7, "bread"), hit("a", 9, "bread"), hit("b", 8, "bread")];
});

describe("search", () => {
  it("finds titles and messages, chat by chat, and marks what matches", async () => {
    await page.open();
    await page.look("bread");
    expect(results()).toEqual([
      "Prices of bread",
      "Question30mso bread it is",
      "Chat b",
      "Question30mso bread it is",
      "Question30mso bread it is",
    ]);
    expect(page.all("mark").map((one) => one.textContent)).toEqual(Array(4).fill("bread"));
    expect(page.told).toBe("2 chats found, 3 messages");
    expect(page.rows()).toEqual([]);
  });

  it("asks when one pauses, and shows no answer to an older question", async () => {
    await page.open();
    page.search.focus();
    for (const q of ["b", "br", "bre"]) await page.type(q);
    await page.rest(300);
    expect(page.lobby.requests.filter((one) => one.startsWith("search"))).toEqual(["search bre"]);
    let late = (): void => undefined;
    page.lobby.gate = new Promise((resolve) => {
      late = resolve;
    });
    await page.look("bread");
    page.lobby.gate = null;
    page.lobby.hits = [];
    await page.look("Prices");
    expect(results()).toEqual(["Prices of bread"]);
    page.lobby.hits = [hit("b", 7, "stale")];
    late();
    await page.rest();
    expect(results()).toEqual(["Prices of bread"]);
  });

  it("keeps what it shows until the next answer is there", async () => {
    await page.open();
    await page.look("bread");
    await page.type("Prices", page.search);
    await page.rest(50);
    expect(results().length).toBe(5);
    expect(page.one("section[aria-label='What was found']").ariaBusy).toBe("true");
  });

  it("opens a chat, or a chat at a message, by the keyboard", async () => {
    await page.open();
    await page.look("bread");
    await page.press("Enter");
    await page.press("ArrowDown");
    await page.press("ArrowDown");
    (document.activeElement as HTMLElement).click();
    expect(page.opened).toEqual(["a", "a at 9"]);
    await page.press("Home");
    await page.press("ArrowUp");
    expect(document.activeElement).toBe(page.search);
  });

  it("is cleared by Escape from wherever one is, and by its button", async () => {
    await page.open();
    await page.look("bread");
    await page.press("ArrowDown");
    await page.press("Escape");
    expect(page.search.value).toBe("");
    expect(document.activeElement).toBe(page.search);
    expect(page.rows()).toEqual(["b", "a"]);
    await page.look("bread");
    await page.click("Clear the search");
    expect(page.rows()).toEqual(["b", "a"]);
  });

  it("says that nothing was found", async () => {
    page.lobby.hits = [];
    await page.open();
    await page.look("zebra");
    expect(page.host.textContent).toContain("Nothing found for “zebra”");
    expect(page.told).toBe("0 chats found, 0 messages");
  });

  it("says why it did not get through, and tries again", async () => {
    await page.open();
    page.lobby.faults.refuse.push(new RequestError(0, "unreachable", "No way."));
    await page.look("bread");
    expect(page.one("[role=alert]").textContent).toContain("No way.");
    await page.click("Try again");
    expect(results().length).toBe(5);
  });

  it("shows no chat that was deleted since", async () => {
    await page.open();
    await page.look("bread");
    page.lobby.remove("b");
    await page.rest();
    expect(results()).toEqual(["Prices of bread", "Question30mso bread it is"]);
  });
});

describe("what was found", () => {
  it("is in the order of titles first, then of the best hits, each chat once", () => {
    const { lobby } = page;
    const sessions = [lobby.change("a", { archived: true })];
    const found = grouped({ hits: lobby.hits, sessions });
    expect(found.map((one) => [one.session, one.archived, one.hits.length])).toEqual([
      ["a", true, 1],
      ["b", false, 2],
    ]);
  });

  it("is marked whatever its case, and means itself", () => {
    const marks = (text: string, q: string) =>
      marked(text, q)
        .filter((piece) => piece.match)
        .map((piece) => piece.text);
    expect(marks("Prices of Bread", "bread pri")).toEqual(["Pri", "Bread"]);
    expect(marks("a.b (c) [d]", ". (c)")).toEqual([".", "(c)"]);
    expect(marked("nothing", " ")).toEqual([{ text: "nothing", match: false }]);
  });
});
