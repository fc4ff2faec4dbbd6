import type { IRenderMimeRegistry } from "@jupyterlab/rendermime";
import { MessageLoop } from "@lumino/messaging";
import { Widget } from "@lumino/widgets";
import type { JsonObject } from "../protocol";
import type { RenderBundle } from "../ui/host";

/**
 * Shows mime bundles as notebooks do, as ones of a notebook that is not trusted.
 *
 * Only the forms that are safe, or that are made so, are looked at: no script ever runs.
 */
export function bundlesBy(rendermime: IRenderMimeRegistry): RenderBundle {
  return (element, data, metadata) => {
    const model = rendermime.createModel({
      data: mutable(data),
      metadata: mutable(metadata),
      trusted: false,
    });
    const mime = rendermime.preferredMimeType(model.data as JsonBundle, "ensure");
    if (!mime) return null;
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
