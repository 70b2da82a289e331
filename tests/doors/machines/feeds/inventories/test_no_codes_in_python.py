"""No column, code or marker of any inventory stands in a Python file: all of it is data of a mapping."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import ietvars
from ietvars.doors.machines.feeds.inventories import mapping, reading

PACKAGE = Path(ietvars.__file__).parent

HOUSE_WORDS = {
    *("body", "channel", "count", "date", "field", "id", "kind", "name", "notes", "online", "other", "performance"),
    *("phone", "service", "service_id", "source", "standard", "state", "target", "total", "type", "url", "value"),
    *("volume", "year", "published", "public", "email", "fax", "post", "person", "lower", "upper", "link", "keywords"),
    *("time", "category", "mail", "objectid"),
}
"""Words that the house itself uses for its own things, whichever inventory happens to write them too; so do standards
that it reads, as OCEL its `objectId`."""


def columns(inventory: mapping.Inventory) -> Iterator[str]:
    for table in inventory.tables:
        yield from table.columns()
        yield from (pattern.strip("*") for pattern in table.ignored)


def codes(inventory: mapping.Inventory) -> Iterator[str]:
    """Codes as the inventory writes them; single letters and digits are too short to tell anything."""
    for table in inventory.tables:
        coded = [*table.fields.values()]
        if table.standard:
            coded += [each for each in (table.standard.kind, table.standard.channel) if each]
        if table.long and table.long.channel:
            coded.append(table.long.channel)
        for each in coded:
            yield from (text for text in (*each.codes, *each.known) if len(text) > 2)
        yield from (text for text in (table.long.measures if table.long else ()) if len(text) > 2)


def texts() -> dict[str, str]:
    """Every text in every Python file of the product, but the docstrings, with its place."""
    found: dict[str, str] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        if "node_modules" in path.parts or "migrations" in path.parts:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.setdefault(node.value.casefold(), f"{path.relative_to(PACKAGE)}:{node.lineno}")
    return found


@pytest.fixture(scope="module")
def said() -> dict[str, str]:
    return texts()


@pytest.mark.parametrize("name", reading.shipped())
def test_no_column_or_code_of_an_inventory_stands_in_a_python_file(name: str, said: dict[str, str]) -> None:
    inventory = reading.load(name)
    words = {text.casefold() for text in (*columns(inventory), *codes(inventory))} - HOUSE_WORDS
    assert len(words) > 20
    assert {word: said[word] for word in sorted(words) if word in said} == {}


def test_the_grep_would_see_a_column(said: dict[str, str]) -> None:
    assert "no_column_of_anything" not in said
    assert "ietvars/import" in said
