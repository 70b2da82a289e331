"""What each finder looks for, drawn as small tables; and that looking twice changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ietvars.oversight.finders import errors, rules

LIMITS = {"many-cases": Decimal(5000), "large-share": Decimal("0.1")}


def measured(number: int, **more: Any) -> rules.Amount:
    return rules.Amount(state="measured", value=Decimal(number), **more)


def service(code: str = "permit", **said: Any) -> rules.ServiceFacts:
    plain: dict[str, Any] = {"holder_id": 1, "holder_code": "agency", "is_electronic": False, "service_id": 1}
    return rules.ServiceFacts(code=code, **{**plain, **said})


def facts(*services: rules.ServiceFacts, **said: Any) -> rules.Facts:
    return rules.Facts(period="2025", with_period="2024", services=services, limits=LIMITS, **said)


def found(finder: str, told: rules.Facts) -> dict[str, str]:
    return {one.key: one.reason for one in rules.look(told) if one.finder == finder}


# ---- digitalise -------------------------------------------------------------------------------------------------

# cases of the service | of the holder's other one | electronic | answered yes | why it is found
DIGITALISE = """
5000   | 900000 | no  |             |
5001   | 900000 | no  |             | many-cases
5001   | 900000 | yes |             |
100    | 900    | no  |             |
101    | 900    | no  |             | large-share
101    | ?      | no  |             |
5001   | ?      | no  |             | many-cases
9000   | 900    | no  |             | many-cases+large-share
0      | 0      | no  |             |
1      | 900000 | no  | access      | criterion
1      | 900000 | yes | access      |
?      | 900    | no  |             |
?      | 900    | no  | equality    | criterion
9000   | 900    | no  | lower-cost  | many-cases+large-share+criterion
"""


@pytest.mark.parametrize("line", DIGITALISE.strip().splitlines())
def test_digitalisation_is_to_be_weighed_when_one_criterion_holds(line: str) -> None:
    cases, other, electronic, answered, reason = (cell.strip() for cell in line.split("|"))

    def amount(text: str) -> rules.Amount:
        return rules.Amount() if text == "?" else measured(int(text))

    told = facts(
        service(cases=amount(cases), is_electronic=electronic == "yes", answers={answered: True} if answered else {}),
        service("other", service_id=2, is_electronic=True, cases=amount(other)),
    )
    assert found("digitalise", told) == ({"permit": reason} if reason else {})


def test_a_no_to_a_criterion_finds_nothing() -> None:
    assert found("digitalise", facts(service(answers={"access": False}))) == {}


def test_a_count_that_is_not_complete_is_no_known_total_but_may_pass_the_limit() -> None:
    partly = measured(6000, is_complete=False)
    told = facts(service(cases=partly), service("other", service_id=2, cases=measured(1)))
    assert found("digitalise", told) == {"permit": "many-cases"}


def test_a_service_to_which_cases_do_not_apply_leaves_the_total_known() -> None:
    told = facts(
        service(cases=measured(200)),
        service("b", service_id=2, is_electronic=True, cases=measured(900)),
        service("c", service_id=3, is_electronic=True, cases=rules.Amount(state="not_applicable")),
    )
    assert found("digitalise", told) == {"permit": "large-share"}


def test_the_only_service_of_a_holder_has_no_share() -> None:
    assert found("digitalise", facts(service(cases=measured(10)))) == {}


def test_a_period_without_limits_is_judged_by_answers_only() -> None:
    told = replace(facts(service(cases=measured(9000))), limits={})
    assert found("digitalise", told) == {}


def test_the_figures_that_raised_it_stand_in_the_finding() -> None:
    (one,) = rules.look(facts(service(cases=measured(6000, definition="cases v1", editions=("round 1",)))))
    assert one.figures == (
        {
            "what": "cases",
            "period": "2025",
            "value": Decimal(6000),
            "is_complete": True,
            "definition": "cases v1",
            "editions": ["round 1"],
            "threshold": Decimal(5000),
        },
    )


# ---- the others -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("measured_", "expected", "is_found"), [(0, 14, True), (1, 14, False), (0, 0, False)])
def test_a_service_is_unmeasured_when_nothing_that_applies_is_measured(
    measured_: int, expected: int, is_found: bool
) -> None:
    told = facts(service(measured=measured_, expected=expected))
    assert bool(found("unmeasured", told)) is is_found


# cases now | cases before | found
UNUSED = """
0       | 0       | yes
0       | 1       | no
1       | 0       | no
missing | 0       | no
0       | missing | no
partly  | 0       | no
"""


@pytest.mark.parametrize("line", UNUSED.strip().splitlines())
def test_a_service_is_unused_only_when_two_complete_zeros_were_measured(line: str) -> None:
    now, before, said = (cell.strip() for cell in line.split("|"))
    amounts = {
        "missing": rules.Amount(),
        "partly": measured(0, is_complete=False),
        "0": measured(0),
        "1": measured(1),
    }
    told = facts(service(cases=amounts[now], cases_before=amounts[before]))
    assert bool(found("unused", told)) is (said == "yes")


def test_a_service_that_became_worse_is_one_finding_with_all_its_series() -> None:
    series = rules.Worsening("on-time", Decimal("0.7"), Decimal("0.9"), -0.2, -0.25, -0.15, 0.001, unit="share")
    told = facts(service(worse=(series, replace(series, indicator="time-median"))))
    (one,) = rules.look(told)
    assert (one.finder, one.reason, [figure["code"] for figure in one.figures]) == (
        "worse",
        "beyond-chance",
        ["on-time", "time-median"],
    )


def test_each_row_of_a_reconcile_report_is_a_finding() -> None:
    row = rules.ListFacts(1, "agency", 2026, "stale", "Atļauja", service_id=1, code="permit")
    told = facts(lists=(row, replace(row, kind="on-list-not-described", code="", service_id=None, title="Cita")))
    assert found("list-disagrees", told) == {
        "agency/2026/stale/permit": "stale",
        "agency/2026/on-list-not-described/Cita": "on-list-not-described",
    }


def test_two_long_titles_never_become_one_key() -> None:
    long = "Ļoti garš nosaukums " * 20
    one, other = rules.key_of("agency", 2026, "stale", long + "A"), rules.key_of("agency", 2026, "stale", long + "B")
    assert one != other
    assert max(len(one), len(other)) <= rules.LONGEST_KEY


def test_in_the_sample_state_every_finding_is_illustrative() -> None:
    told = facts(service(measured=0, expected=3))
    assert [one.is_illustrative for one in rules.look(told)] == [False]
    assert [one.is_illustrative for one in rules.look(replace(told, is_sample=True))] == [True]


@pytest.mark.parametrize("finder", rules.FINDERS, ids=lambda finder: finder.code)
def test_every_finder_says_in_both_languages_what_it_is_and_on_which_ground(finder: rules.Finder) -> None:
    for text in (finder.name, finder.source, finder.explanation, finder.what_to_do):
        assert text["lv"]
        assert text["en"]


def test_codes_of_finders_are_unique_and_an_unknown_one_is_refused_with_the_known() -> None:
    codes = [finder.code for finder in rules.FINDERS]
    assert len(codes) == len(set(codes)) == 5
    with pytest.raises(errors.UnknownFinder, match="digitalise, unmeasured"):
        rules.finder_named("guess")


@pytest.mark.parametrize(("end", "years"), [(date(2025, 12, 31), (2025, 2026)), (date(2025, 3, 31), (2025, 2026))])
def test_lists_of_the_year_in_which_a_period_is_read_belong_to_it(end: date, years: tuple[int, int]) -> None:
    assert rules.years_of_lists(end) == years
