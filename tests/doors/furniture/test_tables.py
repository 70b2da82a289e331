"""A table is one thing on the page, in CSV and in JSON; states and illustrative figures go along."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.http import StreamingHttpResponse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from ietvars.doors.furniture import downloads
from ietvars.doors.furniture.marks import Outcome, State, Tag, Value, Verdict
from ietvars.doors.furniture.tables import Cell, Column, Row, Table


@pytest.fixture(autouse=True)
def latvian() -> Iterator[None]:
    with translation.override("lv"):
        yield


def table(**more: Any) -> Table:
    columns = (
        Column("Rādītājs", code="indicator"),
        Column("2025", code="now", values=True, unit="%"),
        Column("Vērtējums", code="verdict"),
    )
    rows = (
        Row((Cell("Tiešsaiste", href="/t"), Value(Decimal("86.40"), href="/lietas"), Verdict(Outcome.BETTER))),
        Row((Cell("Pasts", under="VSAA"), Value(state=State.UNREADABLE, raw="~17?"), Tag("=1+1"))),
    )
    return Table(**{"code": "t", "caption": "Viss", "columns": columns, "rows": rows, **more})


def soup(what: object) -> BeautifulSoup:
    return BeautifulSoup(str(what), "html.parser")


def read(answer: StreamingHttpResponse) -> list[list[str]]:
    text = b"".join(answer).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_roles_are_explicit_since_stacking_drops_them() -> None:
    shown = soup(table())
    assert {one["role"] for one in shown.select("table, thead, tbody, tr, th, td")} == {
        "table",
        "rowgroup",
        "row",
        "columnheader",
        "rowheader",
        "cell",
    }
    assert [cell["data-l"] for cell in shown.select("tbody tr:first-child td")] == ["2025", "Vērtējums"]
    assert [cell.get("class") for cell in shown.select("tbody tr:first-child td")] == [["n"], None]


def test_a_wide_table_names_its_scroll_region_and_can_be_reached_by_keyboard() -> None:
    region = soup(table(scroll="Viss, ritināma tabula")).div
    assert region is not None
    assert (region["role"], region["tabindex"], region["aria-label"]) == ("region", "0", "Viss, ritināma tabula")
    assert soup(table()).div is None


def test_a_row_of_another_width_than_the_head_is_refused() -> None:
    with pytest.raises(ValueError, match="2 cells under 3"):
        table(rows=(Row(("a", "b")),))


def test_a_wide_cell_counts_for_what_it_covers() -> None:
    made = table(rows=(Row(("Izpilde", Cell("Dara iestāde", span=2))),))
    cell = soup(made).select_one("td")
    assert cell is not None
    assert cell["colspan"] == "2"
    assert list(made.csv_rows()) == [["Izpilde", "Dara iestāde", "", "", "nē"]]
    assert made.document()["rows"][0]["verdict"] is None


def test_a_tree_says_open_and_closed_to_those_who_do_not_see_the_sign() -> None:
    rows = (
        Row((Cell("Nozare", href="/n"), Value(1), "a"), level=0, open=True),
        Row((Cell("Iestāde", href="/i"), Value(1), "b"), level=1, open=False),
        Row((Cell("Pakalpojums", href="/p"), Value(1), "c"), level=2),
    )
    heads = soup(table(rows=rows)).select("tbody th")
    assert [head.get_text("|", strip=True) for head in heads] == [
        "–|Nozare|, atvērts",
        "+|Iestāde|, aizvērts",
        "Pakalpojums",
    ]
    assert [head["class"] for head in heads] == [["iv-tree"], ["iv-tree", "l1"], ["iv-tree", "l2"]]
    assert [row["level"] for row in table(rows=rows).document()["rows"]] == [0, 1, 2]


def test_csv_has_a_state_beside_each_value_and_says_what_is_illustrative() -> None:
    assert read(downloads.csv(table())) == [
        ["Rādītājs", "2025, %", "2025: stāvoklis", "Vērtējums", "ilustratīvs"],
        ["Tiešsaiste", "86.4", "measured", "Labāk", "nē"],
        ["Pasts", "", "unreadable", "'=1+1", "nē"],
    ]


def test_one_illustrative_value_marks_its_row_and_a_table_all_of_them() -> None:
    rows = (Row(("a", Value(1, illustrative=True), "x")), Row(("b", Value(2), "y")))
    assert [line[-1] for line in table(rows=rows).csv_rows()] == ["jā", "nē"]
    assert [row["illustrative"] for row in table(rows=rows).document()["rows"]] == [True, False]
    whole = table(rows=rows, illustrative=True)
    assert [line[-1] for line in whole.csv_rows()] == ["jā", "jā"]
    assert all(row["now"]["illustrative"] for row in whole.document()["rows"])


def test_an_illustrative_table_says_it_once_and_not_in_each_cell() -> None:
    rows = (Row(("a", Value(1, illustrative=True), "x")),)
    assert soup(table(rows=rows, illustrative=True)).get_text(" ").count("ustratīvs") == 1
    assert soup(table(rows=rows)).get_text(" ").count("ustratīvs") == 1
    assert soup(table(rows=rows, illustrative=True, tagged=True)).get_text(" ").count("ustratīvs") == 0
    assert "Ilustratīvs" in soup(table(rows=rows, illustrative=True, show_caption=True)).select("caption")[0].get_text()


def test_json_keeps_number_state_and_raw_text() -> None:
    document = json.loads(downloads.json(table()).content)
    assert document["columns"][1] == {"code": "now", "label": "2025", "unit": "%"}
    assert document["rows"][0]["now"] == {"value": 86.4, "state": "measured", "illustrative": False}
    assert document["rows"][1]["now"] == {"value": None, "state": "unreadable", "illustrative": False, "raw": "~17?"}
    assert document["totals"] == []


def test_totals_come_last_in_csv_and_apart_in_json() -> None:
    made = table(foot=(Row(("Kopā", Value(103), "")),))
    assert read(downloads.csv(made))[-1] == ["Kopā", "103", "measured", "", "nē"]
    assert made.document()["totals"][0]["indicator"] == "Kopā"
    assert soup(made).select("tfoot th")[0].get_text() == "Kopā"


def test_a_cell_shows_numbers_and_days_as_people_write_them_and_files_as_machines_read_them() -> None:
    columns = (Column("a"), Column("b", n=True), Column("c"), Column("d"))
    made = Table("t", "T", columns, (Row(("x", 18240, date(2026, 11, 3), ("viens", Tag("divi")))),))
    assert [cell.get_text() for cell in soup(made).select("td")] == ["18\xa0240", "03.11.2026.", "viens divi"]
    assert read(downloads.csv(made))[1] == ["x", "18240", "2026-11-03", "viens; divi"]


@pytest.mark.parametrize("empty", [None, True, False])
def test_a_cell_never_shows_nothing_or_a_bare_truth(empty: Any) -> None:
    with pytest.raises(TypeError, match="words"):
        str(table(rows=(Row(("a", Value(1), empty)),)))


def test_the_file_begins_with_a_byte_order_mark_and_streams() -> None:
    answer = downloads.csv(table())
    lines = list(answer)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="t.csv"'
    assert lines[0].startswith(b"\xef\xbb\xbf")
    assert len(lines) == 3
    assert not any(line.startswith(b"\xef\xbb\xbf") for line in lines[1:])


@pytest.mark.parametrize("text", ["=1+1", "+371 20000000", "-1-1", "@sum", "\tx", "\rx", "\nx", "＝1"])
def test_text_that_a_spreadsheet_would_run_is_disarmed(text: str) -> None:
    assert downloads.harmless(text) == f"'{text}"


@given(st.one_of(st.integers(), st.decimals(allow_nan=False, allow_infinity=False, places=3)))
def test_numbers_are_never_disarmed_and_keep_their_value(number: int | Decimal) -> None:
    assert Decimal(str(downloads.harmless(number))) == number


@given(st.text())
def test_no_text_leaves_as_a_formula(text: str) -> None:
    assert not str(downloads.harmless(text)).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


@given(
    st.lists(
        st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\0")), min_size=2, max_size=2), max_size=5
    )
)
def test_what_is_written_is_read_back(rows: list[list[str]]) -> None:
    text = "".join(downloads.csv_lines(["a", "b"], rows)).removeprefix(downloads.BYTE_ORDER_MARK)
    read_back = list(csv.reader(io.StringIO(text, newline="")))
    assert [[cell.removeprefix("'") for cell in row] for row in read_back[1:]] == [
        [cell.removeprefix("'") for cell in row] for row in rows
    ]
