"""What a model says is shown in a cell, and nothing of it runs or is fetched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_chatcore.client.safe import safe
from jupyter_chatcore.fences import blocks

THIN = "\u200b"


@pytest.mark.parametrize(
    "text",
    [
        "# A title\n\nSome *text*, 1 < 2, a <- b and `code`.\n\n- a\n- b",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "[a](https://a.example/b?c=d) [b](#there) [c](mailto:a@b.example) [d](notes/e.md)",
        "```python\nif a < b and x <y>:\n    pass\n```",
        "$x_1 < y$",
        "",
    ],
)
def test_what_is_harmless_stays(text: str) -> None:
    assert safe(text) == text


@pytest.mark.parametrize(
    "tag", ["<script>x</script>", "<img src=x onerror=y>", "</a>", "<!-- c", "<?p", "<a\nhref=b>"]
)
def test_tags_are_text(tag: str) -> None:
    shown = safe(f"before {tag} after")
    assert f"<{tag[1]}" not in shown
    assert shown.replace(THIN, "") == f"before {tag} after"


@pytest.mark.parametrize(
    "target",
    [
        "javascript:x",
        "JavaScript:x",
        " javascript:x",
        "java&#115;cript:x",
        "javascript&colon;x",
        "javascript\\:x",
        "&#x6A;avascript:x",
        "<javascript:x>",
        "vbscript:x",
        "data:text/html,x",
        "file:///etc/passwd",
        "\njavascript:x",
    ],
)
def test_links_lead_to_pages(target: str) -> None:
    assert f"]({target}" not in safe(f"[a]({target})")
    assert f"]:{target}" not in safe(f"[a][b]\n\n[b]:{target}")


def test_pictures_are_links() -> None:
    assert safe("![a](https://a.example/b.png)") == "[a](https://a.example/b.png)"


def test_code_ends_where_its_reader_thinks_that_it_does() -> None:
    """In a list, the code would end with the item, and what follows be a tag."""
    shown = safe("1. a\n   ```\n<script>x</script>\n")
    assert shown == "1. a\n\n```\n<script>x</script>\n\n```"


def test_code_holds_what_looks_like_its_end() -> None:
    shown = safe("~~~md `<b>`\n```\n<script>\n```\n~~~")
    assert shown == "````md\n```\n<script>\n```\n````"


@given(st.text(alphabet="`~<a>/! \n\\$[](:1.-\t", max_size=60))
def test_tags_stand_in_code_alone(text: str) -> None:
    shown = safe(text)
    for block in blocks(shown):
        if block.language is None:
            assert "<a" not in block.text
            assert "</" not in block.text
            assert "<!" not in block.text
            assert "![" not in block.text
