/**
 * The highlighter's markup as elements, read without the HTML parser.
 *
 * It knows spans with a class, and text; nothing else can come of it, and a thousand
 * lines take a few milliseconds.
 */
const TOKEN = /<span class="([^"<>]*)">|<\/span>|&(amp|lt|gt|quot|#x27);|[^<&]+|[<&]/g;
const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  "#x27": "'",
};

export function spans(markup: string): DocumentFragment {
  const root = document.createDocumentFragment();
  let at: Node = root;
  let text = "";
  const flush = (): void => {
    if (text) at.appendChild(document.createTextNode(text));
    text = "";
  };
  for (const [token, name, entity] of markup.matchAll(TOKEN)) {
    if (name !== undefined) {
      flush();
      const span = document.createElement("span");
      span.className = name;
      at = at.appendChild(span);
    } else if (token === "</span>") {
      flush();
      at = at.parentNode ?? root;
    } else text += entity === undefined ? token : (ENTITIES[entity] ?? token);
  }
  flush();
  return root;
}
