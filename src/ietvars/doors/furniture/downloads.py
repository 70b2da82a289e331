"""Any table or chart as a file: CSV that streams, JSON in one piece.

CSV is UTF-8 with a byte order mark, since the spreadsheet that civil servants use reads a file without one in the
code page of its country and breaks every Latvian letter; other programs skip the mark. Commas part the fields and
numbers have a point (RFC 4180), whatever the language of the page. Text that a spreadsheet would run as a formula gets
an apostrophe before it, as OWASP advises under "CSV Injection"; numbers, which are typed as such, stay bare. JSON needs
none of this. Nothing is computed here.
"""

import csv as csv_files
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.utils.functional import Promise

from ietvars.doors.furniture.charts import Chart
from ietvars.doors.furniture.tables import Table

BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""First characters at which a spreadsheet starts a formula: OWASP, CSV Injection, with their full-width twins."""


def harmless(cell: object) -> object:
    """Return the cell so that no spreadsheet runs it: numbers as they are, text with an apostrophe where needed."""
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        text = f"{cell:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(cell, int | float):
        return cell
    if isinstance(cell, date | datetime):
        return cell.isoformat()
    text = str(cell)
    return f"'{text}" if text.startswith(_DANGEROUS) else text


class _Line:
    """A file that hands each written line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def csv_lines(head: Iterable[object], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Lines of a CSV file, the byte order mark before the first."""
    writer = csv_files.writer(_Line())
    yield BYTE_ORDER_MARK + writer.writerow([harmless(cell) for cell in head])
    for row in rows:
        yield writer.writerow([harmless(cell) for cell in row])


def csv(table: Table | Chart, name: str = "") -> StreamingHttpResponse:
    """The table, or a chart's table, as a CSV file to keep; it is named by its code."""
    held = table.table() if isinstance(table, Chart) else table
    return csv_of(held.csv_head(), held.csv_rows(), name or held.code)


def csv_of(head: Iterable[object], rows: Iterable[Iterable[object]], name: str) -> StreamingHttpResponse:
    """Rows that are too many to become a table first, as a CSV file that streams."""
    answer = StreamingHttpResponse(csv_lines(head, rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


class Encoder(DjangoJSONEncoder):
    """Numbers stay numbers, lazy words become words."""

    def default(self, o: Any) -> Any:
        """Say what JSON has no form for."""
        if isinstance(o, Decimal):
            return int(o) if o == o.to_integral_value() else float(o)
        return str(o) if isinstance(o, Promise) else super().default(o)


def json(what: Table | Chart | dict[str, Any]) -> HttpResponse:
    """A table, a chart or a document as JSON."""
    document = what if isinstance(what, dict) else what.document()
    return JsonResponse(document, encoder=Encoder, json_dumps_params={"ensure_ascii": False, "indent": 1})
