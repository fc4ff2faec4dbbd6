/** The chat below a cell: the entry that anywidget calls. */
import type { AnyModel, Render } from "@anywidget/types";
import { HttpTransport } from "./http";
import { locate, type Wanted } from "./locate";
import { pageServer, Server } from "./server";
import { RequestError } from "./transport";
import { mount } from "./ui/mount";
import { showProblem } from "./ui/problem";

interface Traits {
  session: string;
  notebook: string;
  kernel_id: string;
  height: string;
  title: string;
}

/** Shows the widget's chat in `el` until the result is called. */
const render: Render<Traits> = ({ model, el }) => {
  const life = new AbortController();
  const setHeight = (): void => {
    el.style.height = model.get("height");
  };
  setHeight();
  model.on("change:height", setHeight);
  life.signal.addEventListener("abort", () => model.off("change:height", setHeight));
  void open(model, el, life.signal);
  return () => life.abort();
};

/** Finds the chat and shows it; what is in the way is shown in its place. */
async function open(model: AnyModel<Traits>, el: HTMLElement, signal: AbortSignal): Promise<void> {
  try {
    const server = new Server(pageServer());
    const wanted = wantedBy(model);
    const session = await locate(server, wanted, signal);
    if (signal.aborted) return;
    const dispose = mount(el, new HttpTransport(server, session.id), {
      title: wanted.title || session.title,
      images: [server.url("files/"), server.url("chatcore/")],
      reopen: () => {
        dispose();
        void open(model, el, signal);
      },
    });
    signal.addEventListener("abort", dispose);
  } catch (error) {
    if (signal.aborted) return;
    showProblem(el, problem(error), () => void open(model, el, signal), signal);
  }
}

function wantedBy(model: AnyModel<Traits>): Wanted {
  return {
    session: model.get("session"),
    notebook: model.get("notebook"),
    kernelId: model.get("kernel_id"),
    title: model.get("title"),
  };
}

interface Problem {
  readonly text: string;
  /** Whether it may pass without anybody doing anything. */
  readonly passing: boolean;
}

function problem(error: unknown): Problem {
  if (error instanceof RequestError) {
    const missing = error.status === 404 && error.code === "http";
    const text = missing
      ? "The chat's server extension is not running. Install jupyter_chatcore where the " +
        "Jupyter server runs, and restart the server."
      : error.message;
    return { text, passing: error.passing };
  }
  return { text: error instanceof Error ? error.message : String(error), passing: false };
}

export default { render };
