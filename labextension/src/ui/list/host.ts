/** What the place that the list of chats is shown in can do for it. */

export interface ListHost {
  /** Shows a chat, at a message where one was found. */
  open(session: string, message?: number): void;
  /** Shows a chat in a tab of its own; null where there are none. */
  readonly openInMain: ((session: string) => void) | null;
  /** The path of the open notebook: its chats come first, and new ones belong to it. */
  readonly notebook: string | null;
  /** The chat that is shown beside the list. */
  readonly current: string | null;
  /** Who answers in new chats, "" where that is left to the server. */
  readonly assistant: string;
}

/** A host that can do what is given, and nothing else. */
export function listHostWith(given: Partial<ListHost> & Pick<ListHost, "open">): ListHost {
  return { openInMain: null, notebook: null, current: null, assistant: "", ...given };
}
