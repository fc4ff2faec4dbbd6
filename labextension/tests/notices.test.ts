// @vitest-environment jsdom
/** Notices, errors, plans and thoughts: what is told beside the answer. */
import { describe, expect, it } from "vitest";
import type { NoticePart, PlanPart } from "../src/protocol";
import { usePage } from "./page";

const page = usePage();
const text = () => page.one("[data-notice]").textContent;
const count = () => page.one("[data-notice] [role=timer]").textContent;

function notice(more: Partial<NoticePart> = {}): NoticePart {
  return { type: "notice", name: "retry", text: "Trying again in", ...more };
}

function waiting(seconds: number): NoticePart {
  return notice({ until: new Date(Date.now() + seconds * 1000).toISOString() });
}

describe("a notice", () => {
  it("counts down to its end, and keeps its place then", async () => {
    page.server.put(page.server.begin(), waiting(12.5));
    await page.open();
    expect(count()).toBe("13 s");
    await page.rest(3_000);
    expect(count()).toBe("10 s");
    await page.rest(20_000);
    expect(count()).toBe("");
  });

  it("counts anew where it is replaced", async () => {
    const reply = page.server.begin();
    page.server.put(reply, waiting(2));
    await page.open();
    await page.rest(5_000);
    page.server.put(reply, waiting(30), 0);
    await page.rest();
    expect(page.all("[data-notice]").length).toBe(1);
    expect(count()).toBe("30 s");
    await page.rest(2_000);
    expect(count()).toBe("28 s");
  });

  it("counts nothing when its reply has ended", async () => {
    const reply = page.server.begin();
    page.server.put(reply, waiting(30));
    page.server.end(reply, "cancelled");
    await page.open();
    expect(count()).toBe("");
    expect(text()).toBe("Note: Trying again in");
  });

  it("says that it is a warning, and stays text", async () => {
    const hostile = "<b onclick='x'>Busy</b> [x](javascript:1)";
    page.server.put(page.server.begin(), notice({ level: "warning", text: hostile }));
    await page.open();
    expect(text()).toBe(`Warning: ${hostile}`);
    expect(page.all("[data-notice] :is(b, a)")).toEqual([]);
  });
});

describe("an error", () => {
  it("shows commands as code that can be copied", async () => {
    const reply = page.server.begin({ parent: page.server.say("user", "x").id });
    const message = 'Run `pip install "jupyter-chatcore[models]"`, or set `OPENAI_API_KEY`.';
    page.server.end(reply, "failed", { error: { code: "not_installed", message } });
    await page.open();
    const codes = page.all(".jp-Chatcore-problem code").map((one) => one.textContent);
    expect(codes).toEqual(['pip install "jupyter-chatcore[models]"', "OPENAI_API_KEY"]);
    expect(page.button('Copy: pip install "jupyter-chatcore[models]"')).toBeDefined();
    expect(page.button("Copy: OPENAI_API_KEY")).toBeUndefined();
    expect(page.one(".jp-Chatcore-said").textContent).toBe(message.replaceAll("`", ""));
  });

  it.each([
    "a lone ` tick",
    "``",
    "`unclosed <script>alert(1)</script>",
    "`<img src=x onerror=1>`",
    "x".repeat(10_000),
  ])("stays text: %.30s", async (message) => {
    const reply = page.server.begin();
    page.server.end(reply, "failed", { error: { code: "bad_key", message } });
    await page.open();
    expect(page.all("img, script")).toEqual([]);
    const shown = page.one(".jp-Chatcore-said").textContent;
    expect(shown.replaceAll("`", "")).toBe(message.replaceAll("`", ""));
  });
});

describe("a plan", () => {
  it("is ticked off where it stands", async () => {
    const plan = (...states: ("completed" | "in_progress" | "pending")[]): PlanPart => ({
      type: "plan",
      entries: states.map((status, index) => ({ content: `<i>step ${index}</i>`, status })),
    });
    const reply = page.server.begin();
    page.server.put(reply, plan("in_progress", "pending"));
    await page.open();
    const steps = page.all("[aria-label=Plan] li");
    expect(steps.map((one) => one.textContent)).toEqual([
      "now: <i>step 0</i>",
      "to do: <i>step 1</i>",
    ]);
    page.server.put(reply, plan("completed", "in_progress"), 0);
    await page.rest();
    expect(page.all("[aria-label=Plan] li")).toEqual(steps);
    expect(page.one("[aria-label=Plan]").textContent).toContain("1 of 2 done");
    expect(steps[0]?.textContent).toContain("done:");
  });
});

describe("thoughts", () => {
  it("show their newest words while they come, and are folded afterwards", async () => {
    const reply = page.server.begin();
    page.server.put(reply, { type: "reasoning", text: "First I look.\n\nThen *I* think" });
    await page.open();
    expect(page.one(".jp-Chatcore-preview").textContent).toBe("First I look. Then I think");
    page.server.write(reply, "The answer");
    await page.rest();
    expect(page.all(".jp-Chatcore-preview")).toEqual([]);
    expect(page.one(".jp-Chatcore-reasoning summary").textContent).toBe("Thought for 1 s");
  });
});
