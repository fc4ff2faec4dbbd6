"""What answers look like while they come and when they are there."""

from __future__ import annotations

import re

from lab import ChatView, place
from playwright.sync_api import expect

LONG_CODE = "\n".join(f"line_{number} = {number}" for number in range(120))
FLICKER = """root => {
  window.seen = new Set();
  const look = () => {
    for (const body of root.querySelectorAll(".jp-mod-assistant [data-body]"))
      for (const mark of ["**", "~~", "](", "| ", "```", "\\\\("])
        if (body.innerText.includes(mark)) window.seen.add(mark);
  };
  new MutationObserver(look).observe(root, { subtree: true, childList: true, characterData: true });
}"""
MARKED = (
    "Some **bold words**, ~~gone~~ ones, [the docs](https://example.org/docs) and \\(x_1\\) here."
    "\n\n| one | two |\n|-----|-----|\n| **a** | b |\n\n```python\nx = 1\n```\n\nThe end."
)


def test_no_mark_is_seen_while_an_answer_is_written(chat: ChatView) -> None:
    chat.root.evaluate(FLICKER)
    chat.send(f"type {MARKED}")
    chat.wait_for_text("The end.")
    chat.wait_for_end(2)
    assert chat.root.page.evaluate("[...window.seen]") == []
    answer = chat.messages.last
    expect(answer.locator("strong").first).to_have_text("bold words")
    expect(answer.locator("td")).to_have_count(2)
    expect(answer.locator("math")).to_have_count(1)


def test_a_bar_stays_in_sight_in_long_code(chat: ChatView) -> None:
    chat.send(f"say ```python\n{LONG_CODE}\n```")
    chat.wait_for_end(2)
    # the question is as long as the answer: this is in the middle of the answer
    chat.log.evaluate("log => log.scrollTo(0, log.scrollHeight * 0.7)")
    bar, log = place(chat.root.locator(".jp-Chatcore-codebar")), place(chat.log)
    assert abs(bar[1] - log[1]) < 2
    code = chat.root.locator(".jp-Chatcore-code")
    before = place(code)
    buttons = chat.root.locator(".jp-Chatcore-codebuttons")
    expect(buttons).to_have_css("opacity", "0")
    # without the scrolling that comes with Playwright's own hover
    chat.root.page.mouse.move(bar[0] + 20, bar[1] + 10)
    expect(buttons).to_have_css("opacity", "1")
    assert place(code) == before


def test_a_wide_table_scrolls_by_itself(chat: ChatView) -> None:
    cells = "|".join(f"column{number}-without-a-space" for number in range(30))
    chat.send(f"say |{cells}|\n|{'-|' * 30}\n|{cells}|")
    chat.wait_for_end(2)
    table = chat.root.get_by_role("group", name="Table")
    assert table.evaluate("table => table.scrollWidth > table.clientWidth")
    table.focus()
    chat.root.page.keyboard.press("ArrowRight")
    chat.root.page.wait_for_function("table => table.scrollLeft > 0", arg=table.element_handle())
    assert chat.log.evaluate("log => log.scrollWidth <= log.clientWidth")


def test_a_picture_is_enlarged_and_put_back(chat: ChatView) -> None:
    chat.send("rich")
    chat.wait_for_end(2)
    picture = chat.root.get_by_role("button", name="Enlarge: A plot of the prices").last
    before = place(picture)
    assert before[2:] == [480, 240]
    picture.click()
    dialog = chat.root.get_by_role("dialog")
    window = chat.root.page.viewport_size
    assert window is not None
    assert place(dialog)[2:] == [window["width"], window["height"]]
    dialog.get_by_role("img").click()
    expect(dialog).to_have_count(1)
    dialog.click(position={"x": 5, "y": 5})
    expect(dialog).to_have_count(0)
    assert place(picture) == before


def test_thoughts_tell_how_long_they_took(chat: ChatView) -> None:
    chat.send("think 1500ms")
    thoughts = chat.root.locator(".jp-Chatcore-reasoning summary")
    expect(thoughts).to_contain_text("Thinking")
    chat.wait_for_end(2)
    expect(thoughts).to_have_text(re.compile(r"Thought for [1-9]\d* s"))
