"""The canvases that ship: whole, in both languages, each with words of its own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date

import pytest

from ietvars.ground.people.rules import SYSTEM
from ietvars.ground.terms import queries as terms
from ietvars.institution.canvases import actions, merging, queries, requirements
from ietvars.institution.canvases import description as descriptions
from ietvars.institution.canvases.merging import Class
from ietvars.institution.canvases.rules import BLOCKING, Part, Shipped
from ietvars.institution.quality import rules as quality
from tests.world import NOW

KINDS = {
    "benefit",
    "permit",
    "registration",
    "certificate",
    "notification",
    "consultation",
    "inspection",
    "payment-or-tax",
    "booking-or-place",
    "municipal-variant",
}
SHIPPED = queries.shipped()
FIRST = [one for one in SHIPPED if one.number == 1]
HELP = ("help", "practice")
"""Written for the kind; an example may be as short as “free” and stand in several canvases."""

QUOTED = re.compile("„[^”]*”|“[^”]*”")
"""What a text shows as wrong stands between quotation marks."""

each = pytest.mark.parametrize("canvas", SHIPPED, ids=lambda one: f"{one.code}-{one.number}")


def _texts(part: Part) -> Iterator[tuple[str, str, str]]:
    """What a part says to the person who writes: which text, language, words."""
    for name in ("source", "help", "example", "practice"):
        for language, text in getattr(part, name).items():
            yield name, language, text


def test_ten_canvases_ship_and_two_of_them_in_a_second_version() -> None:
    assert {one.code for one in FIRST} == KINDS
    assert {(one.code, one.number) for one in SHIPPED if one.number > 1} == {("benefit", 2), ("permit", 2)}


@each
def test_a_canvas_says_in_both_languages_when_to_use_it(canvas: Shipped) -> None:
    for said in (canvas.title, canvas.about, canvas.for_services, canvas.note):
        assert set(said) == {"lv", "en"}
        assert all(text.strip() for text in said.values())
    assert canvas.valid_from is not None
    assert canvas.kind == canvas.code


@each
def test_a_canvas_has_every_part_of_a_description_but_addresses_nobody_needs(canvas: Shipped) -> None:
    missing = set(descriptions.PARTS) - {part.path for part in canvas.parts}
    assert missing <= {"stages.execution.url", "stages.receipt.url"}


@each
def test_a_part_helps_in_both_languages_and_names_its_source(canvas: Shipped) -> None:
    for part in canvas.parts:
        for said in (part.source, part.help, part.example, part.practice):
            assert set(said) == {"lv", "en"}, part.path
            assert all(text.strip() for text in said.values()), part.path


@each
def test_help_is_short_enough_to_be_read_beside_a_field(canvas: Shipped) -> None:
    long = [(part.path, text) for part in canvas.parts for _, _, text in _texts(part) if len(text) > 200]
    assert long == []


@each
def test_the_shared_solutions_named_exist(canvas: Shipped) -> None:
    known = {term.code for found in terms.shipped() if found.code == "shared-solutions" for term in found.terms}
    assert {code for part in canvas.parts for code in part.solutions} <= known


def test_every_shared_solution_fits_somewhere_and_says_what_it_gives() -> None:
    used = {code for one in SHIPPED for part in one.parts for code in part.solutions}
    (solutions,) = (found for found in terms.shipped() if found.code == "shared-solutions")
    assert {term.code for term in solutions.terms} == used
    assert all(term.facts["gives"]["lv"].endswith(".") for term in solutions.terms)
    assert all(term.facts["gives"]["en"].endswith(".") for term in solutions.terms)


@each
def test_no_requirement_is_asked_for_twice_under_two_codes(canvas: Shipped) -> None:
    """An empty description must be told each missing thing once."""
    on = date(2026, 11, 20)
    found = [
        gap.part
        for gap in requirements.gaps({}, requirements.asked(canvas.parts, on))
        if gap.blocks and gap.code.endswith(("-stated", "-channel", "-linked", "working-days", "told"))
        if gap.code != "english-stated"
    ]
    assert len(found) == len(set(found))


@each
def test_what_must_be_written_differs_from_what_may(canvas: Shipped) -> None:
    levels = Counter(part.level in BLOCKING for part in canvas.parts)
    assert 12 <= levels[True] <= 22
    assert levels[False] >= 6


def test_levels_differ_from_kind_to_kind() -> None:
    by_kind = {one.code: tuple((part.path, part.level) for part in one.parts) for one in FIRST}
    assert len(set(by_kind.values())) == len(FIRST)


def test_help_and_practice_are_written_for_each_kind_and_not_copied() -> None:
    said = Counter(
        (language, text) for one in FIRST for part in one.parts for name, language, text in _texts(part) if name in HELP
    )
    assert [text for text, times in said.items() if times > 1] == []


def test_an_example_longer_than_a_few_words_stands_in_three_canvases_at_most() -> None:
    said = Counter(
        text
        for one in FIRST
        for part in one.parts
        for name, _, text in _texts(part)
        if name == "example" and len(text.split()) > 5
    )
    assert [text for text, times in said.items() if times > 3] == []


@each
def test_a_canvas_reads_as_it_tells_others_to_write(canvas: Shipped) -> None:
    """The marks that an owner gets beside a text are asked of the advice too."""
    found = [
        (part.path, name, mark.code, mark.text)
        for part in canvas.parts
        for name, language, text in _texts(part)
        if name != "source"
        for mark in quality.look({"summary": {language: QUOTED.sub("", text)}})
        if mark.code not in ("same-in-both", "missing-translation")
        and (name != "example" or mark.code != "abbreviation")
    ]
    assert found == []


@each
def test_common_content_fulfils_the_canvas_it_stands_in(canvas: Shipped) -> None:
    """A text that every service inherits must not be the one that keeps it from being published."""
    common = {part.path: part.text for part in canvas.parts if part.text is not None}
    gaps = requirements.gaps(common, requirements.asked(canvas.parts, date(2026, 11, 20)))
    assert {gap.part for gap in gaps if not gap.code.startswith(("english", "request-", "life-"))} & set(
        common
    ) == set()


def _versions(code: str) -> tuple[Shipped, Shipped]:
    first, second = sorted((one for one in SHIPPED if one.code == code), key=lambda one: one.number)
    return first, second


def test_the_second_benefit_changes_a_wording_a_requirement_and_a_source() -> None:
    first, second = _versions("benefit")
    changes = merging.compare(first.parts, second.parts, {})
    assert {change.path: change.of_class for change in changes} == {
        "appeal": Class.WORDING,
        "stages.request.channels": Class.REQUIREMENT,
        "stages.execution.text": Class.LEGAL,
    }
    assert merging.reopens(changes)


def test_the_second_permit_changes_wording_alone() -> None:
    first, second = _versions("permit")
    changes = merging.compare(first.parts, second.parts, {})
    assert changes
    assert {change.of_class for change in changes} == {Class.WORDING}
    assert not merging.reopens(changes)


@pytest.mark.django_db
def test_the_shipped_canvases_are_published_once_however_often_they_are_loaded() -> None:
    assert actions.load_shipped(by=SYSTEM, now=NOW) == len(SHIPPED)
    assert actions.load_shipped(by=SYSTEM, now=NOW) == 0
    assert {code: max(found) for code, found in queries.published().items()} == {
        code: 2 if code in ("benefit", "permit") else 1 for code in KINDS
    }
