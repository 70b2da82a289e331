"""The marts: case states counted into cells by service, body, channel, months of opening and of the end.

Ibis expressions over named tables, compiled for every engine. Every result but the keys is a count or a sum of whole
numbers; marks are added by whoever runs them. Logarithms are rounded one by one before they are added, so that the
order of adding changes nothing. Only the common subset: filtered sums, lag, left joins. It must not know Django.
"""

import functools
import math
import operator
from collections.abc import Iterable, Mapping
from typing import Any

import ibis
import ibis.expr.types as ir

from ietvars.institution.cases import schema
from ietvars.institution.cases.schema import Measure, Scope

Expression = Any
"""An Ibis value. Ibis types its operators too loosely for more."""

CALENDAR = {"day": "int32", "month": "int32", "working": "int32"}
"""A legal day, its month yyyymm, and how many working days there were up to and including it since some beginning."""

TERMS = {"service_id": "int32", "service_version": "int32", "term_days": "int32"}
"""What a version of a service promises, in working days; 0 for at once. A service without a term has no row."""

NO_CHANNEL = -1
"""Beside the electronic channels, so that there is always something to compare with."""

RECENT = {"service_id": "int32", "person_key": "int64", "opened_us": "int64", "opened_day": "int32", "case_id": "int64"}
"""Cases opened shortly before, of which only their persons are looked at."""

RETURNED = {"service_id": "int32", "case_id": "int64", "is_repeat": "int32", "is_again": "int32"}
"""Cases whose person had opened one of the same service within REPEAT_DAYS before, or earlier in the same month."""


def recent(cases: ir.Table, *also: str) -> ir.Table:
    """What later months must remember of cases."""
    return cases.filter(cases.person_key.notnull()).select(*RECENT, *also)


def returned(cases: ir.Table, before: ir.Table, calendar: ir.Table, *also: str) -> ir.Table:
    """The cases that are their person's second or later, shortly or in the same month, looking at `before` too.

    `also` are columns within which alone they are looked for, where both tables hold several months.
    """
    now = recent(cases, *also).mutate(is_new=ibis.literal(1, "int32"))
    both = now.union(before.mutate(is_new=ibis.literal(0, "int32")))
    within = [both[name] for name in (*also, "service_id", "person_key")]
    last = ibis.window(group_by=within, order_by=[both.opened_us, both.case_id])
    seen = both.mutate(last_day=both.opened_day.lag().over(last))
    seen = seen.filter(seen.is_new == 1, seen.last_day.notnull())
    month, of_last = calendar.view(), calendar.view()
    found = seen.join(month, seen.opened_day == month.day).select(
        "service_id", "case_id", "opened_day", "last_day", this_month=month.month
    )
    found = found.join(of_last, found.last_day == of_last.day).select(
        "service_id",
        "case_id",
        is_repeat=(found.opened_day - found.last_day <= schema.REPEAT_DAYS).cast("int32"),
        is_again=(found.this_month == of_last.month).cast("int32"),
    )
    return found.filter((found.is_repeat == 1) | (found.is_again == 1))


def ended(cases: ir.Table, calendar: ir.Table, kept: Iterable[str]) -> ir.Table:
    """These columns of cases with their months, working days and times. `is_delivered` and the like are 0 or 1.

    Joined in one chain and selected once, since an engine takes as long to read a long question as to answer it.
    """
    opening, ending = calendar.view(), calendar.view()
    end_day = ibis.coalesce(cases.delivered_day, cases.dropped_day)
    chain = cases.join(opening, cases.opened_day == opening.day).left_join(ending, end_day == ending.day)
    is_delivered = cases.receipt.notnull()
    return chain.select(
        *(cases[name] for name in kept),
        month=opening.month,
        ended=ibis.coalesce(ending.month, 0),
        lead=ibis.greatest(ending.working - opening.working, 0).cast("int64"),
        is_delivered=_one(is_delivered),
        is_dropped=_one(~is_delivered & cases.dropped_day.notnull()),
        is_open=_one(end_day.isnull()),
        delivered_us=cases.receipt >> 7,
        received_by=cases.receipt & 127,
        is_waiting=_one(cases.wait_started_n > cases.wait_ended_n),
    )


