/** Cells that run for a tool: each is interrupted itself, and never what runs before it. */
import type { CodeCell } from "@jupyterlab/cells";
import { NotebookActions, type NotebookPanel } from "@jupyterlab/notebook";

type Kernel = NonNullable<NonNullable<NotebookPanel["sessionContext"]["session"]>["kernel"]>;

interface Run {
  /** The kernel has taken it up. */
  readonly begun: Promise<void>;
  readonly over: AbortSignal;
}

const runs = new WeakMap<NotebookPanel, Map<string, Run>>();

/** Runs a cell as its user would, and waits for its end. */
export async function runCell(panel: NotebookPanel, cell: CodeCell, kernel: Kernel): Promise<void> {
  const { id } = cell.model;
  const end = new AbortController();
  const run = { begun: beginning(cell, kernel, end.signal), over: end.signal };
  const known = runs.get(panel) ?? new Map<string, Run>();
  runs.set(panel, known.set(id, run));
  try {
    await NotebookActions.runCells(panel.content, [cell], panel.sessionContext);
  } finally {
    end.abort();
    if (known.get(id) === run) known.delete(id);
  }
}

/**
 * Interrupts the kernel once it is at the cell.
 *
 * A cell that waits behind another cannot be taken back from the kernel, and what runs
 * before it is its user's own.
 */
export async function interruptCell(panel: NotebookPanel, id: string): Promise<void> {
  const run = runs.get(panel)?.get(id);
  await run?.begun;
  if (run && !run.over.aborted) await panel.sessionContext.session?.kernel?.interrupt();
}

function beginning(cell: CodeCell, kernel: Kernel, over: AbortSignal): Promise<void> {
  type Told = Parameters<Parameters<typeof kernel.iopubMessage.connect>[0]>[1];
  return new Promise((resolve) => {
    const look = (_: unknown, { header, parent_header }: Told): void => {
      const asked = cell.outputArea.future?.msg.header.msg_id;
      const own = "msg_id" in parent_header && parent_header.msg_id === asked;
      if (own && header.msg_type === "execute_input") done();
    };
    const done = (): void => {
      kernel.iopubMessage.disconnect(look);
      resolve();
    };
    kernel.iopubMessage.connect(look);
    over.addEventListener("abort", done, { once: true });
  });
}
