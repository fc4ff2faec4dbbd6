/** What the place that a chat is shown in can do for it: the seam between UI and host. */
import { createContext } from "preact";
import type { JsonObject, Part, Shown } from "../protocol";
import type { FollowWork } from "./work";

/** Where code goes in a notebook. */
export type Place = "above" | "below" | "replace" | "run";

/** The notebook that code can be put into. */
export interface NotebookTarget {
  /** Whether there is one now; called when a menu opens or a code block is pointed at. */
  available(): boolean;
  /** Puts code beside, or in the place of, the active cell; `run` puts it below and runs it. */
  put(code: string, place: Place): Promise<void>;
}

/**
 * Shows a mime bundle in an element as the host's notebooks do; the result takes it away.
 *
 * null where the host knows none of its forms. A host treats it as untrusted.
 */
export type RenderBundle = (
  element: HTMLElement,
  data: JsonObject,
  metadata: JsonObject,
) => (() => void) | null;

/** A cell or variable that is not as it was shown any more; `name` is what people call it. */
export interface Change {
  readonly name: string;
  /** It is not there any more. */
  readonly gone: boolean;
}

/** What a host knows of how notebooks and kernels are now, as far as it has them open. */
export interface Freshness {
  /** Tells what has changed of this, at once and whenever that is another; the result ends it. */
  watch(shown: readonly Shown[], listener: (changes: readonly Change[]) => void): () => void;
  /** The parts of a question, with the cells and variables among them as they are now. */
  renewed(parts: readonly Part[]): Promise<readonly Part[]>;
}

/** What users may set for all chats of a host. */
export interface Preferences {
  /** What sends: Enter, with Shift+Enter for a new line; or Ctrl/Cmd+Enter, with Enter for it. */
  readonly sendWith: "enter" | "ctrl-enter";
  /** Where the first button of a code block puts it. */
  readonly place: Place;
  /** Whether what one is at in the notebook goes along with what one asks. */
  readonly showNotebook: boolean;
}

/** A button in the head of a chat, or an entry of its menu. */
export interface HostAction {
  readonly label: string;
  readonly icon: "open" | "list" | "plus" | "cross";
  run(): void;
}

/** The files that can be named in a message. */
export interface FileSource {
  /** What is in a folder of the server. Throws RequestError. */
  list(
    folder: string,
    signal: AbortSignal,
  ): Promise<readonly { readonly name: string; readonly path: string; readonly folder: boolean }[]>;
  /** A file by its path. Throws RequestError. */
  open(path: string): Promise<File>;
}

export interface Host {
  /** What the chat is called until its own title is known. */
  readonly title: string;
  /** What one may try in an empty chat. */
  readonly examples: readonly string[];
  /** Addresses whose images may be shown: prefixes of absolute URLs. */
  readonly images: readonly string[];
  /** What can be done about a chat that is gone. */
  readonly reopen: (() => void) | null;
  readonly notebook: NotebookTarget | null;
  readonly renderBundle: RenderBundle | null;
  readonly freshness: Freshness | null;
  /** Shows another chat, or this one at a message: after a fork, from a search. */
  readonly openChat: ((session: string) => void) | null;
  /** Buttons in the head: the way back to the list, a tab of its own. */
  readonly actions: readonly HostAction[];
  readonly preferences: Preferences;
  /** Tells what its user is at in a notebook; null where nobody knows. */
  readonly followWork: FollowWork | null;
  readonly files: FileSource | null;
  /** Sets whether the notebook is shown, for all chats. */
  readonly setShowNotebook: (on: boolean) => void;
  /** Where the chat is kept, in words, where that is not the page's server. */
  readonly keptIn: string;
  /** Why nothing goes out now, "" where all is well: a kernel that keeps the chat is busy. */
  readonly waits: string;
}

export const EXAMPLES: readonly string[] = [
  "/help",
  "pandas groupby mean",
  "How do I connect a model?",
];

const BARE: Host = {
  title: "",
  examples: EXAMPLES,
  images: [],
  reopen: null,
  notebook: null,
  renderBundle: null,
  freshness: null,
  openChat: null,
  actions: [],
  preferences: { sendWith: "enter", place: "below", showNotebook: true },
  followWork: null,
  files: null,
  setShowNotebook: () => undefined,
  keptIn: "",
  waits: "",
};

/** A host that can do what is given, and nothing else. */
export function hostWith(given: Partial<Host> = {}): Host {
  return { ...BARE, ...given };
}

/** The host of the chat that a component is part of. */
export const HostContext = createContext<Host>(BARE);
