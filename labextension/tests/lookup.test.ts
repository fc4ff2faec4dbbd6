/** The variables that a text names, looked up in a kernel in memory. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { VariablePart } from "../src/protocol";
import { RequestError } from "../src/transport";
import { namesIn, type VariableSource } from "../src/ui/lookup";
import { Showing } from "../src/ui/showing";

class Kernel implements VariableSource {
  busy = false;
  /** What was asked for. */
  readonly asked: string[] = [];
  /** What the next request comes to, in place of an answer. */
  fails: unknown = null;
  hangs = false;

  constructor(readonly variables: readonly string[]) {}

  async read(names: readonly string[] | null, signal: AbortSignal): Promise<VariablePart[]> {
    this.asked.push(names?.join(",") ?? "all");
    if (this.hangs) {
      await new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
      });
    }
    if (this.fails) throw this.fails;
    const told = this.variables.filter((name) => !names || names.includes(name));
    const preview = names ? { preview: { "text/plain": "what is in it" } } : {};
    return told.map((name) => ({
      type: "variable",
      kernel: "k",
      name,
      python_type: "int",
      ...preview,
    }));
  }
}

const BUSY = new RequestError(409, "kernel_unavailable", "The kernel is busy.");

describe("names in a text", () => {
  it.each([
    ["plot df, then `x` and df.", "plot df then x and"],
    ["df.price of data.csv", "df of data"],
    ["a price, I think: `a` and @i", "price think a and i"],
    ["größe_2 und 3d", "größe_2 und d"],
    ["", ""],
  ])("of %j are %j", (text, names) => {
    expect([...namesIn(text, false)].join(" ")).toBe(names);
  });

  it("are those after an @ where only they are meant", () => {
    expect([...namesIn("plot df against @x and `y`", true)]).toEqual(["x"]);
  });
});

describe("variables that are named", () => {
  let kernel: Kernel;
  let showing: Showing;
  const at = (variables: VariableSource | null): void =>
    showing.update({ at: "here", path: "a/b.ipynb", pieces: [], things: () => [], variables });
  const labels = (): string[] => showing.view.pieces.map(({ label }) => label);
  const rest = (ms = 300): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

  beforeEach(() => {
    vi.useFakeTimers();
    kernel = new Kernel(["df", "x"]);
    showing = new Showing(() => undefined);
    at(kernel);
  });

  afterEach(() => {
    showing.dispose();
    vi.useRealTimers();
  });

  it("are asked for once one has stopped writing, each once", async () => {
    await rest();
    expect(kernel.asked).toEqual([]);
    showing.write("wha");
    showing.write("what is d");
    showing.write("what is df");
    await rest();
    expect(kernel.asked).toEqual(["all", "df"]);
    expect(labels()).toEqual(["df"]);
    expect(showing.parts()).toEqual([expect.objectContaining({ type: "variable", name: "df" })]);
    showing.write("what is df and x?");
    expect(labels()).toEqual(["df"]);
    await rest();
    expect(labels()).toEqual(["df", "x"]);
    showing.write("what is x?");
    expect(labels()).toEqual(["x"]);
    await rest();
    expect(kernel.asked).toEqual(["all", "df", "x"]);
  });

  it("are waited for by what is sent, but not for long", async () => {
    showing.write("what is df?");
    expect(showing.waits()).toBe(true);
    await rest(0);
    expect(showing.waits()).toBe(false);
    expect(labels()).toEqual(["df"]);
    kernel.hangs = true;
    showing.write("and x?");
    expect(showing.waits()).toBe(true);
    await rest(2_000);
    expect(showing.waits()).toBe(false);
    expect(labels()).toEqual([]);
  });

  it("can be removed", async () => {
    showing.write("df");
    await rest();
    showing.remove("variable:df");
    expect(showing.parts()).toEqual([]);
  });

  it("are read anew once a cell has run", async () => {
    showing.write("df and y");
    await rest();
    at(new Kernel(["y"]));
    expect(labels()).toEqual([]);
    await rest();
    expect(labels()).toEqual(["y"]);
    at(null);
    expect(labels()).toEqual([]);
  });

  it("cannot be read while the kernel is busy, which is said until its cell has ended", async () => {
    kernel.busy = true;
    kernel.fails = BUSY;
    showing.write("df");
    await rest();
    expect(showing.view.problem).toBe("The kernel is busy.");
    showing.write("df and x");
    await rest();
    expect(kernel.asked).toEqual(["all"]);
    at(new Kernel(["df", "x"]));
    await rest();
    expect(showing.view.problem).toBe("");
    expect(labels()).toEqual(["df", "x"]);
  });

  it("are let be where the kernel has another language, and tried again after a lost answer", async () => {
    kernel.fails = new RequestError(0, "lost", "No answer.");
    showing.write("df");
    await rest();
    kernel.fails = BUSY;
    showing.write("df ");
    await rest();
    expect(showing.view.problem).toBe("");
    showing.write("df x");
    await rest();
    expect(kernel.asked).toEqual(["all", "all"]);
  });

  it("are only those after an @ where the notebook is not shown", async () => {
    showing.on = false;
    showing.write("df or @x");
    await rest();
    expect(labels()).toEqual(["x"]);
    expect(kernel.asked).toEqual(["all", "x"]);
  });
});
