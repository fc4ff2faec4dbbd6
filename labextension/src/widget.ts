/** The chat below a cell: the entry that anywidget calls. */
import type { AnyModel, Render } from "@anywidget/types";
import { assign, type Sessions, type Wanted } from "./locate";
import { onPublished, published } from "./pagehost";
import { type Found, Places } from "./place";
import type { Session } from "./protocol";
import { Reporter } from "./report";
import { RequestError } from "./transport";
import type { Host } from "./ui/host";
import { mount } from "./ui/mount";
import { showProblem } from "./ui/problem";
import { translateWith } from "./words";

interface Traits {
  session: string;
  notebook: string;
  kernel_id: string;
  /** A number of pixels where it was set in the page and the kernel has not seen it yet. */
  height: string | number;
  _title: string;
  assistant: string;
  model: string;
  busy: boolean;
  /** Whether the chat has been given the assistant and the model: from then on it has its own. */
  _assigned: boolean;
  _name: string;
  _heard: number;
  _listening: boolean;
}

type Model = AnyModel<Traits>;

/** Shows the widget's chat in `el` until the result is called. */
const render: Render<Traits> = ({ model, el }) => {
  const life = new AbortController();
  const places = new Places(model, life.signal);
  const setHeight = (): void => {
    const height = model.get("height");
    el.style.height = typeof height === "number" ? `${height}px` : height;
  };
  let shown = new AbortController();
  const show = (title = model.get("_title")): void => {
    shown.abort();
    shown = new AbortController();
    const signal = AbortSignal.any([life.signal, shown.signal]);
    void open({ model, el, places, title, again: () => show(), signal });
  };
  const reassign = (): void => {
    if (!model.get("_assigned")) show();
  };
  setHeight();
  listen(model, life.signal, {
    "change:height": setHeight,
    // the title that is known is the other chat's
    "change:session": () => show(""),
    "change:_assigned": reassign,
  });
  show();
  return () => life.abort();
};

interface Opening {
  readonly model: Model;
  readonly el: HTMLElement;
  readonly places: Places;
  readonly title: string;
  readonly again: () => void;
  readonly signal: AbortSignal;
}

/** Finds the chat and shows it; what is in the way is shown in its place. */
async function open(opening: Opening): Promise<void> {
  const { model, el, places, title, again, signal } = opening;
  try {
    const wanted = wantedBy(model, title);
    const found = await places.find(wanted, signal);
    await assignOnce(model, found.sessions, found.session, wanted, signal);
    if (!signal.aborted) display(opening, found);
  } catch (error) {
    if (signal.aborted) return;
    showProblem(el, problem(error), again, signal);
  }
}

/** Shows a chat that was found, tells the kernel of it, and is told when the kernel is busy. */
function display({ model, el, title, again, signal }: Opening, found: Found): void {
  const { session, transport, line } = found;
  const host = (): Partial<Host> => ({ ...hostOfPage(), ...found.host, ...inPlace(model, found) });
  const named = { title: title || session.title, reopen: again };
  const mounted = mount(el, transport, { ...host(), ...named });
  const reporter = new Reporter(model, model.get("session"), () => mounted.controller.view);
  mounted.subscribe(reporter.changed);
  listen(model, signal, {
    "change:_title": () => mounted.update({ title: model.get("_title") || session.title }),
  });
  const undo = [
    onPublished(() => mounted.update(host())),
    line?.onBusy(() => mounted.update({ waits: line.waits })),
  ];
  signal.addEventListener("abort", () => {
    for (const each of undo) each?.();
    reporter.dispose();
    mounted.dispose();
  });
}

/** What JupyterLab can do here, in its words; nothing in a page of another kind. */
function hostOfPage(): Partial<Host> {
  const page = published();
  translateWith(page?.translator ?? null);
  return page?.host ?? {};
}

/** Another chat is shown here where the page cannot: it knows none that a kernel keeps. */
function inPlace(model: Model, { line }: Found): Partial<Host> {
  if (!line && published()) return {};
  return {
    openChat: (session) => {
      model.set("session", session);
      model.save_changes();
    },
  };
}

/** Calls the listeners at what they are named after, until the signal is aborted. */
function listen(
  model: Model,
  signal: AbortSignal,
  listeners: Readonly<Record<string, () => void>>,
): void {
  for (const [event, listener] of Object.entries(listeners)) {
    model.on(event, listener);
    signal.addEventListener("abort", () => model.off(event, listener));
  }
}

/** Gives the chat the assistant and the model of its widget; what is chosen later stays. */
async function assignOnce(
  model: Model,
  sessions: Sessions,
  session: Session,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<void> {
  if (model.get("_assigned") || !(wanted.assistant || wanted.model)) return;
  await assign(sessions, session, wanted, signal);
  model.set("_assigned", true);
  model.save_changes();
}

function wantedBy(model: Model, title: string): Wanted {
  return {
    session: model.get("session"),
    notebook: model.get("notebook"),
    kernelId: model.get("kernel_id"),
    title,
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
  if (error instanceof RequestError) return { text: error.message, passing: error.passing };
  return { text: error instanceof Error ? error.message : String(error), passing: false };
}

export default { render };
