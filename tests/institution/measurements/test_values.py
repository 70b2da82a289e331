"""What a figure is and how a raw text becomes one: the tables of the decision, and what must hold of any text."""

import csv
import gzip
from collections import Counter
from dataclasses import fields
from decimal import Decimal
from functools import reduce
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ietvars.ground.errors import Refusal
from ietvars.institution.measurements import errors, values
from ietvars.institution.measurements.values import Fault, Reading, Scale, State, Total, Value, read
from tests.institution.indicators import tables

DECISION = "2026-11-23-value-states.md"
PLAIN = Reading()


def reading(text: str) -> Reading:
    """`decimal ,; thousands . space; percent; %; whole; negative; missing ND; blank not_asked` as a reading."""
    given: dict[str, object] = {}
    for word in filter(None, (part.strip() for part in text.split(";"))):
        name, _, rest = word.partition(" ")
        match name:
            case "decimal":
                given["decimal"] = rest
            case "thousands":
                given["thousands"] = frozenset(" " if mark == "space" else mark for mark in rest.split())
            case "percent" | "fraction":
                given["scale"] = Scale(name)
            case "%":
                given["percent_sign"] = True
            case "whole" | "negative":
                given[name] = True
            case "blank":
                given["blank"] = State(rest)
            case _:
                given[str(State(name))] = frozenset({rest})
    return Reading(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize("row", tables.rows(DECISION, "reading"), ids=lambda row: f"{row['text']!r} {row['reading']}")
def test_a_text_is_read_as_the_decision_says(row: dict[str, str]) -> None:
    value = read(row["text"], reading(row["reading"]))
    assert value.raw == row["text"]
    assert value.state == row["state"]
    match value.state:
        case State.MEASURED:
            assert str(value.number) == row["number"]
        case State.UNREADABLE:
            assert value.fault == row["number"]
        case _:
            assert (value.number, value.fault, row["number"]) == (None, None, "")


@pytest.mark.parametrize("row", tables.rows(DECISION, "refused"), ids=lambda row: row["reading"])
def test_a_mapping_that_cannot_be_meant_is_refused(row: dict[str, str]) -> None:
    with pytest.raises(Refusal) as refused:
        reading(row["reading"])
    assert refused.value.code == row["refused as"]


def test_an_empty_marker_is_refused_since_blanks_have_their_own_setting() -> None:
    with pytest.raises(errors.BlankMarker):
        Reading(missing=frozenset({"ND", "  "}))


@pytest.mark.parametrize("state", [state for state in State if state is not State.MEASURED])
def test_only_a_measured_figure_has_a_number(state: State) -> None:
    fault = Fault.MARKED if state is State.UNREADABLE else None
    with pytest.raises(errors.NumberAndStateDisagree):
        Value(state, Decimal(0), "0", fault)
    with pytest.raises(errors.NumberAndStateDisagree):
        Value(State.MEASURED, None, "0")


def test_only_an_unreadable_figure_says_why_it_could_not_be_read() -> None:
    with pytest.raises(errors.StateAndFaultDisagree):
        Value(State.MISSING, None, "ND", Fault.MARKED)
    with pytest.raises(errors.StateAndFaultDisagree):
        Value(State.UNREADABLE, None, "?")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "sNaN"])
def test_what_is_not_a_number_is_not_a_figure(number: str) -> None:
    with pytest.raises(errors.FigureNotFinite):
        Value(State.MEASURED, Decimal(number), number)


def test_a_very_long_text_is_unreadable_at_once_and_kept_whole() -> None:
    raw = "1" * 5_000_000
    value = read(raw, PLAIN)
    assert (value.state, value.fault, value.raw is raw) == (State.UNREADABLE, Fault.TOO_LONG, True)


# ---- of any text -------------------------------------------------------------------------------------------------

SEPARATORS = st.sampled_from([(".", ""), (".", ","), (",", "."), (",", " "), (".", "'"), (".", " ")])


@st.composite
def readings(draw: st.DrawFn) -> Reading:
    decimal, thousands = draw(SEPARATORS)
    scale = draw(st.sampled_from(Scale))
    return Reading(
        missing=frozenset({"ND"}),
        not_applicable=frozenset({"NA"}),
        not_asked=frozenset({"not asked"}),
        unreadable=frozenset({"#REF!"}),
        blank=draw(st.sampled_from([state for state in State if state is not State.MEASURED])),
        decimal=decimal,
        thousands=frozenset(thousands),
        percent_sign=scale is not Scale.PLAIN and draw(st.booleans()),
        scale=scale,
        whole=draw(st.booleans()),
        negative=draw(st.booleans()),
    )


TEXTS = st.one_of(
    st.text(max_size=30),
    st.text(alphabet="0123456789.,'% -\u2212\u00a0eE+ND/A", max_size=25),
    st.floats().map(str),
    st.sampled_from(["ND", "NA", "not asked", "#REF!", ""]),
)


@given(TEXTS, readings())
def test_no_text_breaks_the_reading_and_none_loses_its_raw_form(text: str, how: Reading) -> None:
    value = read(text, how)
    assert value.raw == text
    if value.number is not None:
        assert value.number.is_finite()
        assert how.negative or value.number >= 0
        assert not how.whole or value.number == value.number.to_integral_value()


