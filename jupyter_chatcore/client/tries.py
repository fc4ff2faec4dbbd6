"""A question until its answer fits: asked again, in the chat, with what is wrong."""

from __future__ import annotations

from collections.abc import Iterator

from .asking import Question
from .conversation import Conversation
from .reply import Reply
from .structured import AnswerError


def tries(chat: Conversation, question: Question) -> Iterator[Reply]:
    """The replies to a question, each to be waited for before the next; the last one fits.

    Raises:
        AnswerError: no answer fits, and the question has no retries left.
    """
    while True:
        reply = Reply(chat, question.post, question.wanted)
        yield reply
        if question.wanted is None or not reply.ok or reply.message is None:
            return  # whoever stopped it wants no other one
        try:
            reply.value  # noqa: B018
        except AnswerError as error:
            if not question.retries:
                raise
            question = question.again(reply.message.id, error)
        else:
            return
