// @vitest-environment jsdom
/** When a kernel's variables have to be looked at anew, as its messages tell. */
import type { ISessionContext } from "@jupyterlab/apputils";
import { Signal } from "@lumino/signaling";
import { beforeEach, describe, expect, it } from "vitest";
import { KernelRuns } from "../src/lab/context/variables";
import { Server } from "../src/server";

/** A notebook's session, of which somebody hears what a kernel says. */
class Session {
  readonly kernelChanged = new Signal<this, unknown>(this);
  readonly statusChanged = new Signal<this, string>(this);
  readonly iopubMessage = new Signal<this, unknown>(this);

  constructor(
    readonly session: { readonly kernel: { readonly id: string; readonly status: string } } | null,
  ) {}

  says(msg_type: string, parent: string, asked: string, content: object = {}): void {
    const parent_header = { msg_id: parent, msg_type: asked };
    this.iopubMessage.emit({ header: { msg_type }, parent_header, content });
  }

  idle(parent: string, asked = "execute_request"): void {
    this.says("status", parent, asked, { execution_state: "idle" });
  }

  get context(): ISessionContext {
    return this as unknown as ISessionContext;
  }
}

const session = (status: string): Session => new Session({ kernel: { id: "k", status } });

describe("a kernel's variables", () => {
  let changes: number;
  let runs: KernelRuns;

  beforeEach(() => {
    changes = 0;
    runs = new KernelRuns(new Server({ baseUrl: "http://here/", token: "" }), () => {
      changes += 1;
    });
  });

  it("are others once a cell has run, and not after a look at them", () => {
    const kernel = session("idle");
    runs.follow(kernel.context);
    const first = runs.source;
    expect(first?.busy).toBe(false);
    kernel.idle("look");
    expect(runs.source).toBe(first);
    kernel.says("execute_input", "cell", "execute_request");
    expect(first?.busy).toBe(true);
    kernel.idle("look");
    kernel.idle("subshell", "create_subshell_request");
    expect(runs.source).toBe(first);
    kernel.idle("cell");
    expect(runs.source).not.toBe(first);
    expect(runs.source?.busy).toBe(false);
    expect(changes).toBe(2);
  });

  it("are waited for where a cell ran before anybody listened", () => {
    const kernel = session("busy");
    runs.follow(kernel.context);
    const first = runs.source;
    expect(first?.busy).toBe(true);
    kernel.idle("subshell", "create_subshell_request");
    expect(runs.source?.busy).toBe(true);
    kernel.idle("unknown");
    expect(runs.source).not.toBe(first);
    expect(runs.source?.busy).toBe(false);
  });

  it("are those of the kernel that runs now", () => {
    const kernel = session("idle");
    runs.follow(kernel.context);
    const first = runs.source;
    kernel.says("execute_input", "cell", "execute_request");
    kernel.statusChanged.emit("restarting");
    expect(runs.source).not.toBe(first);
    expect(runs.source?.busy).toBe(false);
    runs.follow(new Session(null).context);
    expect(runs.source).toBeNull();
    kernel.idle("cell");
    runs.follow(null);
    expect(runs.source).toBeNull();
    expect(changes).toBe(4);
  });
});
