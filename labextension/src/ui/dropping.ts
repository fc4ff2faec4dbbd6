/** Files that are dragged over the chat, and dropped there. */
import { useState } from "preact/hooks";

interface Dropping {
  /** Whether files are held over the element. */
  readonly over: boolean;
  /** What the element listens with. */
  readonly on: {
    readonly onDragEnter: (event: DragEvent) => void;
    readonly onDragOver: (event: DragEvent) => void;
    readonly onDragLeave: (event: DragEvent) => void;
    readonly onDrop: (event: DragEvent) => void;
  };
}

export function useDropping(enabled: boolean, take: (files: Iterable<File>) => void): Dropping {
  const [over, setOver] = useState(false);
  const hold = (event: DragEvent): void => {
    if (!enabled || !bringsFiles(event)) return;
    // else the page would open the file, or the notebook take it
    event.preventDefault();
    event.stopPropagation();
    if (event.dataTransfer) event.dataTransfer.dropEffect = "copy";
    setOver(true);
  };
  const leave = ({ currentTarget, relatedTarget }: DragEvent): void => {
    const inside = relatedTarget instanceof Node && (currentTarget as Node).contains(relatedTarget);
    if (!inside) setOver(false);
  };
  const drop = (event: DragEvent): void => {
    hold(event);
    setOver(false);
    if (enabled && bringsFiles(event)) take(event.dataTransfer?.files ?? []);
  };
  return { over, on: { onDragEnter: hold, onDragOver: hold, onDragLeave: leave, onDrop: drop } };
}

function bringsFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes("Files") ?? false;
}
