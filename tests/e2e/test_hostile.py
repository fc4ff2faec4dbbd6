"""Whatever an assistant says or a stored chat contains, the page stays ours."""

from __future__ import annotations

from functools import partial

import pytest
from lab import ChatView, Tab
from playwright.sync_api import Dialog

HOSTILE = [
    "<script>window.pwned = 1</script>",
    "<img src=x onerror='window.pwned = 1'>",
    "<svg><script>window.pwned = 1</script></svg>",
    "<iframe srcdoc='<script>parent.pwned = 1</script>'></iframe>",
    "<style>* { display: none }</style>",
    "<form action='https://example.invalid'><input name=q autofocus onfocus='pwned=1'></form>",
    "[click](javascript:window.pwned=1)",
    "[click](JaVaScRiPt&#58;window.pwned=1)",
    "[click](data:text/html,<script>parent.pwned=1</script>)",
    "![x](javascript:window.pwned=1)",
    "$\\href{javascript:window.pwned=1}{x}$",
    "<math><mtext></p><img src=x onerror='window.pwned = 1'></mtext></math>",
    "```html\n<img src=x onerror='window.pwned = 1'>\n```",
    "`<img src=x onerror='window.pwned = 1'>`",
    "<base href='https://example.invalid/'>",
    "<a href='https://example.invalid' target=_self onclick='pwned=1'>x</a>",
]
FOUND = """root => {
  const bad = "script, iframe, object, embed, form, base, link, meta, style:not([data-own])";
  const scope = root.shadowRoot ?? root;
  const inside = [...scope.querySelectorAll("[data-message] *")];
  return {
    elements: inside.filter((e) => e.matches(bad)).map((e) => e.tagName),
    handlers: inside.flatMap((e) => [...e.attributes])
      .filter((a) => a.name.startsWith("on")).map((a) => a.name),
    links: inside.filter((e) => e.hasAttribute("href") || e.hasAttribute("xlink:href"))
      .map((e) => [e.getAttribute("href") ?? e.getAttribute("xlink:href"), e.rel]),
    pwned: window.pwned ?? null,
  };
}"""


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_markdown_does_nothing(shared_chat: tuple[Tab, ChatView], text: str) -> None:
    tab, chat = shared_chat
    count = len(chat.transcript())
    dialogs: list[str] = []
    tab.page.on("dialog", partial(refuse, dialogs))
    chat.send(f"say {text}")
    chat.wait_for_end(count + 2)
    for link in chat.messages.last.get_by_role("link").all():
        link.evaluate("link => link.target === '_blank' || link.click()")
    found = chat.root.evaluate(FOUND)
    assert found["pwned"] is None
    assert not found["elements"]
    assert not found["handlers"]
    assert not dialogs
    for href, rel in found["links"]:
        assert href.startswith(("http:", "https:", "mailto:", "#"))
        assert "noopener" in rel
    assert chat.input.is_visible()


def test_hostile_requests_for_permission_do_nothing(shared_chat: tuple[Tab, ChatView]) -> None:
    tab, chat = shared_chat
    count = len(chat.transcript())
    chat.send(f"ask {' '.join(HOSTILE)}")
    chat.option("Deny").click()
    chat.wait_for_end(count + 2)
    found = chat.root.evaluate(FOUND)
    assert found == {"elements": [], "handlers": [], "links": found["links"], "pwned": None}
    assert HOSTILE[0] in chat.tools.last.inner_text()
    assert tab.page.evaluate("window.pwned ?? null") is None


def refuse(dialogs: list[str], dialog: Dialog) -> None:
    """Close a dialog, and note that there was one."""
    dialogs.append(dialog.message)
    dialog.dismiss()
