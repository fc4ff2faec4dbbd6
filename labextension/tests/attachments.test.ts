/** Files of a message that is being written: uploaded at once, tried again, handed over. */
import { beforeEach, describe, expect, it } from "vitest";
import { Attachments } from "../src/attachments";
import type { FilePart } from "../src/protocol";
import { type Progress, RequestError, type Transport } from "../src/transport";
import { FakeServer } from "./fake";
import { FakeWake } from "./fakebrowser";

interface Upload {
  readonly file: File;
  readonly signal: AbortSignal;
  readonly progress: Progress | undefined;
  readonly done: (part: FilePart) => void;
  readonly fail: (error: unknown) => void;
}

let uploads: Upload[];
let wake: FakeWake;
let changes: number;

const part = (name: string): FilePart => ({
  type: "file",
  name,
  mime: "text/plain",
  url: `chatcore/files/${"0".repeat(64)}/${name}`,
  size: 1,
});
const file = (name: string): File => new File(["x"], name);
const settle = () => new Promise((resolve) => setTimeout(resolve));

function open(kept: readonly FilePart[] = []): Attachments {
  const transport: Transport = {
    ...new FakeServer().transport(),
    upload: (file, signal, progress) =>
      new Promise((done, fail) => uploads.push({ file, signal, progress, done, fail })),
  };
  const changed = (): void => {
    changes += 1;
  };
  return new Attachments(transport, kept, wake, changed);
}

const states = (box: Attachments) => box.files.map(({ name, state }) => [name, state]);

beforeEach(() => {
  uploads = [];
  wake = new FakeWake();
  changes = 0;
});

describe("a file", () => {
  it("is uploaded at once and tells how far it is", async () => {
    const box = open();
    box.add([file("a"), file("b")]);
    expect(uploads.map(({ file }) => file.name)).toEqual(["a", "b"]);
    uploads[0]?.progress?.(0.5);
    expect(box.files[0]?.share).toBe(0.5);
    uploads[1]?.done(part("b (clean)"));
    await settle();
    expect(states(box)).toEqual([
      ["a", "uploading"],
      ["b (clean)", "done"],
    ]);
    expect(box.parts).toEqual([part("b (clean)")]);
    expect(changes).toBe(3);
  });

  it("that is removed is uploaded no further", async () => {
    const box = open();
    box.add([file("a")]);
    box.remove(box.files[0]?.id ?? "");
    expect(uploads[0]?.signal.aborted).toBe(true);
    uploads[0]?.fail(new DOMException("gone", "AbortError"));
    await settle();
    expect(box.files).toEqual([]);
  });

  it("that failed says why and can be tried again", async () => {
    const box = open();
    box.add([file("a")]);
    uploads[0]?.fail(new RequestError(413, "too_large", "It is too large."));
    await settle();
    expect(box.files[0]).toMatchObject({ state: "failed", error: "It is too large." });
    box.retry(box.files[0]?.id ?? "");
    uploads[1]?.done(part("a"));
    await settle();
    expect(states(box)).toEqual([["a", "done"]]);
  });

  it("is tried again by itself when the network is back, unless it was refused", async () => {
    const box = open();
    box.add([file("lost"), file("refused")]);
    uploads[0]?.fail(new RequestError(0, "unreachable", "No network."));
    uploads[1]?.fail(new RequestError(422, "invalid", "It is empty."));
    await settle();
    wake.ring("shown");
    expect(uploads).toHaveLength(2);
    wake.ring("online");
    expect(uploads.map(({ file }) => file.name)).toEqual(["lost", "refused", "lost"]);
  });
});

describe("all of them", () => {
  it("are those of the draft to begin with", () => {
    const box = open([part("a")]);
    expect(states(box)).toEqual([["a", "done"]]);
    expect(box.take()).toEqual([part("a")]);
    expect(box.files).toEqual([]);
  });

  it("end with the chat", async () => {
    const box = open();
    box.add([file("a")]);
    box.dispose();
    expect(uploads[0]?.signal.aborted).toBe(true);
    wake.ring("online");
    expect(uploads).toHaveLength(1);
  });
});
