"""The sentences for people that are not about any one name."""

from __future__ import annotations

import re

WHAT_I_AM = (
    "I look things up in the documentation of the packages that are installed here."
    " I am not a language model: I neither write code nor understand a conversation."
    " `/connect` tells how to get an assistant that does."
)

HELLO = (
    "Hello! " + WHAT_I_AM + "\n\nTry `df.groupby`, *how do I read a csv file*, an error message"
    " that you paste here, or `/help`."
)
THANKS = "You are welcome. Ask on, or see `/help` for all that I can do."
GOODBYE = "Goodbye. The chat stays here, with all that is in it."
EMPTY = (
    "There is no text in the message that I could look up. Ask for a name such as"
    " `pandas.merge`, ask a question in plain words, or paste an error message."
)

HELP = """### What you can ask

- A name: `np.linspace`, `df.groupby`, `sklearn.cluster.KMeans`
- A question: *how do I remove duplicate rows*
- An error message or a whole traceback, pasted as it is

| command | does |
|---|---|
{commands}

### The chat

- **Enter** sends, **Shift+Enter** begins a new line.
- **Stop** ends an answer at any time. What was there stays.
- The answer is written by the Jupyter server: it goes on while you run cells, close the tab
  or lose the network. Whoever comes back sees all of it.
- Every tab shows the same chat, at the same moment.
- In a notebook, `from jupyter_chatcore import Chat` and then `Chat()` as a cell's last line
  shows the notebook's own chat, `Chat("ideas")` another one of that name.
- The chats are kept on the Jupyter server, in one SQLite file: `chatcore/chats.sqlite` in
  Jupyter's data folder (`jupyter --data-dir` shows it), unless the server's setting
  `ChatcoreApp.db_path` names another. The notebook's file does not hold them.

{who}"""

STORED = (
    "The chats are kept on the Jupyter server, in one SQLite file: `chatcore/chats.sqlite` in"
    " Jupyter's data folder (`jupyter --data-dir` shows it), unless the server's setting"
    " `ChatcoreApp.db_path` names another. `/find` and some words searches them."
)
STOPPING = "**Stop** ends an answer at any time; what was there stays in the chat."

CONNECT = """### Connecting a model

{who_now}

This version brings no connection to a model of its own. A model, or anything else that answers,
comes as a plug-in: a Python package with a class like this.

{example}

Its `pyproject.toml` registers the class; the name on the left is the class's `name`:

{registration}

Install the package where the Jupyter server runs and restart the server. To have it answer by
default, start the server with `--ChatcoreApp.default_assistant=mine`. Keep its key in an
environment variable of the server: whatever is in a message is stored in the chat.

### What was found on this machine

{found}"""

EXAMPLE = """from collections.abc import AsyncIterator

from jupyter_chatcore.assistants.base import Assistant, Turn
from jupyter_chatcore.parts import TextPart
from openai import AsyncOpenAI  # or any other library


class Mine(Assistant):
    name = "mine"
    title = "My model"

    async def reply(self, turn: Turn) -> AsyncIterator[str]:
        messages = [
            {"role": m.role, "content": "".join(p.text for p in m.parts if isinstance(p, TextPart))}
            for m in (*turn.history, turn.prompt)
        ]
        # the key is read from OPENAI_API_KEY, the address from OPENAI_BASE_URL
        stream = await AsyncOpenAI().chat.completions.create(
            model="the-name-of-a-model", messages=messages, stream=True
        )
        async for chunk in stream:
            if chunk.choices:
                yield chunk.choices[0].delta.content or ""
"""
REGISTRATION = """[project.entry-points."jupyter_chatcore.assistants"]
mine = "my_package:Mine"
"""

_ANSWERS = (
    (r"(hi|hello|hey|hallo|good (morning|evening|afternoon|day)|moin|servus)( there)?", HELLO),
    (r"(who|what) are you|are you (an? )?(ai|bot|model|llm|human|chatgpt|gpt|claude).*", HELLO),
    (r"what can (you|i) (do|ask)( here| you| with you)?|what do you do|how do you work", HELLO),
    (r"(many |thanks|thank you|thx|cheers|great|nice|cool|perfect)[\w ,]*", THANKS),
    (r"(ok|okay|yes|no|good)", THANKS),
    (r"(good)?bye|see you|ciao", GOODBYE),
    (r"test(ing)?|ping", HELLO),
    (r"where (are|is) (my|the|this|these) (chats?|messages|history|database).*", STORED),
    (
        r"how (do|can) i (stop|cancel|interrupt|abort) (an?|the|your|this) (answer|reply|chat).*",
        STOPPING,
    ),
)
_TALK = tuple((re.compile(pattern, re.I), text) for pattern, text in _ANSWERS)
_WANTS_MODEL = re.compile(
    r"\b(connect|use|add|configure|set ?up|choose|switch to|install)\b.*"
    r"\b(llm|gpt[\w.-]*|chatgpt|claude|gemini|mistral|ollama|openai|anthropic|language model"
    r"|ai model|api key|another assistant)\b"
    r"|\bconnect\b.*\b(model|assistant|agent)s?\b"
    r"|\b(what|which) (ai |language )?(models|assistants|agents) (can i|are|do you|does)\b",
    re.I,
)


def small_talk(prompt: str) -> str | None:
    """The answer to what is no question about anything, None where it is one."""
    said = prompt.strip().rstrip("!?. )(:")
    for pattern, text in _TALK:
        if pattern.fullmatch(said):
            return text
    return None


def wants_a_model(prompt: str) -> bool:
    """Whether somebody asks how to get a model to answer."""
    return _WANTS_MODEL.search(prompt) is not None
