"""What a long answer costs the page while it streams, beside plain text that grows.

20,000 tokens (110 kB of Markdown) at 200 a second in a real browser: how much of a core the
main thread uses, and how many of its frames hold up the page for more than 50 ms. The floor
is the same text at the same speed, appended to a bare page as text and scrolled to its end.

    python benchmarks/painting.py [--quick]
"""

from __future__ import annotations

import sys
from typing import NamedTuple

from measure import Report, Row, begin, spread
from servers import HERE, folder

sys.path.append(str(HERE.parent / "tests" / "e2e"))

import browsers
from labserver import ARGUMENTS, running_lab
from longchat import opened
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

RATE = 200
LONG_MS = 50
WATCH = """() => {
  window.long = [];
  const watch = new PerformanceObserver((list) => {
    for (const one of list.getEntries()) window.long.push(one.duration);
  });
  watch.observe({ type: "longtask" });
}"""
FLOOR = """async ([text, rate]) => {
  const box = document.body.appendChild(document.createElement("div"));
  box.style.cssText = "height: 600px; overflow: auto; white-space: pre-wrap";
  const words = text.match(/\\s*\\S+/g);
  let at = 0;
  const began = performance.now();
  while (at < words.length) {
    await new Promise((done) => setTimeout(done, 30));
    const due = Math.min(words.length, Math.floor((performance.now() - began) / 1000 * rate));
    const fresh = words.slice(at, due).join("");
    at = due;
    // a paragraph each, so that a long text is not laid out as one
    for (const [index, piece] of fresh.split("\\n\\n").entries()) {
      if (index > 0 || !box.lastChild) box.appendChild(document.createElement("div"));
      box.lastChild.append(piece);
    }
    requestAnimationFrame(() => { box.scrollTop = box.scrollHeight });
  }
}"""


class Painted(NamedTuple):
    """One answer: the share of a core, and frames of more than 50 ms in a hundred."""

    share: float
    long: float
    longest: float


def main() -> None:
    """Print JSON, then a table."""
    report = begin("painting", __doc__)
    tokens = 2_000 if report.quick else 20_000
    with folder() as home, running_lab(home) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browsers.find(), args=ARGUMENTS)
        server.call("PUT", "chatcore/sessions/painted", {"title": "Painted"})
        context = browser.new_context(viewport={"width": 1100, "height": 900})
        tab, chat = opened(context, server, "painted")
        watched = Watch(context, tab.page)
        chat.send(f"prose {tokens} {1000 / RATE:g}ms")
        chat.wait_for_end(2, 600)
        ours = watched.read()
        text = server.messages("painted")[-1]["parts"][0]["text"]
        floor = bare(browser, text)
        browser.close()
    tell(report, tokens, ours, floor)
    report.show()


class Watch:
    """Counts what the main thread of a page does from now on."""

    def __init__(self, context: BrowserContext, page: Page) -> None:
        self.page = page
        self.cdp = context.new_cdp_session(page)
        self.cdp.send("Performance.enable", {"timeDomain": "threadTicks"})
        page.evaluate(WATCH)
        self.began = page.evaluate("performance.now()")
        self.before = self.busy()

    def busy(self) -> float:
        """The CPU seconds of its tasks so far."""
        metrics = self.cdp.send("Performance.getMetrics")["metrics"]
        return float(next(one["value"] for one in metrics if one["name"] == "TaskDuration"))

    def read(self) -> Painted:
        """What it was since."""
        seconds = (self.page.evaluate("performance.now()") - self.began) / 1000
        long: list[float] = self.page.evaluate("window.long")
        # the page is painted when text comes, each 40 ms at the most often
        frames = seconds * 25
        return Painted(
            (self.busy() - self.before) / seconds * 100,
            len(long) / frames * 100,
            max(long, default=0),
        )


def bare(browser: Browser, text: str) -> Painted:
    """The same text, as nothing but text."""
    context = browser.new_context(viewport={"width": 1100, "height": 900})
    page = context.new_page()
    watched = Watch(context, page)
    page.evaluate(FLOOR, [text, RATE])
    found = watched.read()
    context.close()
    return found


def tell(report: Report, tokens: int, ours: Painted, floor: Painted) -> None:
    """The rows of the table."""
    name = f"{tokens:,} tokens at {RATE}/s"
    report.add(
        Row(f"{name}: main thread's CPU", "% of a core", spread([ours.share]),
            spread([floor.share]), target=20),
        Row(f"{name}: tasks over {LONG_MS} ms, of 100 frames", "", spread([ours.long]),
            spread([floor.long]), target=1),
        Row(f"{name}: longest task", "ms", spread([ours.longest]), spread([floor.longest])),
    )  # fmt: skip


if __name__ == "__main__":
    main()
