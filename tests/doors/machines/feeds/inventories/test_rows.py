"""From cells to facts: states are never merged, unknown texts never become zero, and every fault bears its place."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ietvars.doors.machines.feeds.inventories.faults import Weight
from ietvars.doors.machines.feeds.inventories.rows import Place, Reader, Told, named, short_code
from tests.doors.machines.feeds.inventories import tables as made

PLACE = Place("a.csv", 7)


def reader(header: tuple[str, ...] = made.HEADER, **changes: Any) -> Reader:
    inventory = made.inventory(table=[made.table(**changes)])
    return Reader(inventory, inventory.tables[0], list(header), "a.csv")


def told(cells: Mapping[str, str], read: Reader | None = None) -> Told:
    found = (read or reader()).told(PLACE, cells)
    assert found is not None
    return found


def said(found: Told) -> dict[str, tuple[str, Decimal | None]]:
    return {cell.channel: (cell.said.state, cell.said.number) for cell in found.cells}


# ---- figures -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "state", "number"),
    [
        ("0", "measured", 0),
        ("12", "measured", 12),
        ("12.0", "measured", 12),
        ("ND", "missing", None),
        (" nd ", "missing", None),
        ("NA", "not_applicable", None),
        ("--", "not_asked", None),
        ("", "missing", None),
        ("a few", "unreadable", None),
        ("1,200", "unreadable", None),
        ("12.5", "unreadable", None),
        ("-3", "unreadable", None),
    ],
)
def test_every_state_stays_itself(text: str, state: str, number: int | None) -> None:
    assert said(told(made.row("1", online=text)))["online"] == (state, number)


def test_what_cannot_be_read_keeps_its_text_and_is_listed_with_its_place() -> None:
    read = reader()
    found = told(made.row("1", online="a few"), read)
    assert next(cell.said.raw for cell in found.cells if cell.channel == "online") == "a few"
    (fault,) = read.faults
    assert (fault.line, fault.column, fault.raw, fault.reason) == (7, "online", "a few", "unknown_text")
    assert fault.weight is Weight.CELL


NUMBERS = st.integers(0, 10**9)
MARKERS = {"ND": "missing", "NA": "not_applicable", "--": "not_asked", "": "missing"}
GARBAGE = st.text(st.characters(exclude_categories=("Cs", "Cc", "Nd", "Zs")), min_size=1, max_size=8).filter(
    lambda text: text.strip() and text.strip().upper() not in MARKERS
)
CELL = st.one_of(
    NUMBERS.map(lambda number: (str(number), "measured", number)),
    NUMBERS.map(lambda number: (f"{number:,}".replace(",", " "), "measured", number)),
    st.sampled_from(sorted(MARKERS)).map(lambda text: (text, MARKERS[text], None)),
    GARBAGE.map(lambda text: (text, "unreadable", None)),
)


@given(cells=st.dictionaries(st.sampled_from(["online", "post"]), CELL, min_size=2), order=st.permutations(made.HEADER))
def test_a_figure_is_what_was_written_whatever_the_order_of_columns(
    cells: dict[str, tuple[str, str, int | None]], order: list[str]
) -> None:
    measures = [
        {"quantity": "requests", "whole": True, "thousands": [" "], "channels": {"online": "online", "post": "post"}}
    ]
    read = reader(tuple(order), measures=measures)
    row = {**made.row("1"), **{name: text for name, (text, _, _) in cells.items()}}
    by_column = read.cells_of(PLACE, [row.get(name, "") for name in order])
    assert by_column is not None
    expected = {name: (state, number) for name, (_, state, number) in cells.items()}
    assert said(told(by_column, read)) == expected
    assert len(read.faults) == sum(state == "unreadable" for state, _ in expected.values())


@pytest.mark.parametrize(
    ("words", "text", "number"),
    [
        ({"scale": "percent"}, "98.5", Decimal("0.985")),
        ({"scale": "fraction"}, "0.985", Decimal("0.985")),
        ({"scale": "percent", "percent_sign": True}, "98,5 %", Decimal("0.985")),
        ({"thousands": ["."]}, "1.234", 1234),
        ({"negative": True}, "-3", -3),
    ],
)
def test_numbers_are_read_in_the_way_of_writing_of_the_mapping(
    words: dict[str, Any], text: str, number: Decimal | int
) -> None:
    decimal = {"decimal": ","} if "," in text or words.get("thousands") else {}
    read = reader(measures=[{"quantity": "q", "column": "online", **decimal, **words}])
    assert said(told(made.row("1", online=text), read))[""] == ("measured", number)


def test_a_number_outside_its_scale_is_unreadable_with_its_text() -> None:
    read = reader(measures=[{"quantity": "q", "column": "online", "within": [0, 100], "negative": True}])
    assert said(told(made.row("1", online="-37.5"), read))[""] == ("unreadable", None)
    assert said(told(made.row("1", online="100"), read))[""] == ("measured", 100)
    assert [fault.reason for fault in read.faults] == ["out-of-range"]


def test_a_number_whose_scale_cannot_be_told_is_unreadable() -> None:
    read = reader(measures=[{"quantity": "q", "column": "online", "within": [0, 100], "ambiguous": [0, 5]}])
    assert said(told(made.row("1", online="3.5"), read))[""] == ("unreadable", None)
    assert said(told(made.row("1", online="62"), read))[""] == ("measured", 62)
    assert [fault.reason for fault in read.faults] == ["ambiguous-scale"]


def test_an_absent_optional_column_was_not_asked() -> None:
    read = reader(optional=["post"])
    cells = made.row("1")
    del cells["post"]
    assert said(told(cells, read))["post"] == ("not_asked", None)


def test_what_the_form_did_not_ask_is_said_for_every_row() -> None:
    read = reader(not_asked=[{"quantity": "requests", "channels": ["email", "fax"]}])
    found = said(told(made.row("1"), read))
    assert found["email"] == found["fax"] == ("not_asked", None)


def test_the_number_behind_a_mean_and_its_spread_are_kept() -> None:
    measure = {
        "quantity": "q",
        "column": "online",
        "n": "post",
        "spread": "notes",
        "spread_kind": "sd",
        "method": "1-10",
    }
    (cell,) = told(made.row("1", online="8.4", post="120", notes="1.5"), reader(measures=[measure])).cells
    assert (cell.n, cell.spread, cell.spread_kind, cell.method) == (120, Decimal("1.5"), "sd", "1-10")


def test_half_an_observation_is_a_fault_and_no_number() -> None:
    read = reader(measures=[{"quantity": "q", "column": "online", "n": "post"}])
    (cell,) = told(made.row("1", online="8.4", post="12.5"), read).cells
    assert (cell.said.number, cell.n) == (Decimal("8.4"), None)
    assert [(fault.column, fault.reason) for fault in read.faults] == [("post", "not_whole")]


@pytest.mark.parametrize(("total", "faults"), [("3", []), ("4", ["total-differs"]), ("ND", [])])
def test_a_total_is_checked_and_never_added(total: str, faults: list[str]) -> None:
    read = reader(totals=[{"column": "notes", "quantity": "requests"}])
    found = told(made.row("1", online="1", post="2", notes=total), read)
    assert set(said(found)) == {"online", "post"}
    assert [fault.reason for fault in read.faults] == faults
    assert all(fault.weight is Weight.CONTRADICTION for fault in read.faults)


# ---- wide and long -----------------------------------------------------------------------------------------------


def test_a_wide_table_has_its_periods_in_the_names_of_its_columns() -> None:
    header = ("id", "name", "body", "2024-Q1 volume", "2024-Q2 volume", "other")
    read = reader(
        header,
        period={},
        fields={},
        measures=[{"quantity": "q", "pattern": r"(?P<period>\d{4}-Q\d) volume"}],
    )
    cells = {"id": "1", "name": "a", "body": "b", "2024-Q1 volume": "5", "2024-Q2 volume": "ND", "other": "x"}
    found = [(cell.period.code, cell.said.state, cell.said.number) for cell in told(cells, read).cells]
    assert found == [("2024-Q1", "measured", 5), ("2024-Q2", "missing", None)]


LONG = {
    "value": "online",
    "quantity_column": "scope",
    "channel": {"column": "notes", "codes": {"Web site": "online", "Post": "post"}},
    "quantities": {"Times given": {"quantity": "requests"}, "Liked": {"quantity": "satisfaction", "within": [0, 10]}},
}


def test_a_long_table_says_in_each_row_of_what_it_speaks() -> None:
    read = reader(long=LONG, measures=[], fields={})
    (cell,) = told(made.row("1", online="8", scope=" times  given", notes="web site"), read).cells
    assert (cell.quantity, cell.channel, cell.said.number) == ("requests", "online", 8)


def test_a_table_with_several_figures_for_each_channel_takes_the_channel_from_its_column() -> None:
    channel = {"column": "notes", "codes": {"Web": "online", "Letter": "post"}}
    read = reader(
        measures=[
            {"quantity": "met", "column": "online", "channel": channel},
            {"quantity": "total", "column": "post", "channel": channel},
        ]
    )
    cells = told(made.row("1", online="8", post="10", notes="letter"), read).cells
    assert [(cell.quantity, cell.channel, cell.said.number) for cell in cells] == [
        ("met", "post", 8),
        ("total", "post", 10),
    ]
    assert told(made.row("1", notes="Pigeon"), read).cells == []
    assert {fault.reason for fault in read.faults} == {"unknown-channel"}


@pytest.mark.parametrize(
    ("cells", "reason"),
    [({"scope": "Cost"}, "unknown-quantity"), ({"notes": "Pigeon"}, "unknown-channel")],
)
def test_a_row_of_what_the_mapping_does_not_know_is_a_fault(cells: dict[str, str], reason: str) -> None:
    read = reader(long=LONG, measures=[], fields={})
    found = told({**made.row("1", online="8", scope="Liked", notes="Post"), **cells}, read)
    assert found.cells == []
    assert [fault.reason for fault in read.faults] == [reason]


def test_a_figure_without_a_period_is_a_fault_and_an_absent_one_belongs_to_the_undated_period() -> None:
    period = {"column": "year", "undated": ["not measured"], "undated_period": "2016"}
    read = reader(period=period)
    assert read.told(PLACE, made.row("1", year="Not measured", online="5", post="")) is None
    assert [fault.reason for fault in read.faults] == ["value-without-period"]
    found = told(made.row("1", year="not measured", online="", post=""), read)
    assert found.period is not None
    assert found.period.code == "2016"


# ---- described fields --------------------------------------------------------------------------------------------


def field_of(text: str, **words: Any) -> dict[str, Any]:
    read = reader(fields={"scope": {"column": "scope", **words}})
    return told(made.row("1", scope=text), read).fields["scope"]


def test_a_cell_of_several_codes_is_a_list_without_repetition() -> None:
    found = field_of("Extern, intern,extern", several=",", fold="upper")
    assert found == {"state": "measured", "value": ["EXTERN", "INTERN"], "raw": "Extern, intern,extern"}


@pytest.mark.parametrize(
    ("text", "state"), [("NA", "not_applicable"), ("ND", "missing"), ("", "missing"), ("--", "not_asked")]
)
def test_a_marker_in_a_described_field_is_its_state(text: str, state: str) -> None:
    assert field_of(text) == {"state": state, "value": None, "raw": text}


def test_codes_are_translated_and_unknown_ones_are_unreadable() -> None:
    assert field_of("tasuta", codes={"Tasuta": "free"})["value"] == "free"
    assert field_of("kallis", codes={"Tasuta": "free"}) == {"state": "unreadable", "value": None, "raw": "kallis"}
    assert field_of("maybe", known=["Y", "N"], fold="upper")["state"] == "unreadable"


# ---- who, when, and whole rows -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "reason", "column"),
    [
        ({"id": "  "}, "no-identity", "id"),
        ({"year": "soon"}, "no-period", "year"),
        ({"id": "x" * 201}, "too-long", "id"),
    ],
)
def test_a_row_that_cannot_be_placed_is_left_out_and_listed(cells: dict[str, str], reason: str, column: str) -> None:
    read = reader()
    assert read.told(PLACE, {**made.row("1"), **cells}) is None
    (fault,) = read.faults
    assert (fault.reason, fault.column, fault.weight) == (reason, column, Weight.ROW)


def test_a_row_of_another_width_is_left_out_unless_what_is_too_much_is_empty() -> None:
    read = reader()
    whole = [made.row("1").get(name, "") for name in made.HEADER]
    assert read.cells_of(PLACE, whole[:-2]) is None
    assert read.cells_of(PLACE, [*whole, "more"]) is None
    assert read.cells_of(PLACE, [*whole, ""]) is not None
    assert [fault.reason for fault in read.faults] == ["columns", "columns"]


def test_rows_that_the_mapping_filters_out_are_counted_and_are_no_fault() -> None:
    read = reader(filters=[{"column": "scope", "keep": ["A", "b"]}, {"column": "notes", "drop": ["draft"]}])
    row = [made.row("1").get(name, "") for name in made.HEADER]
    assert read.cells_of(PLACE, row) is not None
    assert read.cells_of(PLACE, [*row[:-2], "c", ""]) is None
    assert read.cells_of(PLACE, [*row[:-1], "Draft"]) is None
    assert (read.filtered, read.faults) == (2, [])


def test_a_number_of_several_columns_is_joined_with_its_spaces_in_order() -> None:
    read = reader(identity={"columns": ["body", "name"], "join": "/", "fold": "lower"})
    assert told(made.row("1", body="Tax  Office ", name=" VAT"), read).identity == "tax office/vat"


def test_texts_that_say_that_there_is_none_are_no_texts() -> None:
    inventory = made.inventory(
        no_text=["N/A"], table=[made.table(title={"column": "name", "split": " | ", "languages": ["en", "fr"]})]
    )
    read = Reader(inventory, inventory.tables[0], list(made.HEADER), "a.csv")
    assert told(made.row("1", name="Permit | n/a"), read).title == {"en": "Permit"}


# ---- bodies ------------------------------------------------------------------------------------------------------


def test_a_body_is_called_by_its_name_whatever_the_spelling_that_the_mapping_knows() -> None:
    bodies = made.inventory(bodies={"prefix": "t", "aliases": {"Ministry of Stone": "Stone Ministry"}}).bodies
    for spelling in ("Ministry of Stone", "MINISTRY OF STONE", "Stone Ministry"):
        assert named(bodies, {"en": spelling}, "agency", None).code == "t-stone-ministry"
    renamed = named(bodies, {"en": "Ministry of Stone", "fr": "Ministère des Pierres"}, "agency", None)
    assert renamed.name == {"en": "Stone Ministry"}


def test_a_department_that_is_itself_the_agency_stands_under_nobody() -> None:
    read = reader(body={"name": {"en": "body"}, "above": {"kind": "ministry", "name": {"en": "scope"}}})
    body = told(made.row("1", body="Treasury", scope="Treasury"), read).body
    assert body is not None
    assert (body.kind, body.above) == ("ministry", None)
    below = told(made.row("1", body="Mint", scope="Treasury"), read).body
    assert below is not None
    assert below.above is not None
    assert (below.kind, below.above.code) == ("agency", "t-treasury")


@given(text=st.text(max_size=300))
def test_a_code_for_links_is_short_clean_and_its_own(text: str) -> None:
    code = short_code("t", text, 80)
    assert len(code) <= 80
    assert code == code.lower()
    assert set(code) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_")
    if len(text) > 200:
        assert short_code("t", text, 80) != short_code("t", f"{text}x", 80)
