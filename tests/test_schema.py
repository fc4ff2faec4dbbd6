"""The generated files are current, and say what the structs say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from jupyter_chatcore import schema

REPOSITORY = Path(__file__).resolve().parent.parent


def test_generated_files_are_current() -> None:
    assert schema.stale(REPOSITORY) == [], f"run `{schema.COMMAND}`"


def test_write_makes_them_current(tmp_path: Path) -> None:
    assert schema.stale(tmp_path) == [schema.SCHEMA_FILE, schema.TYPESCRIPT_FILE]
    schema.write(tmp_path)
    assert schema.stale(tmp_path) == []


def test_an_edit_by_hand_is_noticed(tmp_path: Path) -> None:
    schema.write(tmp_path)
    target = tmp_path / schema.TYPESCRIPT_FILE
    target.write_text(target.read_text(encoding="utf-8") + "// mine\n", encoding="utf-8")
    assert schema.stale(tmp_path) == [schema.TYPESCRIPT_FILE]


def test_the_command_tells_what_is_stale(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert schema.main([], tmp_path) == 1
    assert f"run `{schema.COMMAND}`" in capsys.readouterr().err
    assert schema.main(["--write"], tmp_path) == schema.main([], tmp_path) == 0


def test_every_struct_and_alias_is_in_both_files() -> None:
    names = {struct.__name__ for struct in schema.structs()} | set(schema.aliases())
    declared = set(re.findall(r"^export (?:type|interface) (\w+)", schema.typescript(), re.M))
    assert declared == names | {"JsonObject"}
    bases = {"BasePart", "Content"}
    assert set(schema.json_schema()["$defs"]) == names - bases


@pytest.mark.parametrize(
    "line",
    [
        'export type Role = "assistant" | "system" | "user";',
        "export type Change = MessagePut | PartPut | TextAppend | SessionPut;",
        '  readonly type: "text_append";',
        "  readonly parts: readonly Part[];",
        "  readonly parent?: number | null;",
        "  readonly title?: Title;",
        "  readonly kind?: ToolKind;",
        "export interface Ask extends Content {",
        "  readonly output?: readonly ToolOutput[];",
        " * One utterance.",
    ],
)
def test_typescript_reads_as_one_would_write_it(line: str) -> None:
    assert line in schema.typescript().splitlines()


def test_unions_are_told_apart_by_type() -> None:
    part = schema.json_schema()["$defs"]["Part"]
    assert part["discriminator"]["propertyName"] == "type"
    assert len(part["anyOf"]) == len(part["discriminator"]["mapping"]) == 10


def test_every_reference_leads_somewhere() -> None:
    text = schema.schema_text()
    defs = schema.json_schema()["$defs"]
    assert set(re.findall(r'"#/\$defs/(\w+)"', text)) <= set(defs)
