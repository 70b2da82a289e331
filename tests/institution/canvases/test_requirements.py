"""One rule set: what the form marks is what the gate checks, each rule can be met and can be broken."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from ietvars.institution.canvases import description as descriptions
from ietvars.institution.canvases import queries, requirements
from ietvars.institution.canvases.requirements import FURTHER, STATED, Gap
from ietvars.institution.canvases.rules import BLOCKING, Also, Level, Part
from tests.world import facts, texts

DAY = date(2026, 11, 23)
LONG = " ".join(["vārds"] * 30)

FAULTY: dict[str, dict[str, Any]] = {
    "title-is-short": {"title": texts("a" * 81)},
    "title-says-result": {"title": texts("Pabalsta piešķiršana")},
    "summary-is-short": {"summary": texts("a" * 161)},
    "english-stated": {"title": {"lv": "Pabalsts"}, "summary": {"lv": "Nauda."}},
    "text-is-plain": {"stages.request.text": {"lv": LONG}},
    "keywords-everyday": {"keywords": {"lv": ["nauda", "pabalsts"]}},
    "request-has-two-channels": {"stages.request.channels": ["online"]},
    "request-offers-online": {"stages.request.channels": ["in-person", "post"]},
    "request-offers-assisted": {"stages.request.channels": ["online", "post"]},
    "evidence-not-held-by-registers": {"evidence": [{"code": "birth-record", "title": texts("dzimšanas ziņas")}]},
    "fees-have-amounts": {"fees": [{"stage": "request", "amount": None, "text": {}}]},
    "legal-act-has-link": {"legal_acts": [{"title": texts("Likums")}]},
    "appeal-tells-term": {"appeal": texts("Lēmumu var apstrīdēt.")},
}

GOOD: dict[str, Any] = {
    **descriptions.parts(facts("Bērna kopšanas pabalsts")),
    "summary": texts("Nauda katru mēnesi, līdz bērnam paliek pusotrs gads."),
    "receives": texts("298 € mēnesī"),
    "life_events": ["child"],
    "keywords": {"lv": ["nauda par bērnu", "bērniņš", "dekrēts"]},
    "eligibility": {"lv": ["kopjat bērnu"]},
    "evidence": [{"code": "birth-record", "title": texts("dzimšanas ziņas"), "held_by": "pmlp"}],
    "apply_within": texts("6 mēnešos"),
    "fees": [{"stage": "request", "amount": "5.00", "text": {}}],
    "legal_acts": [{"title": texts("Likums"), "url": "https://likumi.lv"}],
    "appeal": texts("Mēneša laikā lēmumu var apstrīdēt."),
    "outputs": [{"code": "decision", "title": texts("lēmums")}],
    **{f"stages.{stage}.url": "https://example.lv" for stage in descriptions.STAGES},
    **{f"stages.{stage}.channels": ["online", "in-person"] for stage in descriptions.STAGES},
}


def _codes(found: Iterator[Gap] | tuple[Gap, ...]) -> set[str]:
    return {gap.code for gap in found}


def test_a_good_description_fulfils_every_rule_there_is() -> None:
    assert [code for code, one in FURTHER.items() if not one.is_met(GOOD)] == []
    assert [code for code, one in STATED.items() if not one.is_met(GOOD)] == []


def test_every_further_rule_is_broken_by_something() -> None:
    assert set(FAULTY) == set(FURTHER)
    assert [code for code, said in FAULTY.items() if FURTHER[code].is_met(said)] == []


def test_every_rule_names_a_part_a_text_and_a_source() -> None:
    for one in (*FURTHER.values(), *STATED.values()):
        assert one.part in descriptions.PARTS
        assert one.text.endswith(".")
        assert one.source["lv"]


def test_every_service_needs_a_name_a_summary_and_a_way_to_ask() -> None:
    assert _codes(requirements.gaps({}, requirements.asked((), DAY))) == {
        "title-stated",
        "summary-stated",
        "stages-request-channels-stated",
    }
    assert requirements.gaps(GOOD, requirements.asked((), DAY)) == ()


def test_a_service_that_is_not_offered_needs_no_way_to_ask() -> None:
    found = requirements.gaps({}, requirements.asked((), DAY, is_offered=False))
    assert _codes(found) == {"title-stated", "summary-stated"}


def test_a_requirement_counts_only_while_it_is_in_force() -> None:
    part = Part(path="appeal", level=Level.MANDATORY, valid_from=date(2027, 1, 1), valid_until=date(2027, 12, 31))
    for day, is_asked in ((date(2026, 12, 31), False), (date(2027, 6, 1), True), (date(2028, 1, 1), False)):
        assert ("appeal-stated" in {one.requirement.code for one in requirements.asked((part,), day)}) == is_asked


def test_a_canvas_cannot_weaken_what_holds_for_every_service() -> None:
    part = Part(path="title", level=Level.DESIRABLE)
    assert requirements.levels(requirements.asked((part,), DAY))["title"] is Level.NON_WAIVABLE


def test_a_part_in_which_nothing_is_an_answer_is_never_missing() -> None:
    parts = (Part(path="fees", level=Level.MANDATORY, also=(Also("fees-have-amounts", Level.MANDATORY),)),)
    assert _codes(requirements.gaps(GOOD | {"fees": []}, requirements.asked(parts, DAY))) == set()


@pytest.mark.parametrize("shipped", queries.shipped(), ids=lambda one: f"{one.code}-{one.number}")
def test_what_is_mandatory_on_the_form_is_exactly_what_the_gate_checks(shipped: Any) -> None:
    asked = requirements.asked(shipped.parts, DAY)
    marked = {path for path, level in requirements.levels(asked).items() if level in BLOCKING}
    assert marked == _refused({}, asked)
    # Part by part: what is marked is missed when it alone is empty, and what is not marked may be empty.
    for path in descriptions.PARTS:
        rest = {other: value for other, value in GOOD.items() if other != path}
        assert (path in _refused(rest, asked)) == (path in marked), path
    # A rule about how a thing is said blocks as well, but only once something stands there.
    for code, faulty in FAULTY.items():
        found = [gap for gap in requirements.gaps({**GOOD, **faulty}, asked) if gap.blocks]
        assert {gap.code for gap in found} >= {code} & {one.requirement.code for one in asked if one.level in BLOCKING}


def _refused(description: Any, asked: Any) -> set[str]:
    return {gap.part for gap in requirements.gaps(description, asked) if gap.blocks}


def test_a_rule_on_what_stands_there_marks_no_part_as_mandatory() -> None:
    parts = (Part(path="fees", level=Level.DESIRABLE, also=(Also("fees-have-amounts", Level.MANDATORY),)),)
    asked = requirements.asked(parts, DAY)
    assert "fees" not in requirements.levels(asked)
    unpriced = {**GOOD, "fees": [{"stage": "request", "amount": None, "text": {}}]}
    assert "fees-have-amounts" in _codes(requirements.gaps(unpriced, asked))
