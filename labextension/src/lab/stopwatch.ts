/** Tells which replies have ended, and how long they took, from looks at what is running. */
export class Stopwatch {
  private readonly since = new Map<string, number>();

  /** The chats of the last look whose replies have ended, with how many milliseconds they took. */
  look(running: readonly string[], now: number): { session: string; took: number }[] {
    const still = new Set(running);
    const ended = [...this.since].filter(([session]) => !still.has(session));
    for (const [session] of ended) this.since.delete(session);
    for (const session of running) if (!this.since.has(session)) this.since.set(session, now);
    return ended.map(([session, began]) => ({ session, took: now - began }));
  }
}
