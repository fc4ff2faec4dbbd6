/** TeX to MathML. A chunk of its own: it is loaded when the first formula is shown. */
import DOMPurify from "dompurify";
import temml from "temml";

const LIMITS = { maxExpand: 200, maxSize: [20, 20] as [number, number], trust: false };
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
  for (const element of fragment.querySelectorAll("[style]")) {
    // lengths and colours only: nothing with a bracket, so no address
    if (!STYLE.test(element.getAttribute("style") ?? "")) element.removeAttribute("style");
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
