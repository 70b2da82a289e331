"""The mapping language and the reasons of faults are documented whole, and the examples of the page can be read."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

import ietvars
from ietvars.doors.machines.feeds.inventories import faults, reading
from tests.doors.machines.feeds.inventories import tables as made

SLICE = Path(ietvars.__file__).parent / "doors/machines/feeds/inventories"
HOWTO = Path(__file__).resolve().parents[5] / "docs/howto"
MAPPING = (HOWTO / "mapping.md").read_text(encoding="utf-8")
IMPORT = (HOWTO / "import-a-table.md").read_text(encoding="utf-8")

ASKS = {"text", "texts", "number", "truth", "pair", "words", "section", "sections", "named", "keys_of"}


def words_of_the_language() -> set[str]:
    """Every word that the code asks a section of a mapping for."""
    found = set()
    for name in ("pieces.py", "reading.py"):
        for node in ast.walk(ast.parse((SLICE / name).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
                texts = [each.value for each in node.args if isinstance(each, ast.Constant)]
                if called in ASKS and texts and isinstance(texts[0], str):
                    found.add(texts[0])
                if called in {"coded", "words", "number_column", "_number_column", "choice", "pattern", "body"}:
                    found.update(text for text in texts[:1] if isinstance(text, str))
    return found - {""}


def examples() -> list[str]:
    return re.findall(r"^```toml\n(.*?)^```", MAPPING, flags=re.MULTILINE | re.DOTALL)


def test_every_word_of_the_language_is_explained() -> None:
    words = words_of_the_language()
    assert {"identity", "year_is", "undated_period", "ambiguous", "several", "above", "quarter"} <= words
    told = set(re.findall(r"[A-Za-z_]+", " ".join(re.findall(r"`[^`\n]+`", MAPPING)) + " ".join(examples())))
    assert sorted(words - told) == []


def test_the_first_example_is_a_whole_mapping() -> None:
    found = reading.read(tomllib.loads(examples()[0]))
    assert [table.name for table in found.tables] == ["services"]


def fragment(text: str) -> dict[str, Any]:
    """A piece of a table as a table that can be read."""
    piece = tomllib.loads(text)["table"]
    told: dict[str, Any] = piece[0] if isinstance(piece, list) else piece
    return made.table(
        **{"measures": [], "fields": {}, **told, "kind": "standards" if "standard" in told else "services"}
    )


@pytest.mark.parametrize("text", examples()[1:])
def test_every_other_example_is_a_piece_of_a_table(text: str) -> None:
    table = fragment("[[table]]\nname = 'x'\n" + text)
    assert made.inventory(table=[table]).tables


def test_every_reason_of_a_fault_is_explained() -> None:
    told = set(re.findall(r"`([A-Za-z_-]+)`", IMPORT))
    assert sorted(set(faults.REASONS) - told) == []


@pytest.mark.parametrize("name", reading.shipped())
def test_every_shipped_mapping_is_named(name: str) -> None:
    assert f"| `{name}` |" in IMPORT


def test_columns_of_the_list_of_faults_are_explained() -> None:
    assert [column for column in faults.COLUMNS if f"`{column}`" not in IMPORT] == []
