"""A model file whose answers are scripted: a real llama.cpp server then plays them.

How it works: token embeddings are one-hot, the one transformer block adds nothing, and
the output matrix says "the token after t". Each script has a start token of its own, and
the chat template writes the one whose condition is true of the last message.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gguf
import numpy as np
from gguf import TokenType

_BOS, _EOS = 1, 2
_HEAD = 32
_SPACE = "\u2581"


@dataclass(frozen=True)
class Script:
    """What the model says, and when.

    `when` is a Jinja condition over `last` (the last message's text), `messages` and
    `tools`; the first true one is played, and one without a condition ends the list.
    `loops` says that the text begins anew for ever.
    """

    text: str
    when: str | None = None
    loops: bool = False


def tool_call(arguments: str, name: str, word: str) -> Script:
    """A call of the tool `name`, where the user says `word` and tools are offered."""
    call = f'<tool_call>\n{{"name": "{name}", "arguments": {arguments}}}\n</tool_call>'
    return Script(call, f"tools and messages[-1].role == 'user' and '{word}' in last")


PLAIN = Script(
    "`df.groupby(key)` splits a DataFrame.\n\n```python\ndf.groupby('city').mean()\n```\n"
)
THINK = Script(
    "<think>\nThe user asks about grouping.\n</think>\n\nGrouping is split-apply-combine.",
    "'think' in last",
)
FOREVER = Script("tick tock goes the clock; ", "'forever' in last", loops=True)
TOOL = tool_call('{"pattern": "df*"}', name="get_vars", word="tool")
SCRIPTS = (TOOL, THINK, FOREVER, PLAIN)


@dataclass
class _Vocabulary:
    """The tokens, and which follows which."""

    tokens: list[str] = field(
        default_factory=lambda: ["<unk>", "<s>", "</s>", *(f"<0x{i:02X}>" for i in range(256))]
    )
    types: list[TokenType] = field(
        default_factory=lambda: [
            TokenType.UNKNOWN,
            TokenType.CONTROL,
            TokenType.CONTROL,
            *([TokenType.BYTE] * 256),
        ]
    )
    after: dict[int, int] = field(default_factory=dict)

    def add(self, token: str, kind: TokenType = TokenType.NORMAL) -> int:
        self.tokens.append(token)
        self.types.append(kind)
        return len(self.tokens) - 1

    def play(self, start: str, script: Script) -> None:
        """Chain the script's pieces behind its start token."""
        previous = self.add(start, TokenType.CONTROL)
        chain = [self.add(piece) for piece in self._pieces(script.text.replace(" ", _SPACE))]
        for token in chain:
            self.after[previous] = previous = token
        self.after[previous] = chain[0] if script.loops else _EOS

    def _pieces(self, text: str) -> list[str]:
        """Cut the text so that each piece is a token that there is not yet."""
        known = set(self.tokens)
        pieces: list[str] = []
        while text:
            sizes = [*range(4, len(text) + 1), *range(min(3, len(text)), 0, -1)]
            size = next((size for size in sizes if text[:size] not in known), None)
            if size is None:  # the end of another script too: it goes with what is before it
                while text in known:
                    text = pieces.pop() + text
                size = len(text)
            known.add(text[:size])
            pieces.append(text[:size])
            text = text[size:]
        return pieces


def write_model(path: Path, scripts: Sequence[Script] = SCRIPTS, window: int = 32768) -> None:
    """Write the model that plays `scripts`; the file has about half a megabyte."""
    words = _Vocabulary()
    for number, script in enumerate(scripts):
        words.play(_start(number), script)
    for name in ("<|user|>", "<|system|>"):
        words.add(name, TokenType.CONTROL)
    writer = gguf.GGUFWriter(path, "llama")
    width = -(-len(words.tokens) // 32) * 32
    _describe(writer, width, len(words.tokens), window)
    _add_tokens(writer, words)
    writer.add_chat_template(_template(scripts))
    for name, values in _tensors(words, width).items():
        writer.add_tensor(f"{name}.weight", values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _start(number: int) -> str:
    return f"<|start_{number}|>"


def _describe(writer: gguf.GGUFWriter, width: int, tokens: int, window: int) -> None:
    writer.add_name("scripted")
    writer.add_context_length(window)
    writer.add_embedding_length(width)
    writer.add_block_count(1)
    writer.add_feed_forward_length(32)
    writer.add_head_count(1)
    writer.add_head_count_kv(1)
    writer.add_key_length(_HEAD)
    writer.add_value_length(_HEAD)
    writer.add_rope_dimension_count(_HEAD)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_vocab_size(tokens)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)


def _add_tokens(writer: gguf.GGUFWriter, words: _Vocabulary) -> None:
    normal = len(words.tokens) - 259
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(words.tokens)
    writer.add_token_scores([0.0] * 259 + [-1000.0] * normal)
    writer.add_token_types(words.types)
    writer.add_bos_token_id(_BOS)
    writer.add_eos_token_id(_EOS)
    writer.add_unk_token_id(0)
    writer.add_add_bos_token(True)
    writer.add_add_space_prefix(False)


def _tensors(words: _Vocabulary, width: int) -> dict[str, Any]:
    count = len(words.tokens)
    output = np.zeros((count, width), np.float16)
    for token in range(count):
        output[words.after.get(token, _EOS), token] = 2
    ones = np.ones(width, np.float32)
    shapes = {
        "attn_q": (_HEAD, width),
        "attn_k": (_HEAD, width),
        "attn_v": (_HEAD, width),
        "attn_output": (width, _HEAD),
        "ffn_gate": (32, width),
        "ffn_up": (32, width),
        "ffn_down": (width, 32),
    }
    return {
        "token_embd": np.eye(count, width, dtype=np.float16),
        "output": output,
        "output_norm": ones,
        "blk.0.attn_norm": ones,
        "blk.0.ffn_norm": ones,
        **{f"blk.0.{name}": np.zeros(shape, np.float16) for name, shape in shapes.items()},
    }


_MESSAGES = """
{%- for m in messages %}
{%- if m.role == 'system' %}<|system|>{{ m.content }}
{%- elif m.role == 'user' %}<|user|>{{ m.content }}
{%- elif m.role == 'tool' %}<|user|><tool_response>{{ m.content }}</tool_response>
{%- elif m.role == 'assistant' %}
{%- if m.reasoning_content %}<think>{{ '\\n' + m.reasoning_content + '\\n' }}</think>
{{- '\\n\\n' }}{%- endif %}{{ m.content }}
{%- for call in m.tool_calls or [] %}<tool_call>
{{- '\\n{"name": "' + call.function.name + '", "arguments": ' }}
{{- call.function.arguments | tojson }}{{- '}\\n' }}</tool_call>
{%- endfor %}</s>
{%- endif %}
{%- endfor %}
"""

# The words that tell llama.cpp how this model writes its calls.
_TOOLS = """
{%- if tools %}<|system|># Tools
<tools>{% for tool in tools %}
{{ tool | tojson }}{% endfor %}
</tools>
For each call return json within <tool_call></tool_call> tags:
<tool_call>
{"name": <function-name>, "arguments": <args-json-object>}
</tool_call>
{%- endif %}
"""


def _template(scripts: Sequence[Script]) -> str:
    """The chat template, in Jinja, that picks the script to play."""
    choices = "".join(
        f"{{%- {'elif' if number else 'if'} {script.when or 'true'} %}}{_start(number)}"
        for number, script in enumerate(scripts)
    )
    prompt = "{%- set last = messages[-1].content | string %}" + choices + "{%- endif %}"
    begin = "{%- if add_generation_prompt %}" + prompt + "{%- endif %}"
    # the tools stay the same while messages are added: what was read before is not read again
    return _TOOLS.strip() + _MESSAGES.strip() + begin
