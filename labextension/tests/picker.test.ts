// @vitest-environment jsdom
/** Choosing who answers. */
import { beforeEach, describe, expect, it } from "vitest";
import type { AssistantInfo } from "../src/protocol";
import { RequestError } from "../src/transport";
import { usePage } from "./page";

const page = usePage();
const hostile = "<img src=x onerror='window.pwned = 1'>";
const LIST: AssistantInfo[] = [
  { name: "builtin", title: "Guide", description: "Looks things up.", default: true },
  {
    name: "google",
    title: "Google",
    state: "not_configured",
    reason: "Set `GOOGLE_API_KEY`, or run `pip install x`.",
  },
  {
    name: "openai",
    title: "OpenAI",
    choices: [
      { name: "model", title: "Model", values: ["large", "small"], value: "small" },
      { name: "effort", title: "Effort" },
    ],
  },
  {
    name: "other",
    title: "Other",
    choices: [{ name: "model", title: "Model", values: ["other-1"], value: "other-1" }],
  },
];

const trigger = () => page.one(".jp-Chatcore-pick");
const options = () => page.all("[role=option]");
const menu = () => page.all("[role=dialog]");
const focused = () => document.activeElement?.textContent;
const select = () => page.one("select") as HTMLSelectElement;

async function openMenu(): Promise<void> {
  trigger().focus();
  trigger().click();
  await page.rest();
}

async function change(field: HTMLSelectElement | HTMLInputElement, value: string): Promise<void> {
  field.value = value;
  field.dispatchEvent(new Event("change", { bubbles: true }));
  await page.rest();
}

beforeEach(() => {
  page.server.assistants = LIST;
});

describe("the button", () => {
  it("asks nobody before it is used", async () => {
    await page.open();
    expect(page.server.requests).not.toContain("assistants");
    expect(trigger().getAttribute("aria-label")).toBe("Assistant: Assistant");
    expect(trigger().getAttribute("aria-expanded")).toBe("false");
  });

  it("names who answers by what the chat says of them", async () => {
    page.server.putSession({ assistant: "openai", settings: { model: "large" } });
    page.server.say("assistant", "x", { author: { username: "openai", name: "OpenAI" } });
    page.server.say("assistant", "x", { author: { username: "other", name: "Other" } });
    await page.open();
    expect(trigger().getAttribute("aria-label")).toBe("Assistant: OpenAI, large");
  });

  it("names the model that is used where none is chosen, once that is known", async () => {
    page.server.putSession({ assistant: "other" });
    await page.open();
    expect(trigger().getAttribute("aria-label")).toBe("Assistant: other");
    await openMenu();
    expect(trigger().getAttribute("aria-label")).toBe("Assistant: Other, other-1");
  });
});

