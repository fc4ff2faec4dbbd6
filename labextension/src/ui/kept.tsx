import type { VNode } from "preact";
import type { Host } from "./host";

/** Where the chat is kept, where that is not plain, and why it waits. */
export function Kept({ host }: { readonly host: Host }): VNode | null {
  if (!host.keptIn) return null;
  return (
    <p class={`jp-Chatcore-kept ${host.waits ? "jp-mod-waits" : ""}`} role="status">
      {host.waits || host.keptIn}
    </p>
  );
}
