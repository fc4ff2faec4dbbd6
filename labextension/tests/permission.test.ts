// @vitest-environment jsdom
/** Requests for permission: asked, answered once, expired, ended; never a dead button. */
import { describe, expect, it } from "vitest";
import type { Part, ToolPart } from "../src/protocol";
import { RequestError } from "../src/transport";
import { asking, OPTIONS } from "./fakedesk";
import { usePage } from "./page";

const page = usePage();
const labels = () => page.all(".jp-Chatcore-option").map((one) => one.getAttribute("aria-label"));
const summary = () => page.one("[data-tool] summary").textContent;
const folded = () => !(page.one("[data-tool] details") as HTMLDetailsElement).open;

function soon(seconds: number): string {
  return new Date(Date.now() + seconds * 1000).toISOString();
}

/** A reply with this part in it. */
function replyWith(part: Part): number {
  const reply = page.server.begin();
  page.server.put(reply, part);
  return reply;
}

function expiring(seconds: number): ToolPart {
  return asking("Edit a.txt", { approval: { options: OPTIONS, expires: soon(seconds) } });
}

describe("a tool that waits for a person", () => {
  it("is open, with what it asks for and a button for each answer", async () => {
    const diff = { type: "diff", path: "a.txt", old: "one\n", new: "two\n" } as const;
    replyWith(asking("Edit a.txt", { output: [diff] }));
    await page.open();
    expect(folded()).toBe(false);
    expect(labels()).toEqual([
      "Allow once: Edit a.txt",
      "Always allow: Edit a.txt",
      "Deny: Edit a.txt",
    ]);
    expect(page.one(".jp-Chatcore-ask").textContent).toContain("Waiting for your permission");
    expect(page.one("[data-tool]").textContent).toContain("a.txt");
    expect(page.all(".jp-mod-removed, .jp-mod-added").map((one) => one.textContent)).toEqual([
      "−one\n",
      "+two\n",
    ]);
  });

  it("is announced once, and said below the composer", async () => {
    await page.open();
    const reply = replyWith(asking("Edit a.txt"));
    await page.rest();
    page.server.write(reply, "meanwhile");
    await page.rest();
    expect(page.announced()).toEqual(["Permission needed: Edit a.txt"]);
    expect(page.one(".jp-Chatcore-hint").textContent).toContain("permission");
  });

  it.each([
    ["Allow once", "running", "running · allowed by Ada"],
    ["Always allow", "running", "running · always allowed by Ada"],
    ["Deny", "denied", "denied by Ada"],
  ])("is answered with %s", async (label, status, words) => {
    const reply = replyWith(asking("Edit a.txt"));
    await page.open();
    await page.click(`${label}: Edit a.txt`);
    expect(page.server.message(reply).parts[0]).toMatchObject({ status });
    expect(labels()).toEqual([]);
    expect(summary()).toContain(words);
    expect(folded()).toBe(false);
  });

  it("takes one answer while that is under way, and keeps the focus", async () => {
    replyWith(asking("Edit a.txt"));
    await page.open();
    const [yes, no] = [page.button("Allow once: Edit a.txt"), page.button("Deny: Edit a.txt")];
    yes?.focus();
    yes?.click();
    await Promise.resolve();
    expect(page.server.requests.filter((name) => name === "approve")).toEqual(["approve"]);
    no?.click();
    yes?.click();
    await page.rest();
    expect(page.server.requests.filter((name) => name === "approve")).toEqual(["approve"]);
    expect(summary()).toContain("allowed by Ada");
    expect(document.activeElement?.tagName).toBe("SUMMARY");
  });

  it("is folded by a person alone", async () => {
    const reply = replyWith(asking("Edit a.txt"));
    await page.open();
    const fold = page.one("[data-tool] details") as HTMLDetailsElement;
    fold.open = false;
    fold.dispatchEvent(new Event("toggle"));
    page.server.write(reply, "meanwhile");
    await page.rest();
    expect(folded()).toBe(true);
    await page.click("Allow once: Edit a.txt");
    expect(folded()).toBe(true);
  });

  it("that begins to ask later opens then", async () => {
    const reply = replyWith(asking("Edit a.txt", { status: "pending", approval: null }));
    await page.open();
    expect(folded()).toBe(true);
    page.server.put(reply, asking("Edit a.txt"), 0);
    await page.rest();
    expect(folded()).toBe(false);
    expect(labels().length).toBe(3);
  });

  it("can be answered by its place, whatever stands around it", async () => {
    const reply = page.server.begin();
    page.server.write(reply, "I ask:");
    page.server.put(reply, asking("First"));
    page.server.put(reply, asking("Second"));
    page.server.say("user", "another question");
    await page.open();
    await page.click("Deny: Second");
    expect(labels()).toEqual(["Allow once: First", "Always allow: First", "Deny: First"]);
    const parts = page.server.message(reply).parts;
    expect(parts).toMatchObject([{}, { status: "awaiting" }, { status: "denied" }]);
  });
});