describe("the menu", () => {
  it("lists those who can answer, marks who does, and tells what the others lack", async () => {
    await page.open();
    await openMenu();
    expect(options().map((one) => [one.textContent, one.getAttribute("aria-selected")])).toEqual([
      ["GuidedefaultLooks things up.", "true"],
      ["OpenAI", "false"],
      ["Other", "false"],
    ]);
    const lacking = page.one("[aria-label='Not ready']");
    expect(lacking.textContent).toContain("Googlenot set up");
    expect([...lacking.querySelectorAll("code")].map((one) => one.textContent)).toEqual([
      "GOOGLE_API_KEY",
      "pip install x",
    ]);
    expect(page.button("Copy: pip install x")).toBeDefined();
  });

  it("is walked through by the keyboard, and left with Escape", async () => {
    await page.open();
    trigger().focus();
    await page.press("ArrowDown");
    expect(focused()).toContain("Guide");
    await page.press("ArrowDown");
    expect(focused()).toBe("OpenAI");
    await page.press("End");
    expect(focused()).toContain("Google");
    await page.press("ArrowDown");
    expect(focused()).toContain("Google");
    await page.press("ArrowUp");
    expect(focused()).toBe("Other");
    await page.press("Home");
    expect(focused()).toContain("Guide");
    await page.press("o");
    expect(focused()).toBe("OpenAI");
    await page.press("o");
    expect(focused()).toBe("Other");
    await page.press("Escape");
    expect(menu()).toEqual([]);
    expect(document.activeElement).toBe(trigger());
  });

  it("closes when one goes elsewhere", async () => {
    await page.open();
    await openMenu();
    page.one("textarea").focus();
    await page.rest();
    expect(menu()).toEqual([]);
    expect(document.activeElement?.tagName).toBe("TEXTAREA");
  });

  it("closes with the click that opened it, without losing the focus", async () => {
    await page.open();
    await openMenu();
    await openMenu();
    expect(menu()).toEqual([]);
    expect(document.activeElement).toBe(trigger());
  });

  it("says why nobody can be listed, and tries again", async () => {
    await page.open();
    page.server.faults.refuse.push(new RequestError(429, "too_many", "Too many requests."));
    await openMenu();
    expect(page.one("[role=dialog] [role=alert]").textContent).toContain("Too many requests.");
    await page.click("Try again");
    expect(options().length).toBe(3);
  });

  it("marks who answers also where they cannot now", async () => {
    page.server.putSession({ assistant: "google" });
    await page.open();
    await openMenu();
    expect(page.one("[aria-current=true]").textContent).toContain("Google");
    expect(options().map((one) => one.getAttribute("aria-selected"))).not.toContain("true");
  });

  it("shows what assistants call themselves as text", async () => {
    page.server.assistants = [
      { name: "a", title: hostile, description: hostile, default: true },
      { name: "b", title: hostile, state: "broken", reason: `${hostile} \`${hostile}\`` },
      { name: "c", title: "C", choices: [{ name: hostile, title: hostile, values: [hostile] }] },
    ];
    page.server.putSession({ assistant: "c" });
    await page.open();
    await openMenu();
    expect(page.all("img")).toEqual([]);
    expect(page.one("[role=dialog]").textContent.split("onerror").length).toBeGreaterThan(5);
  });
});

describe("a choice", () => {
  it("of an assistant is stored, and what was chosen of the last one forgotten", async () => {
    page.server.putSession({ assistant: "openai", settings: { model: "large", own: 1 } });
    await page.open();
    await openMenu();
    options()[2]?.click();
    await page.rest();
    expect(page.server.session).toMatchObject({ assistant: "other", settings: { own: 1 } });
    expect(page.server.session.settings).toEqual({ own: 1 });
    expect(trigger().getAttribute("aria-label")).toBe("Assistant: Other, other-1");
  });

  it("of one with nothing to choose closes the menu", async () => {
    page.server.putSession({ assistant: "openai" });
    await page.open();
    await openMenu();
    options()[0]?.click();
    await page.rest();
    expect(menu()).toEqual([]);
    expect(document.activeElement).toBe(trigger());
    expect(page.server.session.assistant).toBe("builtin");
  });

  it("of a model is stored under its name, and can be taken back", async () => {
    page.server.putSession({ assistant: "openai", settings: { own: 1 } });
    await page.open();
    await openMenu();
    expect(page.one(`label[for="${select().id}"]`).textContent).toBe("Model");
    await change(select(), "large");
    expect(page.server.session.settings).toEqual({ own: 1, model: "large" });
    expect(trigger().getAttribute("aria-label")).toBe("Assistant: OpenAI, large");
    await change(select(), "");
    expect(page.server.session.settings).toEqual({ own: 1 });
  });

  it("that is made before the last one is known keeps that one", async () => {
    page.server.putSession({ assistant: "openai" });
    await page.open();
    await openMenu();
    page.server.faults.lose = 1;
    const effort = page.one("[role=dialog] input") as HTMLInputElement;
    const model = select();
    await Promise.all([change(model, "large"), change(effort, " high ")]);
    expect(page.server.session.settings).toEqual({ model: "large", effort: "high" });
  });

  it("that nobody listed is shown as it is", async () => {
    page.server.putSession({ assistant: "openai", settings: { model: "own-one" } });
    await page.open();
    await openMenu();
    expect(select().value).toBe("own-one");
  });

  it("that does not go through is told, and not shown", async () => {
    page.server.putSession({ assistant: "openai" });
    await page.open();
    await openMenu();
    page.server.faults.refuse.push(new RequestError(429, "too_many", "Too many requests."));
    await change(select(), "large");
    expect(page.one(".jp-Chatcore-hint").textContent).toBe(
      "Could not change the model: Too many requests.",
    );
    expect(select().value).toBe("");
  });
});
