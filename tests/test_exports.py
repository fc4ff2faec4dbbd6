"""The files that chats are exported to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from exchanged import ADA, EVERY_PART, NOW, PNG, message, session, written
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_chatcore.exports.jsonl import JsonLines
from jupyter_chatcore.exports.language import PYTHON, language_of
from jupyter_chatcore.exports.markdown import MOST_IMAGE_BYTES, Markdown
from jupyter_chatcore.exports.notebook import Notebook
from jupyter_chatcore.exports.writing import disposition, file_name
from jupyter_chatcore.parts import CellPart, OutputPart, ReasoningPart, TextPart
from jupyter_chatcore.protocol import MessageError, Sent

TEXTS = st.lists(st.sampled_from(["```python\n", "```\n", "x = 1\n", "# a\n", "~~~r\n", "\n", "é"]))
DATA = st.dictionaries(
    st.sampled_from(["text/plain", "image/png", "application/json", "text/html", "application/x"]),
    st.recursive(st.none() | st.text() | st.integers(), st.lists),
)


def notebook(*messages: Any, title: str = "A chat") -> Any:
    """The notebook, found valid."""
    made = nbformat.reads(written(Notebook(), *messages, title=title), 4)  # type: ignore[no-untyped-call]
    nbformat.validate(made, relax_add_props=False)
    return made


class TestMarkdown:
    def test_a_transcript(self) -> None:
        question = message(parts=[TextPart(text="Hi *there*")])
        answer = message(
            3,
            [TextPart(text="Hello.\n\n```python\n1 * 2\n```")],
            role="assistant",
            author=None,
            model="m_1",
            status="failed",
            error=MessageError(code="x", message="It broke."),
        )
        assert written(Markdown(), question, answer, title="A *chat*\n# of ours") == (
            "# A \\*chat\\* \\# of ours\n\n---\n\n**Ada L.** · 2026-01-02 03:04 UTC\n\nHi *there*\n"
            "\n---\n\n**Assistant** · 2026-01-02 03:04 UTC · m\\_1\n\nHello.\n\n"
            "```python\n1 * 2\n```\n\n*Failed: It broke.*\n"
        )

    def test_every_part(self) -> None:
        text = written(Markdown(), message(parts=EVERY_PART))
        for wanted in (
            "```python\nx = 1\n```\nand\n```r\ny <- 2\n```",
            f"![](data:image/png;base64,{PNG})",
            "<summary>Reasoning</summary>\n\nlet me think\n```\nunclosed\n```\n\n</details>",
            "> Tool **Edit \\*it\\***, done\n> - a.py, new",
            "- [x] first\n- [ ] 2nd",
            "*File a.csv, text/csv, 3 bytes*",
            "1/0",
            "a  b",
            '"k":[1,null]',
        ):
            assert wanted in text
        assert "a notice" not in text
        assert text.endswith("```\nnever closed\n```\n")

    def test_large_pictures_are_named(self) -> None:
        picture = OutputPart(data={"image/png": "A" * (MOST_IMAGE_BYTES * 4 // 3 + 8)})
        text = written(Markdown(), message(parts=[picture]))
        assert "image/png" in text
        assert len(text) < 1000

    def test_what_was_deleted_is_left_out(self) -> None:
        assert written(Markdown(), message(status="deleted")) == "# A chat\n"

    def test_plain_outputs_keep_their_lines(self) -> None:
        text = written(Markdown(), message(parts=[OutputPart(data={"text/plain": "a  b\n1  2"})]))
        assert "```\na  b\n1  2\n```" in text


class TestNotebook:
    def test_text_and_code_are_cells(self) -> None:
        made = notebook(
            message(parts=[TextPart(text="How?")]),
            message(
                3,
                [
                    ReasoningPart(text="hmm"),
                    TextPart(text="So:\n```python\nx = 1\n```\nOr:\n```bash\nls\n```"),
                ],
                role="assistant",
            ),
        )
        cells = [(cell.cell_type, cell.source) for cell in made.cells]
        assert cells == [
            ("markdown", "# A chat"),
            ("markdown", "**Ada L.** · 2026-01-02 03:04 UTC\n\nHow?"),
            ("markdown", "**Ada L.** · 2026-01-02 03:04 UTC\n\nSo:"),
            ("code", "x = 1"),
            ("markdown", "Or:\n\n```bash\nls\n```"),
        ]
        assert made.cells[3].metadata.chatcore == {"message": 3, "role": "assistant"}
        assert made.metadata.kernelspec.name == "python3"

    def test_outputs_go_to_the_code_before_them(self) -> None:
        plot = OutputPart(data={"image/png": PNG}, metadata={"w": 1})
        code = TextPart(text="```python\nplot()\n```")
        made = notebook(message(parts=[code, plot, plot, TextPart(text="and"), plot]))
        outputs = [(c.source, len(c.outputs)) for c in made.cells if c.cell_type == "code"]
        assert outputs == [("plot()", 2), ("", 1)]
        assert made.cells[2].outputs[0].data == {"image/png": PNG}

    def test_every_part_makes_a_valid_one(self) -> None:
        made = notebook(message(parts=EVERY_PART), message(3, EVERY_PART, role="assistant"))
        shown = next(cell for cell in made.cells if cell.source == "1/0")
        assert [o.output_type for o in shown.outputs] == ["stream", "error", "display_data"]
        assert shown.metadata.chatcore.shown == "a.ipynb"

    @settings(max_examples=40, deadline=None)
    @given(TEXTS, DATA, st.text())
    def test_anything_makes_a_valid_one(
        self, texts: list[str], data: dict[str, Any], title: str
    ) -> None:
        cell = CellPart(
            path="p", cell_id="c", cell_type="code", source="", outputs=[{"data": data}, data]
        )
        notebook(
            message(parts=[TextPart(text="".join(texts)), OutputPart(data=data), cell]),
            title=title.encode("utf-8", "replace").decode() or "x",
        )

    def test_the_language_is_that_of_the_chats_notebook(self, tmp_path: Path) -> None:
        path = tmp_path / "a.ipynb"
        metadata = {
            "kernelspec": {"name": "ir", "display_name": "R", "language": "R"},
            "language_info": {"name": "R"},
        }
        path.write_text(json.dumps({"metadata": metadata}), encoding="utf-8")
        text = written(Notebook(language_of(path)), message(parts=[TextPart(text="```r\n1\n```")]))
        made = nbformat.reads(text, 4)  # type: ignore[no-untyped-call]
        assert (made.cells[-1].cell_type, made.metadata.kernelspec.name) == ("code", "ir")

    @pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b"[" * 100_000, b'{"metadata": 1}'])
    def test_a_notebook_that_tells_nothing_is_pythons(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "a.ipynb"
        assert language_of(path) == PYTHON
        path.write_bytes(content)
        assert language_of(path) == PYTHON


class TestJsonLines:
    def test_a_line_for_the_chat_and_one_for_each_message(self) -> None:
        text = written(JsonLines(), message(parts=EVERY_PART), message(3, parent=2))
        header, first, second = map(json.loads, text.splitlines())
        assert (header["format"], header["version"]) == ("jupyter_chatcore.chat", 1)
        assert (header["messages"], header["exported"]) == (2, NOW)
        assert header["session"]["title"] == "A chat"
        assert first["author"] == {"username": "ada", "name": ADA.name, "initials": "AL"}
        assert len(first["parts"]) == len(EVERY_PART)
        assert second["parent"] == 2

    def test_what_only_this_server_needs_stays_here(self) -> None:
        sent = Sent(digest="d", messages=3, ext={"agent": {"session": "hush"}})
        text = written(JsonLines(), message(sent=sent))
        assert "hush" not in text
        assert json.loads(text.splitlines()[1])["sent"] == {"digest": "d", "messages": 3}

    def test_what_is_still_being_written_is_interrupted(self) -> None:
        line = written(JsonLines(), message(status="streaming")).splitlines()[1]
        assert json.loads(line)["status"] == "interrupted"


class TestName:
    @pytest.mark.parametrize(
        ("title", "name"),
        [
            ("How do plots work?", "How do plots work.md"),
            ("../../etc/passwd", "etc passwd.md"),
            ('a"b\r\nSet-Cookie: x', "a b Set-Cookie x.md"),
            ("CON", "chat.md"),
            ("nul.txt", "chat.md"),
            ("\u202e.. ", "chat.md"),
            ("日本語 é", "日本語 é.md"),
            ("x" * 500, "x" * 80 + ".md"),
        ],
    )
    def test_it_is_safe(self, title: str, name: str) -> None:
        assert file_name(title, ".md") == name

    @given(st.text(st.characters(exclude_categories=["Cs"])))
    def test_it_never_breaks_the_header(self, title: str) -> None:
        header = disposition(file_name(title, ".md"))
        assert header.isascii()
        assert header.isprintable()
        assert header.count('"') == 2


def test_the_empty_chat_is_a_file_as_well() -> None:
    assert written(Markdown()) == "# A chat\n"
    assert len(written(JsonLines()).splitlines()) == 1
    assert [cell.source for cell in notebook().cells] == ["# A chat"]
    assert session().head is None
