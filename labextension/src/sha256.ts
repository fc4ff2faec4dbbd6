/**
 * SHA-256 (FIPS 180-4) in plain code: the browser's own answers late, and not at all on
 * pages that came over plain HTTP.
 */

const BLOCK = 64;
const K = new Uint32Array(64);
const H = new Uint32Array(8);
let known = false;

/** The digest of bytes in hexadecimal digits. */
export function sha256(bytes: Uint8Array): string {
  if (!known) know();
  const view = padded(bytes);
  const hash = H.slice();
  for (let at = 0; at < view.byteLength; at += BLOCK) mix(hash, view, at);
  return Array.from(hash, (word) => word.toString(16).padStart(8, "0")).join("");
}

/** The constants: fractions of the roots of the first primes. */
function know(): void {
  known = true;
  for (let prime = 2, count = 0; count < 64; prime++) {
    if (!isPrime(prime)) continue;
    if (count < 8) H[count] = fraction(Math.sqrt(prime));
    K[count++] = fraction(Math.cbrt(prime));
  }
}

function isPrime(number: number): boolean {
  for (let by = 2; by * by <= number; by++) if (number % by === 0) return false;
  return true;
}

function fraction(root: number): number {
  return Math.floor((root % 1) * 2 ** 32);
}

/** The bytes, a one, zeros, and the number of bits at the end of the last block. */
function padded(bytes: Uint8Array): DataView {
  const whole = new Uint8Array(Math.ceil((bytes.length + 9) / BLOCK) * BLOCK);
  whole.set(bytes);
  whole[bytes.length] = 0x80;
  const view = new DataView(whole.buffer);
  view.setUint32(whole.length - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(whole.length - 4, bytes.length << 3);
  return view;
}

function mix(hash: Uint32Array, view: DataView, at: number): void {
  const words = scheduled(view, at);
  let [a, b, c, d, e, f, g, h] = hash as unknown as Eight;
  for (let round = 0; round < 64; round++) {
    const choice = (e & f) ^ (~e & g);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    const one =
      h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + choice + get(K, round) + get(words, round);
    const two = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + majority;
    [a, b, c, d, e, f, g, h] = [(one + two) | 0, a, b, c, (d + one) | 0, e, f, g];
  }
  for (const [index, word] of [a, b, c, d, e, f, g, h].entries()) {
    hash[index] = get(hash, index) + word;
  }
}

type Eight = [number, number, number, number, number, number, number, number];

function scheduled(view: DataView, at: number): Uint32Array {
  const words = new Uint32Array(64);
  for (let index = 0; index < 16; index++) words[index] = view.getUint32(at + index * 4);
  for (let index = 16; index < 64; index++) {
    const before = get(words, index - 15);
    const last = get(words, index - 2);
    const low = turn(before, 7) ^ turn(before, 18) ^ (before >>> 3);
    const high = turn(last, 17) ^ turn(last, 19) ^ (last >>> 10);
    words[index] = get(words, index - 16) + low + get(words, index - 7) + high;
  }
  return words;
}

function turn(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

function get(words: Uint32Array, index: number): number {
  return words[index] ?? 0;
}