describe("an answer that is not taken", () => {
  it("can be given again where the network was away", async () => {
    replyWith(asking("Edit a.txt"));
    await page.open();
    page.server.faults.refuse.push(new RequestError(0, "unreachable", "No way to the server."));
    await page.click("Allow once: Edit a.txt");
    expect(page.one("[role=alert]").textContent).toContain("No way to the server.");
    expect(page.button("Allow once: Edit a.txt")?.getAttribute("aria-disabled")).toBe("false");
    await page.click("Allow once: Edit a.txt");
    expect(summary()).toContain("allowed by Ada");
  });

  it("shows what was answered elsewhere where it lost the race", async () => {
    const part = asking("Edit a.txt");
    const reply = replyWith(part);
    await page.open();
    page.server.faults.lose = 1;
    const approval = { options: OPTIONS, outcome: "no", by: "Bob" };
    page.server.put(reply, { ...part, status: "denied", approval }, 0);
    await page.click("Allow once: Edit a.txt");
    expect(labels()).toEqual([]);
    expect(page.one(".jp-Chatcore-ask").textContent).toContain("answered already");
    page.server.write(reply, "so I did not");
    await page.rest(1_000);
    expect(summary()).toContain("denied by Bob");
  });

  it("does not matter to a chat that is closed meanwhile", async () => {
    replyWith(asking("Edit a.txt"));
    await page.open();
    page.button("Allow once: Edit a.txt")?.click();
    page.dispose();
    await page.rest();
  });
});

describe("a request that nobody answers", () => {
  it("counts down, and loses its buttons when its time is over", async () => {
    replyWith(expiring(65.5));
    await page.open();
    const count = () => page.one("[role=timer]").textContent;
    expect(count()).toBe("1:06 left");
    await page.rest(7_000);
    expect(count()).toBe("59 s left");
    await page.rest(57_000);
    expect(count()).toBe("2 s left");
    expect(labels().length).toBe(3);
    await page.rest(3_000);
    expect(labels()).toEqual([]);
    expect(summary()).toContain("nobody answered in time");
  });

  it("has no countdown while there is time enough", async () => {
    replyWith(expiring(3_600));
    await page.open();
    expect(page.all("[role=timer]")).toEqual([]);
    await page.rest(3_100_000);
    expect(page.one("[role=timer]").textContent).toBe("8:20 left");
  });

  it("goes by the server's clock", async () => {
    page.server.ahead = 3_600_000;
    const reply = replyWith(expiring(60));
    await page.open();
    expect(labels()).toEqual([]);
    page.server.ahead = -3_600_000;
    page.server.write(reply, "text");
    page.server.put(reply, expiring(60 - 3_600), 0);
    await page.rest();
    expect(labels().length).toBe(3);
  });

  it.each([
    "done",
    "cancelled",
    "failed",
    "interrupted",
  ] as const)("has no buttons when its reply is %s", async (status) => {
    const reply = replyWith(asking("Edit a.txt"));
    await page.open();
    expect(labels().length).toBe(3);
    page.server.end(reply, status);
    await page.rest();
    expect(labels()).toEqual([]);
    expect(summary()).toContain("not answered");
  });

  it("stays folded as history, with who allowed it", async () => {
    const approval = { options: OPTIONS, outcome: "always", by: "Bob" };
    page.server.say("assistant", null, {
      parts: [asking("Edit a.txt", { status: "done", approval })],
    });
    await page.open();
    expect(folded()).toBe(true);
    expect(page.all("[data-tool] dl")).toEqual([]);
    await page.unfold();
    expect(page.one("[data-tool] dl").textContent).toBe("patha.txt");
    expect(summary()).toContain("done · always allowed by Bob");
    expect(page.announced()).toEqual([]);
  });
});

it("shows whatever it is called as text", async () => {
  const hostile = "<img src=x onerror='window.pwned = 1'>`**\u202e";
  const options = OPTIONS.map((option) => ({ ...option, label: `${hostile}${option.id}` }));
  replyWith(
    asking(hostile, {
      kind: "execute",
      input: JSON.stringify({ [hostile]: hostile, deep: { er: [hostile] } }),
      error: hostile,
      output: [
        { type: "text", text: hostile },
        { type: "diff", path: hostile, old: hostile, new: `${hostile}2` },
      ],
      approval: { options },
    }),
  );
  await page.open();
  expect(page.all("img, script, iframe")).toEqual([]);
  expect(labels()).toEqual(options.map((option) => `${option.label}: ${hostile}`));
  expect(page.one(".jp-Chatcore-tool-title").textContent).toBe(hostile);
  expect(page.all("dt").map((one) => one.textContent)).toEqual([hostile, "deep"]);
});
