"""The process that a local model runs in: its secret, its memory, its end."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from localmodels import alive, soon, tiny

from jupyter_chatcore.assistants.local.keeper import Keeper
from jupyter_chatcore.assistants.local.modelfile import ModelFile
from jupyter_chatcore.assistants.settings import LocalSettings

pytestmark = pytest.mark.asyncio


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny(tmp_path_factory.mktemp("model"))


# A program that has the model loaded as the server does, says its process's number, and waits.
SERVER = """
import asyncio, sys
from jupyter_chatcore.assistants.local.keeper import Keeper
from jupyter_chatcore.assistants.local.modelfile import ModelFile
from jupyter_chatcore.assistants.settings import LocalSettings

path, window, when = sys.argv[1:]


async def main():
    settings = LocalSettings(model=path, window=int(window), threads=1)
    keeper = Keeper(ModelFile(path), settings)
    loading = asyncio.create_task(keeper.load())
    while keeper.pid is None:
        await asyncio.sleep(0.01)
    if when == "loaded":
        await loading
    print(keeper.pid, flush=True)
    await loading
    await asyncio.Event().wait()


asyncio.run(main())
"""
LIMITED = f"""
import resource
resource.setrlimit(resource.RLIMIT_AS, (3 * 2**30, 3 * 2**30))
{SERVER}
"""
ENDLESS = 500_000_000
"""A window that is minutes in the making."""


def server(program: str, *words: str) -> subprocess.Popen[bytes]:
    """A program that runs; what it says last is its error."""
    command = [sys.executable, "-c", program, *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@pytest.mark.parametrize(("window", "when"), [(4096, "loaded"), (ENDLESS, "loading")])
async def test_it_ends_when_the_server_is_killed(model: Path, window: int, when: str) -> None:
    with server(SERVER, str(model), str(window), when) as running:
        assert running.stdout is not None
        pid = int(await asyncio.to_thread(running.stdout.readline))
        assert alive(pid)
        running.kill()
    await soon("the model's end", lambda: not alive(pid))


async def test_too_little_memory_is_told_as_such(model: Path) -> None:
    with server(LIMITED, str(model), "40000000", "loaded") as running:
        _, said = await asyncio.to_thread(running.communicate)
    assert "There is not enough memory for tiny.gguf with a window of 40000000 tokens" in (
        said.decode()
    )


async def test_being_killed_while_it_loads_is_for_want_of_memory(model: Path) -> None:
    with server(SERVER, str(model), str(ENDLESS), "loading") as running:
        assert running.stdout is not None
        pid = int(await asyncio.to_thread(running.stdout.readline))
        os.kill(pid, 9)
        _, said = await asyncio.to_thread(running.communicate)
    assert "There is not enough memory for tiny.gguf" in said.decode()


async def test_it_can_be_closed_while_it_loads(model: Path) -> None:
    keeper = Keeper(ModelFile(str(model)), LocalSettings(model=str(model), window=ENDLESS))
    loading = asyncio.create_task(keeper.load())
    await soon("its start", lambda: keeper.pid is not None)
    pid = keeper.pid
    assert pid is not None
    await keeper.close()
    assert not alive(pid)
    await asyncio.wait({loading}, timeout=5)
    assert loading.done()
    assert loading.exception() is not None


async def test_nobody_else_can_ask_it(model: Path) -> None:
    keeper = Keeper(ModelFile(str(model)), LocalSettings(model=str(model), threads=1))
    child, address = await keeper.load()
    shown = Path(f"/proc/{child.pid}")
    known = (shown / "cmdline").read_bytes() + (shown / "environ").read_bytes()
    assert child.key.encode() not in known
    async with httpx.AsyncClient(base_url=address, trust_env=False, verify=False) as client:
        assert (await client.get("/v1/models")).status_code == 401
        allowed = {"Authorization": f"Bearer {child.key}"}
        assert (await client.get("/v1/models", headers=allowed)).is_success
    await keeper.close()
