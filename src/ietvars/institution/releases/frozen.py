"""The input of a release: the exact sums that it is made of, frozen as one file to make it from again.

Never published. Pure, never Django: a file of lines, read and written the same way on every machine. It must not hide
anything and must not know where it lies.
"""

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from ietvars.institution.releases import errors

SCHEMA = 1

SUMS = ("begun", "delivered", "judged", "kept", "rated", "points")
"""Sums of a cell. `judged` are delivered cases with a term, `kept` those within it; `points` are tenths of a point of
0-100 over `rated` ratings."""


@dataclass(frozen=True, order=True)
class Cell:
    """Sums of a service in a month by channel: `begun` by month of opening, the others by month of the result."""

    service: str
    month: str
    channel: str
    begun: int
    delivered: int
    judged: int
    kept: int
    rated: int
    points: int


@dataclass(frozen=True, order=True)
class Days:
    """Working days to a result of a service in a month, or over the whole period where `month` is empty."""

    service: str
    month: str
    median: float
    ninth_tenth: float


@dataclass(frozen=True)
class Named:
    """A service or a holder: its names by language, and for a service its holder's code."""

    code: str
    names: dict[str, str]
    holder: str = ""


@dataclass(frozen=True)
class Frozen:
    """Everything that a release is made of."""

    period: str
    months: tuple[str, ...]
    services: tuple[Named, ...]
    holders: tuple[Named, ...]
    since: dict[str, str]
    """Service to the first month of which it has events; before it its months are missing."""
    cells: tuple[Cell, ...]
    days: tuple[Days, ...]
    illustrative: bool = False
    facts: dict[str, int] = field(default_factory=dict)
    """Watermark, generation and formula version of the marts."""


def written(one: Frozen) -> bytes:
    """The file: a head of one line of JSON, then the cells and the days as lines of CSV, all in their order."""
    head = {
        "schema": SCHEMA,
        "period": one.period,
        "months": one.months,
        "illustrative": one.illustrative,
        "facts": one.facts,
        "services": [[each.code, each.names, each.holder, one.since.get(each.code, "")] for each in one.services],
        "holders": [[each.code, each.names] for each in one.holders],
        "cells": len(one.cells),
    }
    into = io.StringIO()
    into.write(json.dumps(head, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n")
    lines = csv.writer(into, lineterminator="\n")
    lines.writerows(_cells(sorted(one.cells)))
    lines.writerows((each.service, each.month, repr(each.median), repr(each.ninth_tenth)) for each in sorted(one.days))
    return into.getvalue().encode()


def _cells(cells: Iterable[Cell]) -> Iterable[tuple[str | int, ...]]:
    for each in cells:
        yield (each.service, each.month, each.channel, *(getattr(each, name) for name in SUMS))


def read(content: bytes) -> Frozen:
    """The input back from its file. Raises UnknownInput."""
    text, _newline, rest = content.decode().partition("\n")
    head = json.loads(text)
    if head.get("schema") != SCHEMA:
        raise errors.UnknownInput(schema=head.get("schema"))
    rows = list(csv.reader(io.StringIO(rest)))
    cells, days = rows[: head["cells"]], rows[head["cells"] :]
    return Frozen(
        period=head["period"],
        months=tuple(head["months"]),
        services=tuple(Named(code, names, holder) for code, names, holder, _since in head["services"]),
        holders=tuple(Named(code, names) for code, names in head["holders"]),
        since={code: since for code, _names, _holder, since in head["services"] if since},
        cells=tuple(Cell(*row[:3], *(int(value) for value in row[3:])) for row in cells),  # type: ignore[arg-type]
        days=tuple(Days(row[0], row[1], float(row[2]), float(row[3])) for row in days),
        illustrative=head["illustrative"],
        facts=head["facts"],
    )
