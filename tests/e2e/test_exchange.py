"""Chats go out into files and come in from them, as a person has them do it."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
from chatlist import ChatList
from exchanged import branched, jupyter_chat
from jupyterprocess import JupyterProcess, wait_for
from lab import ChatView, own_chat
from playwright.sync_api import Download, Page, expect


def export(chat: ChatView, label: str) -> Download:
    """What the browser saves when this entry of the chat's menu is chosen by keyboard."""
    page: Page = chat.root.page
    chat.root.get_by_role("button", name="This chat").press("Enter")
    with page.expect_download() as saving:
        page.get_by_role("menuitem", name=label).press("Enter")
    return saving.value


def test_a_chat_is_saved_in_every_form(
    chat: ChatView, server: JupyterProcess, name: str, tmp_path: Path
) -> None:
    chat.send("Say:\n\n```python\n6 * 7\n```")
    chat.wait_for_end(2)
    files = {}
    for label in ("Export as Markdown", "Export as notebook", "Export as JSONL"):
        file = export(chat, label)
        path = tmp_path / file.suggested_filename
        file.save_as(path)
        files[path.suffix] = path
    title = server.call("GET", f"chatcore/sessions/{own_chat(server, name)}")["title"]
    assert "```python\n6 * 7\n```" in files[".md"].read_text(encoding="utf-8")
    made = json.loads(files[".ipynb"].read_text(encoding="utf-8"))
    nbformat.validate(made)
    code = ["".join(cell["source"]) for cell in made["cells"] if cell["cell_type"] == "code"]
    assert "6 * 7" in code
    header = json.loads(files[".jsonl"].read_text(encoding="utf-8").splitlines()[0])
    assert (header["session"]["title"], header["messages"]) == (title, 2)


def pick(chats: ChatList, *files: Path) -> None:
    """Import files through the list."""
    page = chats.tab.page
    with page.expect_file_chooser() as choosing:
        page.get_by_role("button", name="Import chats…").press("Enter")
    choosing.value.set_files(files)


def test_chats_of_other_programs_come_into_the_list_once(
    chats: ChatList, server: JupyterProcess, tmp_path: Path
) -> None:
    ours, theirs = tmp_path / "Notes.chat", tmp_path / "conversations.json"
    ours.write_text(json.dumps(jupyter_chat()), encoding="utf-8")
    theirs.write_text(json.dumps([branched()]), encoding="utf-8")
    for words in ("2 chats imported, 8 new messages.", "Nothing new"):
        pick(chats, ours, theirs)
        expect(chats.root.get_by_text(words).first).to_be_visible()
        chats.root.get_by_role("button", name="Close").click()
    chats.expect_titles("Plots", "Notes")
    chats.tab.page.get_by_text("Plots").first.click()
    chat = ChatView(chats.tab.page.locator("[data-chatcore]").last)
    chat.wait_for_text("And then?")
    expect(chat.root.get_by_text("ChatGPT (imported)").first).to_be_attached()


def test_what_is_no_chat_is_refused_in_words(
    chats: ChatList, server: JupyterProcess, tmp_path: Path
) -> None:
    file = tmp_path / "shopping.json"
    file.write_text('{"milk": 2}', encoding="utf-8")
    pick(chats, file)
    expect(chats.root.get_by_text("The file holds something that is no chat").first).to_be_visible()


def test_a_chat_is_called_by_its_first_question(chats: ChatList, server: JupyterProcess) -> None:
    chats.new.click()
    chat = ChatView(chats.tab.page.locator("[data-chatcore]").last)
    chat.wait_ready()
    chat.send("How do **plots** work? I want one.")
    chat.wait_for_end(2)

    def titles() -> list[str]:
        return [s["title"] for s in server.call("GET", "chatcore/sessions")["sessions"]]

    wait_for("the title", lambda: titles() == ["How do plots work?"])
