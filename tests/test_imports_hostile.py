"""Files that nobody should have made: refused, or read for what they are."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from exchanged import branched, conversation, node, packed
from hypothesis import given, settings
from hypothesis import strategies as st
from importreading import LIMIT, only, read, said

from jupyter_chatcore.errors import ChatcoreError, Invalid, TooLarge
from jupyter_chatcore.imports.reading import values
from jupyter_chatcore.protocol import Message

HOSTILE: list[tuple[bytes, str]] = [
    (b"", "no valid JSON"),
    (b"hello", "no valid JSON"),
    (b"\xff\xfe", "not valid UTF-8"),
    (b"{}", "no chat"),
    (b"[1]", "no chat"),
    (b"[[]]", "no chat"),
    (b'{"mapping": 1}', "no chat"),
    (b"[" * 200_000, "nested too deep"),
    (b'{"mapping": ' + b"[" * 200_000, "nested too deep"),
    (packed([branched()])[:-1], "expected `,` or `]`"),
    (packed([branched()])[:-9], "no valid JSON"),
    (packed([branched()]) + b"x", "more after the end"),
    (b'{"messages": [], "users": {}} {}', "more after the end"),
    (b"[" + b"9" * 5000 + b"]", "number is too long"),
    (b"PK\x03\x04nonsense", "ZIP file cannot be read"),
]


class TestHostile:
    @pytest.mark.parametrize(("data", "why"), HOSTILE)
    def test_bad_files_are_refused(self, data: bytes, why: str) -> None:
        with pytest.raises(Invalid, match=why):
            read(data)

    def test_circles_are_refused(self) -> None:
        nodes = (
            node("a", "b", "user", "1"),
            node("b", "a", "user", "2"),
            node("c", None, "user", "3"),
        )
        with pytest.raises(Invalid, match="'Plots' cannot be read: it runs in a circle"):
            read(packed([conversation(*nodes)]))
        with pytest.raises(Invalid, match="circle"):
            read(packed([conversation(node("a", "a", "user", "1"))]))

    def test_deep_trees_are_no_trouble(self) -> None:
        nodes = [node("0", None, "user", "x")]
        nodes += [node(str(n), str(n - 1), "user", "x") for n in range(1, 20_000)]
        _, messages = only(packed([conversation(*nodes)]))
        assert len(messages) == 20_000

    def test_halves_of_characters_are_mended(self) -> None:
        nodes = node("a\ud800", None, "user", "x\ud83dy"), node("b", "a\ud800", "user", "\ude00")
        chat, messages = only(packed([conversation(*nodes, title="t\udc00")]))
        for text in (chat.title, *(said(m.parts) for m in messages), *(m.key for m in messages)):
            text.encode()

    def test_huge_messages_are_refused(self) -> None:
        large = conversation(node("a", None, "user", "x" * (17 * 2**20)))
        with pytest.raises(Invalid, match="bytes, and may have"):
            read(packed(large))

    def test_deep_values_are_refused(self) -> None:
        deep: Any = 1
        for _ in range(150):
            deep = [deep]
        odd = {"content_type": "odd", "x": deep}
        with pytest.raises(Invalid, match="nested more than 100 deep"):
            read(packed(conversation(node("a", None, "user", content=odd))))

    def test_a_small_zip_that_grows_is_stopped(self) -> None:
        packs = io.BytesIO()
        with zipfile.ZipFile(packs, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("conversations.json", b" " * (LIMIT + 1))
        with pytest.raises(TooLarge, match="max_import_bytes"):
            read(packs.getvalue())

    def test_a_zip_of_something_else_is_refused(self) -> None:
        packs = io.BytesIO()
        with zipfile.ZipFile(packs, "w") as archive:
            archive.writestr("a.txt", b"")
        with pytest.raises(Invalid, match=r"no `conversations\.json`"):
            read(packs.getvalue())

    JSON = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
        lambda inner: st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from([
                "mapping", "message", "author", "role", "content", "parts", "messages", "users",
                "content_type", "text", "parent", "children", "a", "b", "metadata", "time", "id",
                "title", "create_time", "current_node", "sender", "body", "attachments",
            ]),
            inner | st.sampled_from(["a", "b", "user", "assistant", "tool", "text", "thoughts"]),
            max_size=6,
        ),
        max_leaves=40,
    )  # fmt: skip

    @settings(max_examples=200, deadline=None)
    @given(JSON)
    def test_wrong_shapes_are_read_or_refused(self, value: Any) -> None:
        for data in (packed(value), packed([{"mapping": value}]), packed({"mapping": {"a": value}}),
                     packed({"messages": [value], "users": value})):  # fmt: skip
            try:
                found = read(data)
            except ChatcoreError:
                continue
            for _, messages in found:
                keys = [m.key for m in messages]
                assert len(set(keys)) == len(keys)
                for number, each in enumerate(messages):
                    assert each.parent is None or each.parent in keys[:number]
                    made = each.made(1, "s", None)
                    assert isinstance(made, Message)

    @given(st.lists(JSON, max_size=4), st.integers(1, 40))
    def test_arrays_are_read_piece_by_piece(self, wanted: list[Any], step: int) -> None:
        data = packed(wanted).replace(b", ", b" ,\n ")
        try:
            expected = json.loads(data)
        except ValueError:
            return
        assert repr(list(values(data, step))) == repr(expected)
