"""What the page does not do: touch what is finished, keep what is gone.

No times here, which say more about the machine: `benchmarks/painting.py` measures them.
"""

from __future__ import annotations

from typing import Any

from jupyterprocess import JupyterProcess
from lab import ChatView, Tab
from longchat import fill, opened
from playwright.sync_api import BrowserContext, CDPSession

#: Exchanges after which the page is measured, and three times as many.
EXCHANGES = 600
BATCH = 50
#: Counts the changes of a log: in other messages, in finished blocks, and all of them.
COUNT = """log => {
  const counted = { elsewhere: 0, finished: 0, all: 0, renders: 0, where: [] };
  const texts = () => [...log.querySelectorAll(".jp-Chatcore-markdown")];
  // of what there was before, the last block grows and the one before may just have ended
  let open = (texts().at(-1)?.children.length ?? 0) - 2;
  const watch = new MutationObserver((records) => {
    counted.renders += 1;
    for (const { target, type, attributeName } of records) {
      counted.all += 1;
      const at = target instanceof Element ? target : target.parentElement;
      const message = at?.closest("[data-message]");
      const messages = [...log.querySelectorAll("[data-message]")];
      const text = message?.querySelector(".jp-Chatcore-markdown");
      const blocks = [...(text?.children ?? [])];
      const block = blocks.findIndex((one) => one.contains(at));
      if (message && messages.indexOf(message) < messages.length - 1) counted.elsewhere += 1;
      else if (block >= 0 && block < open) counted.finished += 1;
      else continue;
      counted.where.push([type, attributeName, at.className, block, open]);
    }
    open = (texts().at(-1)?.children.length ?? 0) - 2;
  });
  const all = { subtree: true, childList: true, characterData: true, attributes: true };
  watch.observe(log, all);
  window.counted = counted;
}"""


def test_what_is_finished_is_not_rendered_again(tab: Tab, chat: ChatView) -> None:
    # colours are loaded when the first code is shown
    chat.send("prose 120 1ms")
    chat.wait_for_end(2)
    chat.send("prose 2000 2ms")
    chat.wait_for("the second answer", lambda shown: len(shown) == 4 and shown[-1][1])
    chat.log.evaluate(COUNT)
    chat.wait_for_end(4, 60)
    counted: dict[str, Any] = tab.page.evaluate("window.counted")
    assert counted["elsewhere"] == 0, counted["where"][:5]
    assert counted["finished"] == 0, counted["where"][:5]
    assert counted["renders"] > 10
    # a frame brings some words, and with them some blocks at the most
    assert counted["all"] / counted["renders"] < 200, counted


def test_an_hour_of_talk_leaves_nothing_behind(
    context: BrowserContext, server: JupyterProcess
) -> None:
    fill(server, "hour", 40)
    tab, chat = opened(context, server, "hour")
    chat.wait_for_text("Answer 19")
    cdp = context.new_cdp_session(tab.page)
    cdp.send("Performance.enable")
    talk(server, chat, "hour", 40, EXCHANGES)
    before = measured(cdp)
    talk(server, chat, "hour", 40 + 2 * EXCHANGES, 2 * EXCHANGES)
    after = measured(cdp)
    for name, slack in (("JSHeapUsedSize", 4e6), ("Nodes", 3_000), ("JSEventListeners", 300)):
        assert after[name] <= before[name] * 1.1 + slack, (name, before, after)
    assert chat.messages.count() <= 200


def talk(server: JupyterProcess, chat: ChatView, session: str, had: int, exchanges: int) -> None:
    """So many questions and answers more, as fast as the page shows them."""
    for done in range(BATCH, exchanges + 1, BATCH):
        fill(server, session, 2 * BATCH, first=(had // 2) + done - BATCH)
        chat.root.get_by_text(f"Question {had // 2 + done - 1}", exact=True).wait_for()


def measured(cdp: CDPSession) -> dict[str, float]:
    """What the page holds, once its garbage is gone."""
    for _ in range(3):
        cdp.send("HeapProfiler.collectGarbage")
    metrics = cdp.send("Performance.getMetrics")["metrics"]
    return {one["name"]: one["value"] for one in metrics}
