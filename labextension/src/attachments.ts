/** The files of a message that is being written: uploaded at once, and sent with it. */
import type { Wake } from "./backoff";
import type { FilePart } from "./protocol";
import { RequestError, type Transport } from "./transport";
import { unique } from "./unique";

export interface Attached {
  readonly id: string;
  readonly name: string;
  readonly size: number;
  readonly state: "uploading" | "failed" | "done";
  /** How much of it has gone out, from 0 to 1. */
  readonly share: number;
  /** Why it could not be uploaded. */
  readonly error: string | null;
  /** What a message shows of it, once the server has it. */
  readonly part: FilePart | null;
}

interface Upload {
  readonly file: File;
  readonly life: AbortController;
  /** Whether a later try may go through by itself. */
  passing: boolean;
}

export class Attachments {
  private list: readonly Attached[];
  private readonly uploads = new Map<string, Upload>();
  private readonly quiet: () => void;

  constructor(
    private readonly transport: Transport,
    /** Those of the draft, which the server has. */
    kept: readonly FilePart[],
    wake: Wake,
    private readonly changed: () => void,
  ) {
    this.list = kept.map((part) => ({ ...begun(part.name, part.size), state: "done", part }));
    this.quiet = wake.listen((sign) => {
      if (sign === "online") this.again();
    });
  }

  get files(): readonly Attached[] {
    return this.list;
  }

  /** Those that the server has. */
  get parts(): readonly FilePart[] {
    return this.list.flatMap(({ part }) => (part ? [part] : []));
  }

  add(files: Iterable<File>): void {
    const fresh = [...files].map((file) => {
      const one = begun(file.name || "file", file.size);
      this.uploads.set(one.id, { file, life: new AbortController(), passing: false });
      return one;
    });
    this.set([...this.list, ...fresh]);
    for (const { id } of fresh) void this.upload(id);
  }

  /** Tries a failed one again. */
  retry(id: string): void {
    this.change(id, { state: "uploading", share: 0, error: null });
    void this.upload(id);
  }

  remove(id: string): void {
    this.uploads.get(id)?.life.abort();
    this.uploads.delete(id);
    this.set(this.list.filter((one) => one.id !== id));
  }

  /** Hands over all of them, to be sent. */
  take(): readonly FilePart[] {
    const { parts } = this;
    this.set([]);
    return parts;
  }

  dispose(): void {
    this.quiet();
    for (const { life } of this.uploads.values()) life.abort();
  }

  private again(): void {
    for (const { id, state } of this.list) {
      if (state === "failed" && this.uploads.get(id)?.passing) this.retry(id);
    }
  }

  private async upload(id: string): Promise<void> {
    const upload = this.uploads.get(id);
    if (!upload) return;
    const { file, life } = upload;
    const progress = (share: number): void => this.change(id, { share });
    try {
      const part = await this.transport.upload(file, life.signal, progress);
      this.uploads.delete(id);
      this.change(id, { state: "done", name: part.name, size: part.size, part });
    } catch (error) {
      if (life.signal.aborted) return;
      if (!(error instanceof RequestError)) throw error;
      upload.passing = error.passing;
      this.change(id, { state: "failed", error: error.message });
    }
  }

  private change(id: string, change: Partial<Attached>): void {
    this.set(this.list.map((one) => (one.id === id ? { ...one, ...change } : one)));
  }

  private set(list: readonly Attached[]): void {
    this.list = list;
    this.changed();
  }
}

function begun(name: string, size: number): Attached {
  const id = unique();
  return { id, name, size, state: "uploading", share: 0, error: null, part: null };
}
