"""Everything that must hold, one session each: `nox` runs them all, `nox -s types` one.

The sessions need Python and pip only. Node.js comes as a wheel where it is needed, and
the browser session finds or installs a Chromium.
"""

from __future__ import annotations

from pathlib import Path

import nox

nox.needs_version = ">=2025.5.1"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_existing_virtualenvs = True
nox.options.error_on_missing_interpreters = True

PROJECT = nox.project.load_toml("pyproject.toml")
E2E = "tests/e2e"
NOTEBOOKS = "tests/test_notebooks.py"
PYTHON = ["jupyter_chatcore", "tests", "benchmarks", "examples", "noxfile.py"]

AGAIN = ("--reruns=1", "--max-suite-reruns=6", "--rerun-show-tracebacks")
"""A test that fails is tried once more, six in a run at most, since a server, a kernel or a
browser on a loaded machine may answer too late. What was tried twice is listed at the end,
with why: it wants a look."""

built: list[Path] = []


def group(name: str) -> list[str]:
    """The requirements of one of the project's dependency groups."""
    return list(nox.project.dependency_groups(PROJECT, name))


def forget_old_bundle() -> None:
    """Have the front end built again where its sources are newer than its bundle."""
    bundle = Path("jupyter_chatcore/static/widget.js")
    folder = Path("labextension")
    sources = [*folder.glob("*.json"), *(folder / "src").rglob("*"), *folder.glob("scripts/*")]
    newest = max(path.stat().st_mtime for path in sources)
    if bundle.is_file() and bundle.stat().st_mtime < newest:
        bundle.unlink()


def wheel(session: nox.Session) -> str:
    """The project's wheel, built once a run in the way `pip install .` builds it."""
    if not built:
        forget_old_bundle()
        folder = session.cache_dir / "wheel"
        for old in folder.glob("*.whl"):
            old.unlink()
        session.run("pip", "wheel", "--no-deps", "--quiet", "--wheel-dir", str(folder), ".")
        built.extend(folder.glob("*.whl"))
    return str(built[0])


def install(session: nox.Session, name: str) -> None:
    """The project's wheel, with every assistant's extra and a dependency group."""
    session.install("pip")
    session.install("--force-reinstall", "--no-deps", wheel(session))
    session.install(f"{wheel(session)}[all]", *group(name))


@nox.session
def lint(session: nox.Session) -> None:
    """Python's style and format."""
    session.install(*group("lint"))
    session.run("ruff", "check", *PYTHON)
    session.run("ruff", "format", "--check", *PYTHON)


@nox.session
def types(session: nox.Session) -> None:
    """Python's types, strictly."""
    install(session, "types")
    session.run("mypy", *PYTHON, "--exclude", f"^{E2E}/")
    session.run("mypy", E2E)  # apart: both folders have a conftest


@nox.session
def python(session: nox.Session) -> None:
    """Everything in Python that needs no browser; arguments go to pytest."""
    install(session, "test")
    chosen = session.posargs or ["tests", f"--ignore={E2E}", f"--ignore={NOTEBOOKS}"]
    session.run("pytest", *AGAIN, *chosen)


@nox.session
def typescript(session: nox.Session) -> None:
    """The front end: its style, types and unit tests."""
    session.install(*group("node"))
    session.chdir("labextension")
    session.run("jlpm", "install", "--immutable", silent=True)
    for script in ("lint", "typecheck", "test"):
        session.run("jlpm", "run", script)


@nox.session
def browser(session: nox.Session) -> None:
    """The chat in a real browser on a real JupyterLab; arguments go to pytest."""
    install(session, "browser")
    session.run("python", f"{E2E}/browsers.py", "--install")
    session.run("pytest", *AGAIN, *(session.posargs or [E2E]))


@nox.session
def notebooks(session: nox.Session) -> None:
    """What a user runs first, executed on a real server."""
    install(session, "browser")
    session.run("pytest", *AGAIN, NOTEBOOKS)
