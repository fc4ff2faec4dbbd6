"""JupyterLab as the tests run it, and the browser that they look at it with."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from jupyterprocess import JupyterProcess, running

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    # a tab in the background is as much a reader as the one in front
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
)
OPTIONS = (
    "--LabApp.expose_app_in_browser=True",
    "--JupyterNotebookApp.expose_app_in_browser=True",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--ChatcoreApp.default_assistant=scripted",
    "--ChatcoreApp.max_posts_per_minute=0",
)


def running_lab(home: Path, *options: str) -> AbstractContextManager[JupyterProcess]:
    """JupyterLab without its question about news, which would lie over the page."""
    settings = home / "config/lab/user-settings/@jupyterlab/apputils-extension"
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false"}')
    return running(home, "lab", *OPTIONS, *options)
