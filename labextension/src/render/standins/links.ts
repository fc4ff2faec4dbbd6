/**
 * Stands in for the package `linkify-it`: finds the addresses that stand in a text.
 *
 * Only what names its protocol is one, so a fifth of that package's rules would never be
 * used. What ends a sentence or closes a bracket around an address is no part of it, as in
 * GitHub's Markdown.
 */
interface Match {
  readonly schema: string;
  readonly index: number;
  readonly lastIndex: number;
  readonly text: string;
  readonly url: string;
}

const ADDRESS =
  /(?<![\p{L}\p{N}])(https?:\/\/|mailto:)[^\s<>"`|\\^{}\p{C}\p{Z}\u3001-\u303f\uff00-\uff0f\u2018-\u201f]+/giu;
const ANY = /https?:\/\/|mailto:/i;
const FIRST = /^(?:https?:\/\/|mailto:)\S/i;
const AFTER = "?!.,:;*_~'\"";
const CLOSES: Readonly<Record<string, string>> = { ")": "(", "]": "[" };

export class LinkifyIt {
  /** There is nothing here that guesses, so there is nothing to set. */
  set(): this {
    return this;
  }

  test(text: string): boolean {
    return ANY.test(text);
  }

  match(text: string): readonly Match[] {
    return [...text.matchAll(ADDRESS)].flatMap(({ 0: found, 1: schema = "", index }) => {
      const url = trimmed(found);
      if (url.length <= schema.length) return [];
      return [
        {
          schema: schema.replace("//", "").toLowerCase(),
          index,
          lastIndex: index + url.length,
          text: url,
          url,
        },
      ];
    });
  }

  matchAtStart(text: string): Match | null {
    return FIRST.test(text) ? (this.match(/^\S*/.exec(text)?.[0] ?? "")[0] ?? null) : null;
  }
}

/** Without what belongs to the sentence: the end of it, and a bracket that opened before. */
function trimmed(address: string): string {
  const left: Record<string, number> = {};
  for (const letter of address) left[letter] = (left[letter] ?? 0) + 1;
  let end = address.length;
  for (; end > 0; end--) {
    const last = address[end - 1] ?? "";
    const opener = CLOSES[last];
    const outer = opener && (left[last] ?? 0) > (left[opener] ?? 0);
    if (!outer && !AFTER.includes(last)) break;
    left[last] = (left[last] ?? 0) - 1;
  }
  return address.slice(0, end);
}
