"""Reading a file that anybody may have made: what it is by content, within limits, in any dialect of CSV."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import numbers

from ietvars.institution.sheets import errors, files
from ietvars.institution.sheets.cells import Raw, Sort
from ietvars.institution.sheets.files import Limits
from tests.institution.sheets import books

MB = 2**20


def texts(content: bytes, name: str = "fails.csv", limits: Limits | None = None) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in files.read(name, content, limits or Limits())]


def sheet_of(xml: str) -> bytes:
    """A workbook whose only sheet is this XML."""
    return books.with_part(books.small(["x"]), "xl/worksheets/sheet1.xml", xml.encode())


# ---- dialects ----------------------------------------------------------------------------------------------------

ROWS = [
    ["Rindas zīme [ietvars]", "Vērtība [value]"],
    ["ivabcdefgh-1", "ķērpis; č"],
    ["ivabcdefgh-2", 'divas\nrindas "x"'],
]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1257"])
def test_a_csv_is_read_in_every_dialect_that_programs_here_write(delimiter: str, encoding: str) -> None:
    assert texts(books.as_csv(ROWS, encoding, delimiter)) == ROWS


def test_rows_are_numbered_as_the_program_shows_them_and_not_by_lines_of_text() -> None:
    content = books.as_csv([["a", "b"], ["one\ntwo", "x"], [], ["after", "y"]])
    assert [row.number for row in files.read("a.csv", content, Limits())] == [1, 2, 4]


@pytest.mark.parametrize(
    "content", [b"ietvars;v\xe4rt\xa1\xa5\n", b"ietvars;a\0b\n", "ietvars;a\0b\n".encode("utf-16")]
)
def test_letters_that_no_encoding_explains_are_refused(content: bytes) -> None:
    with pytest.raises(errors.UnknownLetters):
        texts(content)


def test_a_quotation_that_is_never_closed_is_refused_with_its_row() -> None:
    with pytest.raises(errors.BrokenTable, match="row 2"):
        texts(b'ietvars,value\n1,"open\n2,x\n')


# ---- what it is by content ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "sign"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"\n<!DOCTYPE html><table>", "HTML"),
        (b"<?xml version='1.0'?><a/>", "XML"),
        (b'{"rows": []}', "JSON"),
        (b"\x89PNG\r\n\x1a\n\0\0", "PNG"),
        (b"\x1f\x8b\x08\0", "GZIP"),
        (b"MZ\x90\0\x03\0", "EXE"),
        (books.packed({"a.txt": "x"}), "ZIP"),
        (
            books.packed({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<a/>"}),
            "OpenDocument",
        ),
    ],
)
def test_what_is_something_else_is_refused_by_its_content_whatever_its_name_says(content: bytes, sign: str) -> None:
    with pytest.raises(errors.NotASheet, match=sign):
        files.read("pakalpojumi.xlsx", content, Limits())


def test_a_workbook_called_csv_and_a_csv_called_xlsx_are_read_all_the_same() -> None:
    assert texts(books.small(["a", "b"]), "a.csv") == [["a", "b"]]
    assert texts(b"a,b\n", "a.xlsx") == [["a", "b"]]


def test_an_old_or_locked_workbook_is_refused_with_what_to_do() -> None:
    with pytest.raises(errors.OldWorkbook, match="password"):
        texts(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))


@pytest.mark.parametrize("content", [b"", b" \n\t ", books.small([])], ids=["no bytes", "blanks", "empty workbook"])
def test_an_empty_file_is_refused(content: bytes) -> None:
    with pytest.raises(errors.EmptyFile):
        texts(content)


def test_a_file_with_macros_is_refused_also_under_another_name() -> None:
    with pytest.raises(errors.HoldsMacros):
        texts(books.with_part(books.small(["a"]), "xl/vbaProject.bin", b"\xd0\xcf"))
    macros = books.parts_of(books.small(["a"]))["[Content_Types].xml"].replace(
        b"spreadsheetml.sheet.main+xml", b"ms-excel.sheet.macroEnabled.main+xml"
    )
    with pytest.raises(errors.HoldsMacros):
        texts(books.with_part(books.small(["a"]), "[Content_Types].xml", macros))


@pytest.mark.parametrize("size", [10, 60, 400, 2000])
def test_a_workbook_that_is_cut_off_is_refused(size: int) -> None:
    with pytest.raises(errors.Damaged):
        texts(books.small(["a", "b"], ["c", "d"])[:size])


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"])
def test_a_workbook_with_broken_xml_is_refused(part: str) -> None:
    with pytest.raises(errors.Damaged):
        texts(books.with_part(books.small(["a"]), part, b"<worksheet><sheetData><row r='x'><c"))


# ---- bombs -------------------------------------------------------------------------------------------------------

_SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)


def test_a_zip_bomb_is_refused_before_it_fills_the_memory() -> None:
    bomb = books.with_part(books.small(["a"]), "xl/worksheets/sheet1.xml", b" " * (9 * MB))
    assert len(bomb) < 100_000
    with pytest.raises(errors.UnpacksTooLarge, match="8 MB"):
        texts(bomb, limits=Limits(unpacked_megabytes=8))


def test_a_bomb_in_a_part_that_no_program_reads_is_refused_too() -> None:
    with pytest.raises(errors.UnpacksTooLarge):
        texts(
            books.with_part(books.small(["a"]), "xl/media/picture.png", bytes(9 * MB)),
            limits=Limits(unpacked_megabytes=8),
        )


def test_an_entity_bomb_is_refused_in_any_part_and_encoding() -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l "lol"><!ENTITY m "&l;&l;&l;">]><a>&m;</a>'
    for part in ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml", "docProps/core.xml"):
        for content in (bomb.encode(), bomb.encode("utf-16")):
            with pytest.raises(errors.HoldsDeclarations):
                texts(books.with_part(books.small(["a"]), part, content))


def test_a_declaration_is_found_also_where_the_pieces_of_reading_part_it() -> None:
    for offset in range(65_520, 65_545, 3):
        content = b"<a>" + b" " * offset + b"<!DOCTYPE b []></a>"
        with pytest.raises(errors.HoldsDeclarations):
            texts(books.with_part(books.small(["a"]), "xl/comments1.xml", content))


def test_a_workbook_of_too_many_parts_of_xml_is_refused_before_a_library_reads_it() -> None:
    cells = "<row>" + "<c/>" * 300_000 + "</row>"
    with pytest.raises(errors.TooManyCells):
        texts(sheet_of(_SHEET.format(cells)), limits=Limits(cells=1000))


def test_a_cell_in_the_last_row_and_column_that_a_sheet_can_have_exhausts_nothing() -> None:
    xml = _SHEET.format('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
    with pytest.raises(errors.TooManyColumns):
        texts(sheet_of(xml), limits=Limits(seconds=10))


def test_rows_that_a_file_leaves_out_are_counted_also_up_to_the_last_that_a_sheet_can_have() -> None:
    cell = '<c t="inlineStr"><is><t>x</t></is></c>'
    xml = _SHEET.format(f'<row r="2">{cell}</row><row r="7">{cell}</row><row r="1048576" ht="12.8"/>')
    rows = files.read("a.xlsx", sheet_of(xml), Limits(seconds=10))
    assert [(row.number, len(row.cells)) for row in rows] == [(2, 1), (7, 1)]


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_rows_columns_and_cells_have_their_limits(form: str) -> None:
    def made(rows: int, columns: int) -> bytes:
        table = [["x"] * columns for _ in range(rows)]
        return books.small(*table) if form == "xlsx" else books.as_csv(table)

    limits = Limits(rows=10, columns=6, cells=40)
    assert len(texts(made(10, 4), limits=limits)) == 10
    with pytest.raises(errors.TooManyRows, match="10 rows"):
        texts(made(11, 1), limits=limits)
    with pytest.raises(errors.TooManyColumns, match="6 columns"):
        texts(made(1, 7), limits=limits)
    with pytest.raises(errors.TooManyCells, match="40 cells"):
        texts(made(9, 5), limits=limits)


def test_a_file_that_is_too_large_is_refused_before_it_is_looked_at() -> None:
    with pytest.raises(errors.FileTooLarge, match="1 MB"):
        texts(b"x" * (MB + 1), limits=Limits(megabytes=1))


def test_reading_stops_when_it_takes_too_long() -> None:
    with pytest.raises(errors.TookTooLong):
        texts(books.as_csv([["x"] * 50] * 2000), limits=Limits(seconds=0))


# ---- cells -------------------------------------------------------------------------------------------------------


def cells_of(content: bytes) -> list[list[Raw]]:
    return [list(row.cells) for row in files.read("a.xlsx", content, Limits())]


def test_formulas_faults_and_dates_come_out_as_what_they_are() -> None:
    def fill(sheet: Any) -> None:
        sheet["A1"] = "=1+1"
        sheet["B1"] = "#REF!"
        sheet["C1"] = 45992
        sheet["C1"].number_format = numbers.FORMAT_DATE_YYYYMMDD2
        sheet["D1"] = 12.5
        sheet["E1"] = 3.0
        sheet["F1"] = True
        sheet["G1"] = "'=x"
        sheet["H1"] = 0.1 + 0.2

    assert cells_of(books.changed(books.small(["x"]), fill)) == [
        [
            Raw("=1+1", Sort.FORMULA),
            Raw("#REF!", Sort.FAULT),
            Raw("2025-12-01", Sort.DAY),
            Raw("12.5", Sort.NUMBER),
            Raw("3", Sort.NUMBER),
            Raw("yes"),
            Raw("'=x"),
            Raw("0.3", Sort.NUMBER),
        ]
    ]


def test_a_formula_is_one_whatever_result_it_was_saved_with() -> None:
    cell = '<row r="1"><c r="A1" t="str"><f>CMD()</f><v>1</v></c><c r="B1" t="inlineStr"><is><t>=2</t></is></c></row>'
    assert cells_of(sheet_of(_SHEET.format(cell))) == [[Raw("=CMD()", Sort.FORMULA), Raw("=2")]]


def test_a_bare_formula_in_a_csv_is_one_and_a_plus_or_minus_is_none() -> None:
    found = files.read("a.csv", b'"=SUM(A1)","+371 6700","-5","#N/A",x\n', Limits())[0].cells
    assert [cell.sort for cell in found] == [Sort.FORMULA, Sort.TEXT, Sort.TEXT, Sort.FAULT, Sort.TEXT]


def test_merged_cells_carry_their_range_and_hidden_rows_are_told() -> None:
    def fill(sheet: Any) -> None:
        sheet.append(["one", "two", "three"])
        sheet.append(["four", "five", "six"])
        sheet.merge_cells("B2:C3")
        sheet.row_dimensions[3].hidden = True

    rows = files.read("a.xlsx", books.changed(books.small(["x", "y", "z"]), fill), Limits())
    assert [cell.sort for cell in rows[1].cells] == [Sort.TEXT, Sort.MERGED, Sort.MERGED]
    assert {cell.text for cell in rows[1].cells[1:]} == {"B2:C3"}
    assert [row.is_hidden for row in rows] == [False, False, True]


def test_a_merged_range_over_the_whole_sheet_exhausts_nothing() -> None:
    cell = '<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row>'
    xml = _SHEET.format(cell).replace(
        "</sheetData>", '</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    )
    assert cells_of(sheet_of(xml))[0][0].sort is Sort.MERGED


def test_what_stands_in_another_sheet_than_the_first_is_not_mixed_in() -> None:
    book = openpyxl.load_workbook(io.BytesIO(books.small(["first"])))
    book.create_sheet("Paskaidrojumi").append(["second"])
    assert texts(books.saved(book)) == [["first"]]
