/**
 * Makes one tree of elements like another, changing as little as possible.
 *
 * What is already right is not touched, so a selection in it stays, images do not load
 * again, and a text that has grown is grown in place.
 */
export function morph(target: Node, source: Node): void {
  const had = [...target.childNodes];
  const wanted = [...source.childNodes];
  wanted.forEach((node, index) => {
    const old = had[index];
    if (!old) target.appendChild(node);
    else if (!alike(old, node)) target.replaceChild(node, old);
    else if (old instanceof Text) grow(old, node.textContent ?? "");
    else if (!isOwn(node)) morph(old, node);
  });
  for (const extra of had.slice(wanted.length)) extra.remove();
}

/** What is inside is not made here, so it is left alone. */
export const OWN = "data-own";

function isOwn(node: Node): boolean {
  return node instanceof Element && node.hasAttribute(OWN);
}

/** Makes a text longer without touching what is there; replaces it where it is another. */
export function grow(node: Text, text: string): void {
  if (node.data === text) return;
  if (text.startsWith(node.data)) node.appendData(text.slice(node.data.length));
  else node.data = text;
}

function alike(old: Node, node: Node): boolean {
  if (old instanceof Text && node instanceof Text) return true;
  if (!(old instanceof Element && node instanceof Element)) return false;
  // a formula is set as a whole: its elements mean nothing by themselves
  if (old.localName !== node.localName || old.localName === "math") return old.isEqualNode(node);
  const names = old.getAttributeNames();
  return (
    names.length === node.getAttributeNames().length &&
    names.every((name) => old.getAttribute(name) === node.getAttribute(name))
  );
}
