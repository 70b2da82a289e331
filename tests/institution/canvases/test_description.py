"""A description has two equal forms, and refuses what is no part of one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from ietvars.institution.canvases import description as descriptions
from ietvars.institution.canvases import errors
from ietvars.institution.canvases.description import FeeFacts
from tests.world import facts, texts


def test_facts_and_parts_say_the_same_both_ways() -> None:
    said = facts(
        keywords={"lv": ["nauda"]},
        evidence=({"code": "form", "title": texts("iesniegums")},),
        fees=(FeeFacts(stage="request", amount=Decimal("15.00"), text=texts("valsts nodeva")),),
    )
    again = descriptions.facts(descriptions.parts(said), said)
    assert descriptions.parts(again) == descriptions.parts(said)
    assert again.fees == said.fees
    assert again.reviewed_on == said.reviewed_on


def test_every_part_has_a_form_and_a_place() -> None:
    assert len(set(descriptions.PARTS)) == len(descriptions.PARTS)
    for path in descriptions.PARTS:
        descriptions.require_form(path, None)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("title", "Pabalsts"),
        ("title", {"lv": 1}),
        ("keywords", {"lv": "nauda"}),
        ("audience", "natural-person"),
        ("term", {"days": "10"}),
        ("term", {"days": -1}),
        ("term", {"weeks": 2}),
        ("fees", [{"stage": "never", "amount": "1"}]),
        ("fees", [{"stage": "request", "amount": "NaN"}]),
        ("fees", [{"stage": "request", "amount": "-1"}]),
        ("evidence", [{"title": "iesniegums"}]),
        ("stages.request.channels", [1]),
        ("area", ["benefits"]),
    ],
)
def test_a_value_of_another_form_is_refused(path: str, value: Any) -> None:
    with pytest.raises(errors.NotAPart):
        descriptions.require_form(path, value)


def test_an_unknown_part_is_refused() -> None:
    with pytest.raises(errors.UnknownPart, match="colour"):
        descriptions.with_changes({}, {"colour": "red"})


@pytest.mark.parametrize("nothing", [None, "", [], {}, {"lv": ""}, {"lv": []}, False])
def test_nothing_is_nothing_in_whatever_form(nothing: Any) -> None:
    assert descriptions.is_empty(nothing)
    assert descriptions.same(nothing, None)


def test_emptying_a_part_takes_it_out() -> None:
    assert descriptions.with_changes({"title": texts("Pabalsts")}, {"title": {"lv": ""}}) == {}
