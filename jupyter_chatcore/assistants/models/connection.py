"""One reply's way to its model server: the library's model over an HTTP client of our own.

The client is ours so that what is sent can be known to the byte, so that a key goes to
its own server and no other, and so that closing it ends whatever still runs.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx2
from pydantic_ai.models import Model

from ..settings import ModelSettings
from .access import key_of
from .http import make_client

if TYPE_CHECKING:
    from pydantic_ai.profiles.openai import OpenAIModelProfile

LONGEST_LINE = 8 * 2**20
_ANTHROPIC_URL = "https://api.anthropic.com"
_GOOGLE_URL = "https://generativelanguage.googleapis.com"
_OPENAI_HOST = "api.openai.com"
_CREDENTIAL = {
    "openai": ("Authorization", "Bearer {}"),
    "anthropic": ("Authorization", "Bearer {}"),
    "google": ("X-Goog-Api-Key", "{}"),
}
_CREDENTIALS = ("Authorization", "X-Api-Key", "X-Goog-Api-Key", "Api-Key")
_OPENAI_ACCOUNT = ("OpenAI-Organization", "OpenAI-Project")
_NO_KEY = "none"
"""The libraries want a key even where the server does not; ours is taken out again."""


class Wiretap:
    """Keeps the digest of the last request, and lets no foreign credential out.

    The libraries read more of the environment than they are told: other keys, other
    organisations. Those of one server must not reach another.
    """

    def __init__(self, settings: ModelSettings) -> None:
        self.digest: str | None = None
        self._settings = settings

    async def __call__(self, request: httpx2.Request) -> None:
        """See a request before it is sent."""
        self.digest = hashlib.sha256(await request.aread()).hexdigest()
        for name in _CREDENTIALS:
            request.headers.pop(name, None)
        if (key := key_of(self._settings)) is not None:
            name, form = _CREDENTIAL[self._settings.kind]
            request.headers[name] = form.format(key)
        if request.url.host != _OPENAI_HOST:
            for name in _OPENAI_ACCOUNT:
                request.headers.pop(name, None)


class Overlong(Exception):
    """A line of the answer is longer than any that a model server sends."""


class Lines(httpx2.AsyncByteStream):
    """An answer whose lines have an end: the libraries keep each whole line in memory."""

    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream
        self._length = 0

    async def __aiter__(self) -> AsyncGenerator[bytes, None]:
        """The bytes as they come.

        Raises:
            Overlong: a line does not end.
        """
        async for data in self._stream:
            end = data.rfind(b"\n")
            self._length = len(data) - end - 1 if end >= 0 else self._length + len(data)
            if self._length > LONGEST_LINE:
                raise Overlong
            yield data

    async def aclose(self) -> None:
        """Hang up."""
        await self._stream.aclose()


async def bounded(response: httpx2.Response) -> None:
    """See an answer before it is read."""
    assert isinstance(response.stream, httpx2.AsyncByteStream)
    response.stream = Lines(response.stream)


@dataclass(frozen=True)
class Connection:
    """What a reply asks its model through; `url` is where that is."""

    model: Model
    url: str
    tap: Wiretap
    client: httpx2.AsyncClient

    async def close(self) -> None:
        """Hang up."""
        await self.client.aclose()


def connect(settings: ModelSettings, model: str) -> Connection:
    """A connection for one reply. Call it in a thread: it imports the library."""
    tap = Wiretap(settings)
    hooks = {"request": [tap], "response": [bounded]}
    client = make_client(settings.base_url, settings.timeout, event_hooks=hooks)
    made, url = _MAKERS[settings.kind](settings, model, client)
    return Connection(made, url, tap, client)


def _openai(settings: ModelSettings, name: str, client: httpx2.AsyncClient) -> tuple[Model, str]:
    import openai  # noqa: PLC0415  (only the library that is used)
    from pydantic_ai.models.openai import OpenAIChatModel  # noqa: PLC0415
    from pydantic_ai.providers.openai import OpenAIProvider  # noqa: PLC0415

    sdk = openai.AsyncOpenAI(
        api_key=key_of(settings) or _NO_KEY,
        base_url=settings.base_url,
        http_client=client,
        max_retries=0,
        timeout=client.timeout,
    )
    own: OpenAIModelProfile = {"openai_chat_supports_max_completion_tokens": False}
    official = sdk.base_url.host == _OPENAI_HOST
    provider = OpenAIProvider(openai_client=sdk)
    model = OpenAIChatModel(name, provider=provider, profile=None if official else own)
    _ = sdk.chat.completions  # imported here and now, in the thread
    return model, str(sdk.base_url)


def _anthropic(settings: ModelSettings, name: str, client: httpx2.AsyncClient) -> tuple[Model, str]:
    import anthropic  # noqa: PLC0415
    from pydantic_ai.models.anthropic import AnthropicModel  # noqa: PLC0415
    from pydantic_ai.providers.anthropic import AnthropicProvider  # noqa: PLC0415

    url = settings.base_url or _ANTHROPIC_URL
    sdk = anthropic.AsyncAnthropic(
        api_key=key_of(settings) or _NO_KEY,
        base_url=url,
        http_client=client,
        max_retries=0,
        timeout=client.timeout,
    )
    model = AnthropicModel(name, provider=AnthropicProvider(anthropic_client=sdk))
    _ = sdk.beta.messages
    return model, url


def _google(settings: ModelSettings, name: str, client: httpx2.AsyncClient) -> tuple[Model, str]:
    from pydantic_ai.models.google import GoogleModel  # noqa: PLC0415
    from pydantic_ai.providers.google import GoogleProvider  # noqa: PLC0415

    url = settings.base_url or _GOOGLE_URL
    provider = GoogleProvider(api_key=key_of(settings) or _NO_KEY, base_url=url, http_client=client)
    return GoogleModel(name, provider=provider), url


_MAKERS = {"openai": _openai, "anthropic": _anthropic, "google": _google}
