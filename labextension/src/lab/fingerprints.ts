/** The fingerprints of variables that are watched: read after their kernel ran something. */
import type { ISessionContext } from "@jupyterlab/apputils";
import type { Shown, VariableList, VariablePart } from "../protocol";
import { query, type Server } from "../server";
import { RequestError } from "../transport";

type ShownVariable = Extract<Shown, { readonly type: "variable" }>;

/** Cells that run one after the other are waited for. */
const PAUSE_MS = 500;
const NAME = /^[\p{L}_][\p{L}\p{N}_]{0,79}$/u;
/** So many variables of a kernel are read at once. */
const MOST = 100;

/** A fingerprint; null for a variable that is not there, undefined for what cannot be read. */
type Fingerprint = string | null | undefined;

const FOREVER = new AbortController().signal;

export class Fingerprints {
  /** By kernel and name, as they were found when they were read last. */
  private readonly known = new Map<string, Map<string, Fingerprint>>();
  /** Kernels that ran something since they were read. */
  private readonly ran = new Set<string>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly server: Server,
    private readonly watched: () => readonly ShownVariable[],
    private readonly changed: () => void,
  ) {}

  /** The fingerprint as it is now, as far as it is known. */
  of({ kernel, name }: ShownVariable): Fingerprint {
    return this.known.get(kernel)?.get(name);
  }

  /** Hears of what a kernel runs. */
  follow(context: ISessionContext): void {
    const running = new Set<string>();
    context.iopubMessage.connect((_, { header, parent_header, content }) => {
      const asked = "msg_id" in parent_header ? parent_header.msg_id : "";
      // what only looks, as we do, is silent: it has no input
      if (header.msg_type === "execute_input") running.add(asked);
      const idle = "execution_state" in content && content.execution_state === "idle";
      if (idle && running.delete(asked)) this.ended(context);
    });
    context.statusChanged.connect((_, status) => {
      if (status === "restarting" || status === "autorestarting") running.add("");
      else if (status === "idle" && running.delete("")) this.ended(context);
    });
  }

  /** Reads soon what is wanted and not known. */
  want(): void {
    const wait = this.timer === undefined && this.wanted().some((one) => this.isNew(one));
    if (wait) this.timer = setTimeout(() => void this.look(), PAUSE_MS);
  }

  /** Variables that have changed, as they are now. */
  async read(parts: readonly VariablePart[]): Promise<ReadonlyMap<VariablePart, VariablePart>> {
    const found = new Map<VariablePart, VariablePart>();
    for (const kernel of new Set(parts.map((part) => part.kernel))) {
      const own = parts.filter((part) => part.kernel === kernel);
      const names = own.map(({ name }) => name).filter((name) => NAME.test(name));
      const now = await this.ask(kernel, new Set(names.slice(0, MOST)));
      for (const part of own) {
        const same = now?.find(({ name }) => name === part.name);
        if (same && same.fingerprint !== part.fingerprint) found.set(part, same);
      }
    }
    return found;
  }

  private ended(context: ISessionContext): void {
    const kernel = context.session?.kernel?.id;
    if (kernel === undefined) return;
    this.ran.add(kernel);
    this.want();
  }

  private async look(): Promise<void> {
    const asked = this.wanted().filter((one) => this.isNew(one));
    this.ran.clear();
    for (const kernel of new Set(asked.map((one) => one.kernel))) {
      const names = asked.filter((one) => one.kernel === kernel).map(({ name }) => name);
      await this.learn(kernel, new Set(names.slice(-MOST)));
    }
    this.timer = undefined;
    this.changed();
  }

  private wanted(): readonly ShownVariable[] {
    return this.watched().filter(({ name }) => NAME.test(name));
  }

  private isNew({ kernel, name }: ShownVariable): boolean {
    return this.ran.has(kernel) || this.known.get(kernel)?.has(name) !== true;
  }

  private async learn(kernel: string, names: ReadonlySet<string>): Promise<void> {
    const found = await this.ask(kernel, names);
    const known = this.known.get(kernel) ?? new Map<string, Fingerprint>();
    this.known.set(kernel, known);
    for (const name of names) {
      const now = found?.find((one) => one.name === name);
      const gone = found !== null && now === undefined;
      // what cannot be read is not asked for again before the kernel runs something
      known.set(name, gone ? null : (now?.fingerprint ?? undefined));
    }
  }

  /** null where the kernel cannot be asked now. */
  private async ask(
    kernel: string,
    names: ReadonlySet<string>,
  ): Promise<readonly VariablePart[] | null> {
    const path = `chatcore/kernels/${encodeURIComponent(kernel)}/variables`;
    try {
      const asked = `${path}?${query({ names: [...names] })}`;
      return (await this.server.json<VariableList>("GET", asked, FOREVER)).variables;
    } catch (error) {
      if (error instanceof RequestError) return null;
      throw error;
    }
  }
}
