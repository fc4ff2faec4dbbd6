"""What is told beside an answer: notices, plans, errors, and how it came to be."""

from __future__ import annotations

from lab import ChatView, place
from playwright.sync_api import expect

COMMAND = 'pip install "jupyter-chatcore[models]"'


def test_a_notice_counts_down_and_moves_nothing(chat: ChatView) -> None:
    chat.send("wait 4")
    notice = chat.root.locator("[data-notice]")
    count = notice.get_by_role("timer")
    places = []
    for shown in ("3 s", "2 s", "1 s"):
        expect(count).to_have_text(shown)
        places.append([place(notice), place(count)])
    assert places[0] == places[1] == places[2]
    chat.wait_for_text("Waited.")
    expect(count).to_have_text("")
    assert place(notice)[2:] == places[0][0][2:]


def test_a_plan_is_ticked_off(chat: ChatView) -> None:
    chat.send("plan")
    plan = chat.root.get_by_role("region", name="Plan", exact=True)
    for count in range(4):
        expect(plan).to_contain_text(f"{count} of 3 done")
    chat.wait_for_text("Planned.")
    expect(plan).to_have_count(1)


def test_an_error_tells_a_command_to_copy(chat: ChatView) -> None:
    chat.send(f"fail The package is missing. Run `{COMMAND}`, then try again.")
    chat.wait_for("a failed message", lambda shown: "failed" in dict(shown))
    problem = chat.root.locator(".jp-Chatcore-problem")
    expect(problem.locator("code")).to_have_text(COMMAND)
    expect(chat.messages.last).to_contain_text("So far it went well.")
    chat.root.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    problem.get_by_role("button", name="Copy:").click()
    assert chat.root.page.evaluate("navigator.clipboard.readText()") == COMMAND
    problem.get_by_role("button", name="Try again").click()
    chat.wait_for("another try", lambda shown: shown[-1][0] == "failed")


def test_a_long_error_stays_in_its_place(chat: ChatView) -> None:
    chat.send(f"fail {'no-space-' * 400}")
    chat.wait_for("a failed message", lambda shown: "failed" in dict(shown))
    wide, column = (
        place(chat.root.locator(name)) for name in (".jp-Chatcore-problem", ".jp-Chatcore-column")
    )
    assert wide[2] <= column[2]
    assert wide[3] < 400


def test_about_an_answer(chat: ChatView) -> None:
    chat.send("show")
    chat.wait_for_end(2)
    answer = chat.messages.last
    about = answer.get_by_label("About this answer", exact=True)
    answer.get_by_role("button", name="About this answer").click()
    for fact in (
        "12,345 in · 678 out",
        "12 messages · 3 older left out · 1 shortened",
        "temperature 0.2",
        "3fa94c21aa0b",
    ):
        expect(about.last).to_contain_text(fact)
    assert "never shown" not in chat.root.inner_html()
