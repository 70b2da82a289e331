"""From bytes to rows: every way of writing a table is read alike, and what is no table is refused in one sentence."""

from __future__ import annotations

import gzip
import io
import tracemalloc
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ietvars.doors.machines.feeds.inventories import errors, files, sheets

ROWS = [["id", "name"], ["1", "Dzīvesvieta"], ["2", "Ēka, māja"]]


def read(path: Path, form: files.Form | None = None, delimiter: str = ",") -> list[list[str]]:
    with files.opened(path, form or files.Form(), delimiter) as rows:
        return [rows.header, *(record.cells for record in rows.records())]


def lines(path: Path, form: files.Form | None = None) -> list[int]:
    with files.opened(path, form or files.Form(), ",") as rows:
        return [record.line for record in rows.records()]


def written(path: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
    return path


CSV = 'id,name\n1,Dzīvesvieta\n2,"Ēka, māja"\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1257"])
def test_text_is_read_in_the_encoding_of_the_mapping(tmp_path: Path, encoding: str) -> None:
    path = written(tmp_path / "table.csv", CSV, encoding)
    name = "utf-8" if encoding == "utf-8-sig" else encoding
    assert read(path, files.Form(encoding=name)) == ROWS


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_line_ending_is_read(tmp_path: Path, ending: str) -> None:
    assert read(written(tmp_path / "table.csv", CSV.replace("\n", ending))) == ROWS


def test_a_packed_file_is_read_whatever_its_name(tmp_path: Path) -> None:
    assert read(written(tmp_path / "table.csv", gzip.compress(CSV.encode()))) == ROWS


def test_a_packed_and_a_plain_copy_have_one_hash(tmp_path: Path) -> None:
    digests = []
    for name, content in (("a.csv", CSV.encode()), ("b.csv.gz", gzip.compress(CSV.encode()))):
        with files.opened(written(tmp_path / name, content), files.Form(), ",") as rows:
            list(rows.records())
            digests.append(rows.digest())
    assert digests[0] == digests[1]


@given(
    delimiter=st.sampled_from([",", ";", "\t", "|", "^"]),
    rows=st.lists(
        st.lists(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12), min_size=2, max_size=2).filter(
            lambda cells: any(cell.strip() for cell in cells)
        ),
        max_size=6,
    ),
)
def test_whatever_is_written_with_a_delimiter_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, delimiter: str, rows: list[list[str]]
) -> None:
    import csv

    file = io.StringIO()
    csv.writer(file, delimiter=delimiter).writerows([["id", "name"], *rows])
    path = written(tmp_path_factory.mktemp("any") / "table.csv", file.getvalue())
    assert read(path, delimiter=delimiter) == [["id", "name"], *rows]


def test_a_row_over_several_lines_bears_the_line_where_it_begins(tmp_path: Path) -> None:
    path = written(tmp_path / "table.csv", 'id,name\n1,"two\nlines"\n2,b\n\n3,c\n')
    assert lines(path) == [2, 4, 6]


def test_line_breaks_in_the_name_of_a_column_are_a_space(tmp_path: Path) -> None:
    path = written(tmp_path / "table.csv", '"Total\ntransactions ",b\n1,2\n')
    assert read(path)[0] == ["Total transactions", "b"]


def test_a_footer_and_what_stands_behind_it_are_no_rows(tmp_path: Path) -> None:
    path = written(tmp_path / "table.csv", "id,name\n1,a\n\nTimestamp:2025-03-03\nnotes,of the publisher\n")
    with files.opened(path, files.Form(footer=("Timestamp:",)), ",") as rows:
        assert [record.cells for record in rows.records()] == [["1", "a"]]
        assert rows.ended_at_footer


def test_lines_above_the_header_are_skipped_and_counted(tmp_path: Path) -> None:
    path = written(tmp_path / "table.csv", "Report of 2024\n\nid,name\n1,a\n")
    form = files.Form(skip=2)
    assert read(path, form) == [["id", "name"], ["1", "a"]]
    assert lines(path, form) == [4]


