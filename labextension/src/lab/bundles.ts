import type { IRenderMime, IRenderMimeRegistry } from "@jupyterlab/rendermime";
import { MessageLoop } from "@lumino/messaging";
import { Widget } from "@lumino/widgets";
import type { RenderBundle } from "../ui/host";

/**
 * Shows mime bundles as notebooks do, as ones of a notebook that is not trusted.
 *
 * Only the forms that are safe, or that are made so, are looked at: no script ever runs.
 */
export function bundlesBy(rendermime: IRenderMimeRegistry): RenderBundle {
  return (element, data, metadata) => {
    // JSON as it is, only typed more loosely here than there
    const bundle = { data, metadata } as Pick<IRenderMime.IMimeModel, "data" | "metadata">;
    const mime = rendermime.preferredMimeType(bundle.data, "ensure");
    // as a picture even an SVG is safe, and says more than the text beside it
    if (!mime || (mime === "text/plain" && "image/svg+xml" in data)) return null;
    const model = rendermime.createModel({ ...bundle, trusted: false });
    const renderer = rendermime.createRenderer(mime);
    MessageLoop.sendMessage(renderer, Widget.Msg.BeforeAttach);
    element.append(renderer.node);
    MessageLoop.sendMessage(renderer, Widget.Msg.AfterAttach);
    void renderer.renderModel(model);
    return () => {
      // the element may have left the page before, and JupyterLab minds
      MessageLoop.sendMessage(renderer, Widget.Msg.BeforeDetach);
      renderer.node.remove();
      MessageLoop.sendMessage(renderer, Widget.Msg.AfterDetach);
      renderer.dispose();
    };
  };
}
