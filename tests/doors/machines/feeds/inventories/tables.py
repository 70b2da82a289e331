"""Small mappings and files for the tests of this slice, made from data so that a test names only what it is about."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ietvars.doors.machines.feeds.inventories import bringing, mapping, reading
from ietvars.ground.people.rules import SYSTEM

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

HEADER = ("id", "year", "name", "body", "online", "post", "scope", "notes")


def document(**changes: Any) -> dict[str, Any]:
    """A mapping of one table of services; `changes` replace or add words at its top."""
    plain: dict[str, Any] = {
        "format": 1,
        "source": "test-inventory",
        "scheme": "test-number",
        "prefix": "t",
        "title": {"en": "Test inventory"},
        "markers": {"missing": ["ND"], "not_applicable": ["NA"], "not_asked": ["--"], "blank": "missing"},
        "bodies": {"prefix": "t"},
        "table": [table()],
    }
    return {**plain, **changes}


def table(**changes: Any) -> dict[str, Any]:
    """A table of services with two channels and one described field."""
    plain: dict[str, Any] = {
        "name": "services",
        "kind": "services",
        "identity": "id",
        "period": {"column": "year"},
        "title": {"en": "name"},
        "body": {"name": {"en": "body"}},
        "fields": {"scope": {"column": "scope", "several": ",", "fold": "upper"}},
        "measures": [{"quantity": "requests", "whole": True, "channels": {"online": "online", "post": "post"}}],
    }
    return {**plain, **changes}


def standards(**changes: Any) -> dict[str, Any]:
    """A table of standards of the services above."""
    plain: dict[str, Any] = {
        "name": "standards",
        "kind": "standards",
        "identity": "id",
        "period": {"column": "year"},
        "standard": {
            "code": "standard",
            "promise": {"en": "promise"},
            "target": {"column": "target", "scale": "percent"},
            "met": "met",
            "total": "total",
            "claimed": {"column": "claim", "codes": {"Y": "met", "N": "not-met"}},
        },
    }
    return {**plain, **changes}


def inventory(**changes: Any) -> mapping.Inventory:
    """The mapping above, read."""
    return reading.read(document(**changes))


def row(number: str, **cells: str) -> dict[str, str]:
    """One row of the table of services."""
    plain = {"year": "2024", "name": f"Service {number}", "body": "Agency", "online": "1", "post": "2", "scope": "a"}
    return {"id": number, **plain, **cells}


def text(rows: Sequence[Mapping[str, str]], header: Sequence[str] = HEADER, delimiter: str = ",") -> str:
    """Rows as text of a table."""
    file = io.StringIO()
    sheet = csv.writer(file, delimiter=delimiter, lineterminator="\n")
    sheet.writerow(header)
    sheet.writerows([each.get(column, "") for column in header] for each in rows)
    return file.getvalue()


def write(path: Path, rows: Sequence[Mapping[str, str]], header: Sequence[str] = HEADER, delimiter: str = ",") -> Path:
    """Rows as a file, packed where its name says so."""
    content = text(rows, header, delimiter).encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def bring(*paths: Path, edition: str = "", only: Sequence[str] = (), **changes: Any) -> bringing.Run:
    """Bring files in by the mapping above."""
    return bringing.bring(inventory(**changes), paths, by=SYSTEM, now=NOW, edition=edition, only=only)
