import type { VNode } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Connection } from "../feed";
import type { Message } from "../protocol";
import { Announcer } from "./announcer";
import { Composer } from "./composer";
import type { Controller, View } from "./controller";
import { Icon } from "./icons";
import { authorOf, MessageView } from "./message";
import { Pending } from "./pending";
import { openParts } from "./permission";
import { Picker } from "./picker";
import { Scroller } from "./scroller";

/** What the host of a chat decides. */
export interface Look {
  readonly title: string;
  readonly examples: readonly string[];
  readonly images: readonly string[];
  /** What can be done about a chat that is gone. */
  readonly reopen: (() => void) | null;
}

interface Props {
  readonly view: View;
  readonly controller: Controller;
  readonly look: Look;
}

export function ChatView({ view, controller, look }: Props): VNode {
  const log = useRef<HTMLDivElement>(null);
  const column = useRef<HTMLDivElement>(null);
  const [following, setFollowing] = useState(true);
  const scroller = useScroller(log, column, setFollowing);
  const { connection, messages, entries } = view;
  const toEnd = (): void => scroller.current?.toEnd();
  const several = manyPeople(messages);
  const asked = asks(view, controller.now());
  const empty = view.chat !== null && messages.length === 0 && entries.length === 0;
  return (
    <section class="jp-Chatcore" aria-label={view.chat?.session.title || look.title || "Chat"}>
      <header class="jp-Chatcore-head">
        <span class="jp-Chatcore-title">{look.title || view.chat?.session.title}</span>
        <State connection={connection} />
      </header>
      <div class="jp-Chatcore-frame">
        <div
          class="jp-Chatcore-log"
          role="log"
          aria-live="off"
          aria-label="Messages"
          tabIndex={0}
          ref={log}
        >
          <div class="jp-Chatcore-column" ref={column}>
            {view.hasOlder ? <Older view={view} controller={controller} root={log} /> : null}
            {messages.map((message, index) => (
              <MessageView
                key={message.id}
                message={message}
                queued={queued(messages, index)}
                named={named(messages, index, several)}
                images={look.images}
                actions={controller}
              />
            ))}
            {entries.map((entry) => (
              <Pending key={entry.key} entry={entry} actions={controller} />
            ))}
            {empty ? <Empty look={look} controller={controller} /> : null}
            {connection.kind === "gone" ? <Gone why={connection.why} reopen={look.reopen} /> : null}
          </div>
        </div>
        {following ? null : (
          <button type="button" class="jp-Chatcore-jump" onClick={toEnd}>
            <Icon name="arrowDown" /> {asked ? "Permission needed" : "Jump to newest"}
          </button>
        )}
      </div>
      <div class="jp-Chatcore-composer">
        <Composer
          draft={controller.draft}
          running={view.running}
          disabled={connection.kind === "gone"}
          onSend={scroller.toEnd}
          actions={controller}
        />
        <div class="jp-Chatcore-below">
          <Picker view={view} assistants={controller.assistants} />
          <Hint text={hint(view, asked)} />
        </div>
      </div>
      <Announcer messages={messages} now={controller.now} />
    </section>
  );
}

interface KeptScroller {
  current: Scroller | null;
  readonly toEnd: () => void;
}

function useScroller(
  box: { readonly current: HTMLElement | null },
  content: { readonly current: HTMLElement | null },
  onFollow: (following: boolean) => void,
): KeptScroller {
  const [kept] = useState<KeptScroller>(() => {
    const made: KeptScroller = { current: null, toEnd: () => made.current?.toEnd() };
    return made;
  });
  useLayoutEffect(() => {
    if (!box.current || !content.current) return undefined;
    const scroller = new Scroller(box.current, content.current, onFollow);
    kept.current = scroller;
    return () => scroller.dispose();
  }, [box, content, onFollow, kept]);
  return kept;
}

const STATES: Readonly<Record<Connection["kind"], string>> = {
  connecting: "Connecting…",
  live: "",
  reconnecting: "Reconnecting…",
  offline: "Offline",
  refused: "Not allowed",
  gone: "Closed",
};

