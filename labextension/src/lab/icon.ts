import { LabIcon } from "@jupyterlab/ui-components";
import { linesOf } from "../ui/icons";

/** The chat's mark, in the colours of JupyterLab's icons. */
export const chatIcon = new LabIcon({
  name: "jupyter-chatcore:chat",
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" width="16">
    <path class="jp-icon3" fill="#616161" d="${linesOf("spark")}"/></svg>`,
});
