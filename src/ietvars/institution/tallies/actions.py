"""Reports what was counted: an edition of measurements for each period that the events of some service cover whole.

Only what changed since the last counting is written, so a counting that finds nothing new leaves no trace, and the
history of each number can be read edition by edition. Nothing that was reported by anybody is touched.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from zoneinfo import ZoneInfo

from django.db import transaction

from ietvars.ground.deployment import queries as deployment
from ietvars.ground.notices import actions as notices
from ietvars.ground.people.rules import Actor
from ietvars.ground.periods.rules import Period
from ietvars.institution.deliveries import rules as deliveries
from ietvars.institution.measurements import actions as measurements
from ietvars.institution.measurements import queries as figures
from ietvars.institution.measurements.rules import COUNTED, MeasurementFacts, ReportedFacts, Said, kept
from ietvars.institution.services import queries as services
from ietvars.institution.tallies import queries, reading, rules

RIGA = ZoneInfo(deliveries.ZONE)


@dataclass(frozen=True)
class Posted:
    """What a counting wrote of one period: services that it covers, cells that changed; edition empty: nothing new."""

    period: str
    edition: str
    services: int
    changed: int


def post(
    *,
    periods: Iterable[Period] | None = None,
    service_ids: Collection[int] | None = None,
    by: Actor,
    now: datetime,
) -> list[Posted]:
    """Count periods, or those worth telling, and report what changed. Announces "tallies.posted" for each that did.

    `service_ids`: only these are looked at, and nothing is said of others.
    """
    today = deployment.as_of() or now.astimezone(RIGA).date()
    wanted = queries.due(today) if periods is None else list(periods)
    found = reading.read(service_ids)
    if not found.services:
        return []
    ever = {service: rules.added(months.values()) for service, months in found.services.items()}
    return [
        _posted(found, ever, period, service_ids, by=by, now=now)
        for period in sorted(wanted, key=lambda one: (one.end, one.start))
        if period.end < today
    ]


def _posted(
    found: reading.Read,
    ever: dict[int, rules.Sums],
    period: Period,
    service_ids: Collection[int] | None,
    *,
    by: Actor,
    now: datetime,
) -> Posted:
    facts = _facts(found, ever, period)
    known = {_cell(row): row for row in figures.current(period.code, source=COUNTED, service_ids=service_ids)}
    changed = [row for row in facts if not _is_kept(row, known.get(_cell(row)))]
    # What is covered no more, or a channel whose cases were all taken back: no longer known, which is not zero.
    now_told = {_cell(row) for row in facts}
    changed += [
        MeasurementFacts(
            row.service_id, row.holder_id, period, row.quantity, Said("missing"), stage=row.stage, channel=row.channel
        )
        for cell, row in known.items()
        if cell not in now_told and row.state != "missing"
    ]
    covered = {row.service_id for row in facts}
    if not changed:
        return Posted(period.code, "", len(covered), 0)
    with transaction.atomic():
        edition = measurements.open_edition(
            source=COUNTED,
            code=_code(found, period),
            title={"lv": f"Saskaitīts no notikumiem, {period.code}", "en": f"Counted from events, {period.code}"},
            content_hash=_hash(facts),
            by=by,
            now=now,
            is_illustrative=deployment.is_sample(),
        )
        listed = figures.services_in(period.code)
        holders = {row.service_id: row.holder_id for row in facts}
        measurements.record(
            edition=edition,
            measurements=changed,
            reported=[ReportedFacts(one, holders[one], period) for one in sorted(covered - listed)],
            by=by,
            now=now,
        )
        report = {"services": len(covered), "changed": len(changed), "generation": found.generation}
        measurements.keep_report(edition=edition, report=report, by=by, now=now)
        notices.announce("tallies.posted", by=by, now=now, period=period.code)
    return Posted(period.code, edition.code, len(covered), len(changed))


def _facts(found: reading.Read, ever: dict[int, rules.Sums], period: Period) -> list[MeasurementFacts]:
    """The quantities of every service whose events cover the period whole."""
    holders = services.holders_on(found.services, period.end)
    wanted = rules.months_of(period)
    facts = []
    for service, months in sorted(found.services.items()):
        holder = holders.get(service)
        if holder is None or not rules.is_whole(period, first=found.first[service], last=found.last.get(holder, 0)):
            continue
        sums = rules.added(months[month] for month in wanted if month in months)
        told = rules.tallies(
            sums, ever[service], backlog=rules.backlog_after(period, months), methods=deliveries.METHODS
        )
        facts += [tally.measurement(service, holder, period) for tally in told]
    return facts


def _cell(row: MeasurementFacts | figures.Current) -> figures.Cell:
    return row.service_id, row.quantity, row.stage, row.channel


def _is_kept(row: MeasurementFacts, known: figures.Current | None) -> bool:
    return known is not None and _content(
        row.holder_id, row.said.state, row.said.number, row.n, row.spread, row.scale, row.scatter
    ) == _content(known.holder_id, known.state, known.value, known.n, known.spread, known.scale, known.scatter)


def _content(
    holder: int, state: str, number: Decimal | None, n: int | None, spread: Decimal | None, scale: str,
    scatter: float | None,
) -> tuple[object, ...]:  # fmt: skip
    return holder, state, kept(number), n, kept(spread), scale, scatter


def _hash(facts: Sequence[MeasurementFacts]) -> str:
    rows = [
        [*map(str, _cell(row)), *map(str, _content(
            row.holder_id, row.said.state, row.said.number, row.n, row.spread, row.scale, row.scatter))]
        for row in facts
    ]  # fmt: skip
    return sha256(json.dumps(rows, separators=(",", ":")).encode()).hexdigest()


def _code(found: reading.Read, period: Period) -> str:
    """Period, generation of the lake and watermark; numbered where the same state was counted by another formula."""
    first = code = f"{period.code}/g{found.generation}-w{found.watermark}"
    again = 1
    while figures.edition(COUNTED, code) is not None:
        again += 1
        code = f"{first}-{again}"
    return code
