"""The public names of the client and what they take: a change of them is a change for users."""

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jupyter_chatcore
from jupyter_chatcore.client.chat import PlainChat
from jupyter_chatcore.client.history import Messages
from jupyter_chatcore.client.reply import Code, Reply
from jupyter_chatcore.client.verbs import Verbs

GOLDEN = Path(__file__).parent / "wire" / "python_api.json"
CLASSES: tuple[type, ...] = (jupyter_chatcore.Chat, PlainChat, Verbs, Reply, Code, Messages)


def members(kind: type) -> dict[str, str]:
    """What a class of ours declares itself, or takes from another of ours, as it is called."""
    found: dict[str, str] = {}
    ours = [each for each in kind.__mro__ if each.__module__.startswith("jupyter_chatcore")]
    for name in sorted({name for each in ours for name in vars(each)}):
        member = inspect.getattr_static(kind, name)
        if name.startswith("_"):
            continue
        if isinstance(member, (classmethod, staticmethod)):
            found[name] = str(inspect.signature(member.__func__))
        elif inspect.isfunction(member):
            found[name] = signature(member)
        else:
            found[name] = "settable property" if getattr(member, "fset", None) else "attribute"
    return found


def signature(function: Callable[..., Any]) -> str:
    """How a function is called."""
    kind = "async " if inspect.iscoroutinefunction(function) else ""
    return f"{kind}{inspect.signature(function)}"


def described() -> dict[str, Any]:
    """All that users may rely on."""
    functions = {
        name: signature(getattr(jupyter_chatcore, name))
        for name in jupyter_chatcore.__all__
        if inspect.isfunction(getattr(jupyter_chatcore, name))
    }
    verbs = members(Verbs)
    classes = {
        kind.__name__: {"": str(inspect.signature(kind))}
        | {name: shown for name, shown in members(kind).items() if verbs.get(name) != shown}
        for kind in CLASSES
    }
    classes["Verbs"] = verbs
    return {"functions": functions, "classes": classes}


def test_the_public_names_are_as_they_were() -> None:
    """Run with CHATCORE_WRITE=1 to write them down anew, and say so in the changelog."""
    found = json.dumps(described(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    if os.environ.get("CHATCORE_WRITE"):
        GOLDEN.write_text(found, encoding="utf-8")
    assert found == GOLDEN.read_text(encoding="utf-8")


def test_every_verb_has_its_twin() -> None:
    """What blocks has an `a` before its name in an event loop."""
    verbs = members(Verbs)
    blocking = {
        name for name, shown in verbs.items() if shown.startswith("(") and f"a{name}" in verbs
    }
    needs_none = {"stream"}
    rest = {name for name in verbs if not name.startswith("a")} - blocking - needs_none
    assert rest == {"title"}, "a property, whose twins are ainfo and arename"


def test_everything_public_is_documented() -> None:
    for kind in CLASSES:
        for name in members(kind):
            member = inspect.getattr_static(kind, name)
            if not inspect.ismemberdescriptor(member):
                assert inspect.getdoc(member), f"{kind.__name__}.{name}"
