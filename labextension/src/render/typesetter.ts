/** TeX to MathML. A chunk of its own: it is loaded when the first formula is shown. */
import DOMPurify from "dompurify";
import temml from "temml";

const LIMITS = { maxExpand: 200, maxSize: [20, 20] as [number, number], trust: false };
/** A length that would draw over what is not the formula's: three figures, in whatever unit. */
const FAR = /\d{3}(?:\.\d*)?[a-z]/i;
const STYLE = /^[\w\s:;.,#%-]*$/;

/** The formula as MathML. What TeX cannot read stands there as it was written. */
export function typeset(tex: string, display: boolean): DocumentFragment {
  const fragment = DOMPurify.sanitize(markup(tex, display), {
    USE_PROFILES: { mathMl: true },
    FORBID_ATTR: ["href", "xlink:href", "src", "id", "name"],
    FORBID_TAGS: ["maction", "mglyph", "annotation", "annotation-xml"],
    ADD_ATTR: ["style", "class"],
    ALLOW_DATA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
  });
  for (const element of fragment.querySelectorAll("*")) {
    for (const { name, value } of [...element.attributes]) {
      // lengths and colours only: nothing with a bracket, so no address
      if (FAR.test(value) || (name === "style" && !STYLE.test(value)))
        element.removeAttribute(name);
    }
  }
  if (!fragment.hasChildNodes()) fragment.append(tex);
  return fragment;
}

/** "" where the typesetter gives up, as it does on a thousand brackets. */
function markup(tex: string, display: boolean): string {
  const options = { ...LIMITS, displayMode: display, throwOnError: false, annotate: false };
  try {
    return temml.renderToString(tex, options);
  } catch (error) {
    if (error instanceof RangeError) return "";
    throw error;
  }
}
