/** The chat below a cell: the entry that anywidget calls. */
import type { AnyModel, Render } from "@anywidget/types";
import { HttpTransport } from "./http";
import { assign, locate, type Wanted } from "./locate";
import type { Session } from "./protocol";
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
  assistant: string;
  model: string;
  /** Whether the chat has been given the assistant and the model: from then on it has its own. */
  _assigned: boolean;
}

/** Shows the widget's chat in `el` until the result is called. */
const render: Render<Traits> = ({ model, el }) => {
  const life = new AbortController();
  const setHeight = (): void => {
    el.style.height = model.get("height");
  };
  let shown = new AbortController();
  const show = (): void => {
    shown.abort();
    shown = new AbortController();
    void open(model, el, show, AbortSignal.any([life.signal, shown.signal]));
  };
  const reassign = (): void => {
    if (!model.get("_assigned")) show();
  };
  setHeight();
  model.on("change:height", setHeight);
  model.on("change:_assigned", reassign);
  life.signal.addEventListener("abort", () => {
    model.off("change:height", setHeight);
    model.off("change:_assigned", reassign);
  });
  show();
  return () => life.abort();
};

/** Finds the chat and shows it; what is in the way is shown in its place. */
async function open(
  model: AnyModel<Traits>,
  el: HTMLElement,
  again: () => void,
  signal: AbortSignal,
): Promise<void> {
  try {
    const server = new Server(pageServer());
    const wanted = wantedBy(model);
    const session = await locate(server, wanted, signal);
    await assignOnce(model, server, session, wanted, signal);
    if (signal.aborted) return;
    const shown = mount(el, new HttpTransport(server, session.id), {
      title: wanted.title || session.title,
      images: [server.url("files/"), server.url("chatcore/")],
      reopen: again,
    });
    signal.addEventListener("abort", () => shown.dispose());
  } catch (error) {
    if (signal.aborted) return;
    showProblem(el, problem(error), again, signal);
  }
}

/** Gives the chat the assistant and the model of its widget; what is chosen later stays. */
async function assignOnce(
  model: AnyModel<Traits>,
  server: Server,
  session: Session,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<void> {
  if (model.get("_assigned") || !(wanted.assistant || wanted.model)) return;
  await assign(server, session, wanted, signal);
  model.set("_assigned", true);
  model.save_changes();
}

function wantedBy(model: AnyModel<Traits>): Wanted {
  return {
    session: model.get("session"),
    notebook: model.get("notebook"),
    kernelId: model.get("kernel_id"),
    title: model.get("title"),
    assistant: model.get("assistant"),
    model: model.get("model"),
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
