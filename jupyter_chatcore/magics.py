"""`%chat` and `%%chat`: a question as words in a cell.

They are thin over `Chat`: `%load_ext jupyter_chatcore` brings them.
"""

from __future__ import annotations

import inspect
import re
import sys
from typing import Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics, line_cell_magic, magics_class, no_var_expand

from .client.braces import fill
from .client.chat import PlainChat
from .client.completing import completions
from .client.options import Options, read
from .client.reply import Reply
from .errors import ChatcoreError

_QUESTION = re.compile(
    r"^(?P<before>\s*(?:[\w.\[\], ]+=\s*)?)%chat[ \t]+(?P<words>\S.*\?)[ \t]*(?=\n?$)"
)


@magics_class
class ChatMagics(Magics):
    """The magics of a shell."""

    shell: Any

    @no_var_expand
    @line_cell_magic
    def chat(self, line: str, cell: str | None = None) -> Reply | None:
        """Ask an assistant: the answer is shown in the cell while it comes, and returned.

        %chat What does NaN mean?
        %%chat -a openai --to answer
        Write a function that removes outliers from {df}.

        -a, --assistant NAME   who answers, else the chat's own
        -m, --model NAME       the model that is used
        -c, --chat NAME        the chat, else the one of this notebook
        --to VARIABLE          keep the answer: VARIABLE.text, .code, .parts, .usage
        --code                 put the code of the answer into the next cell
        -h, --help             show this

        {expression} is the value of a variable: texts and numbers stand in its place, tables,
        figures and all else go with the question. {{name}} is {name} itself.
        """
        try:
            options = read(line)
            words = "\n".join(filter(None, [options.words, (cell or "").strip()]))
            if options.help or not words:
                print(inspect.getdoc(ChatMagics.chat))
                return None
            return self._ask(options, words)
        except ChatcoreError as error:
            raise UsageError(str(error)) from None

    def _ask(self, options: Options, words: str) -> Reply:
        filled = fill(words, self.shell.user_ns)
        chat = PlainChat(options.chat)
        reply = chat.ask(
            filled.text, context=filled.values, assistant=options.assistant, model=options.model
        )
        if options.to:
            self.shell.user_ns[options.to] = reply
        if options.code:
            self._put(reply)
        return reply

    def _put(self, reply: Reply) -> None:
        """The answer's code into the next cell."""
        code = [block for block in reply.code if block.language in ("", "python", "py", "python3")]
        if code:
            self.shell.set_next_input("\n\n".join(code), replace=False)
        else:
            print("There is no Python code in the answer.", file=sys.stderr)


def load(shell: Any) -> None:
    """Give a shell of IPython the magics, and their completion."""
    shell.register_magics(ChatMagics)
    if asking not in shell.input_transformers_cleanup:
        shell.input_transformers_cleanup.append(asking)
    for magic in ("%chat", "%%chat"):
        shell.set_hook("complete_command", _complete, str_key=magic)


def asking(lines: list[str]) -> list[str]:
    """The lines of a cell; to IPython, one that ends with a question mark asks for help."""
    if lines and lines[0].startswith("%%"):
        return lines
    return [_QUESTION.sub(_called, line) for line in lines]


def _called(found: re.Match[str]) -> str:
    return f"{found['before']}get_ipython().run_line_magic('chat', {found['words']!r})"


def _complete(shell: Any, event: Any) -> list[str]:
    return completions(event.text_until_cursor, shell.user_ns)