@given(TEXTS, readings())
def test_nothing_is_zero_that_does_not_write_a_zero_and_no_other_digit(text: str, how: Reading) -> None:
    if read(text, how).number == 0:
        digits = {character for character in text if character.isalnum()}
        assert digits == {"0"}


@given(st.decimals(0, 10**9, places=3), SEPARATORS, st.sampled_from(values.SPACES))
def test_a_number_is_read_back_however_it_was_grouped(number: Decimal, marks: tuple[str, str], space: str) -> None:
    decimal, thousands = marks
    written = f"{number:,.3f}".replace(",", "\0").replace(".", decimal).replace("\0", thousands)
    if thousands == " ":
        written = written.replace(" ", space)
    assert read(written, Reading(decimal=decimal, thousands=frozenset(thousands))).number == number


@given(st.decimals(0, 1000, places=8))
def test_a_percentage_is_its_hundredth_exactly(number: Decimal) -> None:
    found = read(f"{number:f}", Reading(scale=Scale.PERCENT)).number
    assert found is not None
    assert found * 100 == number


# ---- sums --------------------------------------------------------------------------------------------------------


def measured(number: Decimal | int) -> Value:
    return Value(State.MEASURED, Decimal(number), str(number))


def absent(state: State) -> Value:
    return Value(state, None, "?", Fault.MARKED if state is State.UNREADABLE else None)


def _figures(text: str) -> list[Value]:
    if text == "none at all":
        return []
    words = (word.strip() for word in text.split(","))
    return [measured(int(word)) if word.isdigit() else absent(State(word)) for word in words]


@pytest.mark.parametrize("row", tables.rows(DECISION, "sums"), ids=lambda row: row["figures"])
def test_a_sum_says_what_it_covers(row: dict[str, str]) -> None:
    total = values.total(_figures(row["figures"]))
    assert total.state == row["state"]
    assert ("" if total.number is None else str(total.number)) == row["number"]
    assert f"{total.measured} of {total.applicable}" == row["measured of applicable"]
    assert total.is_complete == (row["measured of applicable"] in {"1 of 1", "2 of 2"})


VALUES = st.one_of(
    st.decimals(-(10**15), 10**15, places=12).map(measured),
    st.sampled_from([state for state in State if state is not State.MEASURED]).map(absent),
)


@given(st.lists(VALUES))
def test_a_sum_is_what_adding_by_hand_gives(figures: list[Value]) -> None:
    total = values.total(figures)
    assert {state: total.count(state) for state in State} == {
        state: sum(figure.state is state for figure in figures) for state in State
    }
    numbers = [figure.number for figure in figures if figure.number is not None]
    by_hand = sum(int(number.scaleb(12)) for number in numbers)
    assert (total.number is None) == (not numbers)
    assert total.number is None or int(total.number * 10**12) == by_hand


@given(st.lists(VALUES), st.randoms(use_true_random=False), st.data())
def test_merging_sums_in_any_order_and_grouping_loses_no_state(
    figures: list[Value], random: Random, data: st.DataObject
) -> None:
    whole = values.total(figures)
    shuffled = figures.copy()
    random.shuffle(shuffled)
    at = data.draw(st.integers(0, len(figures)))
    assert values.total(shuffled[:at]) + values.total(shuffled[at:]) == whole
    assert reduce(Total.__add__, (values.total([figure]) for figure in shuffled), Total()) == whole


def test_a_thousand_of_the_longest_figures_add_up_to_the_last_digit() -> None:
    longest = measured(Decimal("999999999999999.999999999999"))
    assert values.total([longest] * 1000).number == Decimal("999999999999999999.999999999")


@given(st.lists(VALUES), st.sampled_from([state for state in State if state is not State.MEASURED]))
def test_something_absent_never_adds_to_the_amount(figures: list[Value], state: State) -> None:
    before, after = values.total(figures), values.total([*figures, absent(state)])
    assert (after.number, after.measured) == (before.number, before.measured)
    assert after.count(state) == before.count(state) + 1


def test_every_state_has_its_count_in_a_sum() -> None:
    assert {field.name for field in fields(Total)} == {"amount", *State}


# ---- on what was really published ----------------------------------------------------------------------------------


def _column(path: Path, name: str) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as lines:
        return [row[name] for row in csv.DictReader(lines)]


def test_the_four_absences_of_a_real_column_stand_apart(shared: Path) -> None:
    folder = shared / "data/gc-service-inventory"
    how = Reading(missing=frozenset({"ND"}), not_applicable=frozenset({"NA"}), whole=True)
    column = _column(folder / "new-schema/2025-03-01_service.csv.gz", "num_applications_online")
    found = [read(cell, how) for cell in column]
    counts = Counter(value.state for value in found)
    zeros = sum(value.number == 0 for value in found)
    assert (counts[State.NOT_APPLICABLE], counts[State.MEASURED] - zeros, zeros) == (515, 481, 478)
    assert counts[State.MISSING] == 247
    assert counts[State.UNREADABLE] == 0
