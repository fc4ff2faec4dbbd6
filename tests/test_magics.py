"""`%chat` and maps in a real kernel of a real server: what is asked, shown, kept and stopped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyterprocess import JupyterProcess, running, wait_for
from kernels import opened, run
from plugged import plug

Kernel = BlockingKernelClient
ASK = "-a scripted -c magic"


PAGE = Path(__file__).resolve().parent.parent / "docs" / "scripting.md"
ORACLE = '''
from jupyter_chatcore.assistants.base import Assistant


class Oracle(Assistant):
    """Knows one town, and of code the shortest."""

    name = "oracle"

    async def reply(self, turn):
        if "say no" in turn.text:
            yield "I would rather not."
        elif "JSON Schema" in turn.text:
            yield \'{"name": "Oslo", "people": 700000}\'
        else:
            yield "Look:\\n\\n```python\\nprices.plot()\\n```\\n"
'''


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    site, home = tmp_path_factory.mktemp("site"), tmp_path_factory.mktemp("server")
    plug(site, "oracle", ORACLE, "Oracle")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(site))
        oracle = "--ChatcoreApp.default_assistant=oracle"
        with running(home, "server", oracle) as process:
            process.write_notebook("work.ipynb")
            yield process


@pytest.fixture(scope="module")
def kernel(server: JupyterProcess) -> Iterator[Kernel]:
    with opened(server, "work.ipynb") as client:
        run(client, "%load_ext jupyter_chatcore\ntable = [[1, 2]]\ntown = 'Oslo'")
        yield client


def failed(kernel: Kernel, source: str) -> dict[str, Any]:
    """Run a cell that raises; what it raises."""
    reply = kernel.execute_interactive(source, output_hook=lambda _: None, timeout=60)
    content: dict[str, Any] = reply["content"]
    assert content["status"] == "error", content
    return content


def printed(outputs: list[dict[str, Any]]) -> str:
    """What a cell has printed."""
    return "".join(output["text"] for output in outputs if output["output_type"] == "stream")


def asked(server: JupyterProcess, session: str = "magic") -> list[dict[str, Any]]:
    """The parts of the newest question in a chat."""
    questions = [said for said in server.messages(session) if said["role"] == "user"]
    parts: list[dict[str, Any]] = questions[-1]["parts"]
    return parts


def test_a_line_asks_and_shows_the_answer_once(server: JupyterProcess, kernel: Kernel) -> None:
    [shown] = run(kernel, f"%chat {ASK} say What's **so**?")
    assert shown["data"]["text/markdown"] == "What's **so**?"
    assert asked(server) == [{"type": "text", "text": "say What's **so**?"}]


def test_a_question_mark_at_the_end_asks_for_no_help(kernel: Kernel) -> None:
    source = f"if True:\n    reply = %chat {ASK} say Why not help?\nprint(reply.text)"
    assert printed(run(kernel, source)) == "Why not help?\n"
    kept = f'print("""\n%chat\n""")\n%chat {ASK} say Is it?'
    assert printed(run(kernel, kept)) == "\n%chat\n\n"


def test_a_cell_asks_with_values(server: JupyterProcess, kernel: Kernel) -> None:
    run(kernel, f"%%chat {ASK} --to answer\nLook at {{table}},\nin {{town}}: {{{{x}}}}")
    words, table = asked(server)
    assert words["text"] == "Look at `table`,\nin Oslo: {x}"
    assert (table["type"], table["name"], table["python_type"]) == ("variable", "table", "list")
    shown = run(kernel, "print(answer.text)")
    assert printed(shown).startswith("You said: Look at `table`")


def test_an_answer_can_be_assigned(kernel: Kernel) -> None:
    shown = run(kernel, f"reply = %chat {ASK} say this\nprint(reply.text)")
    assert printed(shown) == "this\n"


def test_what_is_not_known_is_not_sent(server: JupyterProcess, kernel: Kernel) -> None:
    before = len(server.messages("magic"))
    unknown = failed(kernel, f"%chat {ASK} say {{unknown}}")
    assert unknown["ename"] == "UsageError"
    assert "name 'unknown' is not defined" in unknown["evalue"]
    assert "secret" in failed(kernel, f"api_key = 'x'\n%chat {ASK} say {{api_key}}")["evalue"]
    assert "no option -x" in failed(kernel, "%chat -x hello")["evalue"]
    assert len(server.messages("magic")) == before
    assert "no assistant 'nobody'" in failed(kernel, "%chat -a nobody hello")["evalue"]


def test_code_goes_into_the_next_cell(kernel: Kernel) -> None:
    source = f"%%chat {ASK} --code\nsay Try:\n```python\n1 + 1\n```\n```sql\nSELECT 1\n```"
    reply = kernel.execute_interactive(source, output_hook=lambda _: None, timeout=60)
    [payload] = reply["content"]["payload"]
    assert (payload["source"], payload["text"]) == ("set_next_input", "1 + 1")
    assert payload["replace"] is False
    assert "no Python code" in printed(run(kernel, f"%chat {ASK} --code say nothing"))


@pytest.mark.parametrize("line", ["%chat --help", "%chat", "%%chat -h\nhello"])
def test_help(kernel: Kernel, line: str) -> None:
    shown = printed(run(kernel, line))
    assert shown.startswith("Ask an assistant")
    assert "-a, --assistant NAME" in shown


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("%chat --assi", ["--assistant"]),
        ("%chat -a scri", ["scripted"]),
        ("%%chat --chat magi", ["magic"]),
        ("%chat -m lar", ["large"]),
        ("%chat Look at {tab", ["table"]),
    ],
)
def test_completion(kernel: Kernel, line: str, offered: list[str]) -> None:
    reply = kernel.complete(line, len(line), reply=True, timeout=30)
    assert reply["content"]["matches"] == offered


def test_how_far_a_map_is_stands_in_its_cell(kernel: Kernel) -> None:
    source = (
        "from jupyter_chatcore import Chat\n"
        "answers = Chat('mapped', assistant='scripted').map(['say 1', 'say 2', 'fail'])\n"
        "print([answer.text for answer in answers], len(answers.failed))"
    )
    shown: list[Any] = []
    kernel.execute_interactive(source, output_hook=shown.append, timeout=60)
    bars = [
        message["content"]["data"]
        for message in shown
        if message["msg_type"] in ("display_data", "update_display_data")
    ]
    assert bars[0]["text/plain"] == "0 of 3 answered"
    assert bars[-1]["text/plain"] == "3 of 3 answered, 1 failed"
    assert bars[-1]["text/html"].startswith('<progress value="3" max="3"')
    texts = [m["content"]["text"] for m in shown if m["msg_type"] == "stream"]
    assert "".join(texts) == "['1', '2', 'So far it went well.'] 1\n"


def held(server: JupyterProcess) -> list[str]:
    """How the answers of a map are, those that have begun."""
    sessions = server.call("GET", "chatcore/sessions?show=archived")["sessions"]
    mine = [each["id"] for each in sessions if each["id"].startswith("held.map-")]
    return [said["status"] for each in mine for said in server.messages(each)[1:]]


def test_an_interrupt_stops_all_of_a_map(server: JupyterProcess, kernel: Kernel) -> None:
    kernel.execute("Chat('held', assistant='scripted').map(['hold', 'hold 2', 'hold 3'])")
    wait_for("three answers", lambda: held(server) == ["streaming"] * 3)
    [running_kernel] = server.call("GET", "api/kernels")
    server.call("POST", f"api/kernels/{running_kernel['id']}/interrupt")
    wait_for("their end", lambda: held(server) == ["cancelled"] * 3)
    reply = kernel.get_shell_msg(timeout=30)
    assert reply["content"]["ename"] == "KeyboardInterrupt"


def test_the_page_about_it_is_so(server: JupyterProcess, kernel: Kernel) -> None:
    cells = re.findall(r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    shown = {cell: run(kernel, cell) for cell in cells}
    text = {cell: printed(outputs) + str(outputs) for cell, outputs in shown.items()}
    [value] = [text[cell] for cell in cells if "type=Town, retries" in cell]
    assert "Town(name='Oslo', people=700000)" in value
    [error] = [printed(shown[cell]) for cell in cells if "AnswerError" in cell]
    assert error == "$ there is no JSON in it. I would rather not. done\n"
    [mapped] = [text[cell] for cell in cells if "chat.map" in cell]
    assert mapped.count("Town(name='Oslo'") == 3
    question = [said for said in server.messages("towns") if said["role"] == "user"][-1]
    assert question["parts"][0]["text"] == "Plot `prices` by town, as bars. Nothing above 4.9."
    assert question["parts"][1]["name"] == "prices"
    assert printed(run(kernel, "print(answer.code)")) == "['prices.plot()']\n"
