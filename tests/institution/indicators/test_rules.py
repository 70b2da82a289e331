"""One figure of many, points and series, wordings in force, frozen documents, and who reviews."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ietvars.ground.people.rules import SYSTEM, Actor, Role
from ietvars.institution.indicators import comparison, definitions, engine, errors, rules
from ietvars.institution.indicators.comparison import Reason, Word
from ietvars.institution.indicators.facts import Figure
from ietvars.institution.measurements.values import State
from tests.institution.indicators import naive
from tests.institution.indicators.test_definitions import PLAIN, SHARE

D = Decimal


def indicator(spec: dict[str, Any] = PLAIN, **said: Any) -> definitions.Indicator:
    return definitions.indicator(spec | said)


def share(numerator: int | None, denominator: int | None, **said: Any) -> Figure:
    """Measured where both are there, else missing."""
    parts = {
        "numerator": None if numerator is None else D(numerator),
        "denominator": None if denominator is None else D(denominator),
    }
    if numerator is None or not denominator:
        return Figure(**{"state": State.MISSING, **parts, **said})
    return Figure(**{"state": State.MEASURED, "value": D(numerator) / D(denominator), **parts, **said})


def count(number: int | None, **said: Any) -> Figure:
    value = None if number is None else D(number)
    return Figure(**{"state": State.MISSING if number is None else State.MEASURED, "value": value, **said})


# ---- aggregates against their slow twins ------------------------------------------------------------------------

shares = st.dictionaries(
    st.integers(1, 40),
    st.tuples(st.integers(0, 900), st.integers(900, 9000), st.sampled_from(["both", "numerator", "denominator", "no"])),
)


def _shares(drawn: Mapping[int, tuple[int, int, str]]) -> dict[int, Figure]:
    shown = {"both": (1, 1), "numerator": (1, 0), "denominator": (0, 1), "no": (0, 0)}
    return {
        service: share(top if shown[which][0] else None, bottom if shown[which][1] else None)
        for service, (top, bottom, which) in drawn.items()
    }


@given(shares)
def test_a_pooled_share_is_the_sum_of_parts_over_the_sum_of_wholes(drawn: Mapping[int, tuple[int, int, str]]) -> None:
    figures = _shares(drawn)
    made = rules.aggregate(indicator(SHARE), figures)
    slow = naive.pooled(figures)
    if slow is None:
        assert (made.state, made.value, made.numerator) == (State.MISSING, None, None)
    else:
        assert (made.numerator, made.denominator) == slow
        assert made.value == round(D(slow[0].numerator) / D(slow[1].numerator) * slow[1].denominator, 6)
    assert made.expected == len(figures)
    assert made.measured == sum(which == "both" for *_, which in drawn.values())
    assert not made.at_least


@given(shares)
def test_a_share_pooled_over_the_population_is_a_floor_and_says_so(drawn: Mapping[int, tuple[int, int, str]]) -> None:
    figures = _shares(drawn)
    made = rules.aggregate(indicator(SHARE, pooled_over="population"), figures)
    slow = naive.pooled_over_population(figures)
    assert (None if made.numerator is None else (made.numerator, made.denominator)) == slow
    assert made.at_least == (slow is not None and any(which == "denominator" for *_, which in drawn.values()))


counts = st.dictionaries(st.integers(1, 40), st.none() | st.integers(0, 10**9))


@given(counts)
def test_sum_median_and_weakest_agree_with_their_slow_twins(drawn: Mapping[int, int | None]) -> None:
    figures = {service: count(number) for service, number in drawn.items()}
    known = naive.values(figures)
    expected: list[tuple[str, str, Any]] = [
        ("sum", "none", sum(known) if known else None),
        ("median", "none", naive.median(figures)),
        ("weakest", "up_is_better", known[0] if known else None),
        ("weakest", "down_is_better", known[-1] if known else None),
        ("weakest", "none", None),
        ("none", "none", None),
    ]
    for aggregation, direction, value in expected:
        made = rules.aggregate(indicator(aggregation=aggregation, direction=direction), figures)
        assert made.value == value, aggregation
        assert aggregation != "none" or made.state is State.NOT_APPLICABLE
        assert (made.measured, made.expected) == (len(known), len(drawn))


@given(counts)
def test_a_count_says_how_many_of_those_that_can_be_told(drawn: Mapping[int, int | None]) -> None:
    figures = {service: count(number) for service, number in drawn.items()}
    made = rules.aggregate(indicator(aggregation="count"), figures)
    told = [number for number in drawn.values() if number is not None]
    assert (made.numerator, made.denominator) == (
        (sum(number > 0 for number in told), len(told)) if told else (None, None)
    )


def test_a_mean_is_pooled_by_its_people() -> None:
    spec = PLAIN | {"kind": "mean", "aggregation": "pooled"}
    figures = {1: share(8000, 100, value=D(80)), 2: share(9000, 300, value=D(30))}
    assert rules.aggregate(indicator(spec), figures).value == D("42.5")


def test_who_is_left_out_is_listed_and_not_expected() -> None:
    figures = {
        1: count(3),
        2: count(None),
        3: Figure(state=State.NOT_APPLICABLE, exclusions=("closed",)),
        4: Figure(state=State.MISSING, exclusions=(engine.POPULATION_UNKNOWN,)),
        5: count(4, checks=("odd",), measured=1, expected=2, editions=(7,), is_illustrative=True),
    }
    made = rules.aggregate(indicator(), figures)
    assert (made.value, made.measured, made.expected) == (7, 2, 3)
    assert made.exclusions == {"closed": (3,), engine.POPULATION_UNKNOWN: (4,)}
    assert made.checks == {"odd": (5,)}
    assert made.states == {"measured": 2, "missing": 2, "not_applicable": 1}
    assert (made.parts_measured, made.parts_expected) == (1, 2)
    assert made.editions == (7,)
    assert made.is_illustrative


def test_another_reading_names_whom_it_leaves_out_and_what_the_figure_would_be() -> None:
    when = {"code": "no-step", "text": {"en": "No step"}, "when": {"field": "a", "state": "missing"}}
    figures = {1: share(1, 2), 2: share(0, 2, alternatives=("no-step",)), 3: share(1, 1)}
    made = rules.aggregate(indicator(SHARE, alternative=[when]), figures)
    assert (made.numerator, made.denominator) == (2, 5)
    assert made.alternatives == {"no-step": rules.Reading((2,), D("0.666667"), D(2), D(3))}


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ([], State.MISSING),
        ([State.NOT_APPLICABLE], State.NOT_APPLICABLE),
        ([State.NOT_ASKED, State.NOT_ASKED], State.NOT_ASKED),
        ([State.NOT_ASKED, State.MISSING], State.MISSING),
    ],
)
def test_an_aggregate_of_nothing_measured_has_the_state_that_all_share(states: list[State], expected: State) -> None:
    figures = {at: Figure(state=state) for at, state in enumerate(states)}
    assert rules.aggregate(indicator(), figures).state is expected


# ---- points and series ------------------------------------------------------------------------------------------


def judged(before: Figure | None, now: Figure | None, spec: dict[str, Any] = SHARE, **said: Any) -> comparison.Verdict:
    this = indicator(spec)
    series = rules.series(
        rules.Side(said.get("before_by", this), before, absent=said.get("absent", State.MISSING)), rules.Side(this, now)
    )
    return comparison.settle([series])[0]


def test_like_is_compared_with_like() -> None:
    assert judged(share(500, 1000), share(600, 1000), SHARE | {"direction": "up_is_better"}).word is Word.BETTER


@pytest.mark.parametrize(
    ("gap_before", "gap_now", "reason"), [(True, False, Reason.MISSING_BEFORE), (False, True, Reason.MISSING_NOW)]
)
def test_a_sum_over_other_parts_is_refused(gap_before: bool, gap_now: bool, reason: Reason) -> None:
    gap = {"field": "", "quantity": "requests", "stage": "", "channel": "phone", "state": "missing"}
    before = share(500, 1000, gaps=(gap,) if gap_before else ())
    now = share(600, 1000, gaps=(gap,) if gap_now else ())
    assert judged(before, now).reason is reason
    assert judged(replace(before, gaps=(gap,)), replace(now, gaps=(gap,))).reason is None


def test_a_new_wording_breaks_the_series() -> None:
    assert judged(share(500, 1000), share(600, 1000), before_by=indicator(SHARE, version=2)).reason is (
        Reason.DEFINITION_CHANGED
    )


def test_a_restated_figure_is_not_compared() -> None:
    assert judged(share(500, 1000, restated=({},)), share(600, 1000)).reason is Reason.RESTATED


def test_a_number_that_cannot_be_is_unreadable_rather_than_an_accident() -> None:
    assert judged(count(1), count(10**16), PLAIN).reason is Reason.UNREADABLE_NOW


def test_what_an_absent_figure_means_is_kept_apart() -> None:
    for absent, reason in (
        (State.NOT_APPLICABLE, Reason.NOT_APPLICABLE_BEFORE),
        (State.NOT_ASKED, Reason.NOT_ASKED_BEFORE),
        (State.MISSING, Reason.MISSING_BEFORE),
    ):
        assert judged(None, share(600, 1000), absent=absent).reason is reason


def test_a_percentile_without_a_spread_gets_no_verdict() -> None:
    spec = PLAIN | {"kind": "amount", "direction": "down_is_better", "value": {"take": "p90"}}
    assert judged(count(30), count(90), spec).reason is Reason.NO_SPREAD


@pytest.mark.parametrize(("grain", "word"), [({"grain": 2}, Word.NO_CLEAR_CHANGE), ({"grain": 0.1}, Word.WORSE)])
def test_a_median_is_compared_by_the_step_its_definition_names(grain: dict[str, Any], word: Word) -> None:
    spec = PLAIN | {"kind": "median", "aggregation": "median", "direction": "down_is_better", **grain}
    before, now = (count(days, n=900, spread=D(2), spread_kind="iqr") for days in (3, 5))
    assert judged(before, now, spec).word is word


# ---- wordings ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "version"), [("2019-12-31", None), ("2020-01-01", 1), ("2024-12-31", 1), ("2025-01-01", 2)]
)
def test_the_newest_wording_of_a_day_is_in_force(day: str, version: int | None) -> None:
    known = [indicator(), indicator(version=2, valid_from="2025-01-01")]
    found = rules.in_force(known, date.fromisoformat(day))
    assert [each.version for each in found] == ([version] if version else [])


def test_a_register_of_a_source_takes_its_services_from_the_common_one() -> None:
    common, own = indicator(), indicator(code="own", sources=["there"])
    claimed = frozenset({"there"})
    assert rules.for_sources([common, own], frozenset({"there"}), claimed) == (own,)
    assert rules.for_sources([common, own], frozenset({"here"}), claimed) == (common,)
    assert rules.for_sources([common, own], frozenset(), claimed) == (common,)


# ---- standards --------------------------------------------------------------------------------------------------


def promise(
    claimed: str = "", target: str = "", met: str = "", total: str = "", performance: str = ""
) -> rules.Promise:
    numbers = (D(text) if text else None for text in (target, met, total, performance))
    return rules.Promise(claimed, *numbers)


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (promise("met", "0.9", "1", "10"), True),
        (promise("not-met", "0.1", "10", "10"), False),
        (promise("not_applicable", "0.8", "8", "10"), True),
        (promise("", "0.8", "7", "10"), False),
        (promise("", "0.8", performance="0.8"), True),
        (promise("", "0.8", "0", "0", "0"), None),
        (promise("not-met", "0.8", "0", "0"), None),
        (promise("", "", "8", "10"), None),
    ],
)
def test_a_standard_is_met_by_the_sources_word_else_by_its_numbers(said: rules.Promise, answer: bool | None) -> None:
    assert rules.kept(said) is answer


def test_standards_are_counted_and_a_contradiction_never_adds_up() -> None:
    assert rules.counted([promise("met", met="8", total="10"), promise(met="3", total="2"), promise("not-met")]) == {
        "standards": 3,
        "standards_decided": 2,
        "standards_met": 1,
        "standard_cases": 10,
        "standard_cases_met": 8,
    }
    assert rules.counted([promise()])["standards_met"] is None


# ---- documents and reviews --------------------------------------------------------------------------------------

documents = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.decimals(allow_nan=False, allow_infinity=False, places=6),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(documents)
def test_a_canonical_text_says_the_same_whatever_the_order(document: Any) -> None:
    text = rules.canonical(document)
    assert rules.canonical(json.loads(text)) == text
    if isinstance(document, dict):
        assert rules.canonical(dict(reversed(document.items()))) == text


def test_a_canonical_text_is_compact_latvian_and_refuses_what_is_no_number() -> None:
    made = rules.canonical({"b": D("1.50"), "a": {"ž", "ā"}, "c": date(2026, 1, 2), "d": D(2)})
    assert made == '{"a":["ā","ž"],"b":1.5,"c":"2026-01-02","d":2}'
    with pytest.raises(ValueError, match="JSON"):
        rules.canonical(float("nan"))


def test_a_fingerprint_is_the_sha256_of_the_text() -> None:
    assert rules.fingerprint("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize(
    ("role", "reach", "allowed"),
    [(role, reach, role is Role.SERVICE_OWNER and reach) for role in Role for reach in (True, False)],
)
def test_only_a_service_owner_who_reaches_the_holder_reviews(role: Role, reach: bool, allowed: bool) -> None:
    actor = Actor(username="a", role=role, reach=frozenset({7} if reach else {8}))
    if allowed:
        rules.require_reviewer(actor, 7)
        return
    with pytest.raises(errors.ReviewNotYours, match="agency"):
        rules.require_reviewer(actor, 7, holder="agency")


def test_a_service_without_a_holder_is_reviewed_by_nobody() -> None:
    with pytest.raises(errors.ReviewNotYours):
        rules.require_reviewer(SYSTEM, None)


def test_a_review_needs_words_and_a_known_decision() -> None:
    rules.require_reading("It grew.", "keep", ["keep"])
    with pytest.raises(errors.ReadingNeeded):
        rules.require_reading("  ", "keep", ["keep"])
    with pytest.raises(errors.UnknownDecision):
        rules.require_reading("It grew.", "wait", ["keep"])


@given(st.frozensets(st.integers(0, 30)), st.frozensets(st.integers(0, 30)))
def test_every_service_of_two_periods_is_kept_gone_or_new(before: frozenset[int], now: frozenset[int]) -> None:
    found = rules.presence(before, now)
    assert found.kept | found.gone == before
    assert found.kept | found.new == now
    assert len(found.kept) + len(found.gone) + len(found.new) == len(before | now)
