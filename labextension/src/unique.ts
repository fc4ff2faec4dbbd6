/**
 * A text that nobody else makes.
 *
 * `crypto.randomUUID` is missing on pages that came over plain HTTP, as from a server in
 * the same house; this is not.
 */
export function unique(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
