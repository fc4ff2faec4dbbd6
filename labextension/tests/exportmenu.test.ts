// @vitest-environment jsdom
/** The entries of a chat's menu that save it as a file. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Download, RequestError } from "../src/transport";
import { mount } from "../src/ui/mount";
import { usePage } from "./page";

const page = usePage();

/** What the page gives the browser to save: the names of the files. */
function saved(): string[] {
  const names: string[] = [];
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (
    this: HTMLAnchorElement,
  ) {
    names.push(this.download);
  });
  return names;
}

beforeEach(() => {
  URL.createObjectURL = () => "blob:one";
  URL.revokeObjectURL = () => undefined;
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe("the menu of a chat", () => {
  const entries = (): string[] => page.all("[role=menuitem]").map((one) => one.textContent ?? "");

  async function opened(download: (() => Promise<Download>) | null): Promise<void> {
    page.server.say("user", "Hi");
    const transport = { ...page.server.transport(), download };
    page.dispose = mount(page.host, transport).dispose;
    await page.rest();
    await page.click("This chat");
  }

  it("saves it in each form", async () => {
    const names = saved();
    await opened(async () => ({ name: "a.md", blob: new Blob(["x"]) }));
    const offered = entries().filter((one) => one.startsWith("Export"));
    expect(offered).toEqual(["Export as Markdown", "Export as notebook", "Export as JSONL"]);
    page
      .all("[role=menuitem]")
      .find((one) => one.textContent === offered[0])
      ?.click();
    await page.rest();
    expect(names).toEqual(["a.md"]);
  });

  it("says why it could not", async () => {
    const names = saved();
    await opened(() => Promise.reject(new RequestError(0, "cut_off", "It was cut off.")));
    page
      .all("[role=menuitem]")
      .find((one) => one.textContent === "Export as JSONL")
      ?.click();
    await page.rest();
    expect(page.host.textContent).toContain("It was cut off.");
    expect(names).toEqual([]);
  });

  it("offers nothing where there is no way for files", async () => {
    await opened(null);
    expect(entries().filter((one) => one.startsWith("Export"))).toEqual([]);
  });
});
