/** A widget's kernel: it hears its comm, or runs a cell and hears nothing for a while. */
import type { CommModel } from "../src/commline";
import type { CommAnswer, CommRequest } from "../src/protocol";

type Answers = Readonly<Record<string, (request: CommRequest) => object | null>>;

export class FakeKernel implements CommModel {
  /** What it has heard, as `verb session`. */
  readonly heard: string[] = [];
  readonly requests: CommRequest[] = [];
  readonly bytes: ArrayBuffer[] = [];
  private readonly listeners = new Map<string, Set<(content: unknown) => void>>();
  private queue: CommRequest[] = [];
  private running = false;

  /** What it answers to each verb; null for no more than that it was heard. */
  constructor(private readonly answers: Answers = {}) {}

  /** Whether it runs a cell; what was sent meanwhile is heard afterwards. */
  set busy(running: boolean) {
    this.running = running;
    if (running) return;
    const waiting = this.queue;
    this.queue = [];
    for (const request of waiting) this.take(request);
  }

  /** What waits to be heard never will be. */
  lose(): void {
    this.queue = [];
  }

  get listening(): number {
    return [...this.listeners.values()].reduce((sum, each) => sum + each.size, 0);
  }

  send(content: unknown, _callbacks?: unknown, buffers: ArrayBuffer[] = []): void {
    const request = content as CommRequest;
    this.bytes.push(...buffers);
    if (this.running) this.queue.push(request);
    else this.take(request);
  }

  on(event: string, listener: (content: unknown) => void): void {
    const known = this.listeners.get(event) ?? new Set();
    this.listeners.set(event, known.add(listener));
  }

  off(event: string, listener: (content: unknown) => void): void {
    this.listeners.get(event)?.delete(listener);
  }

  emit(event: string, content?: unknown): void {
    for (const listener of [...(this.listeners.get(event) ?? [])]) listener(content);
  }

  answer(request: string, state: CommAnswer["state"], body?: object, more: object = {}): void {
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    this.emit("msg:custom", { kind: "answer", request, state, ...text, ...more });
  }

  private take(request: CommRequest): void {
    this.heard.push(`${request.verb} ${request.session ?? ""}`.trim());
    this.requests.push(request);
    if (request.verb === "cancel") return;
    this.answer(request.request, "taken");
    const found = this.answers[request.verb]?.(request);
    if (found) this.answer(request.request, "done", found);
  }
}
