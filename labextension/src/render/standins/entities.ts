/**
 * Stands in for the package `entities`, of which markdown-it wants one function.
 *
 * The browser knows all of HTML's two thousand names; bringing a list of them along would
 * be a sixth of the chat's bundle.
 */
let area: HTMLTextAreaElement | undefined;

/** `&amp;` as `&`; what is no entity stays as it is. Takes one entity at a time. */
export function decodeHTMLStrict(entity: string): string {
  if (!/^&[#\w]+;$/.test(entity)) return entity;
  // a text area holds text: nothing in it becomes an element
  area ??= document.createElement("textarea");
  area.innerHTML = entity;
  const text = area.value;
  // `&notit;` is no entity, but browsers read its beginning as an old one
  return text.length > 1 && text.endsWith(";") ? entity : text;
}
