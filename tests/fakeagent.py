"""A small agent that speaks ACP, run as a program: it does what the prompt's last line says.

It knows nothing of the package or of the protocol's library: it writes and reads the
lines itself, so that a test sees what really goes over the pipes.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any

from fakebridge import CALLS
from fakeplays import PLAYS, hello
from fakesession import FLAGS, HOME, Session, answers, cancelled, note, raw, write

MODES = {
    "currentModeId": "yolo",
    "availableModes": [{"id": "default", "name": "Ask"}, {"id": "yolo", "name": "Never ask"}],
}
STOPS = {"max_tokens", "max_turn_requests", "refusal"}

sessions: dict[str, Session] = {}


def prompt(number: int, params: dict[str, Any]) -> None:
    try:
        play(number, params)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def play(number: int, params: dict[str, Any]) -> None:
    session = sessions[params["sessionId"]]
    texts = [block["text"] for block in params["prompt"] if block["type"] == "text"]
    session.past.append(
        {"sessionUpdate": "user_message_chunk", "content": {"type": "text", "text": texts[-1]}}
    )
    word = texts[-1].split()[-1]
    if word == "error":
        text = f"upstream said 401 with {os.environ.get('FAKE_SECRET')}"
        data = {"details": text}
        write({"id": number, "error": {"code": -32603, "message": "Internal error", "data": data}})
        return
    {**PLAYS, **CALLS}.get(word, hello)(session)
    session.save()
    session.used += 100
    cost = {"amount": session.used / 1000, "currency": "USD"}
    write_update = {"sessionUpdate": "usage_update", "used": 50, "size": 1000, "cost": cost}
    write(
        {"method": "session/update", "params": {"sessionId": session.name, "update": write_update}}
    )
    reason = "cancelled" if cancelled.is_set() else word if word in STOPS else "end_turn"
    usage = {"totalTokens": session.used, "inputTokens": session.used - 10, "outputTokens": 10}
    write({"id": number, "result": {"stopReason": reason, "usage": usage}})


def opened(session: Session) -> dict[str, Any]:
    sessions[session.name] = session
    return {"modes": MODES, "configOptions": session.options()}


def new_session(params: dict[str, Any]) -> dict[str, Any]:
    count = len(list(HOME.glob("s*.json")))
    session = Session(f"s{count}", params["mcpServers"])
    session.save()
    return {"sessionId": session.name, **opened(session)}


def load_session(params: dict[str, Any]) -> dict[str, Any]:
    session = Session(params["sessionId"], params["mcpServers"])
    for update in session.past:
        told = {"sessionId": session.name, "update": update}
        write({"method": "session/update", "params": told})
    return opened(session)


def set_option(params: dict[str, Any]) -> dict[str, Any]:
    session = sessions[params["sessionId"]]
    session.model = params["value"]
    return {"configOptions": session.options()}


def initialize(params: dict[str, Any]) -> dict[str, Any]:
    if "--silent" in FLAGS:
        raw("Please choose a theme")
        time.sleep(600)
    return {
        "protocolVersion": 9 if "--future" in FLAGS else 1,
        "agentCapabilities": {
            "loadSession": "--forgetful" not in FLAGS,
            "promptCapabilities": {
                "image": "--blind" not in FLAGS,
                "embeddedContext": "--resources" in FLAGS,
            },
        },
        "authMethods": [{"id": "x", "name": "Log in", "description": "Run `fake login`"}],
        "agentInfo": {"name": "fake", "version": "1"},
    }


REQUESTS = {
    "initialize": initialize,
    "session/new": new_session,
    "session/load": load_session,
    "session/set_mode": lambda params: {},
    "session/set_config_option": set_option,
}


def answer(message: dict[str, Any]) -> None:
    method, number = message["method"], message["id"]
    if method == "session/new" and "--locked" in FLAGS:
        write({"id": number, "error": {"code": -32000, "message": "Authentication required"}})
    elif method == "session/load" and "--lossy" in FLAGS:
        write({"id": number, "error": {"code": -32002, "message": "no such session"}})
    else:
        write({"id": number, "result": REQUESTS[method](message["params"])})


def hear(message: dict[str, Any]) -> None:
    method = message.get("method")
    if method is None:
        if message["id"] in answers:
            answers[message["id"]].put(message.get("result"))
    elif method == "session/cancel":
        cancelled.set()
    elif method == "session/prompt":
        cancelled.clear()
        job = threading.Thread(target=prompt, args=(message["id"], message["params"]), daemon=True)
        job.start()
    else:
        answer(message)


def main() -> None:
    if "--crash" in FLAGS:
        sys.exit("cannot read the configuration")
    if "--stubborn" in FLAGS:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    note({"pid": os.getpid(), "cwd": str(Path.cwd()), "argv": sys.argv[1:]})
    for line in sys.stdin:
        message = json.loads(line)
        note(message)
        hear(message)
    while "--stubborn" in FLAGS:
        time.sleep(1)
    os._exit(0)


if __name__ == "__main__":
    main()
