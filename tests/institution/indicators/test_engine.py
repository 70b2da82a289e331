"""One definition over one service: what counts, what is missing, and that nothing absent ever becomes a zero."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ietvars.institution.indicators import definitions, engine
from ietvars.institution.indicators.facts import Cell, Facts, Field, Figure
from ietvars.institution.measurements.values import State
from tests.institution.indicators.test_definitions import PLAIN, SHARE

D = Decimal
MEASURED, MISSING, NA = State.MEASURED, State.MISSING, State.NOT_APPLICABLE
NOT_ASKED, UNREADABLE = State.NOT_ASKED, State.UNREADABLE

Said = int | str | State | Cell


def cell(said: Said) -> Cell:
    """A number is measured, a state is itself."""
    if isinstance(said, Cell):
        return said
    return Cell(said) if isinstance(said, State) else Cell(MEASURED, D(said), edition=1)


def facts(fields: Mapping[str, str | list[str] | State] | None = None, **quantities: Any) -> Facts:
    """Quantities by name: a number or state, or a table of channels (or of (stage, channel)) to such."""
    cells = {}
    for quantity, said in quantities.items():
        table = said if isinstance(said, dict) else {"": said}
        cells[quantity] = {key if isinstance(key, tuple) else ("", key): cell(each) for key, each in table.items()}
    return Facts({name: _field(said) for name, said in (fields or {}).items()}, cells)


def _field(said: str | list[str] | State) -> Field:
    if isinstance(said, State):
        return Field(said, edition=1)
    return Field(MEASURED, tuple([said] if isinstance(said, str) else said), edition=1)


def figures(spec: dict[str, Any], *args: Any, **quantities: Any) -> list[Figure]:
    return engine.figures(definitions.indicator(spec), facts(*args, **quantities))


def whole(spec: dict[str, Any], *args: Any, **quantities: Any) -> Figure:
    found = figures(spec, *args, **quantities)
    return found[0]


def value(amount: Any, **said: Any) -> dict[str, Any]:
    return PLAIN | {"value": amount} | said


# ---- sums over channels: channels reported -> state, value, parts measured of expected --------------------------

ALL = {"sum": "requests", "channels": "all"}
LISTED = {"sum": "requests", "channels": ["online", "post"]}
TOTAL_FIRST = {"sum": "requests"}
AMONG = {"sum": "requests", "channels": "all", "among": ["online", "app"]}
AMONG_OR_NOUGHT = AMONG | {"where_not_applicable": 0}

SUMS: list[tuple[str, dict[str, Any], dict[str, Said], State, int | None, tuple[int, int]]] = [
    ("all are measured", ALL, {"online": 3, "post": 4}, MEASURED, 7, (2, 2)),
    ("a zero is measured", ALL, {"online": 0, "post": 0}, MEASURED, 0, (2, 2)),
    ("one is missing", ALL, {"online": 3, "post": MISSING}, MEASURED, 3, (1, 2)),
    ("one does not apply", ALL, {"online": 3, "post": NA}, MEASURED, 3, (1, 1)),
    ("none is measured", ALL, {"online": MISSING, "post": NA}, MISSING, None, (0, 1)),
    ("none applies", ALL, {"online": NA, "post": NA}, NA, None, (0, 0)),
    ("none was asked", ALL, {"online": NOT_ASKED, "post": NOT_ASKED}, NOT_ASKED, None, (0, 2)),
    ("none can be read", ALL, {"online": UNREADABLE}, UNREADABLE, None, (0, 1)),
    ("absences of two kinds", ALL, {"online": NOT_ASKED, "post": UNREADABLE}, MISSING, None, (0, 2)),
    ("nothing is reported", ALL, {}, MISSING, None, (0, 1)),
    ("the total is never added", ALL, {"": 9, "online": 3, "post": 4}, MEASURED, 7, (2, 2)),
    ("the total alone", ALL, {"": 9}, MEASURED, 9, (1, 1)),
    ("the total comes first", TOTAL_FIRST, {"": 9, "online": 3}, MEASURED, 9, (1, 1)),
    ("a missing total gives way", TOTAL_FIRST, {"": MISSING, "online": 3}, MEASURED, 3, (1, 1)),
    ("listed ones only", LISTED, {"online": 3, "post": 4, "app": 5}, MEASURED, 7, (2, 2)),
    ("a listed one was not asked", LISTED, {"online": 3}, MEASURED, 3, (1, 2)),
    ("listed and nothing at all", LISTED, {}, MISSING, None, (0, 2)),
    ("all but one", ALL | {"except": ["post"]}, {"online": 3, "post": 4}, MEASURED, 3, (1, 1)),
    ("among those there", AMONG, {"online": 3, "post": 4}, MEASURED, 3, (1, 1)),
    ("none of those is there", AMONG, {"post": 4}, NA, None, (0, 0)),
    ("none of those, said to be nought", AMONG_OR_NOUGHT, {"post": 4}, MEASURED, 0, (0, 0)),
    ("those are missing, which is no nought", AMONG_OR_NOUGHT, {"online": MISSING, "post": 4}, MISSING, None, (0, 1)),
    ("only a total, so it cannot be told", AMONG_OR_NOUGHT, {"": 4}, MISSING, None, (0, 1)),
]


@pytest.mark.parametrize(
    ("amount", "said", "state", "number", "parts"), [row[1:] for row in SUMS], ids=[row[0] for row in SUMS]
)
def test_a_sum_where(
    amount: dict[str, Any], said: dict[str, Said], state: State, number: int | None, parts: tuple[int, int]
) -> None:
    found = whole(value(amount), requests=said) if said else whole(value(amount))
    assert (found.state, found.value) == (state, number)
    assert (found.measured, found.expected) == parts


states = st.sampled_from(list(State))
cells = st.one_of(st.integers(0, 10**9), states.filter(lambda state: state is not MEASURED))


@given(st.dictionaries(st.sampled_from(["online", "post", "phone", "app", "other"]), cells, min_size=1))
def test_a_sum_agrees_with_adding_by_hand(said: dict[str, Said]) -> None:
    numbers = [each for each in said.values() if isinstance(each, int)]
    absent = [each for each in said.values() if isinstance(each, State)]
    found = whole(value(ALL), requests=said)
    if numbers:
        assert (found.state, found.value) == (MEASURED, sum(numbers))
    elif all(each is NA for each in absent):
        assert found.state is NA
    else:
        kinds = {each for each in absent if each is not NA}
        assert found.state is (kinds.pop() if kinds in ({NOT_ASKED}, {UNREADABLE}) else MISSING)
    assert found.measured == len(numbers)
    assert found.expected == len(said) - absent.count(NA)
    assert {gap["channel"] for gap in found.gaps} == {
        channel for channel, each in said.items() if isinstance(each, State) and each is not NA
    }


# ---- shares and ratios ------------------------------------------------------------------------------------------


def test_a_share_divides_and_keeps_both_numbers() -> None:
    found = whole(SHARE, requests={"online": 1, "post": 2})
    assert (found.value, found.numerator, found.denominator) == (D("0.333333"), 1, 3)


def test_a_share_of_no_cases_does_not_apply_and_says_why() -> None:
    found = whole(SHARE, requests={"online": 0, "post": 0})
    assert (found.state, found.value, found.exclusions) == (NA, None, (engine.NO_CASES,))


def test_a_share_whose_numerator_is_missing_keeps_its_denominator() -> None:
    found = whole(SHARE, requests={"online": MISSING, "post": 2})
    assert (found.state, found.numerator, found.denominator) == (MISSING, None, 2)


@pytest.mark.parametrize(
    ("closed", "on_time", "fault"),
    [
        (10, 12, engine.PART_EXCEEDS_WHOLE),
        ("10.5", 3, engine.NOT_A_COUNT),
        (10, "2.5", engine.NOT_A_COUNT),
        (-1, -1, engine.NOT_A_COUNT),
    ],
)
def test_a_share_that_cannot_be_is_unreadable_and_never_corrected(
    closed: int | str, on_time: int | str, fault: str
) -> None:
    spec = SHARE | {"numerator": {"sum": "on_time"}, "denominator": {"sum": "closed"}}
    found = whole(spec, closed=closed, on_time=on_time)
    assert (found.state, found.value, found.exclusions) == (UNREADABLE, None, (fault,))
    assert (found.numerator, found.denominator) == (D(on_time), D(closed))


def test_a_ratio_may_exceed_one_and_take_parts_of_a_whole() -> None:
    spec = SHARE | {"kind": "ratio", "numerator": {"sum": "cost"}, "denominator": {"sum": "requests"}}
    assert whole(spec, cost="12.50", requests=5).value == D("2.5")


def test_a_difference_needs_all_its_parts() -> None:
    spec = SHARE | {
        "kind": "ratio",
        "numerator": {"minus": [{"sum": "agreed"}, {"sum": "down"}]},
        "denominator": {"sum": "agreed"},
    }
    assert whole(spec, agreed=100, down="2.5").value == D("0.975")
    assert whole(spec, agreed=100, down=MISSING).state is MISSING
    assert whole(spec, agreed=100, down=UNREADABLE).state is UNREADABLE


# ---- means, medians, counts -------------------------------------------------------------------------------------

MEAN = value({"take": "grade", "rescale": [0, 100]}, kind="mean", aggregation="pooled")


def grade(number: str, scale: str) -> Cell:
    return Cell(MEASURED, D(number), 50, D("1.8"), "sd", scale)


def test_a_mean_is_put_on_the_common_scale_and_remembers_its_own() -> None:
    found = whole(MEAN, grade=grade("8.2", "1-10"))
    assert (found.value, found.spread, found.n, found.scale) == (D(80), D(20), 50, "1-10")
    assert (found.numerator, found.denominator) == (4000, 50)


@pytest.mark.parametrize(("number", "scale"), [("8", ""), ("8", "1-5"), ("8", "ten"), ("8", "10-1"), ("0.5", "1-10")])
def test_a_mean_that_does_not_fit_its_scale_is_unreadable(number: str, scale: str) -> None:
    found = whole(MEAN, grade=grade(number, scale))
    assert (found.state, found.value, found.exclusions) == (UNREADABLE, None, (engine.SCALE_UNKNOWN,))


def test_a_median_is_taken_as_it_was_reported() -> None:
    spec = value({"take": "days"}, kind="median", aggregation="median")
    found = whole(spec, days=Cell(MEASURED, D("7.5"), 40, D(3), "iqr"))
    assert (found.value, found.n, found.spread, found.spread_kind) == (D("7.5"), 40, 3, "iqr")
    assert whole(spec).state is MISSING


@pytest.mark.parametrize("number", ["2.5", "-1", "1000000000000001"])
def test_a_count_that_is_no_count_is_unreadable(number: str) -> None:
    found = whole(value(ALL), requests={"online": number})
    assert (found.state, found.value, found.exclusions) == (UNREADABLE, None, (engine.NOT_A_COUNT,))


def test_an_amount_of_a_stage_is_found_whether_or_not_the_stage_is_named() -> None:
    said = {("request", "online"): 3, ("receipt", "online"): 4}
    assert whole(value(ALL), requests=said).value == 7
    assert whole(value(ALL | {"stage": "receipt"}), requests=said).value == 4
    assert whole(value(ALL), requests=said | {("", "online"): 9}).value == 9


# ---- conditions: true, false, or not to be told -----------------------------------------------------------------

BIG = {"amount": ALL, "at_least": 10}
SMALL = {"amount": ALL, "below": 10}
EXTERNAL = {"field": "scope", "contains": "EXTERN"}
STEPS = {"each": ["one", "two"], "is": ["Y", "state:not_applicable"]}

CONDITIONS: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any], bool | None]] = [
    ("a value among several", EXTERNAL, {"scope": ["extern", "INTERN"]}, {}, True),
    ("none of several", EXTERNAL, {"scope": ["INTERN"]}, {}, False),
    ("a field that is missing", EXTERNAL, {"scope": MISSING}, {}, None),
    ("a field nobody reports", EXTERNAL, {}, {}, None),
    ("a field that does not apply", EXTERNAL, {"scope": NA}, {}, False),
    ("something else than none", {"field": "by", "contains_other_than": ["NON"]}, {"by": ["NON", "TEL"]}, {}, True),
    ("nothing else than none", {"field": "by", "contains_other_than": ["NON"]}, {"by": ["NON"]}, {}, False),
    ("a field that holds nothing", {"field": "by", "contains_other_than": ["NON"]}, {"by": []}, {}, False),
    ("the one value", {"field": "by", "is": "TEL"}, {"by": ["TEL"]}, {}, True),
    ("one of two values", {"field": "by", "is": "TEL"}, {"by": ["TEL", "EML"]}, {}, False),
    ("a state asked for", {"field": "by", "state": "missing"}, {}, {}, True),
    ("each of them", STEPS, {"one": "Y", "two": NA}, {}, True),
    ("one of them not", STEPS, {"one": "Y", "two": "N"}, {}, False),
    ("one of them unknown", STEPS, {"one": "Y", "two": MISSING}, {}, None),
    ("one not and one unknown", STEPS, {"one": "N", "two": MISSING}, {}, False),
    ("some of them", {"some": ["one", "two"], "is": "Y"}, {"one": "Y", "two": MISSING}, {}, True),
    ("enough", BIG, {}, {"online": 10}, True),
    ("too little", BIG, {}, {"online": 9, "post": NA}, False),
    ("enough already", BIG, {}, {"online": 10, "post": MISSING}, True),
    ("perhaps enough", BIG, {}, {"online": 9, "post": MISSING}, None),
    ("nothing known", BIG, {}, {"online": MISSING}, None),
    ("nothing applies", BIG, {}, {"online": NA}, False),
    ("less for sure", SMALL, {}, {"online": 9}, True),
    ("perhaps less", SMALL, {}, {"online": 9, "post": MISSING}, None),
    ("more in any case", SMALL, {}, {"online": 11, "post": MISSING}, False),
    ("two sums alike", {"equal": [{"take": "requests"}, ALL]}, {}, {"": 7, "online": 3, "post": 4}, True),
    ("two sums that differ", {"equal": [{"take": "requests"}, ALL]}, {}, {"": 8, "online": 3, "post": 4}, False),
    ("a sum with a gap", {"equal": [{"take": "requests"}, ALL]}, {}, {"": 8, "online": 3, "post": MISSING}, None),
    ("not unknown", {"not": EXTERNAL}, {"scope": MISSING}, {}, None),
    ("not so", {"not": EXTERNAL}, {"scope": ["INTERN"]}, {}, True),
    ("any with one unknown", {"any": [EXTERNAL, BIG]}, {"scope": ["EXTERN"]}, {"online": MISSING}, True),
    ("an amount in a state", {"amount": ALL, "state": ["not_applicable"]}, {}, {"online": NA}, True),
]


@pytest.mark.parametrize(
    ("condition", "fields", "said", "answer"), [row[1:] for row in CONDITIONS], ids=[row[0] for row in CONDITIONS]
)
def test_a_condition_on(
    condition: dict[str, Any], fields: dict[str, Any], said: dict[str, Said], answer: bool | None
) -> None:
    spec = value(1, population=condition)
    found = figures(spec, fields, requests=said) if said else figures(spec, fields)
    if answer is False:
        assert found == []
    elif answer is None:
        assert (found[0].state, found[0].exclusions) == (MISSING, (engine.POPULATION_UNKNOWN,))
    else:
        assert (found[0].state, found[0].value) == (MEASURED, 1)


def test_the_second_opinion_on_limits_tries_every_completion() -> None:
    """A limit can be told exactly when every number that could stand in the gap gives the same answer."""
    for word in ("at_least", "above", "at_most", "below"):
        for known in range(8, 13):
            condition = {"amount": ALL, word: 10}
            answers = {
                bool(figures(value(1, population=condition), requests={"online": known, "post": gap}))
                for gap in range(20)
            }
            found = figures(value(1, population=condition), requests={"online": known, "post": MISSING})
            told = None if found and found[0].exclusions else bool(found)
            assert told == (answers.pop() if len(answers) == 1 else None), (word, known)


# ---- populations, exclusions, readings, slices ------------------------------------------------------------------


def test_who_is_excluded_is_named_and_does_not_count() -> None:
    named = {"code": "closed", "text": {"en": "Closed this year"}, "when": {"field": "open", "is": "N"}}
    found = whole(value(ALL, exclusion=[named]), {"open": "N"}, requests={"online": 3})
    assert (found.state, found.value, found.exclusions) == (NA, None, ("closed",))
    assert whole(value(ALL, exclusion=[named]), {"open": MISSING}, requests={"online": 3}).value == 3


def test_another_reading_and_a_check_are_noted_and_leave_no_trace_in_the_figure() -> None:
    when = {"field": "step", "state": "not_applicable"}
    spec = value(
        ALL,
        alternative=[{"code": "no-step", "text": {"en": "No step"}, "when": when}],
        check=[{"code": "odd", "text": {"en": "Odd"}, "when": when}],
    )
    found = whole(spec, {"step": NA}, requests={"online": 3})
    assert (found.alternatives, found.checks, found.expected) == (("no-step",), ("odd",), 1)


def test_a_slice_is_made_for_each_channel_that_was_reported() -> None:
    spec = value(ALL | {"each": True}, by=["channel"], stage="request")
    found = figures(spec, requests={"": 9, "online": 3, "post": MISSING})
    assert [(each.stage, each.channel, each.state, each.value) for each in found] == [
        ("request", "", MEASURED, 3),
        ("request", "online", MEASURED, 3),
        ("request", "post", MISSING, None),
    ]


def test_a_mix_slices_the_part_and_not_the_whole() -> None:
    spec = SHARE | {"numerator": ALL | {"each": True}, "by": ["channel"], "whole": False}
    found = figures(spec, requests={"online": 1, "post": 3})
    assert [(each.channel, each.value) for each in found] == [("online", D("0.25")), ("post", D("0.75"))]


def test_availability_is_sliced_by_stage_in_both_parts_of_the_difference() -> None:
    each = [{"sum": "agreed", "each": True}, {"sum": "down", "each": True}]
    spec = SHARE | {"kind": "ratio", "numerator": {"minus": each}, "denominator": each[0], "by": ["stage"]}
    found = figures(
        spec,
        agreed={("request", ""): 100, ("receipt", ""): 200},
        down={("request", ""): 10, ("receipt", ""): 0},
    )
    assert [(each.stage, each.value) for each in found] == [
        ("", D("0.966667")),
        ("receipt", D(1)),
        ("request", D("0.9")),
    ]


def test_a_figure_says_which_editions_made_it_and_what_an_earlier_one_said() -> None:
    earlier = Cell(MISSING, edition=1)
    now = Cell(MEASURED, D(0), edition=2, is_illustrative=True, earlier=earlier)
    found = whole(value(ALL, population=EXTERNAL), {"scope": "EXTERN"}, requests={"online": now, "post": 4})
    assert found.editions == (1, 2)
    assert found.is_illustrative
    (restated,) = found.restated
    assert restated == {
        "quantity": "requests",
        "stage": "",
        "channel": "online",
        "before": {"state": "missing", "value": None},
        "now": {"state": "measured", "value": 0},
        "editions": [1, 2],
    }


def test_a_restated_field_of_the_population_is_named_too() -> None:
    field = Field(MEASURED, ("EXTERN",), 2, Field(MEASURED, ("INTERN",), 1))
    indicator = definitions.indicator(value(1, population=EXTERNAL))
    (found,) = engine.figures(indicator, Facts({"scope": field}))
    assert [each["field"] for each in found.restated] == ["scope"]