# ---- workbooks ---------------------------------------------------------------------------------------------------


def workbook(path: Path, rows: list[list[object]], sheet: str = "Data", formats: dict[str, str] | None = None) -> Path:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    for row in rows:
        page.append(row)
    for cell, number_format in (formats or {}).items():
        page[cell].number_format = number_format
    book.save(path)
    return path


def test_a_sheet_is_read_as_texts_as_they_are_shown(tmp_path: Path) -> None:
    rows: list[list[object]] = [["id", "count", "share", "part"], [1, 12.0, 0.8, 0.25], ["B", None, "ND", 1234567]]
    path = workbook(tmp_path / "table.xlsx", rows, formats={"C2": "0%"})
    assert read(path) == [["id", "count", "share", "part"], ["1", "12", "80%", "0.25"], ["B", "", "ND", "1234567"]]


def test_the_sheet_that_the_mapping_names_is_read(tmp_path: Path) -> None:
    path = workbook(tmp_path / "table.xlsx", [["id"], [1]], sheet="Figures")
    assert read(path, files.Form(sheet="Figures")) == [["id"], ["1"]]
    with pytest.raises(errors.NotATable, match="without the sheet “Other”"):
        read(path, files.Form(sheet="Other"))


def test_a_cut_workbook_is_refused(tmp_path: Path) -> None:
    whole = workbook(tmp_path / "whole.xlsx", [["id"], [1]]).read_bytes()
    with pytest.raises(errors.CutOff):
        read(written(tmp_path / "table.xlsx", whole[: len(whole) // 2]))


def test_a_packed_folder_is_no_workbook(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "table.zip", "w") as archive:
        archive.writestr("table.csv", CSV)
    with pytest.raises(errors.NotATable, match="packed folder"):
        read(tmp_path / "table.zip")


def test_a_workbook_that_unpacks_to_a_thousandfold_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = workbook(tmp_path / "table.xlsx", [["id"], [1]])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet2.xml", b" " * (8 * sheets.SMALL))
    with pytest.raises(errors.TooLarge):
        read(path)


# ---- what is no table --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"<!DOCTYPE html>\n<html><body>Sorry</body></html>", "an html page"),
        (b"\xef\xbb\xbf\r\n<HTML>", "an html page"),
        (b"%PDF-1.7 ...", "a PDF document"),
        (b'{"id": 1}', "a JSON document"),
        (b"", "empty"),
        (b"  \n \n", "empty"),
        (b"id,name\n1,\x00\x01", "binary data"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook"),
    ],
)
def test_something_else_under_the_name_of_a_table_is_named(tmp_path: Path, content: bytes, what: str) -> None:
    with pytest.raises(errors.NotATable, match=what):
        read(written(tmp_path / "table.csv", content))


def test_a_packed_page_is_no_table_either(tmp_path: Path) -> None:
    with pytest.raises(errors.NotATable, match="an html page"):
        read(written(tmp_path / "table.csv.gz", gzip.compress(b"<html></html>")))


def test_a_path_that_leads_nowhere_is_refused(tmp_path: Path) -> None:
    with pytest.raises(errors.NoSuchFile, match=r"missing\.csv"):
        read(tmp_path / "missing.csv")
    with pytest.raises(errors.NoSuchFile):
        read(tmp_path)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ('id,name,more\n1,a,b\n2,"c', "never closed"),
        ("id,name,more\n1,a,b\n2,c", "2 of 3 columns"),
        (CSV.encode()[:-3] + "ē".encode()[:1], "in the middle of a letter"),
    ],
)
def test_a_text_that_ends_in_the_middle_is_cut(tmp_path: Path, content: str | bytes, why: str) -> None:
    with pytest.raises(errors.CutOff, match=why):
        read(written(tmp_path / "table.csv", content))


