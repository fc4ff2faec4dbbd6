"""What users do with a chat from Python, in a cell, a script, a thread or an event loop.

Each verb has a twin for event loops, with an `a` before its name. Both do the same in
the portal's loop; what looks at the caller's values runs in the caller's thread.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..api import Edit, Posted, Regenerate
from ..parts import Part
from ..protocol import Message, Role
from .asking import Question, chosen, kept, pieces_of, question
from .conversation import Conversation, nonce
from .maps import Maps
from .objects import Piece
from .portal import arun, run
from .reading import id_of
from .replaying import Replay
from .reply import Post, Reply
from .tries import tries

Settings = Mapping[str, Any]


class Verbs(Maps):
    """A chat that can be asked."""

    def ask(
        self,
        prompt: str | Part,
        *values: object,
        context: object = (),
        type: Any = None,
        retries: int = 0,
        assistant: str | None = None,
        model: str | None = None,
        settings: Settings | None = None,
        replay: Replay = None,
        stream: bool = True,
        wait: bool = True,
    ) -> Reply:
        """Ask, and return the answer once it has ended.

        While it comes it is shown in the cell's output, unless `stream` is false.
        `values` and `context` (a value, a list, or a dictionary by names) are sent with
        the prompt: tables, figures, errors, files, whatever. With a `type` the answer has
        a `value` of it; where it does not fit, it is asked again up to `retries` times.
        `assistant`, `model` and `settings` are for this answer alone. With `replay` the
        earlier answer to the same question is given again; "only" asks nobody where there
        is none, and None is as the chat, `CHATCORE_REPLAY` or the server has it.
        Without `wait` the answer is returned at once, to iterate over. An interrupt stops
        it on the server.

        Raises:
            ReplyFailed: the answer failed, was cut off, or somebody stopped it.
            AnswerError: the answer does not fit the type.
            Invalid: a value may be a secret or cannot be sent, or the type has no schema.
            ChatcoreError: the server cannot be found or reached, or refuses.
        """
        answer = (type, retries)
        picked = chosen(model, settings)
        asked = question(prompt, values, context, assistant, picked, answer, replay)
        return self._asked(asked, stream, wait)

    async def aask(
        self,
        prompt: str | Part,
        *values: object,
        context: object = (),
        type: Any = None,
        retries: int = 0,
        assistant: str | None = None,
        model: str | None = None,
        settings: Settings | None = None,
        replay: Replay = None,
        stream: bool = True,
        wait: bool = True,
    ) -> Reply:
        """`ask` in an event loop; a task that is cancelled stops the answer."""
        answer = (type, retries)
        picked = chosen(model, settings)
        asked = question(prompt, values, context, assistant, picked, answer, replay)
        return await self._aasked(asked, stream, wait)

    def stream(
        self,
        prompt: str | Part,
        *values: object,
        context: object = (),
        type: Any = None,
        assistant: str | None = None,
        model: str | None = None,
        settings: Settings | None = None,
        replay: Replay = None,
    ) -> Reply:
        """Ask, and return the answer at once: iterate over it with `for` or `async for`."""
        answer = (type, 0)
        picked = chosen(model, settings)
        asked = question(prompt, values, context, assistant, picked, answer, replay)
        return self._asked(asked, stream=False, wait=False)

    def regenerate(
        self,
        message: Message | int | None = None,
        *,
        assistant: str | None = None,
        model: str | None = None,
        settings: Settings | None = None,
        stream: bool = True,
        wait: bool = True,
    ) -> Reply:
        """Another answer beside this one, by default the newest. Nothing is lost. See `ask`."""
        again = Regenerate(assistant=assistant, settings=chosen(model, settings), key=nonce())
        return self._answer(_regenerating(id_of(message), again), stream, wait)

    async def aregenerate(
        self,
        message: Message | int | None = None,
        *,
        assistant: str | None = None,
        model: str | None = None,
        settings: Settings | None = None,
        stream: bool = True,
        wait: bool = True,
    ) -> Reply:
        """`regenerate` in an event loop."""
        again = Regenerate(assistant=assistant, settings=chosen(model, settings), key=nonce())
        return await self._aanswer(_regenerating(id_of(message), again), stream, wait)

    def edit(
        self, message: Message | int, text: str, *, stream: bool = True, wait: bool = True
    ) -> Reply:
        """Say a message otherwise, in a version beside it; the answer to that. See `ask`.

        What an assistant said is answered by nobody: there the edited message is returned.
        """
        return self._answer(_editing(message, text), stream, wait)

    async def aedit(
        self, message: Message | int, text: str, *, stream: bool = True, wait: bool = True
    ) -> Reply:
        """`edit` in an event loop."""
        return await self._aanswer(_editing(message, text), stream, wait)

    def send(self, text: str | Part, *values: object, role: Role = "user") -> Message:
        """Put a message into the chat that wants no answer; the message as it is stored."""
        return run(_noted(self._chat(), pieces_of(text, *values), role))

    async def asend(self, text: str | Part, *values: object, role: Role = "user") -> Message:
        """`send` in an event loop."""
        return await arun(_noted(self._chat(), pieces_of(text, *values), role))

    def stop(self) -> None:
        """Stop whatever is being answered, whoever asked. What had come stays."""
        run(self._chat().stop_all())

    async def astop(self) -> None:
        """`stop` in an event loop."""
        await arun(self._chat().stop_all())

    def _asked(self, asked: Question, stream: bool, wait: bool) -> Reply:
        if not wait:
            return Reply(self._chat(), asked.post, asked.wanted).begin()
        for reply in tries(self._chat(), asked):
            reply.draw() if stream else reply.wait()
        return reply

    async def _aasked(self, asked: Question, stream: bool, wait: bool) -> Reply:
        if not wait:
            return Reply(self._chat(), asked.post, asked.wanted).begin()
        for reply in tries(self._chat(), asked):
            await (reply.adraw() if stream else reply)
        return reply

    def _answer(self, post: Post, stream: bool, wait: bool) -> Reply:
        reply = Reply(self._chat(), post)
        if not wait:
            return reply.begin()
        return reply.draw() if stream else reply.wait()

    async def _aanswer(self, post: Post, stream: bool, wait: bool) -> Reply:
        reply = Reply(self._chat(), post)
        if not wait:
            return reply.begin()
        return await (reply.adraw() if stream else reply)


def _editing(message: Message | int, text: str) -> Post:
    edit = Edit(text=text, key=nonce())

    async def post(chat: Conversation) -> Posted:
        return await chat.edit(id_of(message), edit)

    return post


def _regenerating(message: int | None, again: Regenerate) -> Post:
    async def post(chat: Conversation) -> Posted:
        return await chat.regenerate(message, again)

    return post


async def _noted(chat: Conversation, pieces: Sequence[Piece], role: Role) -> Message:
    return await chat.note(await kept(chat, pieces), role)
