// @vitest-environment jsdom
/** What is told of how an answer came to be. */
import { describe, expect, it } from "vitest";
import type { Sent, Usage } from "../src/protocol";
import { usePage } from "./page";

const page = usePage();
const facts = () =>
  page
    .all(".jp-Chatcore-about > div")
    .map((one) => [...one.children].map((each) => each.textContent));

const usage: Usage = {
  model: "gpt-5",
  input_tokens: 12_345,
  output_tokens: 678,
  reasoning_tokens: 90,
  cached_tokens: 0,
  seconds: 3.21,
  cost: 0.0123,
};
const sent: Sent = {
  digest: "0123456789abcdef".repeat(4),
  model: "gpt-5",
  parameters: { temperature: 0.2, effort: "high", stop: ["x"] },
  messages: 12,
  omitted: 3,
  shortened: [4, 5],
  reduced: [5],
  window: 128_000,
  ext: { openai: { signature: "never shown" } },
};

async function about(more: { usage?: Usage; sent?: Sent }): Promise<void> {
  page.server.say("assistant", "An answer", more);
  await page.open();
  await page.click("About this answer");
}

describe("about an answer", () => {
  it("all is told when it is asked for, but what is the provider's own", async () => {
    await about({ usage, sent });
    expect(facts()).toEqual([
      ["Model", "gpt-5"],
      ["Tokens", "12,345 in · 678 out · 90 of it thinking · 0 from the cache"],
      ["Time", "3.2 s"],
      ["Cost", "$0.012"],
      ["Sent", "12 messages · 3 older left out · 2 shortened · pictures scaled down"],
      ["Window", "128,000 tokens"],
      ["Settings", 'temperature 0.2 · effort high · stop ["x"]'],
      ["Request", "0123456789ab"],
    ]);
    expect(page.host.innerHTML).not.toContain("never shown");
    await page.click("About this answer");
    expect(facts()).toEqual([]);
  });

  it("only what is known is told", async () => {
    await about({ usage: { seconds: 75, output_tokens: 1 } });
    expect(facts()).toEqual([
      ["Tokens", "1 out"],
      ["Time", "1 min 15 s"],
    ]);
  });

  it("nothing is offered where nothing is known", async () => {
    page.server.say("assistant", "An answer");
    await page.open();
    expect(page.button("About this answer")).toBeUndefined();
    expect(page.button("Copy as Markdown")).toBeDefined();
  });

  it("what a server names stays text", async () => {
    await about({ sent: { model: "<img src=x>", parameters: { "<b>": "<i>".repeat(100) } } });
    expect(page.all("img, .jp-Chatcore-about :is(b, i)")).toEqual([]);
    expect(facts()[0]).toEqual(["Model", "<img src=x>"]);
  });
});
