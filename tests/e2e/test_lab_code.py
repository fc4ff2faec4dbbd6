"""Code and outputs of a chat in JupyterLab's notebooks and files."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from jupyterprocess import JupyterProcess, wait_for
from lab import Tab
from playwright.sync_api import BrowserContext, expect
from side import SideBar, cells

CODE = "bread = 3"
PUT = """([code, place]) =>
  globalThis[Symbol.for("jupyter_chatcore.host")].host.host.notebook.put(code, place)"""
RENDER = """(data) => {
  const { renderBundle } = globalThis[Symbol.for("jupyter_chatcore.host")].host.host;
  const home = document.body.appendChild(document.createElement("div"));
  const undo = renderBundle(home, data, {});
  return undo && new Promise((resolve) => {
    const done = () => {
      if (!home.textContent && !home.querySelector("img")) return requestAnimationFrame(done);
      const shown = home.innerHTML;
      undo();
      resolve([shown, home.innerHTML]);
    };
    done();
  });
}"""


@pytest.fixture
def side(context: BrowserContext, server: JupyterProcess, name: str) -> Iterator[SideBar]:
    server.write_notebook(name, "first", "second")
    tab = Tab(context, server)
    tab.open(name)
    side = SideBar(tab.page)
    side.page.locator(".jp-Notebook .jp-InputPrompt").nth(1).click()
    yield side


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("below", ["first", "second", CODE]),
        ("above", ["first", CODE, "second"]),
        ("replace", ["first", CODE]),
        ("run", ["first", "second", CODE]),
    ],
)
def test_code_goes_to_its_place_and_can_be_taken_back(
    side: SideBar, place: str, expected: list[str]
) -> None:
    side.focus()
    side.page.evaluate(PUT, [CODE, place])
    assert cells(side.page) == expected
    if place == "run":
        expect(side.page.locator(".jp-InputPrompt").nth(2)).to_have_text("[1]:")
    if place == "replace":
        # what is in a cell is the cell's own to take back
        side.page.locator(".jp-Notebook .cm-content").nth(1).click()
        side.press("ControlOrMeta+z")
    else:
        side.page.locator(".jp-Notebook .jp-InputPrompt").first.click()
        side.press("z")
    wait_for("the notebook as it was", lambda: cells(side.page) == ["first", "second"])


def test_code_replaces_a_cell_of_text_by_one_of_code(side: SideBar) -> None:
    side.press("m")
    side.page.evaluate(PUT, [CODE, "replace"])
    assert cells(side.page) == ["first", CODE]
    expect(side.page.locator(".jp-CodeCell")).to_have_count(2)


def test_code_goes_to_the_cursor_of_a_file(server: JupyterProcess, side: SideBar) -> None:
    (server.root / "bread.py").write_text("first\nlast\n", encoding="utf-8")
    open_file = "() => window.jupyterapp.commands.execute('docmanager:open', {path: 'bread.py'})"
    side.page.evaluate(open_file)
    editor = side.page.locator(".jp-FileEditor .cm-content")
    editor.click()
    side.press("ControlOrMeta+Home")
    side.press("End")
    side.focus()
    side.page.evaluate(PUT, [" second", "below"])
    expect(editor.locator(".cm-line").first).to_have_text("first second")
    editor.click()
    side.press("ControlOrMeta+z")
    expect(editor.locator(".cm-line").first).to_have_text("first")


def test_outputs_look_as_in_a_notebook_and_run_nothing(side: SideBar) -> None:
    side.press("Escape")
    table = "<table><tr><td>3</td></tr></table><script>window.ran = 1</script><img onerror=ran=1>"
    shown, left = side.page.evaluate(RENDER, {"text/html": table, "text/plain": "3"})
    assert "jp-RenderedHTMLCommon" in shown
    assert "<td>3</td>" in shown
    assert "script" not in shown
    assert "onerror" not in shown
    assert left == ""
    assert side.page.evaluate(RENDER, {"application/javascript": "window.ran = 1"}) is None
    assert side.page.evaluate("() => window.ran") is None
