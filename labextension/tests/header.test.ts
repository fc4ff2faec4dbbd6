// @vitest-environment jsdom
/** The head of a chat: its name, its menu, what it took. */
import { describe, expect, it, vi } from "vitest";
import { mount } from "../src/ui/mount";
import { usePage } from "./page";

const page = usePage();
const title = () => page.one(".jp-Chatcore-title");

async function choose(label: string): Promise<void> {
  await page.click("This chat");
  const entry = page.all("[role=menuitem]").find((one) => one.textContent === label);
  if (!entry) throw new Error(`no entry ${label}: ${page.one("[role=menu]").textContent}`);
  entry.focus();
  entry.click();
  await page.rest();
}

describe("the name", () => {
  it.each(["Enter", "leaving"])("is changed in its place, by %s", async (way) => {
    await page.open();
    await choose("Rename");
    const field = title() as HTMLInputElement;
    expect([document.activeElement, field.value]).toEqual([field, "Prices"]);
    field.value = "  Melons ";
    if (way === "Enter") await page.press("Enter");
    else field.blur();
    await page.rest();
    expect(page.server.session.title).toBe("Melons");
    expect(title().textContent).toBe("Melons");
    if (way === "Enter") expect(document.activeElement).toBe(title());
  });

  it.each(["Escape", "nothing"])("stays where %s is given", async (way) => {
    await page.open();
    title().click();
    await page.rest();
    (title() as HTMLInputElement).value = way === "nothing" ? "   " : "Melons";
    await page.press(way === "nothing" ? "Enter" : "Escape");
    expect(page.server.requests).not.toContain("patch");
    expect(title().textContent).toBe("Prices");
  });
});

describe("the menu", () => {
  it("forks the chat at its end, once there is one", async () => {
    const openChat = vi.fn();
    page.dispose = mount(page.host, page.server.transport(), { openChat }).dispose;
    await page.rest();
    await choose("Fork this chat");
    expect(openChat).not.toHaveBeenCalled();
    await page.press("Escape");
    const { id } = page.server.say("user", "one");
    await page.rest();
    await choose("Fork this chat");
    expect(openChat).toHaveBeenCalledWith(`fork-of-${id}`);
  });

  it("stands beside what the host can do", async () => {
    const run = vi.fn();
    const actions = [
      { label: "Open in a tab", icon: "open", run } as const,
      { label: "All chats", icon: "list", run } as const,
    ];
    page.dispose = mount(page.host, page.server.transport(), { actions }).dispose;
    await page.rest();
    const labels = page.all(".jp-Chatcore-head button").map((one) => one.ariaLabel);
    expect(labels).toEqual(["All chats", null, "Open in a tab", "This chat"]);
    await page.click("Open in a tab");
    expect(run).toHaveBeenCalledOnce();
  });
});

describe("what the chat took", () => {
  const facts = () =>
    page.all("[role=dialog] dl > div").map((one) => [...one.children].map((at) => at.textContent));

  it("is told when one asks for it, and goes away with Escape", async () => {
    page.server.usage = {
      answers: 3,
      input_tokens: 12_345,
      output_tokens: 678,
      seconds: 75,
      cost: 0.0123,
      unpriced: 1,
    };
    await page.open();
    await choose("Usage");
    expect(facts()).toEqual([
      ["Answers", "3"],
      ["Tokens in", "12,345"],
      ["Tokens out", "678"],
      ["Time", "1 min 15 s"],
      ["Cost", "$0.012"],
    ]);
    expect(page.one("[role=dialog]").textContent).toContain("One answer has no known price.");
    await page.press("Escape");
    expect(page.all("[role=dialog]")).toEqual([]);
    expect(document.activeElement?.ariaLabel).toBe("This chat");
  });

  it("says that no price is known, and that nothing is", async () => {
    page.server.usage = { answers: 2, unpriced: 2 };
    await page.open();
    await choose("Usage");
    expect(facts().at(-1)).toEqual(["Cost", "no known price"]);
    await page.press("Escape");
    page.server.usage = {};
    await choose("Usage");
    expect(page.one("[role=dialog]").textContent).toContain("No answer told what it took.");
  });
});
