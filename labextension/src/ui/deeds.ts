/** What one does with messages that are there, and with the chat as a whole. */
import { save } from "../exchange";
import type {
  ChatUsage,
  Edit,
  ExportFormat,
  Message,
  Part,
  Session,
  SessionPatch,
  Undone,
} from "../protocol";
import { RequestError, type Transport } from "../transport";
import { versionAt } from "../versions";
import { t } from "../words";
import { type Answerer, answerers } from "./answerers";
import type { Assistants } from "./assistants";

/** So often an answer is waited for that does not come in time. */
const TRIES = 5;

interface Host {
  readonly transport: Transport;
  readonly signal: AbortSignal;
  readonly assistants: Assistants;
  /** The chat's session as the feed knows it. */
  readonly session: () => Session | null;
  /** What the work gives, null where it came to nothing; that is said. */
  readonly attempt: <T>(what: string, work: Promise<T>) => Promise<T | null>;
  /** Lets what an action brings be shown without delay. */
  readonly hurry: () => void;
  /** Names a message so that a repeated request makes no second one, and this tab knows it. */
  readonly key: () => string;
}

export class Deeds {
  private turned: { readonly ids: readonly number[]; readonly at: number } | null = null;

  constructor(private readonly host: Host) {}

  /** Who else could answer, as far as that is known: `load` looks. */
  get answerers(): readonly Answerer[] {
    const session = this.host.session();
    return session ? answerers(this.host.assistants.view.list ?? [], session) : [];
  }

  load(): Promise<void> {
    return this.host.assistants.load();
  }

  /** Another answer beside this one. */
  again(message: number, by?: Answerer): void {
    const { transport, signal, attempt, key } = this.host;
    const { title: _title, ...other } = by ?? { title: "" };
    const asked = { key: key(), ...other };
    void attempt(t("ask again"), transport.regenerate(message, asked, signal));
  }

  /** Another version of a message, which is answered; whether it was taken. */
  edit(message: Message, text: string): Promise<boolean> {
    return this.revise(message.id, rewritten(message.parts, text));
  }

  /** The same with all that it is to say. */
  async revise(message: number, said: Pick<Edit, "text" | "parts">): Promise<boolean> {
    const { transport, signal, attempt, key } = this.host;
    const edit: Edit = { key: key(), ...said };
    return (await attempt(t("change the message"), transport.edit(message, edit, signal))) !== null;
  }

  /** Deletes what a message says; its place stays. */
  remove(message: number): void {
    const { transport, signal, attempt } = this.host;
    void attempt(t("delete the message"), transport.remove(message, signal));
  }

  /** Takes back what an answer changed in notebooks; null where it came to nothing. */
  undo(message: number): Promise<Undone | null> {
    const { transport, signal, attempt } = this.host;
    return attempt(t("undo the changes"), transport.undo(message, signal));
  }

  /** Shows the version so many steps from a message; does nothing past either end. */
  turn(ids: readonly number[], shown: number, steps: number): void {
    // a second press, before the first is shown, goes on from where that one leads
    const from = this.turned?.ids === ids ? this.turned.at : shown;
    const at = versionAt(ids, from, steps);
    if (at === null) return;
    const turned = { ids, at };
    this.turned = turned;
    this.host.hurry();
    void this.patch(t("show another version"), { branch: at }).then(() => {
      this.host.hurry();
      if (this.turned === turned) this.turned = null;
    });
  }

  /** A new chat with the messages up to one; null where it came to nothing. */
  fork(message: number): Promise<Session | null> {
    const { transport, signal, attempt, key } = this.host;
    const fork = { message, key: key() };
    return attempt(
      t("fork the chat"),
      patiently(() => transport.fork(fork, signal)),
    );
  }

  /** Whether the chat can be saved as a file. */
  get exports(): boolean {
    return this.host.transport.download !== null;
  }

  /** Saves the chat as a file. */
  async export(format: ExportFormat): Promise<void> {
    const { transport, signal, attempt } = this.host;
    if (!transport.download) return;
    const file = await attempt(t("export the chat"), transport.download(format, signal));
    if (file) save(file);
  }

  rename(title: string): void {
    void this.patch(t("rename the chat"), { title });
  }

  usage(): Promise<ChatUsage | null> {
    const { transport, signal, attempt } = this.host;
    return attempt(t("add up what the chat took"), transport.usage(signal));
  }

  private patch(what: string, patch: SessionPatch): Promise<Session | null> {
    return this.host.attempt(what, this.host.transport.patch(patch, this.host.signal));
  }
}

/** A long chat takes longer to copy than a request may last: the same request finds it. */
async function patiently<T>(ask: () => Promise<T>, tries = TRIES): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (tries <= 1 || !(error instanceof RequestError) || error.status !== 0) throw error;
    return patiently(ask, tries - 1);
  }
}

/** What an edited message says: its new words in the place of the old ones, all else kept. */
function rewritten(parts: readonly Part[], text: string): Pick<Edit, "text" | "parts"> {
  if (parts.every((part) => part.type === "text")) return { text };
  const at = Math.max(
    0,
    parts.findIndex((part) => part.type === "text"),
  );
  const rest = (some: readonly Part[]): readonly Part[] =>
    some.filter((part) => part.type !== "text");
  const words: readonly Part[] = text.trim() ? [{ type: "text", text }] : [];
  return { parts: [...rest(parts.slice(0, at)), ...words, ...rest(parts.slice(at))] };
}