_OF_MONTHS = (
    "service_id", "case_id", "service_version", "holder_id", "provider_id", "channel", "origin", "person_key",
    "opened_us", "due_us", "wait_us", "wait_started_n", "stages", "events_n", "decided_n", "contested_n",
    "overturned_n",
)  # fmt: skip
_ADDED = (
    "evidence_n", "breach_n", "contact_n", "status_contact_n", "failure_contact_n", "rating_n", "rating_sum",
    "rating_sq", "cost_n", "cost_cents",
)  # fmt: skip
"""Columns of a case that a cell adds up as they are."""


def months(
    cases: ir.Table, returned: ir.Table, calendar: ir.Table, terms: ir.Table, *also: str, electronic: Iterable[int]
) -> ir.Table:
    """`mart_month` of these cases; apart by the columns `also`, which then are columns of the result."""
    made = ended(cases, calendar, (*_OF_MONTHS, *_ADDED, *also))
    of_case = (made.service_id == returned.service_id) & (made.case_id == returned.case_id)
    known = made.left_join(returned, of_case)
    of_version = [known.service_id == terms.service_id, known.service_version == terms.service_version]
    known = known.left_join(terms, of_version).select(
        made, is_repeat=returned.is_repeat, is_again=returned.is_again, term_days=terms.term_days
    )
    sums = {**_ends(known), **_service(known), **_digital(known, [NO_CHANNEL, *sorted(electronic)])}
    return known.group_by(*schema.CELL, *also).aggregate(**{name: sums[name] for name in schema.SUMS})


def _ends(cases: ir.Table) -> dict[str, Expression]:
    """How many there were, how they ended and in what time."""
    delivered = cases.is_delivered == 1
    log = (cases.lead.cast("float64") + 1).ln() * schema.LOG_SCALE
    log = log.round().cast("int64")
    span = cases.delivered_us - cases.opened_us
    is_whole = delivered & (cases.is_waiting == 0)
    waited = is_whole & (cases.wait_started_n > 0)
    promised = delivered & (cases.due_us.notnull() | cases.term_days.notnull())
    kept = ibis.ifelse(cases.due_us.notnull(), cases.delivered_us <= cases.due_us, cases.lead <= cases.term_days)
    return {
        "cases": cases.count(),
        "delivered": cases.is_delivered.sum(),
        "dropped": cases.is_dropped.sum(),
        "open_now": cases.is_open.sum(),
        "on_time_n": _many(promised & kept),
        "on_time_base": _many(promised),
        "lead_days_sum": _sum(delivered, cases.lead),
        "lead_log": _sum(delivered, log),
        "lead_sq_log": _sum(delivered, log * log),
        "wait_n": _many(waited),
        "wait_us": _sum(waited, cases.wait_us),
        "waiting_now": _many((cases.is_open == 1) & (cases.is_waiting == 1)),
        "processing_n": _many(is_whole),
        "processing_us": _sum(is_whole, span - cases.wait_us),
    }


def _service(cases: ir.Table) -> dict[str, Expression]:
    """What happened to the person meanwhile."""
    is_known = cases.person_key.notnull()
    return {
        "decided": cases.decided_n.sum(),
        "contested": cases.contested_n.sum(),
        "overturned": cases.overturned_n.sum(),
        "events": cases.events_n.sum(),
        **{name: cases[name].sum() for name in _ADDED},
        "repeat_n": _many(cases.is_repeat == 1),
        "repeat_base": _many(is_known),
        "persons": _many(is_known & (ibis.coalesce(cases.is_again, 0) == 0)),
        **{
            f"reached_{name}": ((cases.stages >> bit) & 1).sum()
            for bit, name in ((1, "request"), (2, "execution"), (3, "receipt"))
        },
    }


