"""The command line on a real server, in processes of its own."""

from __future__ import annotations

import json
import re
import shlex
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyterprocess import JupyterProcess, running, wait_for
from shell import COMMAND, PATIENCE, Shell

from jupyter_chatcore.cli import main

# many processes, each with Python to start
pytestmark = pytest.mark.timeout(600)
PAGE = Path(__file__).parent.parent / "docs" / "command_line.md"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    option = "--ChatcoreApp.default_assistant=scripted"
    with running(tmp_path_factory.mktemp("server"), "server", option) as process:
        yield process


@pytest.fixture
def chat(server: JupyterProcess) -> Shell:
    return Shell(server)


def test_an_answer_is_written_as_it_is(chat: Shell) -> None:
    done = chat("ask", "say", "**so** it is")
    assert (done.returncode, done.stdout, done.stderr) == (0, "**so** it is\n", "")


def test_what_is_piped_in_is_asked(chat: Shell) -> None:
    assert chat.said("ask", stdin="say it all\n") == "it all\n"
    assert chat.said("ask", "say", "this", stdin="that\n") == "this\n\nthat\n"
    assert chat.said("ask", "-", stdin="say it\n") == "it\n"


def test_a_chat_that_is_named_goes_on(server: JupyterProcess, chat: Shell) -> None:
    chat.said("ask", "--chat", "Bright Ideas", "say one")
    answer = json.loads(chat.said("ask", "--json", "-c", "bright-ideas", "say two"))
    assert (answer["status"], answer["parts"]) == ("done", [{"type": "text", "text": "two"}])
    assert server.call("GET", "chatcore/sessions/bright-ideas")["title"] == "Bright Ideas"
    shown = chat.said("show", "Bright Ideas")
    assert [line for line in shown.splitlines() if line and not line.startswith("##")] == [
        "say one",
        "one",
        "say two",
        "two",
    ]
    newest = json.loads(chat.said("show", "bright-ideas", "-n", "3", "--json"))
    assert [each["id"] for each in newest][-1] == answer["id"]
    assert len(newest) == 3
    assert len(json.loads(chat.said("show", "bright-ideas", "--all", "--json"))) == 4


def test_who_answers_and_with_what(chat: Shell) -> None:
    asked = ("ask", "--json", "-a", "scripted", "-m", "large", "settings")
    answer = json.loads(chat.said(*asked))
    assert json.loads(answer["parts"][0]["text"])["model"] == "large"
    wrong = chat("ask", "-a", "nobody", "hello")
    assert wrong.returncode == 1
    assert "nobody" in wrong.stderr


def test_notes_go_elsewhere(chat: Shell) -> None:
    done = chat("ask", "show")
    assert done.returncode == 0
    assert "done" in done.stderr
    assert "done" not in done.stdout


def test_an_answer_that_fails(chat: Shell) -> None:
    done = chat("ask", "fail", "too bad")
    assert (done.returncode, done.stdout) == (1, "So far it went well.\n")
    assert "too bad" in done.stderr
    as_json = chat("ask", "--json", "fail")
    assert as_json.returncode == 1
    assert json.loads(as_json.stdout)["status"] == "failed"


def test_an_earlier_answer(server: JupyterProcess, chat: Shell) -> None:
    assert chat("ask", "--replay-only", "say again").returncode == 4
    first = chat("ask", "say again", "--replay")
    again = chat("ask", "say again", "--replay-only")
    assert (first.stdout, again.stdout, again.returncode) == ("again\n", "again\n", 0)
    assert "asked" in first.stderr
    assert "earlier answer" in again.stderr
    environment = Shell(server, more={"CHATCORE_REPLAY": "only"})
    assert environment.said("ask", "say again") == "again\n"
    assert environment("ask", "say never").returncode == 4
    wrong = Shell(server, more={"CHATCORE_REPLAY": "perhaps"})("ask", "say again")
    assert (wrong.returncode, "CHATCORE_REPLAY" in wrong.stderr) == (1, True)


def test_a_conversation_again(chat: Shell) -> None:
    def run(option: str) -> list[Any]:
        steps = (("--begin", "say first"), ("say second",))
        asked = (chat("ask", "-c", "twice", option, *step) for step in steps)
        return [(done.returncode, done.stdout) for done in asked]

    assert run("--replay") == run("--replay-only") == [(0, "first\n"), (0, "second\n")]


def test_chats_are_listed_and_found(server: JupyterProcess, chat: Shell) -> None:
    chat.said("ask", "-c", "The Pelicans", "say a wonderful bird")
    rows = [line.split("\t") for line in chat.said("list").splitlines()]
    assert rows[0][::2] == ["the-pelicans", "The Pelicans"]
    [first] = json.loads(chat.said("list", "--json", "-n", "1"))
    assert first["id"] == "the-pelicans"
    hit = chat.said("search", "wonderful", "bird").splitlines()[0].split("\t")
    assert (hit[0], hit[3]) == ("the-pelicans", "a wonderful bird")
    assert json.loads(chat.said("search", "-c", "the-pelicans", "--json", "wonderful"))
    assert chat("search", "qwertyuiop").returncode == 1


