import type { Message } from "@lumino/messaging";
import { Widget } from "@lumino/widgets";
import { t } from "../words";
import type { Chats, UI } from "./chats";

/** A widget with a part of the chat's UI, which loads when somebody can first see it. */
export abstract class LazyWidget<T extends { dispose(): void }> extends Widget {
  private loading: Promise<T | null> | null = null;
  private part: T | null = null;

  constructor(protected readonly chats: Chats) {
    super();
    this.addClass("jp-ChatcoreWidget");
  }

  /** What is shown, null as long as it has not loaded. */
  get shown(): T | null {
    return this.part;
  }

  /** What is shown from now on; null where it cannot be loaded, which the widget says. */
  ready(): Promise<T | null> {
    this.loading ??= this.load();
    return this.loading;
  }

  override dispose(): void {
    this.part?.dispose();
    this.part = null;
    super.dispose();
  }

  /** Shows it in the widget's node. */
  protected abstract fill(ui: UI): T;

  protected override onAfterAttach(_message: Message): void {
    if (this.isVisible) void this.ready();
  }

  protected override onAfterShow(_message: Message): void {
    void this.ready();
  }

  private async load(): Promise<T | null> {
    const ui = await this.chats.ui().catch((error: unknown) => {
      this.refuse(error);
      return null;
    });
    if (!ui || this.isDisposed) return null;
    this.node.replaceChildren();
    this.part = this.fill(ui);
    return this.part;
  }

  /** Says that it could not be loaded, with a way to try again. */
  private refuse(error: unknown): void {
    this.loading = null;
    const words = document.createElement("p");
    words.textContent = `${t("The chat could not be loaded.")} ${String(error)}`;
    const again = document.createElement("button");
    again.className = "jp-mod-styled jp-mod-accept";
    again.textContent = t("Try again");
    again.addEventListener("click", () => void this.ready());
    const problem = document.createElement("div");
    problem.className = "jp-ChatcoreWidget-problem";
    problem.setAttribute("role", "alert");
    problem.append(words, again);
    this.node.replaceChildren(problem);
  }
}
