"""What the README says is so: its commands, its code and its settings."""

from __future__ import annotations

import ast
import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from string import Template
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from jupyterprocess import JupyterProcess, running

from jupyter_chatcore.app import ChatcoreApp
from jupyter_chatcore.assistants.presets import AGENTS, LOCAL, MODELS, read_settings
from jupyter_chatcore.assistants.registry import BUILTIN

REPOSITORY = Path(__file__).resolve().parent.parent
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The code blocks of a language, in the order of the text."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


CURLS = [block for block in blocks("bash") if block.startswith("curl")]
PARROT = next(block for block in blocks("python") if "class Parrot" in block)


def plugin(folder: Path) -> Path:
    """The README's assistant, as an installed package would be found."""
    [registration] = [block for block in blocks("toml") if "parrot" in block]
    name, target = re.findall(r'^(\w+) = "(.+)"$', registration, re.MULTILINE)[0]
    module = target.partition(":")[0]
    info = folder / f"{module}-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / f"{module}.py").write_text(PARROT, encoding="utf-8")
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
    group = re.findall(r'"(.+?)"\]', registration)[0]
    (info / "entry_points.txt").write_text(f"[{group}]\n{name} = {target}\n")
    return folder


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    folder = plugin(tmp_path_factory.mktemp("plugin"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(folder))
        with running(tmp_path_factory.mktemp("server"), "server") as process:
            yield process


def request(curl: str, server: JupyterProcess) -> httpx.Response:
    """What a curl command asks for, asked without curl."""
    line = curl.replace("\\\n", " ")
    words = iter(shlex.split(Template(line).substitute(URL=server.url, TOKEN=server.token))[1:])
    url, method, body, headers = "", None, None, {}
    for word in words:
        match word:
            case "-X":
                method = next(words)
            case "-d":
                body = next(words)
            case "-H":
                name, _, value = next(words).partition(": ")
                headers[name] = value
            case "-N":
                pass  # curl shall not buffer
            case _:
                url = word
    method = method or ("POST" if body else "GET")
    return httpx.request(method, url, content=body, headers=headers, timeout=60, trust_env=False)


def test_http_examples(server: JupyterProcess) -> None:
    made, asked, accepted, page, found = (request(curl, server) for curl in CURLS)
    assert made.json()["title"] == "Ideas"
    assert asked.headers["content-type"].startswith("text/event-stream")
    last = asked.text.strip().split("\n\n")[-1]
    assert "event: done" in last
    assert accepted.status_code == 202
    assert accepted.json().keys() == {"message", "reply", "cursor"}
    assert page.json()["cursor"] > 0
    assert "hits" in found.json()


def test_assistant_example(server: JupyterProcess) -> None:
    listed = server.call("GET", "chatcore/assistants")["assistants"]
    assert ("parrot", "Parrot") in [(each["name"], each["title"]) for each in listed]
    server.call("PUT", "chatcore/sessions/birds", {"assistant": "parrot"})
    asked = server.http.post("chatcore/chat/birds", json={"text": "Polly wants a cracker"})
    final = json.loads(asked.text.strip().rpartition("data: ")[2])
    assert final["status"] == "done"
    assert final["parts"] == [{"type": "text", "text": "Polly wants a cracker"}]


@pytest.mark.parametrize("block", blocks("python"))
def test_python_blocks_are_python(block: str) -> None:
    assert ast.parse(block).body


def test_widget_example() -> None:
    [block] = [block for block in blocks("python") if "Chat()" in block]
    scope: dict[str, Any] = {}
    exec(block, scope)
    assert scope["Chat"]("ideas", height="600px", title="Bright ideas")._title == "Bright ideas"


def test_python_example(
    server: JupyterProcess, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    [block] = [block for block in blocks("python") if "chat.fork(" in block]
    monkeypatch.setenv("CHATCORE_SERVER_URL", server.url)
    monkeypatch.setenv("CHATCORE_SERVER_TOKEN", server.token)
    exec(block, {})
    shown = capsys.readouterr().out
    assert shown.startswith("Hello! I look things up")
    assert "user A note that wants no answer." in shown
    listed = [one["title"] for one in server.call("GET", "chatcore/sessions")["sessions"]]
    assert {"Bright ideas", "Bright ideas (fork)"} <= {*listed}


def test_settings_table() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+?) \|", README, re.MULTILINE))
    traits = ChatcoreApp.class_own_traits(config=True)
    assert rows.keys() == traits.keys()
    for name, shown in rows.items():
        if name != "db_path":
            assert ast.literal_eval(shown.strip("`")) == traits[name].default()


def test_assistants_table() -> None:
    section = README.partition("## Who answers")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (.+?) \| `([\w-]+)` \| (.*?) \| (.+) \|$", section, re.MULTILINE)
    table = {name: (title, install, then) for title, name, install, then in rows}
    assert table.keys() == {BUILTIN, LOCAL, *MODELS, *AGENTS}
    for name, model in MODELS.items():
        assert table[name][0] == model.title
        assert (model.key_env or "found by itself") in table[name][2]
    for name, agent in AGENTS.items():
        assert table[name][0] == agent.title
        assert agent.install in table[name][1]


def test_extras() -> None:
    with (REPOSITORY / "pyproject.toml").open("rb") as file:
        extras = tomllib.load(file)["project"]["optional-dependencies"]
    assert {*re.findall(r"`\.\[(\w+)\]`", README)} == {*extras} - {"app"}


def test_examples_of_settings() -> None:
    [block] = [block for block in blocks("python") if "c.ChatcoreApp" in block]
    given = SimpleNamespace(ChatcoreApp=SimpleNamespace())
    exec(block, {"c": given})
    read = read_settings(
        **{name.removesuffix("_model"): each for name, each in vars(given.ChatcoreApp).items()}
    )
    assert read.models["lab"].key_env == "LAB_KEY"
    assert read.models["openai"].key_env == "OPENAI_API_KEY"
    assert read.agents["opencode"].command == AGENTS["opencode"].command
    assert read.local is not None
    assert read.local.window == 16384


def test_two_commands() -> None:
    commands = blocks("bash")[:2]
    assert commands[0] == 'pip install ".[app]" && jupyter lab notebooks/quickstart.ipynb\n'
    assert commands[1] == 'pip install "nox[uv]" && nox\n'
    assert (REPOSITORY / "notebooks/quickstart.ipynb").is_file()
    assert "def wheel" in (REPOSITORY / "noxfile.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_named_files_exist(document: str) -> None:
    text = (REPOSITORY / document).read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!http)([^)#]+)\)", text)
    names = re.findall(r"`((?:[\w.-]+/)*[\w-]+\.(?:py|md|js|ts|tsx|json|toml|ipynb))`", text)
    package = REPOSITORY / "jupyter_chatcore"
    places = [REPOSITORY, package, package / "assistants", REPOSITORY / "tests" / "e2e"]
    elsewhere = {"jupyter_server_config.py", "chatcore/openapi.json"}
    for name in {*links, *names} - elsewhere:
        assert any((place / name).exists() for place in places), name
