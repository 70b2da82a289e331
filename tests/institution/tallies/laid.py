"""Lays cases into the lake for tests, with the marts that the cases' own expressions make of them.

A case is told in a line; what is not said gets a plain default. Publishing goes through the lake as it does in life.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from ietvars.ground.lake import actions as lake
from ietvars.ground.lake import engines, files
from ietvars.ground.lake import queries as manifest
from ietvars.ground.lake.rules import NewPart
from ietvars.ground.people.rules import SYSTEM
from ietvars.institution.cases import computing, schema
from ietvars.institution.cases.dimensions import EPOCH, Dimensions
from ietvars.institution.cases.running import Duck
from ietvars.institution.deliveries.facts import CHANNELS

DAY_US = 86_400_000_000
NOON = DAY_US // 2
ELECTRONIC = tuple(CHANNELS.index(code) for code in ("online", "e-address", "email", "app", "sms"))


@dataclass(frozen=True)
class Case:
    """One case: `lead` calendar days to its result (None: none yet), `dropped` days until it was given up."""

    service: int
    opened: date
    lead: int | None = 5
    dropped: int | None = None
    holder: int = 1
    channel: str = "online"
    receipt: str = "e-address"
    waited: int = 0  # days, one wait
    due: int | None = None  # days promised
    rating: int | None = None  # points of 0-100
    method: int = 1
    cost: int | None = None  # euro
    contacts: tuple[int, int] = (0, 0)  # all, those of failure
    evidence: tuple[int, int] = (0, 0)  # asked, held
    decided: int = 1
    contested: int = 0
    overturned: int = 0
    person: int | None = None
    stages: tuple[int, ...] = (1, 2, 3)


def row(case: Case, number: int) -> list[Any]:
    """The case as its state."""
    day = (case.opened - EPOCH).days
    delivered = None if case.lead is None else day + case.lead
    said: dict[str, Any] = dict.fromkeys(schema.CASE, 0) | {
        "service_id": case.service,
        "case_id": number,
        "said": number,
        "service_version": 1,
        "holder_id": case.holder,
        "provider_id": case.holder,
        "channel": CHANNELS.index(case.channel),
        "origin": 1,
        "person_key": case.person,
        "opened_us": day * DAY_US + NOON,
        "opened_day": day,
        "receipt": None if delivered is None else (delivered * DAY_US + NOON) * 128 + CHANNELS.index(case.receipt),
        "delivered_day": delivered,
        "dropped_day": None if case.dropped is None else day + case.dropped,
        "due_seq": None if case.due is None else number,
        "due_us": None if case.due is None else (day + case.due + 1) * DAY_US,
        "last_step": None,
        "facts_n": 5,
        "events_n": 5,
        "wait_us": case.waited * DAY_US,
        "wait_started_n": int(case.waited > 0),
        "wait_ended_n": int(case.waited > 0),
        "decided_n": case.decided,
        "contested_n": case.contested,
        "overturned_n": case.overturned,
        "evidence_n": case.evidence[0],
        "breach_n": case.evidence[1],
        "contact_n": case.contacts[0],
        "failure_contact_n": case.contacts[1],
        "rating_n": int(case.rating is not None),
        "rating_sum": 10 * (case.rating or 0),
        "rating_sq": 100 * (case.rating or 0) ** 2,
        "rating_method": case.method if case.rating is not None else 0,
        "cost_n": int(case.cost is not None),
        "cost_cents": 100 * (case.cost or 0),
        "stages": sum(1 << stage for stage in case.stages),
        "of_cohort": case.opened.year * 100 + case.opened.month,
        "input_watermark": 1,
    }
    return [said[name] for name in schema.CASE]


def lay(cases: Iterable[Case], *, now: datetime = datetime(2026, 11, 23, 9, tzinfo=UTC), watermark: int = 1) -> None:
    """Make the lake hold exactly these cases. All lie in one part: what is computed of them asks for no other."""
    every = list(cases)
    cohort = min(case.opened.year * 100 + case.opened.month for case in every)
    known = Dimensions(terms=(), electronic=ELECTRONIC)
    added: dict[str, NewPart] = {}
    with engines.duck(threads=1) as connection:
        engine = Duck(connection, engines.sql)
        computing.prepare(engine, known)
        engine.load("cases", schema.CASE, [row(case, number) for number, case in enumerate(every, start=1)])
        engine.load("before", computing.COLUMNS["before"], ())
        computing.make_marts(engine, known, watermark)
        for dataset in ("cases", "mart_month", "mart_hist", "state_month", "state_hist"):

            def write(path: Path, dataset: str = dataset) -> int:
                engine.write(dataset, schema.LAID_BY[dataset], path)
                return engine.count(dataset)

            name = f"part-1-{watermark}-g{manifest.generation(dataset) + 1}.parquet"
            added[dataset] = files.lay(
                dataset=dataset, cohort=cohort, bucket=0, name=name, seqs=(0, watermark), write=write
            )
    for dataset, part in added.items():
        drop = [old.pk for old in manifest.parts(dataset)]
        lake.publish(dataset=dataset, add=[part], drop=drop, watermark=watermark, by=SYSTEM, now=now)
