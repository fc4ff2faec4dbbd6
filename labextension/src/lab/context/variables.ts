/** The variables of a notebook's kernel, which are others once a cell has run. */
import type { ISessionContext } from "@jupyterlab/apputils";
import { Signal } from "@lumino/signaling";
import type { VariableList, VariablePart } from "../../protocol";
import { query, type Server } from "../../server";
import type { VariableSource } from "../../ui/lookup";

type Told = Parameters<Parameters<ISessionContext["iopubMessage"]["connect"]>[0]>[1];

/** Notices when cells run; a look at variables is no run, and is told of to nobody. */
export class KernelRuns {
  /** The kernel as it is since a cell ran last; null where none runs. */
  source: Variables | null = null;
  private context: ISessionContext | null = null;
  private readonly running = new Set<string>();
  /** Whether it was at work when we came: at what, nobody tells. */
  private early = false;

  constructor(
    private readonly server: Server,
    private readonly changed: () => void,
  ) {}

  /** Follows the kernel of this session from now on, and of no other. */
  follow(context: ISessionContext | null): void {
    Signal.disconnectReceiver(this);
    this.context = context;
    context?.kernelChanged.connect(this.restart, this);
    context?.statusChanged.connect(this.look, this);
    context?.iopubMessage.connect(this.hear, this);
    this.restart();
  }

  private restart(): void {
    this.running.clear();
    this.early = this.context?.session?.kernel?.status !== "idle";
    this.renew();
  }

  private look(_: unknown, status: string): void {
    if (["dead", "restarting", "autorestarting"].includes(status)) this.restart();
  }

  private hear(_: unknown, { header, parent_header, content }: Told): void {
    const asked = "msg_id" in parent_header ? parent_header.msg_id : "";
    if (header.msg_type === "execute_input") this.running.add(asked);
    else if (header.msg_type === "status" && isIdle(content)) {
      const ran = "msg_type" in parent_header && parent_header.msg_type === "execute_request";
      if (ran) this.end(asked);
    }
  }

  private end(asked: string): void {
    if (!this.running.delete(asked) && !this.early) return;
    this.early = false;
    this.renew();
  }

  private renew(): void {
    const id = this.context?.session?.kernel?.id;
    this.source = id
      ? new Variables(this.server, id, () => this.early || this.running.size > 0)
      : null;
    this.changed();
  }
}

function isIdle(content: object): boolean {
  return "execution_state" in content && content.execution_state === "idle";
}

class Variables implements VariableSource {
  constructor(
    private readonly server: Server,
    private readonly kernel: string,
    private readonly runs: () => boolean,
  ) {}

  get busy(): boolean {
    return this.runs();
  }

  async read(
    names: readonly string[] | null,
    signal: AbortSignal,
  ): Promise<readonly VariablePart[]> {
    const path = `chatcore/kernels/${encodeURIComponent(this.kernel)}/variables`;
    const named = names ? `?${query({ names: names.join(",") })}` : "";
    const { variables } = await this.server.json<VariableList>("GET", path + named, signal);
    return variables;
  }
}