def _digital(cases: ir.Table, electronic: list[int]) -> dict[str, Expression]:
    delivered = cases.is_delivered == 1
    return {
        "digital_request_n": _many(cases.channel.isin(electronic)),
        "digital_request_base": _many(cases.channel > 0),
        "digital_receipt_n": _many(delivered & cases.received_by.isin(electronic)),
        "digital_receipt_base": _many(delivered & (cases.received_by > 0)),
    }


def histogram(cases: ir.Table, calendar: ir.Table, *also: str) -> ir.Table:
    """`mart_hist` of these cases; `also` as in `months`."""
    made = ended(cases, calendar, (*_OF_HISTOGRAMS, *also))
    is_delivered, is_whole = made.is_delivered == 1, (made.is_delivered == 1) & (made.is_waiting == 0)
    keys = (*_HIST_KEYS, *also)
    lead = made.select(
        *keys,
        measure=ibis.cases(
            (is_delivered, int(Measure.LEAD)), (made.is_dropped == 1, int(Measure.DROPPED)), else_=int(Measure.OPEN)
        ),
        bucket=ibis.ifelse(made.is_open == 1, made.opened_day.cast("int64"), made.lead),
        n=ibis.literal(1, "int64"),
    )
    processing = made.filter(is_whole)
    waited = made.filter(is_whole & (made.wait_started_n > 0))
    rated = made.filter(made.rating_n > 0)
    spent = processing.delivered_us - processing.opened_us - processing.wait_us
    parts = [
        lead,
        _measured(processing, keys, Measure.PROCESSING, _log(spent)),
        _measured(waited, keys, Measure.WAIT, _log(waited.wait_us)),
        _measured(rated, keys, Measure.METHOD, rated.rating_method.cast("int64"), rated.rating_n),
    ]
    return ibis.union(*(_counted(part, also) for part in parts))


_OF_HISTOGRAMS = (
    "service_id", "holder_id", "provider_id", "channel", "opened_day", "opened_us", "wait_us", "wait_started_n",
    "rating_n", "rating_method",
)  # fmt: skip
_HIST_KEYS = ("service_id", "holder_id", "provider_id", "channel", "month", "ended")


def _measured(
    cases: ir.Table, keys: Iterable[str], measure: Measure, bucket: Expression, n: Expression = None
) -> ir.Table:
    one = ibis.literal(1, "int64") if n is None else n
    return cases.select(*keys, measure=ibis.literal(int(measure), "int32"), bucket=bucket, n=one)


def _counted(rows: ir.Table, also: tuple[str, ...]) -> ir.Table:
    rows = rows.mutate(measure=rows.measure.cast("int32"), bucket=rows.bucket.cast("int32"))
    return rows.group_by(*schema.HIST_CELL, *also).aggregate(n=rows.n.sum())


def _log(microseconds: Expression) -> Expression:
    """Number of the bucket whose upper end is GAMMA to the power of it. Times of a microsecond or less lie in 0."""
    time = ibis.greatest(microseconds, 1).cast("float64")
    return (time.ln() / math.log(schema.GAMMA)).ceil().cast("int64")


def steps(facts: ir.Table, cases: ir.Table, calendar: ir.Table, *also: str) -> ir.Table:
    """`mart_step`: when cases first reached each activity, and where those ended without a result; `also` of cases."""
    done = facts.filter(facts.activity > 0)
    first = done.group_by("service_id", "case_id", "activity").aggregate(day=done.day.min())
    opening = calendar.view()
    slim = cases.join(opening, cases.opened_day == opening.day).select(
        "service_id",
        "case_id",
        "service_version",
        "channel",
        "opened_day",
        *also,
        month=opening.month,
        last_activity=cases.last_step & ((1 << 31) - 1),
        is_open=cases.receipt.isnull() & cases.dropped_day.isnull(),
        is_dropped=cases.receipt.isnull() & cases.dropped_day.notnull(),
    )
    met = first.join(slim, (first.service_id == slim.service_id) & (first.case_id == slim.case_id)).select(
        first.service_id, first.activity, slim.service_version, slim.channel, slim.month,
        *(slim[name] for name in also),
        days=first.day - slim.opened_day,
        is_left=slim.is_dropped & (first.activity == slim.last_activity),
        is_stalled=slim.is_open & (first.activity == slim.last_activity),
    )  # fmt: skip
    return met.group_by(*schema.STEP_CELL, *also).aggregate(
        reached=met.count(), left=_many(met.is_left), stalled=_many(met.is_stalled)
    )


