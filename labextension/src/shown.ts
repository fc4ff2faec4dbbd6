/** What an answer was shown of notebooks and kernels, and whether that is still so. */
import { sha256 } from "./sha256";

/** As many digits of a digest make a mark; the server makes the same ones (`marks.py`). */
const DIGITS = 16;

/** The mark of a text, such as the whole source of a cell. */
export function markOf(text: string): string {
  // what is half a character is encoded as the sign for what cannot be read, on both sides
  return sha256(new TextEncoder().encode(text)).slice(0, DIGITS);
}
