/** The golden files under `tests/wire/`, which the Python suite reads as well. */
import { describe, expect, it } from "vitest";
import type { Event, Message } from "../src/protocol";
import { applyTo, Gap } from "../src/state";
import { golden } from "./golden";

interface Case {
  readonly name: string;
  readonly start: Message;
  readonly events: readonly Event[];
  readonly result?: Message;
  readonly error?: string;
}

interface Joined {
  readonly name: string;
  readonly events: readonly Event[];
  readonly result: readonly Event[];
}

const CASES = golden<Case>("apply");
const good = CASES.filter((one) => one.result !== undefined);
const bad = CASES.filter((one) => one.error === "gap");

describe("apply", () => {
  it("reads every golden case", () => {
    expect(good.length + bad.length).toBe(CASES.length);
    expect(CASES.length).toBeGreaterThan(0);
  });

  it.each(good)("$name", ({ start, events, result }) => {
    expect(events.reduce(applyTo, start)).toEqual(result);
  });

  it.each(good)("changes nothing when repeated: $name", ({ start, events, result }) => {
    expect([...events, ...events].reduce(applyTo, start)).toEqual(result);
  });

  it.each(bad)("finds the gap: $name", ({ start, events }) => {
    expect(() => events.reduce(applyTo, start)).toThrow(Gap);
  });
});

describe("joined events", () => {
  const start: Message = {
    id: 3,
    seq: 4,
    session: "s",
    role: "assistant",
    status: "streaming",
    created: "2026-03-01T12:00:00Z",
    parts: [{ type: "text", text: "" }],
  };
  const runnable = golden<Joined>("coalesce").filter(({ events }) =>
    events.every(({ change }) => change.type !== "session_put" && "message" in change),
  );

  it.each(runnable)("mean what the single ones mean: $name", ({ events, result }) => {
    const end = (list: readonly Event[]): Message | string => {
      try {
        return list.reduce(applyTo, start);
      } catch (error) {
        if (error instanceof Gap) return "gap";
        throw error;
      }
    };
    expect(end(result)).toEqual(end(events));
  });
});
