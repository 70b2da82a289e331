"""Reads what was reported: editions, who was listed, and cell by cell the newest word with the earlier one beside it.

A later edition restates; where it is silent, the earlier one still speaks. What was counted from events speaks before
what was reported of the same (docs/decisions/2026-11-23-which-source-speaks.md). Nothing is computed here.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Max, QuerySet

from ietvars.institution.measurements import rules
from ietvars.institution.measurements.models import (
    Edition,
    Measurement,
    Reported,
    Standard,
    StandardResult,
    ValueState,
)

Cell = tuple[int, str, str, str]
"""Service id, quantity, stage, channel."""


# ---- editions ----------------------------------------------------------------------------------------------------


def editions(period: str | None = None) -> QuerySet[Edition]:
    """Editions in the order in which they came, all or those that say something of a period."""
    found = Edition.objects.order_by("imported_at", "pk")
    if period is None:
        return found
    speaking = (
        set(Reported.objects.filter(period=period).values_list("edition_id", flat=True).distinct())
        | set(Measurement.objects.filter(period=period).values_list("edition_id", flat=True).distinct())
        | set(StandardResult.objects.filter(period=period).values_list("edition_id", flat=True).distinct())
    )
    return found.filter(pk__in=speaking)


def edition(source: str, code: str) -> Edition | None:
    """The edition of a name, None when there is none."""
    return Edition.objects.filter(source=source, code=code).first()


def edition_of_content(source: str, content_hash: str) -> Edition | None:
    """The first edition with exactly this content, None when there is none."""
    return Edition.objects.filter(source=source, content_hash=content_hash).order_by("imported_at", "pk").first()


def rows_of(period: str) -> list[tuple[int, str, int]]:
    """How many rows of each sort each edition has for a period: edition id, sort, rows."""
    counts = (
        ("listed", Counter(Reported.objects.filter(period=period).values_list("edition_id", flat=True))),
        ("figures", Counter(Measurement.objects.filter(period=period).values_list("edition_id", flat=True))),
        ("results", Counter(StandardResult.objects.filter(period=period).values_list("edition_id", flat=True))),
    )
    return sorted((edition_id, sort, rows) for sort, found in counts for edition_id, rows in found.items())


def periods() -> list[tuple[str, date]]:
    """Codes and first days of all periods that something was reported of, oldest first."""
    found = {
        *Reported.objects.values_list("period", "period_start").distinct(),
        *Measurement.objects.values_list("period", "period_start").distinct(),
    }
    return sorted(found, key=lambda row: (row[1], row[0]))


# ---- who was listed ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Listed:
    """A service in a period as its newest rows describe it; `fields` are taken one by one from the newest edition."""

    service_id: int
    holder_id: int
    fields: Mapping[str, Mapping[str, Any]]
    editions: tuple[int, ...]


def services_in(period: str, edition: int | None = None) -> set[int]:
    """Ids of the services that any edition, or the given one, lists in a period."""
    rows = Reported.objects.filter(period=period)
    if edition is not None:
        rows = rows.filter(edition_id=edition)
    return set(rows.values_list("service_id", flat=True))


def measured_in(period: str) -> set[int]:
    """Ids of the services of which any edition says some figure in a period, in whichever state."""
    return set(Measurement.objects.filter(period=period).values_list("service_id", flat=True).distinct())


def listed(period: str, service_ids: Collection[int] | None = None) -> dict[int, Listed]:
    """Service id to what is described of it in a period, field by field by the newest edition that has the field."""
    rows = Reported.objects.filter(period=period).order_by("edition__imported_at", "edition_id")
    if service_ids is not None:
        rows = rows.filter(service_id__in=service_ids)
    found: dict[int, Listed] = {}
    for service_id, holder_id, fields, edition_id in rows.values_list(
        "service_id", "holder_id", "fields", "edition_id"
    ):
        before = found.get(service_id)
        found[service_id] = Listed(
            service_id,
            holder_id,
            {**before.fields, **fields} if before else fields,
            (*before.editions, edition_id) if before else (edition_id,),
        )
    return found


def newest_periods(service_ids: Iterable[int]) -> dict[int, date]:
    """Service id to the first day of the newest period in which it was listed."""
    wanted = set(service_ids)
    rows = Reported.objects.order_by().values_list("service_id").annotate(newest=Max("period_start"))
    return {service_id: newest for service_id, newest in rows if service_id in wanted}


# ---- figures -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Earlier:
    """What another, earlier edition said of the same cell, where it differs."""

    state: str
    value: Decimal | None
    edition_id: int


@dataclass(frozen=True, slots=True)
class Current:
    """One cell as the newest edition that has it says it, with the latest differing earlier word beside it.

    `other` is what the source that does not speak for this cell says of it: reports where events were counted, or the
    other way round.
    """

    service_id: int
    holder_id: int
    quantity: str
    stage: str
    channel: str
    state: str
    value: Decimal | None
    n: int | None
    spread: Decimal | None
    spread_kind: str
    scale: str
    raw: str
    is_illustrative: bool
    edition_id: int
    scatter: float | None = None
    is_counted: bool = False
    before: Earlier | None = None
    other: Earlier | None = None

    @property
    def cell(self) -> Cell:
        """What the figure is about."""
        return (self.service_id, self.quantity, self.stage, self.channel)


_COLUMNS = (
    "service_id",
    "holder_id",
    "quantity",
    "stage",
    "channel",
    "state",
    "value",
    "n",
    "spread",
    "spread_kind",
    "scale",
    "raw",
    "is_illustrative",
    "edition_id",
    "scatter",
    "edition__source",
)


def current(
    period: str,
    *,
    service_ids: Collection[int] | None = None,
    quantities: Collection[str] | None = None,
    source: str | None = None,
    but_edition: int | None = None,
) -> list[Current]:
    """Every cell of a period once, by the newest edition that has it. `but_edition`: as if that one had not come.

    Where a quantity of a service was both counted from events and reported, all its cells are those that were counted:
    a total of one source is never divided by a part of the other.
    """
    rows = Measurement.objects.filter(period=period)
    if service_ids is not None:
        rows = rows.filter(service_id__in=service_ids)
    if quantities is not None:
        rows = rows.filter(quantity__in=quantities)
    if source is not None:
        rows = rows.filter(edition__source=source)
    if but_edition is not None:
        rows = rows.exclude(edition_id=but_edition)
    reported: dict[Cell, Current] = {}
    counted: dict[Cell, Current] = {}
    for *row, said_by in rows.order_by("edition__imported_at", "edition_id", "pk").values_list(*_COLUMNS):
        new = Current(*row)
        if said_by == rules.COUNTED:
            # Events come late and are counted again: that is no contradiction between two reports.
            counted[new.cell] = replace(new, is_counted=True)
            continue
        if old := reported.get(new.cell):
            if new.state == ValueState.NOT_ASKED:  # an edition that did not ask restates nothing
                continue
            differs = (old.state, old.value) != (new.state, new.value)
            before = Earlier(old.state, old.value, old.edition_id) if differs else old.before
            new = replace(new, before=before)
        reported[new.cell] = new
    return _speaking(reported, counted) if counted else list(reported.values())


def _speaking(reported: dict[Cell, Current], counted: dict[Cell, Current]) -> list[Current]:
    """Of each service and quantity the cells of one source: counted ones if any is measured, or nobody reported it."""
    measured = {cell[:2] for cell, each in counted.items() if each.state == ValueState.MEASURED}
    told = {cell[:2] for cell in reported}
    chosen = {cell: each for cell, each in reported.items() if cell[:2] not in measured}
    chosen |= {cell: each for cell, each in counted.items() if cell[:2] in measured or cell[:2] not in told}
    result = []
    for cell, each in chosen.items():
        rival = (reported if each.is_counted else counted).get(cell)
        other = Earlier(rival.state, rival.value, rival.edition_id) if rival is not None else None
        result.append(replace(each, other=other) if other else each)
    return result


def cells(service_id: int, quantities: Collection[str]) -> QuerySet[Measurement]:
    """Every value that was ever reported of a service's quantities, edition by edition, newest period first."""
    rows = Measurement.objects.filter(service_id=service_id, quantity__in=quantities).select_related("edition")
    return rows.order_by(
        "-period_start", "-period", "quantity", "stage", "channel", "-edition__imported_at", "-edition_id"
    )


