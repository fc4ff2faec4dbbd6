"""What to try against an error: by its kind, by its text, and by the closest name."""

from __future__ import annotations

import builtins
import difflib
import re
import sys
from collections.abc import Awaitable, Callable
from importlib import metadata

from ..threads import in_thread
from .docstrings import fence
from .entry import Entry
from .known_errors import KNOWN
from .library import Library
from .packages import PACKAGES
from .problems import Problem, identifiers
from .symbols import ALIASES

Advice = list[str]

_COLUMN = (
    "If `{name}` is meant as a column: `df.columns.tolist()` shows the exact names, and"
    " `df['{name}']` is the safe way to write it."
)

_DISTRIBUTIONS = {
    **{package.name: package.distribution for package in PACKAGES},
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "docx": "python-docx",
    "dotenv": "python-dotenv",
    "fitz": "pymupdf",
    "jwt": "pyjwt",
    "PIL": "pillow",
    "pptx": "python-pptx",
    "serial": "pyserial",
    "skimage": "scikit-image",
    "umap": "umap-learn",
    "yaml": "pyyaml",
    "zmq": "pyzmq",
    "Crypto": "pycryptodome",
    "OpenSSL": "pyopenssl",
    "git": "gitpython",
    "magic": "python-magic",
    "attr": "attrs",
    "psycopg2": "psycopg2-binary",
    "MySQLdb": "mysqlclient",
    "osgeo": "gdal",
    "pkg_resources": "setuptools",
}
_GONE = {
    "distutils": "It left Python in 3.12; a stand-in: `%pip install setuptools`.",
    "imp": "It left Python in 3.12; use `importlib`.",
    "cgi": "It left Python in 3.13; for uploads use `multipart`, for escaping `html.escape`.",
    "telnetlib": "It left Python in 3.13.",
}


async def advise(problem: Problem, library: Library) -> Advice:
    """Paragraphs that say what to try; empty where nothing is known about this error."""
    by_kind: dict[str, Callable[[Problem, Library], Awaitable[Advice]]] = {
        "ModuleNotFoundError": _module,
        "NameError": _name,
        "UnboundLocalError": _name,
        "AttributeError": _attribute,
        "TypeError": _type,
        "ImportError": _import,
    }
    special = by_kind.get(problem.name)
    found = await special(problem, library) if special else []
    return found or _by_text(problem)


async def _module(problem: Problem, library: Library) -> Advice:
    match = re.search(r"No module named\s+['\"]?([\w.-]+)", problem.text)
    if match is None:
        return []
    name = match[1].strip(".")
    top = name.partition(".")[0]
    if top in _GONE:
        return [f"There is no module `{top}` in this Python. {_GONE[top]}"]
    known = await in_thread(_importable, "chatcore-docs")
    if top != name and top in known:
        return [f"`{top}` is installed, but has no module `{name}`: perhaps in another version."]
    found = _close(top, known)
    said = [f"Did you mean `{found}`? That is installed here."] if found else []
    package = _DISTRIBUTIONS.get(top, top)
    note = f" (the package of `{top}` is called `{package}`)" if package != top else ""
    return [
        *said,
        f"The module `{top}` is not installed where this notebook runs{note}."
        " Install it from a cell, then restart the kernel:",
        fence(f"%pip install {package}"),
    ]


def _importable() -> list[str]:
    return [*metadata.packages_distributions(), *sys.stdlib_module_names]


async def _name(problem: Problem, library: Library) -> Advice:
    match = re.search(r"'(\w+)'", problem.text)
    if match is None:
        return []
    name = match[1]
    if name in ALIASES or name in sys.stdlib_module_names:
        module = ALIASES.get(name, name)
        line = f"import {module}" + (f" as {name}" if module != name else "")
        return [f"`{name}` has not been imported in this kernel. Run this first:", fence(line)]
    others = [one for one in identifiers(problem.pasted) if one != name] + dir(builtins)
    found = _close(name, others)
    if found:
        return [f"There is no name `{name}`. Did you mean `{found}`?"]
    return [
        f"Nothing is called `{name}` at this point. It is spelled differently, or the cell that"
        " defines it has not been run since the kernel was started: run that cell first."
    ]


async def _attribute(problem: Problem, library: Library) -> Advice:
    match = re.search(
        r"(?:module |type object )?'([\w.]+)'(?: object)? has no attribute '(\w+)'", problem.text
    )
    if match is None:
        return []
    holder, name = match[1], match[2]
    if holder == "NoneType":
        return [
            f"The value before `.{name}` is `None`. Often the step before it returns nothing, as"
            " methods do that change an object in place (`list.sort()`, `inplace=True`)."
        ]
    owner = await _owner(holder, library)
    if owner is None:
        return []
    found = _close(name, await library.members(owner))
    said = [f"`{owner}` has no `{name}`. Did you mean `{found}`?"] if found else []
    return said + ([_COLUMN.format(name=name)] if holder == "DataFrame" else [])


async def _owner(holder: str, library: Library) -> str | None:
    entry = await library.exact([holder])
    if entry is None:
        entry = next(iter(await library.ending(holder)), None)
    return entry.name if entry is not None else None


async def _type(problem: Problem, library: Library) -> Advice:
    match = re.search(r"(\w+)\(\) got an unexpected keyword argument '(\w+)'", problem.text)
    if match is None:
        return []
    for entry in (await library.ending(match[1]))[:1]:
        found = _close(match[2], _parameters(entry)) or _shorter(match[2], _parameters(entry))
        if found:
            return [f"`{entry.name}` has no parameter `{match[2]}`. Did you mean `{found}`?"]
    return [f"`{match[1]}()` has no parameter `{match[2]}`; `/docs {match[1]}` lists those it has."]


def _shorter(name: str, known: list[str]) -> str | None:
    """A known name that is how this one begins, as `sep` for `separator`."""
    return next((one for one in known if len(one) > 2 and name.startswith(one)), None)


def _parameters(entry: Entry) -> list[str]:
    return identifiers(re.sub(r"=[^,)]*", "", entry.signature.partition("(")[2]))


async def _import(problem: Problem, library: Library) -> Advice:
    match = re.search(r"cannot import name '(\w+)' from (?:partially .*?)?'([\w.]+)'", problem.text)
    if match is None:
        return []
    if "partially initialized" in problem.text:
        return [
            f"`{match[2]}` is being imported while it is still loading. Often a file of your own"
            f" beside the notebook is called `{match[2].partition('.')[0]}.py`: rename it."
        ]
    found = _close(match[1], await library.members(match[2]))
    said = (
        f"Did you mean `{found}`?" if found else "It may have moved in the version installed here."
    )
    return [f"`{match[2]}` has no `{match[1]}`. {said}"]


def _close(name: str, known: list[str]) -> str | None:
    lower = {one.lower(): one for one in reversed(known)}
    found = difflib.get_close_matches(name.lower(), list(lower), n=1, cutoff=0.72)
    return lower[found[0]] if found else None


def _by_text(problem: Problem) -> Advice:
    for known in KNOWN:
        if re.fullmatch(known.name, problem.name) and re.search(known.text, problem.text):
            return [known.advice]
    return []