def state_months(month: ir.Table, *also: str) -> ir.Table:
    """`state_month` of `mart_month`."""
    sums = {name: lambda rows, name=name: rows[name].sum() for name in schema.SUMS}
    return _scoped(month, also, sums)


def state_histogram(histogram: ir.Table, *also: str) -> ir.Table:
    """`state_hist` of the exact measures of `mart_hist`."""
    exact = histogram.filter(histogram.measure <= int(Measure.OPEN))
    return _scoped(exact, ("measure", "bucket", *also), {"n": lambda rows: rows.n.sum()})


def _scoped(rows: ir.Table, also: tuple[str, ...], sums: dict[str, Any]) -> ir.Table:
    """Rows added up once for each scope. One after another, since Ibis knows no grouping sets."""
    ids = {Scope.HOLDER: "holder_id", Scope.PROVIDER: "provider_id", Scope.CHANNEL: "channel"}
    found = []
    for scope in Scope:
        scoped = rows.mutate(
            scope=ibis.literal(int(scope), "int32"),
            scope_id=rows[ids[scope]] if scope in ids else ibis.literal(0, "int32"),
        )
        keys = scoped.group_by("scope", "scope_id", "month", "ended", *also)
        found.append(keys.aggregate(**{name: add(scoped) for name, add in sums.items()}))
    return ibis.union(*found)


def difference(plus: ir.Table, minus: ir.Table, *also: str, columns: Mapping[str, str], drop_zero: bool) -> ir.Table:
    """What to add to cells, key by key; parts may be below zero. `drop_zero` leaves out cells that stay as they are."""
    sums = _sums_of(columns)
    off = minus.mutate(**{name: -minus[name] for name in sums})
    named = [*(name for name in columns if name not in schema.MARKS), *also]
    every = plus.select(*named).union(off.select(*named))
    keys = [name for name in named if name not in sums]
    found = every.group_by(*keys).aggregate(**{name: every[name].sum() for name in sums})
    return found.filter(functools.reduce(operator.or_, (found[name] != 0 for name in sums))) if drop_zero else found


def added(*rows: ir.Table, columns: Mapping[str, str], count: str) -> ir.Table:
    """Rows of a mart added up cell by cell; what counts nothing any more is no cell."""
    sums = _sums_of(columns)
    keys = [name for name in columns if name not in sums and name not in schema.MARKS]
    every = ibis.union(*(each.select(*columns) for each in rows))
    found = every.group_by(*keys).aggregate(
        **{name: every[name].sum() for name in sums}, **{name: every[name].max() for name in schema.MARKS}
    )
    return found.filter(found[count] != 0)


def _sums_of(columns: Mapping[str, str]) -> list[str]:
    return [name for name in columns if columns[name] == "int64" and name not in schema.MARKS]


def _sum(condition: Expression, value: Expression) -> Expression:
    return ibis.coalesce(ibis.cases((condition, value)).sum(), 0)


def _many(condition: Expression) -> Expression:
    return ibis.cases((condition, 1)).count()


def _one(condition: Expression) -> Expression:
    """1 where it holds, else 0. PostgreSQL casts no truth to a whole number of 64 bits."""
    return ibis.ifelse(condition, 1, 0).cast("int64")
