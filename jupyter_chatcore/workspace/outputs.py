"""The outputs of a cell, from a kernel's messages to what a notebook file keeps."""

from __future__ import annotations

from typing import Any

Output = dict[str, Any]


def raised(outputs: list[Output]) -> str | None:
    """What the cell raised, in a line; None where it did not."""
    for output in outputs:
        if output.get("output_type") == "error":
            return f"{output.get('ename', 'Error')}: {output.get('evalue', '')}"[:500]
    return None


class Outputs:
    """Collects a cell's outputs as its kernel sends them (nbformat 4)."""

    def __init__(self) -> None:
        self.list: list[Output] = []
        self._clear_next = False

    def take(self, kind: str, content: dict[str, Any]) -> None:
        """A message of the kernel's broadcast; those that are no output change nothing."""
        if kind == "clear_output":
            self._clear(bool(content.get("wait")))
        elif kind == "update_display_data":
            self._update(content)
        elif (output := _output(kind, content)) is not None:
            if self._clear_next:
                self._clear(False)
            self._add(output)

    def _clear(self, wait: bool) -> None:
        self._clear_next = wait
        if not wait:
            self.list.clear()

    def _add(self, output: Output) -> None:
        last = self.list[-1] if self.list else {}
        same = output["output_type"] == "stream" == last.get("output_type")
        if same and last["name"] == output["name"]:
            last["text"] += output["text"]
        else:
            self.list.append(output)

    def _update(self, content: dict[str, Any]) -> None:
        shown = content.get("transient", {}).get("display_id")
        for output in self.list:
            if shown is not None and output.get("transient", {}).get("display_id") == shown:
                output |= {"data": content["data"], "metadata": content["metadata"]}

    def kept(self) -> list[Output]:
        """As a file keeps them: without what is for the moment."""
        return [
            {name: value for name, value in output.items() if name != "transient"}
            for output in self.list
        ]


def _output(kind: str, content: dict[str, Any]) -> Output | None:
    fields = {
        "stream": ("name", "text"),
        "display_data": ("data", "metadata", "transient"),
        "execute_result": ("data", "metadata", "execution_count"),
        "error": ("ename", "evalue", "traceback"),
    }.get(kind)
    if fields is None:
        return None
    return {"output_type": kind, **{name: content[name] for name in fields if name in content}}