# ---- standards ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kept:
    """How a promise was kept in a period, by the newest edition that says so. Numbers are None unless measured."""

    service_id: int
    standard: str
    source: str
    kind: str
    channel: str
    target: Decimal | None
    target_state: str
    met: Decimal | None
    met_state: str
    total: Decimal | None
    total_state: str
    performance: Decimal | None
    performance_state: str
    claimed: str
    faults: Sequence[str]
    edition_id: int

    @property
    def cell(self) -> tuple[int, str, str]:
        """What the result is about: service, standard, channel."""
        return (self.service_id, self.standard, self.channel)


_RESULT_COLUMNS = (
    "standard__service_id",
    "standard__code",
    "standard__source",
    "standard__kind",
    "channel",
    "target",
    "target_state",
    "met",
    "met_state",
    "total",
    "total_state",
    "performance",
    "performance_state",
    "claimed",
    "faults",
    "edition_id",
)


def results(
    period: str,
    *,
    service_ids: Collection[int] | None = None,
    source: str | None = None,
    but_edition: int | None = None,
) -> list[Kept]:
    """Every result of a standard in a period once, by the newest edition that has it."""
    rows = StandardResult.objects.filter(period=period)
    if service_ids is not None:
        rows = rows.filter(standard__service_id__in=service_ids)
    if source is not None:
        rows = rows.filter(edition__source=source)
    if but_edition is not None:
        rows = rows.exclude(edition_id=but_edition)
    found: dict[tuple[int, str, str], Kept] = {}
    for row in rows.order_by("edition__imported_at", "edition_id", "pk").values_list(*_RESULT_COLUMNS):
        kept = Kept(*row)
        found[kept.cell] = kept
    return list(found.values())


def promises(service_id: int) -> dict[tuple[str, str], dict[str, str]]:
    """Source and number of each standard of a service to the promise's words."""
    rows = Standard.objects.filter(service_id=service_id).values_list("source", "code", "promise")
    return {(source, code): promise for source, code, promise in rows}


def standards_of(source: str) -> dict[str, dict[int, date | None]]:
    """Number of a standard to the services that promise it, each with the first day of its newest period."""
    found: dict[str, dict[int, date | None]] = {}
    rows = Standard.objects.filter(source=source).annotate(newest=Max("results__period_start"))
    for code, service_id, newest in rows.values_list("code", "service_id", "newest"):
        found.setdefault(code, {})[service_id] = newest
    return found


def standard_channels(source: str, service_ids: Collection[int]) -> dict[tuple[int, str], str]:
    """Service id and number of a standard to the channel its newest result was reported for."""
    rows = StandardResult.objects.filter(standard__source=source, standard__service_id__in=service_ids)
    ordered = rows.order_by("period_start", "edition__imported_at", "edition_id", "pk")
    return {
        (service_id, code): channel
        for service_id, code, channel in ordered.values_list("standard__service_id", "standard__code", "channel")
    }
