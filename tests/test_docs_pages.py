"""Docstrings become Markdown that reads well and that nothing in them can break."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_chatcore.assistants.guide.docstrings import (
    examples,
    fence,
    inline,
    items,
    paragraphs,
    prose,
    section,
    sections,
)
from jupyter_chatcore.assistants.guide.entry import Entry
from jupyter_chatcore.assistants.guide.packages import web_page
from jupyter_chatcore.assistants.guide.pages import listed, page

DOC = """Join two tables.

Longer text with ``code`` and
a second line.

.. versionadded:: 1.0

.. note::

   Mind the gap.

Parameters
----------
left, right : DataFrame
    The tables.

    More about them.
how : {'left', 'inner'}, default 'inner'
    Which rows, e.g. all. They are kept.
**kwargs
    The rest.

Returns
-------
DataFrame
    The joined table.

Notes
-----
.. math:: a^2 + b^2

Examples
--------
Begin with this.

>>> join(a, b)
   x  y
0  1  2
>>> for one in a:
...     print(one)

That was all.
"""


def markdown(doc: str, whole: bool = False) -> str:
    """A page as one text."""
    entry = Entry(name="box.join", kind="function", package="box", signature="join()", doc=doc)
    return "\n\n".join(page(entry, whole))


def test_a_docstring_is_cut_at_its_titles() -> None:
    assert [part.title for part in sections(DOC)] == [
        "",
        "Parameters",
        "Returns",
        "Notes",
        "Examples",
    ]
    assert section(DOC, "Yields", "Returns").startswith("DataFrame")
    assert section(DOC, "Raises") == ""
    assert "join(a, b)" not in prose(DOC)


def test_parameters_are_read_with_their_types() -> None:
    found = items(section(DOC, "Parameters"))
    assert [item.name for item in found] == ["left, right", "how", "**kwargs"]
    assert found[0].type == "DataFrame"
    assert found[0].text == "The tables.\n\nMore about them."


def test_a_page_shows_what_matters() -> None:
    answer = markdown(DOC)
    assert "Longer text with `code` and a second line." in answer
    assert "versionadded" not in answer
    assert "- `how` ({'left', 'inner'}, default 'inner'): Which rows, e.g. all." in answer
    assert "- `DataFrame`: The joined table." in answer
    assert (
        "Begin with this.\n\n```python\njoin(a, b)\n#    x  y\n# 0  1  2\nfor one in a:" in answer
    )
    assert "More about them" not in answer


def test_a_whole_page_leaves_nothing_out() -> None:
    answer = markdown(DOC, whole=True)
    for text in (
        "**Note:**",
        "Mind the gap.",
        "More about them.",
        "$$\na^2 + b^2\n$$",
        "That was all",
    ):
        assert text in answer


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("``a < b``", "`a < b`"),
        ("a < b", "a &lt; b"),
        ("<script>alert(1)</script>", "&lt;script>alert(1)&lt;/script>"),
        (":func:`~numpy.sum`", "`numpy.sum`"),
        (":py:class:`Box`", "`Box`"),
        (":ref:`the guide <guide>`", "the guide"),
        (":math:`x < 1`", "$x < 1$"),
        ("`here <https://example.org>`_", "[here](https://example.org)"),
        ("see [1]_ and `Wikipedia`_.", "see  and Wikipedia."),
        ("`~.Axes.bar`", "`Axes.bar`"),
    ],
)
def test_roles_and_links_become_markdown(source: str, shown: str) -> None:
    assert inline(source) == shown


def test_lists_and_tables_stay_what_they_are() -> None:
    assert paragraphs("* one\n* two\n  more") == ["* one\n* two more"]
    assert paragraphs("=== ===\na   b\n=== ===")[0].startswith("```text")
    assert paragraphs("As here::\n\n    x = 1") == ["As here:", "```\nx = 1\n```"]
    code = ".. code-block:: python\n   :linenos:\n\n   x = 1\n\n   y = 2\n\nThen."
    assert paragraphs(code) == ["```python\nx = 1\n\ny = 2\n```", "Then."]


def test_examples_lose_their_prompts() -> None:
    assert examples(">>> 1 + 1\n2") == "```python\n1 + 1\n# 2\n```"
    assert "# …" in examples("\n".join(f">>> {n}" for n in range(99)))


@given(st.text())
def test_no_text_can_close_its_fence(text: str) -> None:
    first, *inside, last = fence(text).split("\n")
    marks = first.removesuffix("python")
    assert set(marks) == {"`"}
    assert last == marks
    assert not any(line.strip().startswith(marks) for line in inside)


@given(st.text(alphabet=st.sampled_from("ab`<>:._-=~*|$[]() \n\t>.…1")), st.booleans())
def test_no_docstring_is_an_error(doc: str, whole: bool) -> None:
    answer = markdown(doc, whole)
    assert answer.startswith("### `box.join`")


@given(st.text())
def test_no_html_comes_through_outside_of_code(text: str) -> None:
    assert "<script" not in inline(text.replace("`", "").replace("$", "") + "<script>")


def test_a_list_has_a_line_each() -> None:
    one = Entry(name="builtins.str.join", kind="method", package="python", summary="Joins. Fast.")
    assert listed([one, one]).split("\n") == ["- `str.join`: Joins."] * 2


@pytest.mark.parametrize(
    ("package", "name", "kind", "end"),
    [
        ("pandas", "pandas.merge", "function", "/api/pandas.merge.html"),
        ("sklearn", "sklearn.svm.SVC.fit", "method", "/sklearn.svm.SVC.html#sklearn.svm.SVC.fit"),
        ("python", "os.path.join", "function", "/os.path.html#os.path.join"),
        ("python", "builtins.str.join", "method", "/stdtypes.html#str.join"),
        ("python", "builtins.KeyError", "exception", "/exceptions.html#KeyError"),
        ("python", "builtins.len", "function", "/functions.html#len"),
        ("python", "json", "module", "/json.html"),
    ],
)
def test_names_have_their_page_on_the_web(package: str, name: str, kind: str, end: str) -> None:
    address = web_page(package, name, kind)
    assert address is not None
    assert address.endswith(end)


def test_no_page_is_made_up() -> None:
    assert web_page("fruitbox", "fruitbox.peel", "function") is None
    assert web_page("matplotlib", "matplotlib.figure.Figure", "class") is None
