"""The verbs that a page asks its kernel by, each with what it takes and what it does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from .api import Approve, Ask, AssistantList, Edit, NewSession, Posted, Regenerate, SessionPatch
from .comm import CommRequest, Kept
from .core import ChatCore
from .errors import NotFound
from .handlers.query import NoQuery, PageQuery
from .parts import FilePart
from .protocol import Author, Message, Page, Session

T = TypeVar("T")
