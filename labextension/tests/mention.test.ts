/** Naming things with an @: when that begins, what is offered, and what goes along. */
import { describe, expect, it } from "vitest";
import { plotsOf } from "../src/lab/context/plots";
import { thingsIn } from "../src/lab/context/things";
import type { JsonObject } from "../src/protocol";
import { RequestError } from "../src/transport";
import type { FileSource } from "../src/ui/host";
import { mentionAt } from "../src/ui/mention";
import { filesOffered, matching, type Offer } from "../src/ui/offers";
import { Showing } from "../src/ui/showing";
import type { Piece } from "../src/ui/work";

const { signal } = new AbortController();

function offer(kind: Offer["kind"], name: string, detail = ""): Offer {
  return { kind, token: `@${name}`, label: name, detail };
}

describe("an @", () => {
  it.each([
    ["@", { start: 0, query: "" }],
    ["see @df", { start: 4, query: "df" }],
    ["see\n(@In[4]", { start: 5, query: "In[4]" }],
    ["see @data/a", { start: 4, query: "data/a" }],
    ["me@example.org", null],
    ["@df is", null],
    ["@@", null],
  ])("is looked for in %j before the caret", (text, mention) => {
    expect(mentionAt(text, text.length)).toEqual(mention);
  });

  it("is where the caret is", () => {
    expect(mentionAt("@one @two", 3)).toEqual({ start: 0, query: "on" });
  });
});

describe("what is offered", () => {
  const all = [
    offer("variable", "prices"),
    offer("variable", "df"),
    offer("cell", "In[4]", "plot(prices)"),
    offer("file", "data/Prices.csv", "plot"),
  ];
  const named = (query: string): string[] => matching(all, query).map(({ label }) => label);

  it("begins with the name or has it in it, and a cell in its first line", () => {
    expect(named("pri")).toEqual(["prices", "In[4]", "data/Prices.csv"]);
    expect(named("plot")).toEqual(["In[4]"]);
    expect(named("D")).toEqual(["df", "data/Prices.csv"]);
    expect(named("nothing")).toEqual([]);
  });

  it("is not endless", () => {
    const many = Array.from({ length: 500 }, (_, index) => offer("cell", `In[${index}]`));
    expect(matching(many, "in")).toHaveLength(20);
  });

  it("are the errors and the nearest cells first", () => {
    const error = { ename: "KeyError", evalue: "", traceback: [] };
    const cells = ["a", "b", "", "c"].map((source, index) => ({
      id: source,
      type: "code" as const,
      source,
      count: source === "b" ? 7 : null,
      outputs: [],
      error: index === 0 ? error : null,
    }));
    const place = { path: "n.ipynb", cells, active: 3, own: false, selection: "", selected: [] };
    expect(thingsIn(place).map(({ token }) => token)).toEqual([
      "@KeyError",
      "@cell4",
      "@In[7]",
      "@cell1",
    ]);
  });

  it("are the pictures of a cell, as files", async () => {
    const shows = (data: JsonObject): JsonObject => ({ output_type: "display_data", data });
    const cell = {
      id: "a",
      type: "code" as const,
      source: "plot()",
      count: 3,
      outputs: [
        shows({ "image/png": btoa("one").replace("b", "b\n"), "text/plain": "<Figure>" }),
        shows({ "text/plain": "words", "image/svg+xml": "<svg/>" }),
        shows({ "image/jpeg": btoa("\u00ff\u00d8") }),
        { output_type: "stream", name: "stdout", text: "printed" },
      ],
      error: null,
    };
    const [first, second, ...rest] = plotsOf(cell);
    expect([first?.token, second?.token, rest]).toEqual(["@plot3.1", "@plot3.2", []]);
    const [one, two] = [await first?.file?.(), await second?.file?.()];
    expect([one?.name, one?.type, await one?.text()]).toEqual(["plot3.1.png", "image/png", "one"]);
    expect([two?.name, two?.size]).toEqual(["plot3.2.jpg", 2]);
    expect(plotsOf({ ...cell, outputs: cell.outputs.slice(0, 1) })[0]?.label).toBe("plot3");
  });

  it("are files beside the notebook, and folders that lead on", async () => {
    const asked: string[] = [];
    const files: FileSource = {
      list: async (folder) => {
        asked.push(folder);
        return [
          { name: "a.csv", path: `${folder}a.csv`, folder: false },
          { name: "sub", path: `${folder}sub`, folder: true },
        ];
      },
      open: async (path) => new File([path], "a.csv"),
    };
    const [file, folder] = await filesOffered(files, "home/", "data/", signal);
    expect(asked).toEqual(["home/data/"]);
    expect([file?.token, folder?.token, folder?.open]).toEqual(["@data/a.csv", "@data/sub/", true]);
    expect(await (await file?.file?.())?.text()).toBe("home/data/a.csv");
  });

  it("is without files where they cannot be listed", async () => {
    const files: FileSource = {
      list: () => Promise.reject(new RequestError(404, "http", "There is no such folder.")),
      open: () => Promise.reject(new RequestError(404, "http", "There is no such file.")),
    };
    expect(await filesOffered(files, "", "", signal)).toEqual([]);
  });
});

describe("what was named", () => {
  const part = { type: "cell", path: "n", cell_id: "c", cell_type: "code", source: "c" } as const;
  const piece: Piece = { id: "cell:c", kind: "cell", label: "In [4]", parts: () => [part] };

  it("goes along as long as the text says so, whatever is switched off", () => {
    const showing = new Showing(() => undefined);
    showing.on = false;
    showing.update({
      at: "x",
      path: "a/n.ipynb",
      pieces: [],
      things: () => [offer("cell", "In[4]")],
      variables: null,
    });
    expect(showing.folder).toBe("a/");
    expect(showing.things()).toHaveLength(1);
    showing.pick("@In[4]", piece);
    showing.write("see @In[4] ");
    expect(showing.parts()).toEqual([part]);
    showing.write("see @In[4");
    expect(showing.parts()).toEqual([]);
    showing.write("see @In[4]");
    expect(showing.parts()).toEqual([part]);
    showing.remove("cell:c");
    expect(showing.parts()).toEqual([]);
    showing.write("");
    showing.write("@In[4]");
    expect(showing.parts()).toEqual([]);
  });

  it("goes along once, also where one is at it", () => {
    const showing = new Showing(() => undefined);
    showing.update({ at: "x", path: "n", pieces: [piece], things: () => [], variables: null });
    showing.pick("@In[4]", { ...piece });
    showing.write("@In[4]");
    expect(showing.view.pieces).toEqual([piece]);
  });
});
