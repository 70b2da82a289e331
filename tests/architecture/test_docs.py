"""Documentation under test: each room has its page; each state, setting, command, route and term has its heading.

A heading names the thing in `code` or, in the glossary, by its Latvian word. What stands under the heading is for
people to judge; that something stands there is judged here.
"""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import click
import pytest
from django.utils.translation import override

from ietvars.doors.console import main as console
from ietvars.doors.furniture import access, marks, roles
from tests.architecture import house

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src/ietvars"
DOCS = ROOT / "docs"
HEADING = re.compile(r"^#{1,4} +(.+?) *$", re.MULTILINE)


def _headings(page: Path) -> list[str]:
    """Headings of a page that have something under them; a heading over nothing explains nothing."""
    text = re.sub(r"^```.*?^```", "code", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    pieces = HEADING.split(text)
    return [heading for heading, below in zip(pieces[1::2], pieces[2::2], strict=True) if below.strip()]


def _in_code(pages: Iterator[Path]) -> set[str]:
    """Everything that headings of these pages name in `code`."""
    return {word for page in pages for heading in _headings(page) for word in re.findall(r"`([^`]+)`", heading)}


def _page_of(room: Path) -> Path:
    """docs/rooms/institution-services.md for the room `services` of the floor `institution`."""
    return DOCS / "rooms" / f"{room.parent.name}-{room.name}.md"


def _doors() -> list[Path]:
    return sorted(path.parent for path in PACKAGE.glob("doors/*/__init__.py"))


def test_every_room_and_every_door_has_its_page() -> None:
    wanted = {_page_of(room).stem for room in (*house.rooms(PACKAGE), *_doors())}
    there = {page.stem for page in (DOCS / "rooms").glob("*.md")}
    assert (sorted(wanted - there), sorted(there - wanted - {"README"})) == ([], [])


def test_every_state_has_its_heading_on_the_page_of_its_room() -> None:
    missing = []
    for room in house.rooms(PACKAGE):
        if not (room / "rules.py").exists():
            continue
        rules = importlib.import_module(".".join(("ietvars", *room.relative_to(PACKAGE).parts, "rules")))
        states = [str(state.value) for state in getattr(rules, "NEXT", {}) if isinstance(state, Enum)]
        explained = _in_code(iter([_page_of(room)])) if states else set()
        missing += [f"{_page_of(room).name}: {state}" for state in states if state not in explained]
    assert missing == []


def _settings() -> set[str]:
    """Every variable of the environment that the program reads, by the texts in its code."""
    found = set()
    for path in [PACKAGE / "settings.py", *house.modules(PACKAGE / "doors")]:
        for node in ast.walk(house.read(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= set(re.findall(r"^(?:IETVARS_[A-Z_]+|DATABASE_URL|PORT)$", node.value))
    return found


def test_every_setting_has_its_heading() -> None:
    assert {"DATABASE_URL", "IETVARS_SECRET_KEY"} <= _settings()
    assert sorted(_settings() - _in_code(DOCS.glob("howto/*.md"))) == []


def _commands(command: click.Command, name: str) -> Iterator[str]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        for inner in command.list_commands(context):
            found = command.get_command(context, inner)
            assert found, f"{name} {inner} cannot be loaded"
            yield from _commands(found, f"{name} {inner}")
    else:
        yield name


def test_every_command_has_its_heading() -> None:
    named = {" ".join(word.split()) for word in _in_code(DOCS.rglob("*.md"))}
    assert [command for command in _commands(console.cli, "ietvars") if command not in named] == []


def test_every_route_has_its_heading() -> None:
    wanted = {f"/{route.address}" for route in access.routes()}
    assert wanted
    assert sorted(wanted - _in_code(DOCS.rglob("*.md"))) == []


def _glossary() -> list[str]:
    return _headings(DOCS / "glossary.md")


def test_every_heading_of_the_glossary_gives_latvian_and_english() -> None:
    terms = [heading for heading in _glossary() if heading != "Glossary"]
    assert terms
    assert [term for term in terms if not re.fullmatch(r"[^—]+ — [^—]+", term)] == []


@pytest.mark.parametrize(
    "words", [roles.WORDS, marks.STATE_WORDS, marks.OUTCOME_WORDS], ids=["roles", "values", "verdicts"]
)
def test_every_word_of_the_framework_stands_in_the_glossary(words: dict[Enum, object]) -> None:
    explained = {heading.partition(" — ")[0].casefold() for heading in _glossary()}
    with override("lv"):
        assert [str(word) for word in words.values() if str(word).casefold() not in explained] == []


def test_every_decision_is_named_by_date_and_says_what_it_stands_for() -> None:
    decisions = sorted(DOCS.glob("decisions/*.md"))
    assert decisions
    for page in decisions:
        assert re.fullmatch(r"\d{4}-\d{2}-\d{2}-[a-z0-9-]+\.md", page.name), page.name
        assert "**Decided**" in page.read_text(encoding="utf-8"), page.name


def _links() -> Iterator[tuple[Path, str]]:
    for page in [ROOT / "README.md", *DOCS.rglob("*.md")]:
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
            if not re.match(r"[a-z]+:|#", target):
                yield page, target.partition("#")[0]


def test_every_link_between_pages_leads_somewhere() -> None:
    assert [f"{page.relative_to(ROOT)}: {to}" for page, to in _links() if not (page.parent / to).exists()] == []
