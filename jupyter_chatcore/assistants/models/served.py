"""What a model server says of itself: which models it serves, and how much they take in.

Asked of servers of one's own, where it costs nothing, each time with little patience.
Answers are read defensively: whatever listens at that address may say anything.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ..base import AssistantError
from ..settings import ModelSettings
from ..threads import in_thread
from .access import key_of, where_the_key_goes
from .http import make_client

if TYPE_CHECKING:
    import httpx2

PROBE_SECONDS = 1.0
_START = {
    "ollama": "Start Ollama: `ollama serve`.",
    "lmstudio": "Start LM Studio's server: `lms server start`.",
}
_UNTOLD = 4096
"""What Ollama and LM Studio load a model with by default, whatever it could take."""


class Served:
    """A server of one's own, as `name` is configured."""

    def __init__(self, name: str, settings: ModelSettings) -> None:
        self._name = name
        self._settings = settings
        self._base = (settings.base_url or "").rstrip("/")

    async def models(self) -> list[str]:
        """The models that it serves, as it lists them.

        Raises:
            AssistantError: `unreachable` or `not_configured`, with what to do.
        """
        path = "/v1/models" if self._settings.kind == "anthropic" else "/models"
        answer = await self._ask("GET", self._base + path)
        found = [m["id"] for m in _items(answer, "data") if isinstance(m.get("id"), str)]
        if not found:
            raise AssistantError("not_configured", f"{self._base} serves no model: load one there.")
        return found

    async def window(self, model: str) -> int | None:
        """How many tokens `model` takes in, None where the server does not tell."""
        for ask in (self._listed_window, self._lmstudio_window, self._ollama_window):
            with suppress(AssistantError):
                if (found := await ask(model)) is not None:
                    return found
        return None

    async def _listed_window(self, model: str) -> int | None:
        """llama.cpp tells the window of a slot in its list of models, vLLM as well."""
        answer = await self._ask("GET", f"{self._base}/models")
        entry = _named(_items(answer, "data"), "id", model)
        return _number(_dict(entry.get("meta")).get("n_ctx"), entry.get("max_model_len"))

    async def _lmstudio_window(self, model: str) -> int | None:
        answer = await self._ask("GET", f"{self._root}/api/v0/models")
        entry = _named(_items(answer, "data"), "id", model)
        if (loaded := _number(entry.get("loaded_context_length"))) is not None:
            return loaded
        most = _number(entry.get("max_context_length"))
        return min(most, _UNTOLD) if most else None

    async def _ollama_window(self, model: str) -> int | None:
        """As the model is loaded, else as it is configured, else Ollama's default."""
        loaded = _named(
            _items(await self._ask("GET", f"{self._root}/api/ps"), "models"), "name", model
        )
        if (now := _number(loaded.get("context_length"))) is not None:
            return now
        shown = _dict(await self._ask("POST", f"{self._root}/api/show", {"model": model}))
        limits = [
            v for k, v in _dict(shown.get("model_info")).items() if k.endswith("context_length")
        ]
        return _num_ctx(shown) or min([_UNTOLD, *filter(_number, limits)])

    @property
    def _root(self) -> str:
        return self._base.removesuffix("/v1")

    async def _ask(self, method: str, url: str, body: Any = None) -> Any:
        client = await in_thread(lambda: make_client(url, PROBE_SECONDS), "models-http")
        async with client:
            response = await self._send(client, method, url, body)
        if response.status_code in (401, 403):
            raise AssistantError(
                "not_configured",
                f"{self._base} wants a key: set {where_the_key_goes(self._settings)}.",
            )
        if not response.is_success:
            raise self._unreachable(f"it answered with status {response.status_code}")
        try:
            return response.json()
        except ValueError:
            raise self._unreachable("it answers, but not as a model server does") from None

    async def _send(
        self, client: httpx2.AsyncClient, method: str, url: str, body: Any
    ) -> httpx2.Response:
        import httpx2  # noqa: PLC0415  (the thread that made the client has imported it)

        key = key_of(self._settings)
        headers = {"Authorization": f"Bearer {key}", "X-Api-Key": key} if key else {}
        try:
            async with asyncio.timeout(PROBE_SECONDS * 2):
                return await client.request(method, url, json=body, headers=headers)
        except (httpx2.TimeoutException, TimeoutError):
            raise self._unreachable("it does not answer") from None
        except httpx2.ConnectError:
            raise self._unreachable("nothing listens there") from None
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
            raise self._unreachable(type(error).__name__) from None

    def _unreachable(self, why: str) -> AssistantError:
        todo = _START.get(self._name, "Start the model server there, or correct `base_url`.")
        return AssistantError("unreachable", f"{self._base}: {why}. {todo}")


def first_choice(models: list[str]) -> str:
    """The first model that can chat, as far as its name tells."""
    return next((model for model in models if "embed" not in model.lower()), models[0])


def _num_ctx(shown: dict[str, Any]) -> int | None:
    """`num_ctx` among the parameters of a model, which Ollama gives as lines of text."""
    for line in str(shown.get("parameters", "")).splitlines():
        name, _, value = line.partition(" ")
        if name == "num_ctx" and value.strip().isdigit():
            return int(value)
    return None


def _items(answer: Any, name: str) -> Iterator[dict[str, Any]]:
    found = _dict(answer).get(name)
    return (item for item in (found if isinstance(found, list) else []) if isinstance(item, dict))


def _named(items: Iterator[dict[str, Any]], key: str, name: str) -> dict[str, Any]:
    return next((item for item in items if item.get(key) == name), {})


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _number(*values: Any) -> int | None:
    return next((v for v in values if type(v) is int and v > 0), None)
