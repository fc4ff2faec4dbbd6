"""Chats of many messages, made by the store itself, and what one sees of them."""

from __future__ import annotations

from typing import Any

from jupyterprocess import JupyterProcess
from lab import ChatView, Tab
from playwright.sync_api import BrowserContext

from jupyter_chatcore.api import NewSession
from jupyter_chatcore.connection import DatabaseConfig
from jupyter_chatcore.parts import Part, TextPart
from jupyter_chatcore.protocol import Author
from jupyter_chatcore.store import Store

ADA = Author(username="ada", name="Ada")
#: What an answer may look like: its height is not that of the next one.
SHAPES = (
    "Answer {0}: yes.",
    "Answer {0}.\n\n" + "Prices are numbers, and numbers can be added up. " * 6,
    "Answer {0}:\n\n- one\n- two\n\n```python\ndef price(n):\n    return n * {0}\n```\n",
    "Answer {0}\n\n| a | b |\n|---|---|\n| 1 | {0} |\n\nAnd **this** besides.",
)


def fill(server: JupyterProcess, session: str, messages: int, first: int = 0) -> None:
    """So many questions and answers more in a chat, numbered from `first`, at one stroke."""
    path = server.home / "data" / "chatcore" / "chats.sqlite"
    store = Store(DatabaseConfig(path=path))
    try:
        with store.transaction():
            store.create_session(NewSession(title=session), session)
            for number in range(first, first + messages // 2):
                answer = SHAPES[number % len(SHAPES)].format(number)
                store.persist_message(session, said(f"Question {number}"), author=ADA)
                store.persist_message(session, said(answer), role="assistant")
                store.events.clear()
    finally:
        store.close()


def said(words: str) -> list[Part]:
    """Parts that say so."""
    return [TextPart(text=words)]


#: Measures a chat's log. `moved` scrolls and then follows what is at the top edge for some
#: frames: how far it drifted, in pixels, once everything that it set off has come in.
PROBE = """log => {
  const edge = () => log.getBoundingClientRect().top;
  const all = () => [...log.querySelectorAll("[data-message]")];
  const topmost = () => all().find((one) => one.getBoundingClientRect().bottom > edge());
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const place = (one) => one.getBoundingClientRect().top - edge();
  window.probe = {
    all, topmost, frame, place,
    follow: async (frames, change) => {
      const one = topmost();
      const id = one.dataset.message;
      const before = place(one);
      change?.();
      let drift = 0;
      for (let n = 0; n < frames; n++) {
        await frame();
        const now = log.querySelector(`[data-message="${id}"]`);
        drift = Math.max(drift, now ? Math.abs(place(now) - before) : Infinity);
      }
      return drift;
    },
    moved: async (by, frames) => {
      log.scrollTop += by;
      await frame();
      return await window.probe.follow(frames);
    },
    seen: () => ({
      messages: all().length,
      nodes: log.closest("[data-chatcore]").querySelectorAll("*").length,
      top: topmost()?.querySelector("[data-body]")?.innerText.trim().split("\\n")[0],
      rest: log.scrollHeight - log.clientHeight - log.scrollTop,
    }),
  };
}"""


class Probe:
    """A chat's log as it is seen, frame by frame."""

    def __init__(self, tab: Tab, chat: ChatView) -> None:
        self.page = tab.page
        self.chat = chat
        chat.log.evaluate(PROBE)

    def seen(self) -> dict[str, Any]:
        """How many messages and elements there are, what is at the top, how far the end is."""
        found: dict[str, Any] = self.page.evaluate("() => window.probe.seen()")
        return found

    def moved(self, by: int, frames: int = 12) -> float:
        """Scroll by so many pixels; how far what is at the top then drifts."""
        return float(self.page.evaluate("([by, n]) => window.probe.moved(by, n)", [by, frames]))

    def drift(self, frames: int) -> float:
        """How far what is at the top drifts, when nobody scrolls."""
        return float(self.page.evaluate("n => window.probe.follow(n)", frames))

    def at_end(self) -> bool:
        """Whether the end of the log is in view."""
        return bool(self.seen()["rest"] <= 2)


def opened(
    context: BrowserContext, server: JupyterProcess, session: str, height: int = 600
) -> tuple[Tab, ChatView]:
    """A chat of this name in a notebook of its own."""
    code = f"from jupyter_chatcore import Chat; Chat({session!r}, height={height})"
    server.write_notebook(f"{session}.ipynb", code)
    tab = Tab(context, server)
    tab.open(f"{session}.ipynb")
    return tab, tab.run_chat()
