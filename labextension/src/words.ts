/**
 * The words that people read, in their language.
 *
 * A host that can translate gives its translator once; the texts in the sources are the
 * English ones, and what is looked up. They follow JupyterLab's gettext: `%1`, `%2` stand
 * for values, and a translator may put them in any order.
 */

/** What is needed of JupyterLab's `TranslationBundle`. */
export interface Translator {
  __(text: string, ...values: string[]): string;
  _n(one: string, many: string, count: number, ...values: string[]): string;
}

const english: Translator = {
  __: (text, ...values) => filled(text, values),
  _n: (one, many, count, ...values) => filled(count === 1 ? one : many, [`${count}`, ...values]),
};

let translator: Translator = english;

/** Every text from now on comes from here; null brings back the English ones. */
export function translateWith(next: Translator | null): void {
  translator = next ?? english;
}

/** A text, with `%1`, `%2`… replaced by the values. */
export function t(text: string, ...values: string[]): string {
  return translator.__(text, ...values);
}

/** A text about a number of things; `%1` is the number. */
export function tn(one: string, many: string, count: number, ...values: string[]): string {
  return translator._n(one, many, count, ...values);
}

function filled(text: string, values: readonly string[]): string {
  return text.replace(/%(\d+)/g, (place, number: string) => values[Number(number) - 1] ?? place);
}
