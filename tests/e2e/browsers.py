"""Which Chrome or Chromium the tests drive: the machine's, else Playwright's.

`python browsers.py` prints its path; with `--install` one is installed where there is
none. It fails where none can be had: a test that did not run has not passed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = (
    "google-chrome-stable",
    "google-chrome",
    "chromium",
    "chromium-browser",
    "chrome",
    "microsoft-edge",
)
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
INSTALLERS = (
    [["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"]],
    [[sys.executable, "-m", "playwright", "install", "chromium"]],
)


def find() -> str | None:
    """The browser's path: `CHATCORE_BROWSER`, the machine's, or Playwright's own."""
    named = os.environ.get("CHATCORE_BROWSER")
    if named:
        return named
    on_path = [path for name in NAMES if (path := shutil.which(name)) and _runs(path)]
    placed = [place for place in PLACES if Path(place).is_file()]
    return next(iter(on_path + placed), None) or _playwrights_own()


def _runs(path: str) -> bool:
    """Whether it is a browser, and no stand-in that tells how to install one."""
    return os.name != "posix" or _succeeds([path, "--version"])


def _playwrights_own() -> str | None:
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None


def install() -> str | None:
    """Install one by the first way that works; its path."""
    for commands in INSTALLERS:
        if shutil.which(commands[0][0]) and all(_succeeds(command) for command in commands):
            return find()
    return None


def _succeeds(command: list[str]) -> bool:
    try:
        done = subprocess.run(command, check=False, timeout=600, stdout=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def main(arguments: list[str]) -> int:
    """Print the browser's path, or say what to do."""
    path = find() or (install() if "--install" in arguments else None)
    print(path or "No Chrome or Chromium: install one, or name it in CHATCORE_BROWSER.")
    return 0 if path else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
