"""Reads what the rules on figures need: for the report of one institution while it is typed, or for a whole period.

It decides nothing and writes nothing; the rules are in `quality`.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q

from ietvars.ground.bodies import queries as bodies
from ietvars.ground.periods import rules as periods
from ietvars.ground.terms.rules import LANGUAGES
from ietvars.institution.indicators import definitions
from ietvars.institution.indicators import queries as indicators
from ietvars.institution.measurements import queries as measurements
from ietvars.institution.rounds import asking, doubtful, quality, queries
from ietvars.institution.rounds.asking import Key
from ietvars.institution.rounds.typed import Figure
from ietvars.institution.services import queries as services

STAGES = ("request", "execution", "receipt")


@dataclass(frozen=True)
class Looked:
    """What the rules found, service by service, and over how many services they looked."""

    findings: Mapping[int, tuple[quality.Finding, ...]]
    holders: Mapping[int, int]
    services: int


def report(grid: queries.Grid, lines: Iterable[queries.Line] | None = None) -> dict[str, tuple[quality.Finding, ...]]:
    """Code of each service of a report to what is doubtful in what was typed; of some lines when they are given."""
    wanted = list(grid.lines if lines is None else lines)
    ids = [line.service.pk for line in wanted]
    known = _Around(queries.period_of(grid.round), ids, grid.indicators)
    return {
        line.service.code: quality.look(
            known.facts(
                line.service.pk,
                {cell.key: cell.figure for cell in line.cells if _speaks(cell)},
                is_entry=True,
            )
        )
        for line in wanted
    }


def _speaks(cell: queries.Cell) -> bool:
    """Whether a cell is looked at: what is excused or left blank says nothing."""
    return not cell.excuse and not cell.figure.is_blank


def period(period: periods.Period) -> Looked:
    """What is doubtful in everything that was reported of a period, of whatever source."""
    current = measurements.current(period.code)
    holders = {row.service_id: row.holder_id for row in current}
    figures = queries.said_in(period.code)
    known = _Around(period, None, _in_force(period), holders.keys())
    found = {pk: quality.look(known.facts(pk, cells)) for pk, cells in figures.items()}
    return Looked({pk: said for pk, said in found.items() if said}, holders, len(figures))


Document = dict[str, Any]


def document(span: periods.Period, rule: str = "") -> Document:
    """What the rules doubt in a period as one document, of all rules or of one (docs/howto/json-of-commands.md)."""
    looked = period(span)
    codes = dict(services.all_services().filter(pk__in=looked.findings).values_list("pk", "code"))
    holders = dict(
        bodies.all_bodies().filter(pk__in={looked.holders[pk] for pk in looked.findings}).values_list("pk", "code")
    )
    wanted = [one for one in quality.RULES if not rule or one.code == rule]
    rows = (
        (wanted.index(one.rule), codes[pk], one.key, holders[looked.holders[pk]], one)
        for pk, findings in looked.findings.items()
        for one in findings
        if one.rule in wanted
    )
    found = sorted(rows, key=lambda row: row[:3])
    figures = Counter(row[0] for row in found)
    told = {at: {row[1] for row in found if row[0] == at} for at in figures}
    return {
        "document": "ietvars/figure-checks",
        "version": 1,
        "period": span.code,
        "services": looked.services,
        "rules": [
            {
                "code": one.code,
                "severity": one.severity.value,
                "name": dict(one.name),
                "remedy": dict(one.remedy),
                "services": len(told.get(at, ())),
                "figures": figures[at],
            }
            for at, one in enumerate(wanted)
        ],
        "findings": [
            {
                "service": code,
                "holder": holder,
                "rule": one.code,
                "severity": one.severity.value,
                "figure": str(key),
                "quantity": key.quantity,
                "stage": key.stage,
                "channel": key.channel,
                "sentence": {language: one.sentence(language) for language in LANGUAGES},
            }
            for _at, code, key, holder, one in found
        ],
    }


def _in_force(period: periods.Period) -> list[definitions.Indicator]:
    known = indicators.indicators()
    return [known[row.pk] for row in indicators.definitions_in_force(period.start)]


class _Around:
    """What stands around the figures of services in a period, read once for all of them."""

    def __init__(
        self,
        period: periods.Period,
        service_ids: Sequence[int] | None,
        wanted: Sequence[definitions.Indicator],
        speaking: Collection[int] | None = None,
    ) -> None:
        ids = list(service_ids if service_ids is not None else speaking or ())
        self.earlier = [queries.said_in(one.code, service_ids) for one in queries.before(period)]
        self.pairs = asking.pairs(wanted)
        self.whole = frozenset(need.quantity for need in asking.needs(wanted) if need.is_whole)
        self.promises: dict[int, list[quality.Promise]] = {}
        speaking_editions: set[int] = set()
        for row in measurements.results(period.code, service_ids=service_ids):
            speaking_editions.add(row.edition_id)
            self.promises.setdefault(row.service_id, []).append(
                quality.Promise(row.standard, row.met, row.total, row.performance, tuple(row.faults))
            )
        known = services.all_services().filter(pk__in=ids)
        self.termed = set(known.filter(Q(term_days__isnull=False) | Q(is_immediate=True)).values_list("pk", flat=True))
        # Our own descriptions say whether there is a term; an inventory only in an edition that speaks of standards.
        self.told = set(known.filter(source="").values_list("pk", flat=True)) | {
            pk
            for pk, listed in measurements.listed(period.code, service_ids).items()
            if speaking_editions.intersection(listed.editions)
        }
        self.offered = {stage: services.channels_at(stage, ids) for stage in STAGES}
        self.monthly = _monthly(period, service_ids)

    def facts(self, pk: int, cells: Mapping[Key, Figure], *, is_entry: bool = False) -> quality.Facts:
        """What the rules are told of one service."""
        return quality.Facts(
            cells=cells,
            earlier=[one.get(pk, {}) for one in self.earlier],
            has_promise=(pk in self.termed or pk in self.promises) if pk in self.told else None,
            promises=self.promises.get(pk, ()),
            offered={stage: frozenset(found.get(pk, ())) for stage, found in self.offered.items()},
            pairs=self.pairs,
            whole=self.whole,
            monthly=self.monthly.get(pk, {}),
            is_entry=is_entry,
        )


def _monthly(period: periods.Period, service_ids: Collection[int] | None) -> dict[int, dict[str, list[Decimal | None]]]:
    """Service id to quantity to its twelve months, where the period is a year; a month without a figure is None."""
    if period.kind is not periods.Kind.YEAR:
        return {}
    found: dict[int, dict[str, list[Decimal | None]]] = {}
    for number in range(1, 13):
        month = periods.month(period.start.year, number)
        for pk, cells in queries.said_in(month.code, service_ids, doubtful.BulkClosed.COUNTED).items():
            for key, figure in cells.items():
                if not key.channel:
                    months = found.setdefault(pk, {}).setdefault(key.quantity, [None] * 12)
                    months[number - 1] = figure.number
    return found
