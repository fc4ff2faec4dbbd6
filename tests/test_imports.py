"""The files that chats are imported from, also such as nobody should have made."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from exchanged import (
    ADA,
    DIGEST,
    EVERY_PART,
    branched,
    conversation,
    jupyter_chat,
    lines,
    message,
    node,
    packed,
    session,
    written,
)
from importreading import only, read, said

from jupyter_chatcore.errors import Invalid
from jupyter_chatcore.exports.jsonl import ExportHeader, JsonLines
from jupyter_chatcore.imports.foreign import author
from jupyter_chatcore.parts import (
    FilePart,
    OutputPart,
    Part,
    ReasoningPart,
    TextOutput,
    TextPart,
    ToolPart,
)

DEEP = b'{"parts":[{"type":"custom","kind":"x","data":' + b"[" * 99_999


def header(count: int, **more: Any) -> ExportHeader:
    return ExportHeader(
        format="jupyter_chatcore.chat",
        version=1,
        exported="2026-01-01T00:00:00Z",
        messages=count,
        session=session(**more),
    )


class TestChatGpt:
    def test_branches_times_and_models(self) -> None:
        chat, messages = only(packed([branched()]))
        assert (chat.key, chat.title) == ("import:chatgpt:conv-1", "Plots")
        assert chat.created == "2023-11-14T22:13:20.000Z"
        assert chat.head == "import:a3"
        assert [(m.key, m.parent, m.role, said(m.parts)) for m in messages] == [
            ("import:q", None, "user", "How?"),
            ("import:a1", "import:q", "assistant", "So."),
            ("import:q2", "import:a1", "user", "And then?"),
            ("import:a3", "import:q2", "assistant", "Done."),
            ("import:a2", "import:q", "assistant", "Or so."),
        ]
        assert messages[0].created == "2023-11-14T22:13:20.500Z"
        assert messages[3].model == "gpt-x"
        assert messages[3].author.name == "ChatGPT (imported)"

    def test_the_steps_of_an_answer_are_one(self) -> None:
        thoughts = {"content_type": "thoughts", "thoughts": [{"summary": "S", "content": "C"}]}
        code = {"content_type": "code", "language": "python", "text": "1 + 1"}
        result = {"content_type": "execution_output", "text": "2"}
        chat, messages = only(
            packed(
                conversation(
                    node("q", None, "user", "How much?"),
                    node("t", "q", "assistant", content=thoughts),
                    node("r", "t", "assistant", content={"content_type": "reasoning_recap"}),
                    node("c", "r", "assistant", content=code, recipient="python"),
                    node("o", "c", "tool", content=result, name="python"),
                    node("a", "o", "assistant", "Two \ue200cite\ue202turn0\ue201【1†x】."),
                )
            )
        )
        assert [m.key for m in messages] == ["import:q", "import:t"]
        assert chat.head == "import:t"
        thought, call, text = messages[1].parts
        assert thought == ReasoningPart(text="S\n\nC\n\n")
        assert text == TextPart(text="Two .")
        assert call == ToolPart(
            call="c",
            name="python",
            kind="execute",
            status="done",
            input='{"input":"1 + 1"}',
            output=[TextOutput(text="2")],
        )

    def test_what_is_not_words(self) -> None:
        picture = {"content_type": "image_asset_pointer", "width": 3, "height": 4}
        many = {"content_type": "multimodal_text", "parts": ["See", picture, {"text": "said"}, 7]}
        odd = {"content_type": "new_thing", "deep": {"a": [1]}}
        _, messages = only(
            packed(
                conversation(
                    node("q", None, "user", content=many),
                    node("a", "q", "assistant", content={"content_type": "code", "text": "x"}),
                    node("b", "a", "user", content=odd),
                )
            )
        )
        assert said(messages[0].parts) == "See\n\n*[Picture, 3 x 4: not in the export]*\n\nsaid"
        assert said(messages[1].parts) == "```\nx\n```"
        assert messages[2].parts[0].kind == "chatgpt.new_thing"  # type: ignore[union-attr]

    def test_what_is_hidden_there_is_hidden_here(self) -> None:
        hidden = {"is_visually_hidden_from_conversation": True}
        context = {"content_type": "user_editable_context", "user_profile": "me"}
        chat, messages = only(
            packed(
                conversation(
                    node("s", None, "system", "secret", metadata=hidden),
                    node("u", "s", "user", content=context),
                    node("q", "u", "user", "Hi"),
                    node("e", "q", "assistant", " \n"),
                )
            )
        )
        assert [(m.key, m.parent) for m in messages] == [("import:q", None)]
        assert chat.head == "import:q"

    def test_it_comes_in_a_zip(self) -> None:
        packs = io.BytesIO()
        with zipfile.ZipFile(packs, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("export/conversations-001.json", packed([branched()]))
            archive.writestr("export/user.json", b"{}")
        chat, _ = only(packs.getvalue())
        assert chat.title == "Plots"

    def test_what_is_put_away_there_is_put_away_here(self) -> None:
        chat, _ = only(packed([conversation(node("q", None, "user", "Hi"), is_archived=True)]))
        assert chat.archived

    def test_empty_conversations_are_left_out(self) -> None:
        assert read(packed([conversation(), conversation(node("r", None))])) == []

    def test_missing_parents_begin_anew(self) -> None:
        nodes = node("a", "nowhere", "user", "one"), node("b", 7, "user", "two")  # type: ignore[arg-type]
        _, messages = only(packed(conversation(*nodes)))
        assert [m.parent for m in messages] == [None, None]


class TestJupyterChat:
    def test_people_bots_and_times(self) -> None:
        chat, messages = only(packed(jupyter_chat()), "My notes.chat")
        assert (chat.key, chat.title) == ("import:jupyter-chat:chat-1", "My notes")
        assert [(m.key, m.parent, m.role) for m in messages] == [
            ("import:m1", None, "user"),
            ("import:m2", "import:m1", "assistant"),
            ("import:m4", "import:m2", "user"),
        ]
        assert messages[0].created == chat.created == "2023-11-14T22:13:20.100Z"
        assert [m.author.name for m in messages] == [
            "Grace (imported)",
            "Jupyternaut (imported)",
            "u2 (imported)",
        ]
        assert messages[2].parts == [
            TextPart(text="Look"),
            OutputPart(data={"text/plain": "x"}),
            TextPart(text="Attached: `data/a.csv`"),
        ]

    def test_without_an_id_its_first_message_tells_which_it_is(self) -> None:
        document = jupyter_chat() | {"metadata": {}}
        longer = document | {"messages": [*document["messages"], {"id": "m5", "body": "more"}]}
        assert only(packed(document))[0].key == only(packed(longer))[0].key

    def test_messages_with_one_id_are_several(self) -> None:
        twice = jupyter_chat()["messages"][:1] * 3
        _, messages = only(packed(jupyter_chat() | {"messages": twice}))
        assert len({m.key for m in messages}) == 3


class TestJsonLines:
    def test_all_comes_back(self) -> None:
        made = [
            message(2, EVERY_PART, model="m"),
            message(3, [TextPart(text="x")], parent=2, role="assistant", author=None),
        ]
        chat, messages = only(written(JsonLines(), *made).encode())
        assert (chat.title, chat.head) == ("A chat", "import:3")
        assert messages[0].parts == EVERY_PART
        assert [m.parent for m in messages] == [None, "import:2"]
        assert messages[0].author.username == "imported:ada"

    def test_nobody_is_impersonated(self) -> None:
        by = author("ada", ADA.name + "\u202e\n", "A" * 9)
        assert (by.username, by.name, by.initials) == ("imported:ada", "Ada L. (imported)", "AAA")
        assert author(by.username, by.name, by.initials) == by
        assert author(7, None) == author("", "")

    def test_files_lead_nowhere_else(self) -> None:
        files: list[Part] = [
            FilePart(name="../x", mime="a/b", url="javascript:alert(1)", size=1),
            FilePart(name="y", mime="a/b", url=f"chatcore/files/{DIGEST}/y", size=1),
        ]
        _, messages = only(written(JsonLines(), message(parts=files)).encode())
        urls = [part.url for part in messages[0].parts if isinstance(part, FilePart)]
        assert urls == ["", f"chatcore/files/{DIGEST}/y"]

    @pytest.mark.parametrize(
        ("data", "why"),
        [
            (lines(header(1, head=3)), "has 0 of 1 messages"),
            (lines(header(2, head=2), message(2)), "has 1 of 2 messages"),
            (lines(header(1, head=9), message(2)), "ends with is missing"),
            (lines(header(1, head=2), message(2, parent=7)), "Line 2 .*out of order"),
            (lines(header(2, head=2), message(2), message(2)), "Line 3 .*out of order"),
            (lines(header(1, head=2), message(2, created="no")), "Line 2 .*`created`"),
            (lines(header(1, head=2), {"id": 1}), "Line 2 .*missing required field"),
            (lines(header(1, head=2)) + b"{", "Line 2 "),
            (lines(header(1, head=2)) + DEEP, "Line 2 is nested too deep"),
            (b'{"format":"jupyter_chatcore.chat","version":2}', "Line 1 .*version"),
        ],
    )
    def test_a_bad_line_is_named(self, data: bytes, why: str) -> None:
        with pytest.raises(Invalid, match=why):
            read(data)
