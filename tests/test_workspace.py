"""Notebooks where they are: in a page that shows them, else in their files."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import nbformat
import pytest
from fakepage import FakePage, code
from notebookfiles import cell, read, sources, write
from serving import Served

from jupyter_chatcore.context.workspace import CellConflict, Ran, WorkspaceError
from jupyter_chatcore.errors import NotFound
from jupyter_chatcore.notebooks import InterruptKernel
from jupyter_chatcore.workspace.jupyter import JupyterWorkspace
from jupyter_chatcore.workspace.outputs import Outputs


@pytest.fixture
def workspace(served: Served) -> JupyterWorkspace:
    return served.app.workspace()


@pytest.fixture
def file(jp_root_dir: Path) -> Path:
    """A notebook of two cells."""
    return write(
        jp_root_dir / "n.ipynb", cell("one", "code", "a = 1"), cell("two", "markdown", "Text")
    )


class TestFiles:
    async def test_cells_are_read_changed_and_stay_valid(
        self, workspace: JupyterWorkspace, file: Path
    ) -> None:
        first, second = await workspace.cells("n.ipynb")
        assert (first.source, second.cell_type) == ("a = 1", "markdown")
        made = await workspace.insert("n.ipynb", "code", "b = 2", first.id)
        await workspace.edit("n.ipynb", first.id, "a = 1", "a = 10")
        await workspace.delete("n.ipynb", second.id, "Text")
        assert sources(file) == ["a = 10", "b = 2"]
        assert made.index == 1
        nbformat.validate(read(file))

    async def test_what_somebody_changed_is_not_overwritten(
        self, workspace: JupyterWorkspace, file: Path
    ) -> None:
        [first, _] = await workspace.cells("n.ipynb")
        for work in (
            workspace.edit("n.ipynb", first.id, "something else", "mine"),
            workspace.delete("n.ipynb", first.id, "something else"),
        ):
            with pytest.raises(CellConflict):
                await work
        assert sources(file) == ["a = 1", "Text"]

    async def test_what_is_not_there(self, workspace: JupyterWorkspace, file: Path) -> None:
        with pytest.raises(NotFound, match="no notebook"):
            await workspace.cells("other.ipynb")
        with pytest.raises(NotFound, match="no cell"):
            await workspace.edit("n.ipynb", "nothing", "", "x")

    async def test_two_changes_at_once_are_both_kept(
        self, workspace: JupyterWorkspace, file: Path
    ) -> None:
        await asyncio.gather(
            *(workspace.insert("n.ipynb", "code", f"x = {n}", None) for n in range(8))
        )
        assert len(sources(file)) == 10

    async def test_a_cell_runs_in_a_kernel_of_the_notebook(
        self, workspace: JupyterWorkspace, file: Path
    ) -> None:
        made = await workspace.insert("n.ipynb", "code", "print('hi')\n6 * 7", None)
        ran = await workspace.run("n.ipynb", made.id)
        assert ran.error is None
        texts = [output.get("text") or output["data"]["text/plain"] for output in ran.cell.outputs]
        assert texts == ["hi\n", "42"]
        again = await workspace.insert("n.ipynb", "code", "1 / 0", None)
        assert "ZeroDivisionError" in ((await workspace.run("n.ipynb", again.id)).error or "")
        assert [one.path for one in await workspace.notebooks()] == ["n.ipynb"]

    async def test_who_leaves_interrupts_the_cell(
        self, workspace: JupyterWorkspace, file: Path
    ) -> None:
        ready = await workspace.insert("n.ipynb", "code", "x = 1", None)
        await workspace.run("n.ipynb", ready.id)
        slow = await workspace.insert("n.ipynb", "code", "import time; time.sleep(600)", None)
        running = asyncio.create_task(workspace.run("n.ipynb", slow.id))
        [info] = await workspace.notebooks()
        manager = workspace.kernel_manager(info.kernel or "")
        while manager.execution_state != "busy":
            await asyncio.sleep(0.05)
        running.cancel()
        await asyncio.wait([running])
        async with asyncio.timeout(20):
            assert (await workspace.run("n.ipynb", ready.id)).error is None


async def begun(workspace: JupyterWorkspace, page: FakePage) -> asyncio.Task[Ran]:
    """A run that the page has begun."""
    running = asyncio.create_task(workspace.run(page.path, "one"))
    while not page.done:
        await asyncio.sleep(0.01)
    return running


class TestPages:
    async def test_an_open_notebook_is_changed_where_it_is_seen(
        self, served: Served, workspace: JupyterWorkspace, file: Path
    ) -> None:
        page = FakePage("n.ipynb", code("one", "unsaved"))
        async with page.connected(served):
            assert [cell.source for cell in await workspace.cells("n.ipynb")] == ["unsaved"]
            await workspace.insert("n.ipynb", "code", "new", "one")
            await workspace.edit("n.ipynb", "one", "unsaved", "edited")
            assert page.sources == ["edited", "new"]
            assert sources(file) == ["a = 1", "Text"]
            with pytest.raises(CellConflict):
                await workspace.delete("n.ipynb", "one", "unsaved")
        assert [cell.source for cell in await workspace.cells("n.ipynb")] == ["a = 1", "Text"]

    async def test_who_leaves_interrupts_what_runs_in_the_page(
        self, served: Served, workspace: JupyterWorkspace
    ) -> None:
        page = FakePage("n.ipynb", code("one", "1"))
        page.hold = True
        async with page.connected(served):
            running = await begun(workspace, page)
            running.cancel()
            async with asyncio.timeout(10):
                while not isinstance(page.done[-1], InterruptKernel):
                    await asyncio.sleep(0.01)

    async def test_a_page_that_leaves_fails_what_it_was_doing(
        self, served: Served, workspace: JupyterWorkspace
    ) -> None:
        page = FakePage("n.ipynb", code("one", "1"))
        page.hold = True
        async with page.connected(served):
            running = await begun(workspace, page)
        with pytest.raises(WorkspaceError, match="closed meanwhile"):
            await running


class TestReadingFiles:
    @pytest.mark.parametrize("path", ["../secret.txt", "/etc/passwd", ".hidden", "none.txt"])
    async def test_only_what_is_below_the_root(
        self, workspace: JupyterWorkspace, jp_root_dir: Path, path: str
    ) -> None:
        (jp_root_dir.parent / "secret.txt").write_text("x")
        (jp_root_dir / ".hidden").write_text("x")
        with pytest.raises(NotFound):
            await workspace.read_file(path)

    async def test_texts_are_read_and_cut(
        self, workspace: JupyterWorkspace, jp_root_dir: Path
    ) -> None:
        (jp_root_dir / "a.txt").write_text("x" * 300_000)
        (jp_root_dir / "b.bin").write_bytes(b"\0\1")
        assert len(await workspace.read_file("a.txt")) < 210_000
        with pytest.raises(WorkspaceError, match="no text"):
            await workspace.read_file("b.bin")


def test_outputs_are_collected_as_a_notebook_keeps_them() -> None:
    outputs = Outputs()
    one = {"data": {"text/plain": "1"}, "metadata": {}, "transient": {"display_id": "d"}}
    two = {**one, "data": {"text/plain": "2"}}
    messages: list[tuple[str, dict[str, Any]]] = [
        ("stream", {"name": "stdout", "text": "gone"}),
        ("clear_output", {"wait": True}),
        ("stream", {"name": "stdout", "text": "a"}),
        ("stream", {"name": "stdout", "text": "b"}),
        ("display_data", one),
        ("update_display_data", two),
        ("status", {"execution_state": "busy"}),
    ]
    for kind, content in messages:
        outputs.take(kind, content)
    assert outputs.kept() == [
        {"output_type": "stream", "name": "stdout", "text": "ab"},
        {"output_type": "display_data", "data": {"text/plain": "2"}, "metadata": {}},
    ]
