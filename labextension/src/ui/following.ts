import type { Host } from "./host";
import type { Showing } from "./showing";

/** Lets a chat know what its user is at, as far as the host can tell. */
export class Following {
  private now: Host["followWork"] = null;
  private quiet: (() => void) | null = null;

  constructor(
    private readonly element: Element,
    private readonly showing: Showing,
  ) {}

  /** Takes what the host can tell, and what is set for it, from now on from here. */
  take({ followWork, preferences }: Pick<Host, "followWork" | "preferences">): void {
    this.showing.on = preferences.showNotebook;
    if (followWork === this.now) return;
    this.stop();
    this.now = followWork;
    this.quiet = followWork?.(this.element, (work) => this.showing.update(work)) ?? null;
  }

  stop(): void {
    this.quiet?.();
    this.quiet = null;
    this.now = null;
    this.showing.update(null);
  }
}
