import type { VNode } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Message } from "../protocol";
import { t } from "../words";
import type { Controller, View } from "./controller";
import { Empty, Gone } from "./empty";
import type { Host } from "./host";
import { Icon } from "./icons";
import { MessageView } from "./message";
import { Names } from "./names";
import { Pending } from "./pending";
import type { Scroll } from "./scroll";
import { Scroller } from "./scroller";
import { Sight } from "./sight";

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
  const end = useRef<HTMLDivElement>(null);
  const following = useScroller(log, column, scroll, controller);
  usePlace(view, scroll, controller);
  useSight(end, view, controller);
  const { connection, messages, entries } = view;
  const [names] = useState(() => new Names());
  const named = names.over(messages);
  const empty = view.chat !== null && messages.length === 0 && entries.length === 0;
  return (
    <div class="jp-Chatcore-frame">
      <div
        class="jp-Chatcore-log"
        role="log"
        aria-live="off"
        aria-label={t("Messages")}
        aria-busy={view.older === "loading" || view.newer === "loading"}
        tabIndex={0}
        ref={log}
        onKeyDown={(event) => {
          if (!isForLog(event)) return;
          event.preventDefault();
          if (event.key === "Home") scroll.toStart();
          else scroll.toEnd();
        }}
      >
        <div class="jp-Chatcore-column" ref={column}>
          {view.hasOlder ? <More edge="older" view={view} controller={controller} /> : null}
          {messages.map((message, index) => (
            <MessageView
              // another version of a message takes its place: it has the same parent
              key={`after ${message.parent ?? "nothing"}`}
              message={message}
              versions={view.versions.get(message.id)}
              queued={queued(messages, index)}
              named={named.has(message.id)}
              actions={controller}
              onHold={scroll.hold}
            />
          ))}
          {view.hasNewer ? <More edge="newer" view={view} controller={controller} /> : null}
          {view.hasNewer
            ? null
            : entries.map((entry) => (
                <Pending key={entry.key} entry={entry} actions={controller} />
              ))}
          {empty ? (
            <Empty examples={host.examples} onExample={(text) => controller.send(text)} />
          ) : null}
          {connection.kind === "gone" ? <Gone why={connection.why} reopen={host.reopen} /> : null}
          <div class="jp-Chatcore-end" ref={end} />
        </div>
      </div>
      {following && !view.hasNewer ? null : (
        <button
          type="button"
          class="jp-Chatcore-jump"
          onClick={() => {
            // the button goes, and the focus must not go with it
            log.current?.focus({ preventScroll: true });
            scroll.toEnd();
          }}
        >
          <Icon name="arrowDown" /> {jumpLabel(asked, view.fresh)}
        </button>
      )}
    </div>
  );
}

function jumpLabel(asked: boolean, fresh: number): string {
  if (asked) return t("Permission needed");
  return fresh > 0 ? t("Jump to newest (%1 new)", String(fresh)) : t("Jump to newest");
}

/** Whether a key asks for an end of the chat, and not for that of a line that is written. */
function isForLog({ key, target, altKey, shiftKey }: KeyboardEvent): boolean {
  const writes = target instanceof HTMLElement && target.matches("input, textarea, select");
  return (key === "End" || key === "Home") && !writes && !altKey && !shiftKey;
}

type Ref = { readonly current: HTMLElement | null };

/** Whether the end is followed. */
function useScroller(box: Ref, content: Ref, scroll: Scroll, { reading }: Controller): boolean {
  const [following, setFollowing] = useState(true);
  useLayoutEffect(() => {
    if (!box.current || !content.current) return undefined;
    return scroll.use(
      new Scroller(box.current, content.current, {
        onFollow: setFollowing,
        onPlace: (message) => reading.at(message),
        onNear: (edge) => reading.near(edge),
      }),
      reading,
    );
  }, [box, content, scroll, reading]);
  return following;
}

/** Keeps the view in place when other messages come and go, and goes to where one wants. */
function usePlace(view: View, scroll: Scroll, { reading }: Controller): void {
  const { messages, target } = view;
  const [first, last] = [messages[0]?.id, messages.at(-1)?.id];
  useLayoutEffect(() => {
    scroll.settle(!view.hasNewer);
    if (target !== null && scroll.show(target)) reading.arrived();
  }, [first, last, target, view.hasNewer, scroll, reading]);
}

/** Tells the server what was read. */
function useSight(end: Ref, view: View, { reading }: Controller): void {
  const sight = useRef<Sight | null>(null);
  useEffect(() => {
    if (!end.current) return undefined;
    const made = new Sight(end.current, () => void reading.seen());
    sight.current = made;
    return () => made.dispose();
  }, [end, reading]);
  const newest = view.messages.at(-1)?.id;
  useEffect(() => sight.current?.look(), [newest, view.hasNewer]);
}

function queued(messages: readonly Message[], index: number): boolean {
  const message = messages[index];
  return (
    message?.status === "streaming" &&
    message.parts.length === 0 &&
    messages.slice(0, index).some((other) => other.status === "streaming")
  );
}

interface MoreProps {
  readonly edge: "older" | "newer";
  readonly view: View;
  readonly controller: Controller;
}

/** The first or last thing in the log, while there is more: it loads before one gets there. */
function More({ edge, view, controller }: MoreProps): VNode {
  const older = edge === "older";
  const loads = older ? t("Loading older messages…") : t("Loading newer messages…");
  const failed = older
    ? t("Older messages could not be loaded. Try again")
    : t("Newer messages could not be loaded. Try again");
  return (
    <div class="jp-Chatcore-more">
      {view[edge] === "failed" ? (
        <button
          type="button"
          class="jp-Chatcore-link"
          onClick={() => controller.reading.load(edge)}
        >
          {failed}
        </button>
      ) : (
        loads
      )}
    </div>
  );
}