function State({ connection }: { readonly connection: Connection }): VNode {
  const why = "why" in connection ? connection.why : "";
  return (
    <span
      class={`jp-Chatcore-state jp-mod-${connection.kind}`}
      role="status"
      title={why || "Connected"}
    >
      {STATES[connection.kind]}
    </span>
  );
}

function Hint({ text }: { readonly text: string }): VNode {
  return (
    <p class="jp-Chatcore-hint" title={text}>
      {text}
    </p>
  );
}

/** The one line that tells what is going on; always there, so nothing moves. */
function hint(view: View, asked: boolean): string {
  const { connection } = view;
  if (view.notice) return view.notice;
  if (connection.kind === "refused") return connection.why;
  if (connection.kind === "offline")
    return "No network. What you send is kept and goes out by itself.";
  if (connection.kind === "reconnecting") {
    return `${connection.why} Nothing is lost; what you send is kept and goes out by itself.`;
  }
  if (asked) return "Waiting for your permission above.";
  if (view.elsewhere) return "Answering a message from another tab.";
  return "Enter sends, Shift+Enter starts a new line";
}

/** Whether an answer waits for a person. */
function asks(view: View, now: number): boolean {
  return view.messages.some((message) => openParts(message, now).length > 0);
}

function queued(messages: readonly Message[], index: number): boolean {
  const message = messages[index];
  return (
    message?.status === "streaming" &&
    message.parts.length === 0 &&
    messages.slice(0, index).some((other) => other.status === "streaming")
  );
}

/** An assistant is named above each first answer in a row; people where there are several. */
function named(messages: readonly Message[], index: number, several: boolean): boolean {
  const message = messages[index];
  if (!message || message.status === "deleted") return false;
  const before = messages[index - 1];
  if (message.role === "user" && !several) return false;
  return !before || authorOf(before) !== authorOf(message);
}

/** Whether more than one person writes in this chat. */
function manyPeople(messages: readonly Message[]): boolean {
  const people = messages.filter((message) => message.role === "user").map(authorOf);
  return people.some((name) => name !== people[0]);
}

interface OlderProps {
  readonly view: View;
  readonly controller: Controller;
  readonly root: { readonly current: HTMLElement | null };
}

/** The top edge: older messages load when it comes near. */
function Older({ view, controller, root }: OlderProps): VNode {
  const edge = useRef<HTMLDivElement>(null);
  const first = view.messages[0]?.id;
  useEffect(() => {
    if (!edge.current) return undefined;
    const seen = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) controller.older();
      },
      { root: root.current, rootMargin: "200px 0px 0px 0px" },
    );
    seen.observe(edge.current);
    return () => seen.disconnect();
  }, [controller, root, first]);
  return (
    <div class="jp-Chatcore-older" ref={edge}>
      {view.older === "failed" ? (
        <button type="button" class="jp-Chatcore-link" onClick={() => controller.older()}>
          Older messages could not be loaded. Try again
        </button>
      ) : (
        "Loading older messages…"
      )}
    </div>
  );
}

function Empty({ look, controller }: Pick<Props, "look" | "controller">): VNode {
  return (
    <div class="jp-Chatcore-empty">
      <Icon name="spark" />
      <h2>What are you working on?</h2>
      <p>Ask about a function, a package or an error. The chat is kept on your server.</p>
      <div class="jp-Chatcore-examples">
        {look.examples.map((example) => (
          <button
            key={example}
            type="button"
            class="jp-Chatcore-example"
            onClick={() => controller.send(example)}
          >
            {example}
          </button>
        ))}
      </div>
    </div>
  );
}

function Gone({
  why,
  reopen,
}: {
  readonly why: string;
  readonly reopen: (() => void) | null;
}): VNode {
  return (
    <div class="jp-Chatcore-problem" role="alert">
      <Icon name="alert" />
      <span>{why}</span>
      {reopen ? (
        <button type="button" class="jp-Chatcore-button" onClick={reopen}>
          Open it again
        </button>
      ) : null}
    </div>
  );
}
