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

NO_ERROR = (
    "I find no error in that. Paste its last line, such as `KeyError: 'town'`, or its whole"
    " traceback; `/explain` alone takes the notebook's last one."
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

CONNECT = """### Getting a model or an agent to answer

{who_now} Each of these becomes an assistant of its own, which a chat can be given to. After an
install or a change of settings, start Jupyter again.

| | install | then |
|---|---|---|
| a provider: {providers} | `pip install "jupyter-chatcore[models]"` | set its key in the server's \
environment: {keys} |
| Ollama, LM Studio | the same | start it: on this machine it is found by itself |
| any server that speaks OpenAI's protocol | the same | name it in `ChatcoreApp.models`, see below |
| a coding agent: {agents} | `pip install "jupyter-chatcore[agents]"`, and the agent's program | \
log in once with the agent itself; it asks before it changes or runs anything |
| a model file (GGUF), on this machine | `pip install "jupyter-chatcore[local]"` | name it in \
`ChatcoreApp.local_model`, see below |
| a plug-in | its package | nothing; one of your own is a page long, see below |

In `jupyter_server_config.py`:

{settings}

`default_assistant` answers wherever a chat names no other. Keep keys out of the chats: whatever is
in a message is stored.

### What was found on this machine

{found}

### A plug-in of your own

{example}

Its package's `pyproject.toml` registers the class; the name on the left is the class's `name`:

{registration}"""

SETTINGS = """# a server of your own; its key, if it wants one, is in the variable named here
c.ChatcoreApp.models = {"lab": {"base_url": "http://gpu.example:8000/v1", "key_env": "LAB_KEY"}}
c.ChatcoreApp.local_model = {"model": "~/models/name-of-the-file.gguf"}
c.ChatcoreApp.default_assistant = "lab"
"""
EXAMPLE = """from jupyter_chatcore.assistants.base import Assistant


class Mine(Assistant):
    name = "mine"
    title = "My assistant"

    async def reply(self, turn):
        yield f"You said: {turn.text}"  # or whatever answers, piece by piece
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
    r"|ai model|api key|another assistant|lm studio|local model|gguf|opencode|codex|coding agent)\b"
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
