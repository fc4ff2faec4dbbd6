/** Who answers in a chat: what is known of them, and the choice among them. */
import type { AssistantInfo, Choice, JsonObject, Session, SessionPatch } from "../protocol";
import { RequestError, type Transport } from "../transport";
import { t } from "../words";

export interface AssistantsView {
  /** null until they were listed for the first time. */
  readonly list: readonly AssistantInfo[] | null;
  readonly loading: boolean;
  /** Why the last listing came to nothing. */
  readonly problem: string | null;
}

interface Host {
  readonly transport: Transport;
  readonly signal: AbortSignal;
  /** The chat's session as the feed knows it. */
  readonly session: () => Session | null;
  readonly attempt: (what: string, work: Promise<Session>) => Promise<Session | null>;
  readonly changed: () => void;
}

export class Assistants {
  view: AssistantsView = { list: null, loading: false, problem: null };
  private patched: Session | null = null;
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly host: Host) {}

  /** Asks the server who can answer now; what was known stays shown meanwhile. */
  async load(): Promise<void> {
    if (this.view.loading) return;
    const { transport, signal } = this.host;
    this.set({ loading: true, problem: null });
    try {
      const { assistants } = await transport.assistants(signal);
      this.set({ list: assistants, loading: false });
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof RequestError)) throw error;
      this.set({ loading: false, problem: error.message });
    }
  }

  /** Lets this assistant answer from now on; what was chosen of the one before is forgotten. */
  choose(name: string): void {
    this.change("switch the assistant", ({ assistant, settings = {} }) => {
      const list = this.view.list ?? [];
      const before = current(list, assistant);
      const next = list.find((info) => info.name === name);
      if (before === next) return { assistant: name };
      const stale = [...(before?.choices ?? []), ...(next?.choices ?? [])];
      return { assistant: name, settings: without(settings, stale) };
    });
  }

  /** Sets what can be chosen of an assistant; null leaves it to the assistant. */
  pick(choice: Choice, value: string | null): void {
    this.change(`change the ${(choice.title || choice.name).toLowerCase()}`, (session) => {
      const rest = without(session.settings ?? {}, [choice]);
      return { settings: value === null ? rest : { ...rest, [choice.name]: value } };
    });
  }

  /** A tool that was allowed for good in the chat asks again before it is used. */
  askAgain(tool: string): void {
    this.change(t("change what is allowed"), ({ settings = {} }) => {
      const { [tool]: _rule, ...tools } = rulesIn(settings);
      return { settings: { ...settings, tools } };
    });
  }

  /** One change after the other, each on top of what the last one gave. */
  private change(what: string, make: (session: Session) => SessionPatch): void {
    const { host } = this;
    this.last = this.last.then(async () => {
      const session = newer(host.session(), this.patched);
      if (!session) return;
      const work = host.transport.patch(make(session), host.signal);
      this.patched = (await host.attempt(what, work)) ?? this.patched;
    });
  }

  private set(change: Partial<AssistantsView>): void {
    this.view = { ...this.view, ...change };
    this.host.changed();
  }
}

/** Who answers in a chat that names this assistant, or none. */
export function current(
  list: readonly AssistantInfo[],
  name: string | null | undefined,
): AssistantInfo | undefined {
  return list.find((info) => (name ? info.name === name : info.default));
}

/** What is set for a choice; null where it is left to the assistant. */
export function chosen(settings: JsonObject | undefined, choice: Choice): string | null {
  const value = settings?.[choice.name];
  return typeof value === "string" && value ? value : null;
}

/** The tools that the chat's users have allowed for good, by their names. */
export function allowedIn(settings: JsonObject | undefined): readonly string[] {
  const rules = Object.entries(rulesIn(settings));
  return rules.flatMap(([tool, rule]) => (rule === "always" ? [tool] : []));
}

function rulesIn(settings: JsonObject | undefined): JsonObject {
  const tools = settings?.tools;
  return typeof tools === "object" && tools !== null && !Array.isArray(tools)
    ? (tools as JsonObject)
    : {};
}

function without(settings: JsonObject, choices: readonly Choice[]): JsonObject {
  const names = new Set(choices.map((choice) => choice.name));
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !names.has(name)));
}

function newer(a: Session | null, b: Session | null): Session | null {
  return a && b && b.seq > a.seq ? b : (a ?? b);
}
