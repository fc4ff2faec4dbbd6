/**
 * Tells the kernel what its widget's chat shows: whether it is busy, its newest messages,
 * and the messages that ended.
 *
 * The kernel remembers up to which change it was told. So each report is told once,
 * whichever of the views and tabs that show the chat is the first; and one is not sent
 * before the last one was heard, so that a kernel that runs a cell is not swamped.
 */
import type { Message, Part } from "./protocol";
import type { View } from "./ui/controller";

const TAIL = 20;
const LONGEST = 2_000;
/** Reports follow each other at this pace at the most. */
const PACE_MS = 250;
/** A report that was not heard for so long is taken for lost. */
const LOST_MS = 60_000;
const REPORTERS = Symbol.for("jupyter_chatcore.reporters");

/** What a report needs of the widget's model. */
export interface ReportModel {
  get(name: "_name"): string;
  get(name: "_heard"): number;
  get(name: "_listening"): boolean;
  set(name: "busy", value: boolean): void;
  save_changes(): void;
  send(content: unknown): void;
  on(event: string, listener: () => void): void;
  off(event: string, listener: () => void): void;
}

/** A message as Python gets it. */
interface Told {
  readonly id: number;
  readonly role: Message["role"];
  readonly status: Message["status"];
  readonly author: string;
  readonly text: string;
}

/** What is told of. */
export type Shown = Pick<View, "chat" | "messages" | "running">;

export class Reporter {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private sent = { cursor: 0, at: Number.NEGATIVE_INFINITY };
  private busy: boolean | null = null;
  private readonly others: Reporter[];

  constructor(
    private readonly model: ReportModel,
    /** The widget's `session` that this chat is shown for. */
    private readonly session: string,
    private readonly view: () => Shown,
  ) {
    this.others = reporters(model.get("_name"));
    this.others.push(this);
    model.on("change:_heard", this.changed);
    model.on("change:_listening", this.changed);
    this.changed();
  }

  /** Something has changed: tells of it soon. */
  readonly changed = (): void => {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.tell();
    }, this.pause());
  };

  dispose(): void {
    clearTimeout(this.timer);
    this.model.off("change:_heard", this.changed);
    this.model.off("change:_listening", this.changed);
    this.others.splice(this.others.indexOf(this), 1);
    this.others[0]?.changed();
  }

  private pause(): number {
    return Math.max(0, this.sent.at + PACE_MS - performance.now());
  }

  /** One view of the page tells for all. */
  private tell(): void {
    const view = this.view();
    if (this.others[0] !== this || !view.chat) return;
    if (view.running !== this.busy) {
      this.busy = view.running;
      // at once for what is linked to it in the page; the kernel gets it with its messages
      this.model.set("busy", view.running);
    }
    const heard = this.model.get("_heard");
    const waits = this.sent.cursor > heard && performance.now() - this.sent.at < LOST_MS;
    if (waits) return;
    if (view.chat.cursor > heard) this.report(view, heard);
    this.model.save_changes();
  }

  private report({ chat, messages, running }: Shown, heard: number): void {
    if (!chat) return;
    this.sent = { cursor: chat.cursor, at: performance.now() };
    const listening = this.model.get("_listening") && heard > 0;
    this.model.send({
      kind: "report",
      session: this.session,
      cursor: chat.cursor,
      busy: running,
      messages: messages.slice(-TAIL).map((message) => told(message, shortened)),
      ended: listening ? ended([...chat.messages.values()], heard) : [],
    });
  }
}

/** The views of one widget in this page, also where the bundle was loaded twice. */
function reporters(name: string): Reporter[] {
  const page = globalThis as { [REPORTERS]?: Map<string, Reporter[]> };
  page[REPORTERS] ??= new Map();
  const known = page[REPORTERS].get(name) ?? [];
  page[REPORTERS].set(name, known);
  return known;
}

/** The messages that ended after a change, in the order of their ends, whole. */
function ended(messages: readonly Message[], heard: number): object[] {
  return messages
    .filter(({ seq, status }) => seq > heard && status !== "streaming" && status !== "deleted")
    .sort((a, b) => a.seq - b.seq)
    .map((message) => ({
      ...told(message, (text) => text),
      seq: message.seq,
      parts: message.parts,
      error: message.error ?? null,
    }));
}

function told(message: Message, cut: (text: string) => string): Told {
  const { id, role, status, author } = message;
  const name = author?.name || author?.username || "";
  return { id, role, status, author: name, text: cut(message.parts.flatMap(words).join("\n\n")) };
}

function words(part: Part): string[] {
  return part.type === "text" && part.text ? [part.text] : [];
}

/** The beginning of a text, whole characters only. */
function shortened(text: string): string {
  if (text.length <= LONGEST) return text;
  return `${text.slice(0, LONGEST).replace(/[\uD800-\uDBFF]$/, "")}…`;
}
