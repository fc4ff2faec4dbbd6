/** Tells the server which notebooks this page has open, and does there what its tools want. */
import type { INotebookTracker, NotebookPanel } from "@jupyterlab/notebook";
import { backoff, browserWake, pause, type Wake } from "../backoff";
import type { FromPage, OpenNotebook, Task } from "../protocol";
import type { Server } from "../server";
import { t } from "../words";
import { perform, Refused } from "./operations";

/** Changes that come together are told together. */
const PAUSE_MS = 100;
/** Tries that wait longer each: a second at most, since meanwhile tools take the file. */
const LONGEST = 2;
/** A connection that lived as long was a good one: the next try may be quick again. */
const GOOD_MS = 1_000;

/**
 * The page's side of the server's workbench, connected while a notebook is open.
 *
 * Of several pages with one notebook, the server asks the one that told of it last: so it
 * is told anew whenever somebody turns to the page. The socket is authenticated by the
 * cookie, as those of the chats are.
 */
export class Workbench {
  private readonly life = new AbortController();
  private socket: WebSocket | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running = false;
  private readonly known = new Set<NotebookPanel>();

  constructor(
    private readonly server: Server,
    private readonly notebooks: INotebookTracker,
    private readonly wake: Wake = browserWake,
  ) {
    notebooks.widgetAdded.connect(this.added, this);
    notebooks.currentChanged.connect(this.changed, this);
    notebooks.forEach((panel) => {
      this.added(notebooks, panel);
    });
    this.attend();
  }

  dispose(): void {
    this.life.abort();
    clearTimeout(this.timer);
    this.socket?.close();
    this.notebooks.widgetAdded.disconnect(this.added, this);
    this.notebooks.currentChanged.disconnect(this.changed, this);
    for (const panel of this.known) this.forget(panel);
  }

  /** Tells where somebody is, before they can ask for anything there. */
  private attend(): void {
    const { signal } = this.life;
    const look = (): void => {
      if (document.visibilityState === "visible") this.tell();
    };
    window.addEventListener("focus", look, { signal });
    document.addEventListener("pointerdown", look, { signal, capture: true });
    document.addEventListener("visibilitychange", () => this.changed(), { signal });
  }

  /** Stays connected until no notebook is open. */
  private async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    let attempt = 0;
    while (this.wanted) {
      const began = performance.now();
      await this.connection();
      if (!this.wanted) break;
      attempt = performance.now() - began > GOOD_MS ? 0 : Math.min(attempt + 1, LONGEST);
      await pause(backoff(attempt), this.wake, this.life.signal);
    }
    this.running = false;
  }

  private get wanted(): boolean {
    return this.known.size > 0 && !this.life.signal.aborted;
  }

  /** One connection, from its start to its end. */
  private connection(): Promise<void> {
    const socket = new WebSocket(this.server.url("chatcore/workbench", "ws"));
    this.socket = socket;
    socket.addEventListener("open", () => this.tell());
    socket.addEventListener("message", ({ data }: MessageEvent<string>) => {
      void this.carryOut(JSON.parse(data) as Task);
    });
    return new Promise((resolve) => socket.addEventListener("close", () => resolve()));
  }

  private added(_: INotebookTracker, panel: NotebookPanel): void {
    this.known.add(panel);
    panel.disposed.connect(this.closed, this);
    panel.context.pathChanged.connect(this.changed, this);
    panel.sessionContext.kernelChanged.connect(this.changed, this);
    panel.context.model.stateChanged.connect(this.stateChanged, this);
    this.changed();
    void this.run();
  }

  private closed(panel: NotebookPanel): void {
    this.known.delete(panel);
    if (this.known.size === 0) this.socket?.close();
    else this.changed();
  }

  private forget(panel: NotebookPanel): void {
    panel.disposed.disconnect(this.closed, this);
    panel.context.pathChanged.disconnect(this.changed, this);
    panel.sessionContext.kernelChanged.disconnect(this.changed, this);
    panel.context.model.stateChanged.disconnect(this.stateChanged, this);
  }

  private stateChanged(_: unknown, { name }: { readonly name: string }): void {
    if (name === "dirty") this.changed();
  }

  private changed(): void {
    clearTimeout(this.timer);
    if (!this.life.signal.aborted) this.timer = setTimeout(() => this.tell(), PAUSE_MS);
  }

  private tell(): void {
    this.say({ type: "opened", notebooks: [...this.known].map((panel) => this.told(panel)) });
  }

  private told(panel: NotebookPanel): OpenNotebook {
    return {
      path: panel.context.localPath,
      active: document.visibilityState === "visible" && panel === this.notebooks.currentWidget,
      kernel: panel.sessionContext.session?.kernel?.id ?? null,
      unsaved: panel.context.model.dirty,
    };
  }

  private async carryOut({ id, operation }: Task): Promise<void> {
    const panel = [...this.known].find(({ context }) => context.localPath === operation.path);
    try {
      if (!panel) throw new Refused("missing", t("The notebook was closed."));
      this.say({ type: "finished", id, cells: await perform(panel, operation) });
    } catch (error) {
      const kind = error instanceof Refused ? error.kind : "failed";
      const message = error instanceof Error ? error.message : String(error);
      this.say({ type: "finished", id, error: kind, message });
    }
  }

  private say(message: FromPage): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }
}
