/**
 * Stands in for the packages `mdurl` and `punycode.js`, which take addresses apart.
 *
 * The browser does that better: here an address is one piece, shown as it was written, and
 * only made safe to stand in an attribute.
 */
interface Parsed {
  readonly pathname: string;
}

const UNSAFE = /[^\x21-\x7e]|["<>\\^`{|}[\]]|%(?![0-9a-f]{2})/giu;
const LONE = /^[\ud800-\udfff]$/;

/** The address without what may not stand in one; what is encoded already stays. */
export function encode(address: string): string {
  return address.replace(UNSAFE, (letter) =>
    encodeURIComponent(LONE.test(letter) ? "\ufffd" : letter),
  );
}

/** As it was written: decoded it could show what it is not. */
export function decode(address: string): string {
  return address;
}

export function parse(address: string): Parsed {
  return { pathname: address };
}

export function format({ pathname }: Parsed): string {
  return pathname;
}

const asIs = (host: string): string => host;

/** Names of hosts in other scripts are the browser's to spell. */
export default { toASCII: asIs, toUnicode: asIs };