def test_chats_go_out_and_come_in(chat: Shell, tmp_path: Path) -> None:
    chat.said("ask", "-c", "out", "say `x = 1`")
    assert "x = 1" in chat.said("export", "out")
    file = tmp_path / "out.jsonl"
    assert chat.said("export", "out", "-o", str(file)) == ""
    kept = file.read_text(encoding="utf-8").splitlines()
    # the first line tells when it was exported
    assert kept[1:] == chat.said("export", "out", "-f", "jsonl").splitlines()[1:]
    assert chat.said("import", str(file)).endswith("1 new chats, 2 new messages\n")
    [result] = json.loads(chat.said("import", "--json", str(file)))
    assert (result["made"], result["known"], result["messages"]) == (0, 1, 0)
    wrong = chat("export", "out", "-f", "markdown", "-o", str(file))
    assert (wrong.returncode, "jsonl" in wrong.stderr) == (2, True)
    assert chat("import", str(tmp_path / "missing")).returncode == 1


@pytest.mark.parametrize("words", [("show", "nope"), ("export", "nope")])
def test_a_chat_that_is_not_there(server: JupyterProcess, chat: Shell, words: Any) -> None:
    done = chat(*words)
    assert (done.returncode, done.stdout) == (1, "")
    assert "jupyter chat list" in done.stderr
    assert server.http.get("chatcore/sessions/nope").status_code == 404


@pytest.mark.parametrize("words", [("ask",), ("list", "-n", "0"), ("show", "???")])
def test_what_cannot_be_used(chat: Shell, words: tuple[str, ...]) -> None:
    done = chat(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr


def test_no_server(chat: Shell, tmp_path: Path) -> None:
    nowhere = Shell(chat.server, folder=tmp_path)
    done = nowhere("ask", "hello")
    assert done.returncode == 3
    assert "no running server" in done.stderr
    gone = chat("list", "--url", "http://127.0.0.1:9/")
    assert (gone.returncode, "does not answer" in gone.stderr) == (3, True)
    refused = chat("list", "--url", chat.server.url)
    assert (refused.returncode, "CHATCORE_SERVER_TOKEN" in refused.stderr) == (3, True)
    named = Shell(chat.server, tmp_path, {"CHATCORE_SERVER_TOKEN": chat.server.token})
    assert named.said("list", "--url", chat.server.url)
    assert chat.server.token not in done.stderr + gone.stderr + refused.stderr


def test_an_interrupt_stops_the_answer(server: JupyterProcess, chat: Shell) -> None:
    with chat.started("ask", "-c", "stopped", "stream 10000 20ms") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(3)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 130
        assert process.stderr.read() == ""
    wait_for("the stop", lambda: server.messages("stopped")[-1]["status"] == "cancelled")


def test_a_reader_who_leaves(server: JupyterProcess, chat: Shell) -> None:
    with chat.started("ask", "-c", "left", "stream 100 20ms") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(3)
        process.stdout.close()
        assert process.wait(PATIENCE) == 141
        assert process.stderr.read() == ""
    # the answer is the chat's, and goes on
    wait_for("the answer", lambda: server.messages("left")[-1]["status"] == "done")


def test_a_terminal_does_as_it_is_told_by_nobody(chat: Shell) -> None:
    hostile = "say a\x1b]0;title\x07b\x9b31mc\u202ed\re\x08f"
    shown = chat.on_a_terminal("ask", "-c", "hostile", hostile)
    assert shown.startswith("a]0;titleb31mcdef\r\n")
    assert chat.on_a_terminal("show", "hostile").count("\x1b") == 4
    plain = Shell(chat.server, more={"NO_COLOR": "1"})
    assert "\x1b" not in plain.on_a_terminal("show", "hostile")
    assert "\x1b]0;title\x07" in chat.said("show", "hostile"), "a file gets it as it was said"


def test_a_terminal_is_told_how_to_go_on(chat: Shell) -> None:
    shown = chat.on_a_terminal("ask", "say hello")
    assert shown.startswith("hello\r\n")
    assert "Go on with --chat " in shown
    listed = chat.on_a_terminal("list").split("\r\n")
    assert all(len(line) <= 80 for line in listed)
    assert "\x1b[1m" in chat.on_a_terminal("search", "hello")


def test_doctor(server: JupyterProcess, chat: Shell, tmp_path: Path) -> None:
    done = chat("doctor", "--verify")
    assert done.returncode == 0, done.stdout
    for told in ("which runs in", "chats.sqlite", "keeps all that it promises", "scripted"):
        assert told in done.stdout
    assert server.token not in done.stdout
    checks = json.loads(chat.said("doctor", "--json"))
    assert {check["state"] for check in checks} <= {"ok", "note"}
    assert ("assistant scripted (the default)", "ok") in [(c["name"], c["state"]) for c in checks]
    alone = Shell(server, folder=tmp_path)("doctor")
    assert alone.returncode == 3
    assert "jupyter_chatcore" in alone.stdout


def test_the_page(server: JupyterProcess, chat: Shell) -> None:
    text = PAGE.read_text(encoding="utf-8")
    script = "\n".join(re.findall(r"^```bash\n(.*?)^```", text, re.DOTALL | re.MULTILINE))
    command = f'jupyter() {{ shift; {shlex.join(COMMAND)} "$@"; }}; set -eux -o pipefail\n'
    folder = server.root / "page"
    folder.mkdir()
    done = subprocess.run(
        ["bash", "-c", command + script],
        env={**chat.environment, "CHATCORE_REPLAY": ""},
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads((folder / "answer.json").read_text(encoding="utf-8"))["status"] == "done"


def test_the_statuses_are_those_of_the_page() -> None:
    rows = re.findall(r"^\| (\d+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert rows == re.findall(r"^(\d+) ", main.__doc__ or "", re.MULTILINE)


def test_help(chat: Shell) -> None:
    assert "usage: jupyter chat" in chat.said("--help")
