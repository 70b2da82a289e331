"""The slow, obvious twin: case by case in plain Python, cell by cell. What the engines must give, exactly."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ietvars.ground.periods import rules as periods
from ietvars.institution.cases import schema
from ietvars.institution.cases.schema import Measure
from ietvars.institution.deliveries.facts import Contact, Type

Row = Mapping[str, Any]
EPOCH = date(1970, 1, 1)


def day_of(number: int) -> date:
    return EPOCH + timedelta(days=number)


def month_of(number: int) -> int:
    day = day_of(number)
    return day.year * 100 + day.month


@dataclass
class Case:
    """One case, as its events tell it."""

    key: tuple[int, int]
    rows: list[Row]

    def of(self, *types: Type) -> list[Row]:
        return [row for row in self.rows if row["type"] in types]

    @property
    def first(self) -> Row:
        return min(self.of(Type.OPENED) or self.rows, key=lambda row: row["seq"])

    @property
    def person(self) -> int | None:
        return min((row["person_key"] for row in self.rows if row["person_key"] is not None), default=None)

    @property
    def opened_us(self) -> int:
        return min(int(row["occurred_us"]) for row in self.rows)

    @property
    def opened_day(self) -> int:
        return min(int(row["day"]) for row in self.rows)

    @property
    def end_day(self) -> int | None:
        ends = self.of(Type.DELIVERED) or self.of(Type.WITHDRAWN, Type.EXPIRED)
        return max((row["day"] for row in ends), default=None)

    @property
    def is_waiting(self) -> bool:
        return len(self.of(Type.WAIT_STARTED)) > len(self.of(Type.WAIT_ENDED))


def standing(rows: Iterable[Row]) -> list[Row]:
    """Rows that count: none that another of the same case stands for, none that only takes back."""
    every = list(rows)
    gone = {(row["case_id"], row["corrects"]) for row in every if row["corrects"] not in (None, row["event_id"])}
    return [row for row in every if (row["case_id"], row["event_id"]) not in gone and row["type"] != Type.ANNULLED]


def cases(rows: Iterable[Row]) -> list[Case]:
    grouped: dict[tuple[int, int], list[Row]] = defaultdict(list)
    for row in standing(rows):
        grouped[row["service_id"], row["case_id"]].append(row)
    return [Case(key, of) for key, of in grouped.items()]


def months(
    rows: Iterable[Row], terms: Mapping[tuple[int, int], int], electronic: Sequence[int]
) -> dict[tuple[int, ...], dict[str, int]]:
    """Cell of `mart_month` to its sums."""
    found: dict[tuple[int, ...], Counter[str]] = defaultdict(Counter)
    every = cases(rows)
    for case in every:
        first = case.first
        said = tuple(int(first[name]) for name in ("service_version", "holder_id", "provider_id", "channel", "origin"))
        ended = 0 if case.end_day is None else month_of(case.end_day)
        cell = found[case.key[0], *said, month_of(case.opened_day), ended]
        cell.update(_sums(case, every, terms, electronic))
    return {key: {name: cell[name] for name in schema.SUMS} for key, cell in found.items()}


def _sums(
    case: Case, every: list[Case], terms: Mapping[tuple[int, int], int], electronic: Sequence[int]
) -> dict[str, int]:
    delivered = case.of(Type.DELIVERED)
    sums = {"cases": 1, "events": sum(row["activity"] >= 0 for row in case.rows)}
    if delivered:
        sums |= _delivery(case, delivered, terms, electronic)
    elif case.end_day is not None:
        sums["dropped"] = 1
    else:
        sums |= {"open_now": 1, "waiting_now": int(case.is_waiting)}
    contacts, evidence = case.of(Type.CONTACT), case.of(Type.EVIDENCE_REQUESTED)
    ratings = [row["rating"] for row in case.rows if row["rating"] is not None]
    costs = [row["cost_cents"] for row in case.rows if row["cost_cents"] is not None]
    channel = case.first["channel"]
    failing = (Contact.STATUS, Contact.CORRECTION, Contact.REPEAT)
    sums |= {
        "decided": len(case.of(Type.DECIDED)),
        "contested": len(case.of(Type.CONTESTED)),
        "overturned": len(case.of(Type.OVERTURNED)),
        "evidence_n": len(evidence),
        "breach_n": sum(row["evidence_held_by"] is not None for row in evidence),
        "contact_n": len(contacts),
        "status_contact_n": sum(row["contact"] == Contact.STATUS for row in contacts),
        "failure_contact_n": sum(row["contact"] in failing for row in contacts),
        "rating_n": len(ratings),
        "rating_sum": sum(ratings),
        "rating_sq": sum(each * each for each in ratings),
        "cost_n": len(costs),
        "cost_cents": sum(costs),
        "digital_request_n": int(channel in electronic),
        "digital_request_base": int(channel > 0),
    }
    for name, stage in (("request", 1), ("execution", 2), ("receipt", 3)):
        sums[f"reached_{name}"] = int(any(row["stage"] == stage for row in case.rows))
    if case.person is not None:
        before = [
            other for other in every
            if other.key[0] == case.key[0] and other.person == case.person
            and (other.opened_us, other.key[1]) < (case.opened_us, case.key[1])
        ]  # fmt: skip
        near = [other for other in before if case.opened_day - other.opened_day <= schema.REPEAT_DAYS]
        again = any(month_of(other.opened_day) == month_of(case.opened_day) for other in before)
        sums |= {"repeat_base": 1, "repeat_n": int(bool(near)), "persons": int(not again)}
    return sums


def _delivery(
    case: Case, delivered: list[Row], terms: Mapping[tuple[int, int], int], electronic: Sequence[int]
) -> dict[str, int]:
    last = max(delivered, key=lambda row: (row["occurred_us"], row["channel"]))
    assert case.end_day is not None
    lead = periods.working_days_between(day_of(case.opened_day), day_of(case.end_day))
    log = round(math.log(1 + lead) * schema.LOG_SCALE)
    due = [(row["seq"], row["due_us"]) for row in case.rows if row["due_us"] is not None]
    term = terms.get((case.key[0], case.first["service_version"]))
    sums = {
        "delivered": 1, "lead_days_sum": lead, "lead_log": log, "lead_sq_log": log * log,
        "digital_receipt_n": int(last["channel"] in electronic), "digital_receipt_base": int(last["channel"] > 0),
    }  # fmt: skip
    if due:
        sums |= {"on_time_base": 1, "on_time_n": int(last["occurred_us"] <= max(due)[1])}
    elif term is not None:
        sums |= {"on_time_base": 1, "on_time_n": int(lead <= term)}
    if not case.is_waiting:
        wait = sum(row["occurred_us"] for row in case.of(Type.WAIT_ENDED))
        wait -= sum(row["occurred_us"] for row in case.of(Type.WAIT_STARTED))
        sums |= {"processing_n": 1, "processing_us": last["occurred_us"] - case.opened_us - wait}
        if case.of(Type.WAIT_STARTED):
            sums |= {"wait_n": 1, "wait_us": wait}
    return sums


def histogram(rows: Iterable[Row]) -> dict[tuple[int, ...], int]:
    """Cell of `mart_hist`, of the exact measures, to its count."""
    found: Counter[tuple[int, ...]] = Counter()
    for case in cases(rows):
        first, end = case.first, case.end_day
        ended = 0 if end is None else month_of(end)
        at = (case.key[0], first["holder_id"], first["provider_id"], first["channel"], month_of(case.opened_day), ended)
        if end is None:
            found[*at, int(Measure.OPEN), case.opened_day] += 1
        else:
            measure = Measure.LEAD if case.of(Type.DELIVERED) else Measure.DROPPED
            days = periods.working_days_between(day_of(case.opened_day), day_of(end))
            found[*at, int(measure), days] += 1
        if ratings := sum(row["rating"] is not None for row in case.rows):
            found[*at, int(Measure.METHOD), max(row["rating_method"] for row in case.rows)] += ratings
    return dict(found)


def steps(rows: Iterable[Row]) -> dict[tuple[int, ...], tuple[int, int, int]]:
    """Cell of `mart_step` to (reached, left, stalled)."""
    found: dict[tuple[int, ...], list[int]] = defaultdict(lambda: [0, 0, 0])
    for case in cases(rows):
        done = [row for row in case.rows if row["activity"] > 0]
        last = max(done, key=lambda row: (row["occurred_us"] >> 20, row["activity"]), default=None)
        for activity in {row["activity"] for row in done}:
            first = min(row["day"] for row in done if row["activity"] == activity)
            cell = found[
                case.key[0], case.first["service_version"], case.first["channel"], month_of(case.opened_day), activity,
                first - case.opened_day,
            ]  # fmt: skip
            cell[0] += 1
            if last is not None and last["activity"] == activity and not case.of(Type.DELIVERED):
                cell[1 if case.end_day is not None else 2] += 1
    return {key: (cell[0], cell[1], cell[2]) for key, cell in found.items()}
