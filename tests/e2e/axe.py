"""What axe finds wrong with a chat: rules of WCAG 2.2 A and AA, and good practice."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from playwright.sync_api import Locator

SCRIPT = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
LOOK = """async (element, script) => {
  // the page's own module loader would take the script for one of its modules
  if (!window.axe) new Function("define", "module", "exports", script)();
  const settings = { resultTypes: ["violations"], rules: { region: { enabled: false } } };
  const { violations } = await window.axe.run(element, settings);
  return violations.flatMap(({ id, nodes }) => nodes.map(
    ({ target, failureSummary }) => [id, target.join(" "), failureSummary]
  ));
}"""


def violations(chat: Locator) -> list[list[Any]]:
    """The rule, the element and what is wrong, for all that is shown inside an element."""
    found: list[list[Any]] = chat.evaluate(LOOK, SCRIPT)
    return found
