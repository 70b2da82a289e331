"""Standards: what is promised, how it was kept, and where a row contradicts itself. Nothing is put right."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from ietvars.doors.machines.feeds.inventories import standards
from ietvars.doors.machines.feeds.inventories.faults import Weight
from ietvars.doors.machines.feeds.inventories.rows import Place, Reader
from ietvars.ground.periods import rules as periods
from tests.doors.machines.feeds.inventories import tables as made

PLACE = Place("b.csv", 3)
HEADER = ("id", "year", "standard", "promise", "target", "met", "total", "claim")


def row(**cells: str) -> dict[str, str]:
    plain = {"id": "1", "year": "2024", "standard": "S1", "promise": "Within a day", "target": "80"}
    return {**plain, "met": "8", "total": "10", "claim": "Y", **cells}


def reader(**changes: Any) -> Reader:
    inventory = made.inventory(table=[made.standards(**changes)])
    return Reader(inventory, inventory.tables[0], list(HEADER), "b.csv")


def result(cells: Mapping[str, str], read: Reader) -> standards.Result:
    told = standards.read(read, PLACE, cells)
    assert told is not None
    (found,) = told.results
    return found


def test_a_row_tells_promise_target_and_result() -> None:
    told = standards.read(reader(), PLACE, row())
    assert told is not None
    assert (told.identity, told.code, told.promise, told.period.code) == ("1", "S1", {"en": "Within a day"}, "2024")
    (found,) = told.results
    assert {name: said.number for name, said in found.said.items()} == {
        "target": Decimal("0.8"),
        "met": 8,
        "total": 10,
    }
    assert (found.claimed, found.faults) == ("met", ())


@pytest.mark.parametrize(
    ("text", "claimed"), [("y", "met"), ("N", "not-met"), ("NA", "not_applicable"), ("", "missing")]
)
def test_the_sources_own_word_is_kept_as_it_is(text: str, claimed: str) -> None:
    cells = row(claim=text, met="1", total="10") if text == "N" else row(claim=text)
    assert result(cells, reader()).claimed == claimed


def test_an_unknown_word_of_the_source_is_unreadable() -> None:
    read = reader()
    assert result(row(claim="perhaps"), read).claimed == "unreadable"
    assert [fault.reason for fault in read.faults] == ["unknown-code"]


def test_a_contradiction_is_kept_with_the_row_and_listed_with_its_columns() -> None:
    read = reader()
    found = result(row(met="12", total="10"), read)
    assert (found.said["met"].number, found.faults) == (12, ("met-above-total",))
    (fault,) = read.faults
    assert (fault.column, fault.raw, fault.weight) == ("met, total", "12, 10", Weight.CONTRADICTION)


def test_a_claim_against_its_own_numbers_is_listed_with_the_claim() -> None:
    read = reader()
    assert result(row(met="1", total="10"), read).faults == ("claim-contradicts-its-numbers",)
    (fault,) = read.faults
    assert (fault.column, fault.raw) == ("claim, target, met, total", "Y, 80, 1, 10")


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"standard": " "}, "no-standard"),
        ({"id": ""}, "no-identity"),
        ({"year": "?"}, "no-period"),
        ({"standard": "x" * 81}, "too-long"),
    ],
)
def test_a_row_that_cannot_be_placed_is_left_out(cells: dict[str, str], reason: str) -> None:
    read = reader()
    assert standards.read(read, PLACE, row(**cells)) is None
    assert [fault.reason for fault in read.faults] == [reason]


def test_a_standard_without_result_columns_is_a_definition_only() -> None:
    told = standards.read(reader(standard={"code": "standard", "promise": {"en": "promise"}}), PLACE, row())
    assert told is not None
    assert told.results == ()


def test_quarters_in_one_row_are_results_of_their_own() -> None:
    several = [{"quarter": 1, "met": "met", "total": "total"}, {"quarter": 4, "met": "met", "total": "target"}]
    read = reader(standard={"code": "standard", "results": several})
    told = standards.read(read, PLACE, row(year="2017-2018"))
    assert told is not None
    assert [each.period.code for each in told.results] == ["2017-Q2", "2018-Q1"]


@pytest.mark.parametrize(
    ("year", "number", "code"),
    [
        ("2024", 1, "2024-Q1"),
        ("2024", 4, "2024-Q4"),
        ("2017-18", 1, "2017-Q2"),
        ("2017-18", 3, "2017-Q4"),
        ("2017-18", 4, "2018-Q1"),
    ],
)
def test_a_quarter_of_a_fiscal_year_is_the_calendar_quarter_in_which_it_falls(
    year: str, number: int, code: str
) -> None:
    assert standards.quarter(periods.parse(year), number).code == code
