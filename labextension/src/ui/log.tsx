import type { VNode } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Message } from "../protocol";
import { t } from "../words";
import type { Controller, View } from "./controller";
import { Empty, Gone } from "./empty";
import type { Host } from "./host";
import { Icon } from "./icons";
import { authorOf, MessageView } from "./message";
import { Pending } from "./pending";
import { Scroller } from "./scroller";

interface Props {
  readonly view: View;
  readonly controller: Controller;
  readonly host: Host;
  /** Whether an answer waits for the user's permission. */
  readonly asked: boolean;
  readonly scroll: Scroll;
}

/** The messages, and what one needs to move among them. */
export function Log({ view, controller, host, asked, scroll }: Props): VNode {
  const log = useRef<HTMLDivElement>(null);
  const column = useRef<HTMLDivElement>(null);
  const following = useScroller(log, column, scroll);
  const { connection, messages, entries } = view;
  const several = manyPeople(messages);
  const empty = view.chat !== null && messages.length === 0 && entries.length === 0;
  return (
    <div class="jp-Chatcore-frame">
      <div
        class="jp-Chatcore-log"
        role="log"
        aria-live="off"
        aria-label={t("Messages")}
        tabIndex={0}
        ref={log}
      >
        <div class="jp-Chatcore-column" ref={column}>
          {view.hasOlder ? <Older view={view} controller={controller} root={log} /> : null}
          {messages.map((message, index) => (
            <MessageView
              // another version of a message takes its place: it has the same parent
              key={`after ${message.parent ?? "nothing"}`}
              message={message}
              versions={view.versions.get(message.id)}
              queued={queued(messages, index)}
              named={named(messages, index, several)}
              actions={controller}
              onTurn={scroll.hold}
            />
          ))}
          {entries.map((entry) => (
            <Pending key={entry.key} entry={entry} actions={controller} />
          ))}
          {empty ? (
            <Empty examples={host.examples} onExample={(text) => controller.send(text)} />
          ) : null}
          {connection.kind === "gone" ? <Gone why={connection.why} reopen={host.reopen} /> : null}
        </div>
      </div>
      {following ? null : (
        <button type="button" class="jp-Chatcore-jump" onClick={() => scroll.toEnd()}>
          <Icon name="arrowDown" /> {asked ? t("Permission needed") : t("Jump to newest")}
        </button>
      )}
    </div>
  );
}

/** Moves the log, also from outside of it; does nothing while none is shown. */
export class Scroll {
  scroller: Scroller | null = null;

  toEnd(): void {
    this.scroller?.toEnd();
  }

  /** Keeps a message where it is while others take the place of those below it. */
  readonly hold = (message: number): void => this.scroller?.hold(message);
}

/** Whether the end is followed. */
function useScroller(
  box: { readonly current: HTMLElement | null },
  content: { readonly current: HTMLElement | null },
  scroll: Scroll,
): boolean {
  const [following, setFollowing] = useState(true);
  useLayoutEffect(() => {
    if (!box.current || !content.current) return undefined;
    const scroller = new Scroller(box.current, content.current, setFollowing);
    scroll.scroller = scroller;
    return () => {
      scroll.scroller = null;
      scroller.dispose();
    };
  }, [box, content, scroll]);
  return following;
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
          {t("Older messages could not be loaded. Try again")}
        </button>
      ) : (
        t("Loading older messages…")
      )}
    </div>
  );
}
