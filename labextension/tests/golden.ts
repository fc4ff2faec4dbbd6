/** The golden files under `tests/wire/`, which the Python suite reads as well. */
import { readFileSync } from "node:fs";

export function golden<T>(name: string): T[] {
  return JSON.parse(
    readFileSync(new URL(`../../tests/wire/${name}.json`, import.meta.url), "utf8"),
  );
}
