"""What every model is told first, unless the chat or the configuration says otherwise."""

from __future__ import annotations

from ..base import Turn

INSTRUCTIONS = """\
You answer in a chat inside Jupyter, where people work with notebooks, code and data.
Write Markdown. Put code into fenced blocks that name their language, ready to be run as a \
cell. Be brief and exact, and say so when you are not sure.
You see what this chat shows you and nothing more: no notebook, variable or file unless a \
message or a tool brings it. Ask for what you need to see."""

_NOTEBOOKS = """\
You have tools to read, change and run the cells of the user's notebooks as they are now, and \
to look at the variables of their kernels; what changes or runs something asks the user first. \
"""
_ONE = (
    "This chat belongs to the notebook {notebook!r}, which is meant where a tool is given no path."
)
_NONE = "This chat belongs to no notebook: call list_notebooks to find the one that is meant."


def instructions(turn: Turn, tools: bool) -> str:
    """What a model is told where nothing else is set; `tools` says whether any are offered."""
    if not tools or not any(tool.name == "read_notebook" for tool in turn.tools):
        return INSTRUCTIONS
    notebook = turn.session.notebook
    belongs = _ONE.format(notebook=notebook) if notebook else _NONE
    return f"{INSTRUCTIONS}\n{_NOTEBOOKS}{belongs}"
