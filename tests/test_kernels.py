"""Reading a kernel's variables: what is told, what never is, and that nothing is disturbed."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import pytest
from kernelrunning import WITHOUT_SUBSHELLS, kernel, preview, write_kernelspec

from jupyter_chatcore.kernels import indepth
from jupyter_chatcore.kernels.link import KernelUnavailable

HOSTILE = """
import time
class Raises:
    def __init__(self): self.inside, self.password = 1, 2
    def __repr__(self): raise RuntimeError("no")
class Blocks:
    def __repr__(self):
        while True: time.sleep(1)
class Huge:
    def __repr__(self): return "x" * 10**9
    def __str__(self): return "x" * 10**9
    def __getattr__(self, name): raise SystemExit
raises, blocks, huge = Raises(), Blocks(), Huge()
several = [Raises(), Blocks(), Huge()]
text = "x" * 10**7
"""
# What matplotlib does at the end of each cell: it would show and close the open figures.
WATCHED = """
import threading
ended = set()
get_ipython().events.register(
    "post_execute", lambda: ended.add(threading.current_thread().name)
)
"""
FRAME = """
import os, time
import numpy as np
import pandas as pd
towns = pd.Categorical.from_codes(np.zeros(10_000_000, "int8"), ["Oslo"])
df = pd.DataFrame({"price": np.arange(10_000_000), "town": towns})
"""


@pytest.mark.asyncio
class TestReading:
    async def test_variables_are_named_with_their_types_and_shapes(self) -> None:
        async with kernel() as running:
            await running.run("import numpy as np; a = np.zeros((3, 4)); n = 7; _hidden = 1")
            found = await running.variables().names("k")
        told = {part.name: (part.python_type, part.shape) for part in found}
        assert told == {"a": ("numpy.ndarray", [3, 4]), "n": ("int", None)}

    async def test_a_large_table_is_read_while_a_cell_runs_and_notices_nothing(
        self, tmp_path: Path
    ) -> None:
        go = tmp_path / "go"
        async with kernel() as running:
            await running.run(FRAME + WATCHED)
            await running.start(f"while not os.path.exists({str(go)!r}): time.sleep(0.05)")
            before = running.memory()
            for _ in range(3):
                [part] = await running.variables().described("k", ["df"])
            grown = running.memory() - before
            go.touch()
            await running.run("assert len(In) == 4, In")
            await running.run("assert ended == {'MainThread'}, ended")
        assert part.shape == [10_000_000, 2]
        text = preview([part], "df")
        assert "price: int64" in text
        assert "town: category" in text
        assert "Oslo" in text
        assert len(text) < indepth.TEXT
        assert grown < 30 * 2**20  # the table takes more than 80 MiB

    async def test_objects_of_the_users_own_are_not_asked(self) -> None:
        async with kernel() as running:
            await running.run(HOSTILE)
            names = ["raises", "blocks", "huge", "several", "text"]
            found = await running.variables(seconds=20).described("k", names)
        assert preview(found, "raises") == "<Raises>\n  inside: int"
        assert preview(found, "several") == "[<Raises>, <Blocks>, <Huge>]"
        assert len(preview(found, "text")) < 1000

    async def test_what_looks_like_a_secret_is_never_named(self) -> None:
        async with kernel() as running:
            await running.run(
                "api_key = token = my_password = AWS_SECRET = auth_header = 'hidden'\n"
                "tokens_per_second = tokenizer = client_name = 1"
            )
            found = await running.variables(deny=["client_*"]).names("k")
            asked = await running.variables().described("k", ["api_key"])
        assert sorted(part.name for part in found) == ["tokenizer"]
        assert asked == []

    async def test_nothing_is_left_behind_in_the_kernel(self) -> None:
        async with kernel() as running:
            await running.run("before = sorted(globals())")
            await running.variables().described("k", ["before"])
            new = "{name for name in set(globals()) - set(before) if not name.startswith('_')}"
            await running.run(f"assert {new} <= {{'before'}}, {new}")
            await running.run("assert _oh == {}")

    async def test_a_dead_kernel_is_told_as_such(self) -> None:
        async with kernel() as running:
            await running.manager.shutdown_kernel(now=True)
            with pytest.raises(KernelUnavailable, match="not running") as caught:
                await running.variables().names("k")
        assert caught.value.state == "dead"

    async def test_another_language_is_told_as_such(self) -> None:
        async with kernel() as running:
            with pytest.raises(KernelUnavailable, match="julia") as caught:
                await running.variables("julia").names("k")
        assert caught.value.state == "unsupported"

    async def test_a_kernel_that_is_killed_while_it_is_asked_is_told_as_dead(self) -> None:
        async with kernel() as running:
            await running.run("import os, signal; n = 1")
            look = running.variables(seconds=60).value(
                "k", "os.kill(os.getpid(), signal.SIGKILL)", 60
            )
            with pytest.raises(KernelUnavailable, match="died while") as caught:
                await look
        assert caught.value.state == "dead"

    async def test_without_subshells_it_is_read_when_idle(self, tmp_path: Path) -> None:
        specs = write_kernelspec(tmp_path, "old", ["-c", WITHOUT_SUBSHELLS], "python")
        async with kernel(specs, "old") as running:
            await running.run("import time; n = 7")
            [part] = await running.variables().described("k", ["n"])
            assert preview([part], "n") == "7"
            await running.start("time.sleep(600)")
            with pytest.raises(KernelUnavailable, match="busy with a cell") as caught:
                await running.variables(seconds=1).names("k")
        assert caught.value.state == "busy"

    async def test_a_kernel_that_dies_meanwhile_is_not_waited_for_long(self) -> None:
        async with kernel() as running:
            variables = running.variables(seconds=1)
            await running.manager.signal_kernel(signal.SIGSTOP)
            async with asyncio.timeout(30):
                with pytest.raises(KernelUnavailable):
                    await variables.names("k")


class TestTelling:
    def test_secrets_in_objects_are_left_out(self) -> None:
        class Client:
            def __init__(self) -> None:
                self.url, self.api_key = "http://x", "hidden"

        text, _ = indepth.preview(Client())
        assert "url: str" in text
        assert "api_key" not in text

    def test_nested_values_are_cut(self) -> None:
        text, more = indepth.preview({n: list(range(1000)) for n in range(1000)})
        assert len(text) <= indepth.TEXT
        assert not more

    def test_a_function_is_told_by_its_docstring(self) -> None:
        def area(width: int) -> int:
            """The area of a square."""
            return width**2

        text, _ = indepth.preview(area)
        assert text.endswith("The area of a square.")
        assert text.startswith("function")
