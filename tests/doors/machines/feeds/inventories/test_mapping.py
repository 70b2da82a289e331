"""The mapping language: what it can say, and that every slip of the pen is refused with its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ietvars.doors.machines.feeds.inventories import errors, mapping, reading, tables
from tests.doors.machines.feeds.inventories import tables as made


def refusal(**changes: Any) -> str:
    with pytest.raises(errors.CannotImport) as found:
        made.inventory(**changes)
    return str(found.value)


@pytest.mark.parametrize("name", reading.shipped())
def test_every_shipped_mapping_can_be_read(name: str) -> None:
    found = reading.load(name)
    assert found.tables
    assert found.title["en"]


def test_the_three_inventories_of_the_issue_ship() -> None:
    assert reading.shipped() == ["canada", "estonia", "united-kingdom"]


def test_a_mapping_that_is_not_there_names_those_that_ship() -> None:
    with pytest.raises(errors.NoMapping, match="canada, estonia, united-kingdom"):
        reading.load("atlantis")


def test_a_mapping_that_is_no_toml_says_where_it_breaks(tmp_path: Path) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text("format = 1\nsource = \n", encoding="utf-8")
    with pytest.raises(errors.MappingNotToml, match="line 2"):
        reading.load(str(path))


def test_an_unknown_word_at_the_top_is_refused_with_the_known_ones() -> None:
    told = refusal(tabel=[])
    assert "“tabel”" in told
    assert "table" in told


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"identiy": "id"}, "table[1]"),
        ({"period": {"colum": "year"}}, "table[1].period"),
        ({"body": {"name": {"en": "body"}, "sort": "agency"}}, "table[1].body"),
        ({"fields": {"scope": {"column": "scope", "severl": ","}}}, "table[1].fields.scope"),
        ({"measures": [{"quantity": "q", "column": "online", "thousand": ","}]}, "table[1].measures[1]"),
        ({"markers": {"absent": ["x"]}}, "table[1].markers"),
        ({"file": {"encodng": "utf-8"}}, "table[1].file"),
        ({"long": {"value": "v", "quantities": {"x": {"quantity": "q", "chanel": ""}}}}, "table[1].long.quantities.x"),
    ],
)
def test_an_unknown_word_inside_is_refused_with_its_place(changes: dict[str, Any], place: str) -> None:
    assert f" at {place}," in refusal(table=[made.table(**changes)])


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"period": {"column": "year", "start_month": 13}}, "a month from 1 to 12"),
        ({"period": {"column": "year", "year_is": "lunar"}}, "one of year, first-of-fiscal-year"),
        ({"period": {"fixed": "whenever"}}, "a period, such as 2025"),
        ({"period": {"column": "year", "texts": {"x": "whenever"}}}, "is no period"),
        ({"measures": [{"quantity": "q"}]}, "exactly one of column, channels and pattern"),
        ({"measures": [{"quantity": "q", "pattern": "(x"}]}, "is no pattern"),
        ({"measures": [{"quantity": "q", "pattern": "x"}]}, "no part (?P<period>...)"),
        ({"measures": [{"quantity": "q", "column": "online", "scale": "promille"}]}, "one of plain, percent, fraction"),
        ({"measures": [{"quantity": "q", "column": "online", "within": [5, 1]}]}, "two numbers, the lower first"),
        ({"measures": [{"quantity": "q", "column": "online", "thousands": ["."]}]}, "must be different"),
        ({"filters": [{"column": "scope"}]}, "either keep or drop"),
        ({"file": {"encoding": "utf-88"}}, "the name of an encoding"),
        ({"file": {"delimiter": "::"}}, "single characters"),
        ({"optional": ["id", "ghost"]}, "does not use: ghost"),
        ({"title": {"column": "name"}}, "the languages of the texts"),
        ({"kind": "sheets"}, "one of register, services, measurements, standards"),
        ({"kind": "standards"}, "must say “standard”"),
        ({"period": {}}, "must say “period”"),
        ({"identity": {"join": "-"}}, "must say “columns”"),
        ({"markers": {"missing": ["0"]}}, "a zero is measured"),
        ({"measures": [{"quantity": "Requests!", "column": "online"}]}, "a code of small letters"),
        ({"measures": [{"quantity": "q", "channels": {"online": "x" * 41}}]}, "at most 40 long"),
        ({"measures": [{"quantity": "q", "column": "online", "stage": "later"}]}, "one of request, execution, receipt"),
        ({"measures": [{"quantity": "q", "column": "online", "spread_kind": "var"}]}, "one of sd, iqr"),
        ({"measures": [{"quantity": "q", "column": "online", "method": "m" * 41}]}, "at most 40 letters"),
        ({"not_asked": [{"quantity": "q", "channels": ["By Post"]}]}, "a code of small letters"),
        ({"title": {"english": "name"}}, "the code of a language"),
        ({"standard": {"code": "id", "channel": "scope"}}, "must say “codes”"),
        (
            {"standard": {"code": "id", "claimed": {"column": "scope", "codes": {"Y": "yes"}}}},
            "met or not-met, not yes",
        ),
        ({"markers": {"blank": "measured"}}, "one of missing, not_applicable"),
    ],
)
def test_what_could_never_be_followed_is_refused(changes: dict[str, Any], expected: str) -> None:
    assert expected in refusal(table=[made.table(**changes)])


@pytest.mark.parametrize("word", ["format", "source", "scheme", "prefix", "table"])
def test_what_must_be_there_is_asked_for(word: str) -> None:
    document = made.document()
    del document[word]
    with pytest.raises(errors.CannotImport, match=word):
        reading.read(document)


def test_two_tables_of_one_name_are_refused() -> None:
    assert "one name" in refusal(table=[made.table(), made.table()])


def test_comments_and_order_do_not_change_the_digest_but_meaning_does() -> None:
    one = made.inventory()
    turned = reading.read(dict(reversed(made.document().items())))
    other = made.inventory(markers={"missing": ["ND", "?"]})
    assert one.digest == turned.digest != other.digest


# ---- which table a file is ---------------------------------------------------------------------------------------


def test_each_file_is_matched_to_its_table_by_columns_in_any_order(tmp_path: Path) -> None:
    found = made.inventory(table=[made.table(), made.standards()])
    header = ("claim", "total", "met", "target", "promise", "standard", "year", "id")
    services = made.write(tmp_path / "a.csv", [made.row("1")], header=tuple(reversed(made.HEADER)))
    standards = made.write(tmp_path / "b.csv", [], header=header)
    assert tables.match(services, found.tables).table.name == "services"
    assert tables.match(standards, found.tables).table.name == "standards"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_by_the_columns(tmp_path: Path, delimiter: str) -> None:
    path = made.write(tmp_path / "a.csv", [made.row("1")], delimiter=delimiter)
    assert tables.match(path, made.inventory().tables).delimiter == delimiter


def test_a_file_without_a_wanted_column_names_the_nearest_table_and_the_column(tmp_path: Path) -> None:
    found = made.inventory(table=[made.table(), made.standards()])
    path = made.write(tmp_path / "a.csv", [], header=("id", "year", "name", "body", "scope", "online"))
    with pytest.raises(errors.NoTableFits, match="nearest, “services”, also needs “post”"):
        tables.match(path, found.tables)


def test_an_optional_column_may_be_absent(tmp_path: Path) -> None:
    found = made.inventory(table=[made.table(optional=["post"])])
    path = made.write(tmp_path / "a.csv", [], header=("id", "year", "name", "body", "scope", "online"))
    assert tables.match(path, found.tables).table.name == "services"


def test_of_two_fitting_tables_the_one_that_uses_more_columns_is_taken(tmp_path: Path) -> None:
    short = made.table(name="short", measures=[{"quantity": "requests", "column": "online"}])
    found = made.inventory(table=[short, made.table()])
    path = made.write(tmp_path / "a.csv", [made.row("1")])
    assert tables.match(path, found.tables).table.name == "services"


def test_two_tables_that_fit_equally_well_are_refused(tmp_path: Path) -> None:
    found = made.inventory(table=[made.table(), made.table(name="twin")])
    with pytest.raises(errors.SeveralTablesFit, match="services, twin"):
        tables.match(made.write(tmp_path / "a.csv", [made.row("1")]), found.tables)


def test_a_wanted_column_that_stands_twice_is_refused() -> None:
    with pytest.raises(errors.ColumnTwice, match="“online”"):
        tables.require_unambiguous("a.csv", made.inventory().tables[0], [*made.HEADER, "online"])
    tables.require_unambiguous("a.csv", made.inventory().tables[0], [*made.HEADER, "notes"])


def test_unknown_columns_are_those_that_the_mapping_neither_reads_nor_sets_aside() -> None:
    found = made.inventory(table=[made.table(ignore=["note*"])]).tables[0]
    assert found.unknown([*made.HEADER, "colour"]) == ["colour"]


# ---- periods -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "text", "code"),
    [
        ({}, "2024", "2024"),
        ({}, "2023-2024", "2023-24"),
        ({}, "2024-Q3", "2024-Q3"),
        ({"year_is": "first-of-fiscal-year"}, "2018", "2018-19"),
        ({"year_is": "last-of-fiscal-year"}, "2019", "2018-19"),
        ({"texts": {"Spring of 2024": "2024-Q2"}}, "Spring of 2024", "2024-Q2"),
        ({}, "last year", None),
        ({}, "", None),
    ],
)
def test_period_texts_are_read_as_the_mapping_says(words: dict[str, Any], text: str, code: str | None) -> None:
    spec = made.inventory(table=[made.table(period={"column": "year", **words})]).tables[0].period
    assert isinstance(spec, mapping.PeriodColumn)
    found = spec.read(text)
    assert (found.code if found else None) == code


def test_a_fiscal_year_may_begin_in_another_month() -> None:
    spec = made.inventory(table=[made.table(period={"column": "year", "start_month": 7})]).tables[0].period
    assert spec is not None
    found = spec.read("2023-24")
    assert found is not None
    assert (found.start.month, found.end.month) == (7, 6)