def test_a_last_row_without_line_end_is_whole_when_it_has_all_columns(tmp_path: Path) -> None:
    assert read(written(tmp_path / "table.csv", CSV.rstrip("\n"))) == ROWS


@pytest.mark.parametrize("left", [0.2, 0.5, 0.99])
def test_packed_data_that_end_in_the_middle_are_cut(tmp_path: Path, left: float) -> None:
    packed = gzip.compress("".join(f"{n},{n * 7919 % 104729}\n" for n in range(20_000)).encode())
    with pytest.raises(errors.CutOff, match="packed data"):
        read(written(tmp_path / "table.csv.gz", packed[: int(len(packed) * left)]))


def test_damaged_packed_data_are_refused(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(CSV.encode() * 100))
    packed[len(packed) // 2] ^= 0xFF
    with pytest.raises((errors.Damaged, errors.CutOff)):
        read(written(tmp_path / "table.csv.gz", bytes(packed)))


def test_a_wrong_encoding_is_named_with_its_line(tmp_path: Path) -> None:
    path = written(tmp_path / "table.csv", "id,name\n1,plain\n2,Ēka\n", "cp1257")
    with pytest.raises(errors.WrongEncoding, match="not UTF-8 text: it breaks at line 3"):
        read(path)


def test_utf_8_under_the_name_of_another_encoding_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "table.csv", "id,name\n1,plain\n2,Ēka\n3,Māja\n")
    with pytest.raises(errors.OtherEncoding, match="the mapping says latin-1"):
        read(path, files.Form(encoding="latin-1"))
    assert read(written(tmp_path / "plain.csv", "id\n1\n"), files.Form(encoding="latin-1")) == [["id"], ["1"]]


def test_text_behind_a_closing_quote_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(errors.BrokenQuotes, match="line 2"):
        read(written(tmp_path / "table.csv", 'id,name\n1,"a"b\n'))


# ---- too much of it ----------------------------------------------------------------------------------------------

MEGABYTES = 1024
"""A gigabyte of one letter, packed as members of a megabyte, so that the test writes a megabyte and not a gigabyte."""


def a_line_of_a_gigabyte(path: Path) -> Path:
    member = gzip.compress(b"a" * 2**20)
    with path.open("wb") as file:
        file.write(gzip.compress(b"id,name\n1,"))
        for _ in range(MEGABYTES):
            file.write(member)
    return path


def test_a_line_of_a_gigabyte_is_refused_without_being_held(tmp_path: Path) -> None:
    path = a_line_of_a_gigabyte(tmp_path / "table.csv.gz")
    tracemalloc.start()
    try:
        with pytest.raises(errors.LineTooLong, match="line 2"):
            read(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 32 * 2**20


def test_a_quotation_that_swallows_the_rest_of_the_file_is_refused(tmp_path: Path) -> None:
    content = 'id,name\n1,"never closed\n' + "2,b\n" * 400_000
    with pytest.raises(errors.CannotImport):
        read(written(tmp_path / "table.csv", content))


def test_a_header_of_a_gigabyte_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "table.csv.gz"
    member = gzip.compress(b"a," * 2**19)
    path.write_bytes(member * 64)
    with pytest.raises(errors.LineTooLong, match="line 1"):
        read(path)


def test_a_file_that_unpacks_to_more_than_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_BYTES", 2**20)
    path = written(tmp_path / "table.csv.gz", gzip.compress(b"1,2\n" * 2**20))
    with pytest.raises(errors.TooLarge, match="1 MB"):
        read(path)


def test_a_table_of_thousands_of_columns_is_none(tmp_path: Path) -> None:
    with pytest.raises(errors.NotATable, match="columns"):
        read(written(tmp_path / "table.csv", ",".join("abc" for _ in range(files.MOST_COLUMNS + 1)) + "\n"))
