"""Case state: what all facts of one case say together, as one Ibis expression for every engine.

Every column is a commutative and associative merge (min, max, sum, count), so facts may come in any order and
in any number of pieces. What is decided by one event, such as the provider, is the minimum of a whole number that holds
the event's place first and the answer behind it. Flags are counts here, since a flag once set cannot be unset.
Only what all engines know alike: no time zones, no ordered collections, no floats. It must not know Django.
"""

import functools
import operator
from typing import Any

import ibis
import ibis.expr.types as ir

from ietvars.institution.cases import schema
from ietvars.institution.deliveries.facts import Contact, Type

Expression = Any
"""An Ibis value. Ibis types its operators too loosely for more."""

ANSWER_BITS = 22
"""Bits behind a seq that hold the answer: a body's number, or version, channel and origin together."""

DUE_PIECES = 3
"""A moment of 62 bits takes so many pieces."""

VERSION_BITS, CHANNEL_BITS, ORIGIN_BITS = 15, 5, 2

NO_OPENING = 1 << 62
"""Set above the seq of an event that is no opening. A seq has 40 bits: a thousand billion events."""

FAILURE = (Contact.STATUS, Contact.CORRECTION, Contact.REPEAT)
"""Contacts that would not have been, had the service gone well."""


def standing(facts: ir.Table) -> ir.Table:
    """Facts without those that another fact of the same case stands for, and without what only takes back.

    For facts of which some correct others; where none does, `of` alone gives the same.
    """
    correcting = facts.filter(facts.corrects.notnull(), facts.corrects != facts.event_id)
    correcting = correcting.select(taken_back=correcting.corrects, of_case=correcting.case_id)
    left = facts.anti_join(correcting, [facts.event_id == correcting.taken_back, facts.case_id == correcting.of_case])
    return left.filter(left.type != Type.ANNULLED)


def of(facts: ir.Table, *, with_due: bool = True) -> ir.Table:
    """One row a case, as `schema.CASE` but `of_cohort`. `with_due` is False where no fact says by when."""
    often = facts.group_by("service_id", "case_id").aggregate(**_said(facts), **_often(facts))
    some = facts.filter(facts.type.notin(OFTEN) | facts.rating.notnull() | facts.due_us.notnull())
    seldom = some.group_by("service_id", "case_id").aggregate(
        **_seldom(some), **(_due_in_pieces(some) if with_due else {})
    )
    same = (often.service_id == seldom.service_id) & (often.case_id == seldom.case_id)
    rest = [name for name in seldom.columns if name not in ("service_id", "case_id")]
    return _opened_up(often.left_join(seldom, same).select(often, *(seldom[name] for name in rest)), with_due=with_due)


def _said(facts: ir.Table) -> dict[str, Expression]:
    place = ibis.ifelse(facts.type == Type.OPENED, 0, NO_OPENING).cast("int64") + facts.seq.cast("int64") * (
        1 << ANSWER_BITS
    )
    version = facts.service_version.cast("int64") * (1 << CHANNEL_BITS + ORIGIN_BITS)
    manner = version + facts.channel.cast("int64") * (1 << ORIGIN_BITS) + facts.origin.cast("int64")
    return {
        "holder_said": (place + facts.holder_id.cast("int64")).min(),
        "provider_said": (place + facts.provider_id.cast("int64")).min(),
        "manner_said": (place + manner).min(),
        "person_key": facts.person_key.min(),
    }


def _often(facts: ir.Table) -> dict[str, Expression]:
    """What nearly every case has."""
    delivered = facts.type == Type.DELIVERED
    received = facts.occurred_us * 128 + facts.channel.cast("int64")
    step = (facts.occurred_us >> 20) * (1 << 31) + facts.activity.cast("int64")
    return {
        "opened_us": facts.occurred_us.min(),
        "opened_day": facts.day.min(),
        "receipt": _where(delivered, received).max(),
        "delivered_day": _where(delivered, facts.day).max(),
        "last_step": _where(facts.activity > 0, step).max(),
        "facts_n": facts.count(),
        "events_n": _many(facts.activity >= 0),
        "decided_n": _many(facts.type == Type.DECIDED),
        "cost_n": facts.cost_cents.count(),
        "cost_cents": facts.cost_cents.cast("int64").sum(),
        **{f"stage_{each}": _where(facts.stage == each, 1 << each).max() for each in STAGES},
    }


OFTEN = [int(each) for each in (Type.OPENED, Type.STEP, Type.DECIDED, Type.DELIVERED)]
"""Types of events that nearly every case has. The others are counted apart and joined: each column that is counted
costs by the rows that it looks at."""


STAGES = (1, 2, 3)


def _seldom(facts: ir.Table) -> dict[str, Expression]:
    """What few cases have."""
    rating = facts.rating.cast("int64")
    contact, evidence = facts.type == Type.CONTACT, facts.type == Type.EVIDENCE_REQUESTED
    started, ended = facts.type == Type.WAIT_STARTED, facts.type == Type.WAIT_ENDED
    return {
        "dropped_day": _where(facts.type.isin([int(Type.WITHDRAWN), int(Type.EXPIRED)]), facts.day).max(),
        "wait_us": ibis.cases((started, -facts.occurred_us), (ended, facts.occurred_us)).sum(),
        "wait_started_n": _many(started),
        "wait_ended_n": _many(ended),
        "contested_n": _many(facts.type == Type.CONTESTED),
        "overturned_n": _many(facts.type == Type.OVERTURNED),
        "evidence_n": _many(evidence),
        "breach_n": _many(evidence & facts.evidence_held_by.notnull()),
        "contact_n": _many(contact),
        "status_contact_n": _many(contact & (facts.contact == Contact.STATUS)),
        "failure_contact_n": _many(contact & facts.contact.isin([int(each) for each in FAILURE])),
        "rating_n": facts.rating.count(),
        "rating_sum": rating.sum(),
        "rating_sq": (rating * rating).sum(),
        "rating_method": facts.rating_method.max(),
    }


def _due_in_pieces(facts: ir.Table) -> dict[str, Expression]:
    """By when, in pieces of ANSWER_BITS behind the seq of the event that says so: the largest seq wins in each."""
    says, place, piece = facts.due_us.notnull(), facts.seq * (1 << ANSWER_BITS), (1 << ANSWER_BITS) - 1
    return {
        f"due_{at}": _where(says, place + ((facts.due_us >> at * ANSWER_BITS) & piece)).max()
        for at in range(DUE_PIECES)
    }


def _due(merged: ir.Table) -> Expression:
    pieces = [(merged[f"due_{at}"] & (1 << ANSWER_BITS) - 1) * (1 << at * ANSWER_BITS) for at in range(DUE_PIECES)]
    return functools.reduce(operator.add, pieces)


NULLABLE = ("person_key", "receipt", "delivered_day", "dropped_day", "due_us", "last_step")


def _opened_up(merged: ir.Table, *, with_due: bool) -> ir.Table:
    """Answers taken out of the whole numbers that carried them, types and order as the schema says."""
    of_body = (1 << ANSWER_BITS) - 1
    manner = merged.manner_said
    none = ibis.literal(None, "int64")
    made = merged.mutate(
        due_us=_due(merged) if with_due else none,
        holder_id=merged.holder_said & of_body,
        provider_id=merged.provider_said & of_body,
        service_version=(manner >> CHANNEL_BITS + ORIGIN_BITS) & ((1 << VERSION_BITS) - 1),
        channel=(manner >> ORIGIN_BITS) & ((1 << CHANNEL_BITS) - 1),
        stages=functools.reduce(operator.add, (ibis.coalesce(merged[f"stage_{each}"], 0) for each in STAGES)),
        origin=manner & ((1 << ORIGIN_BITS) - 1),
    )
    wanted = {name: kind for name, kind in schema.CASE.items() if name != "of_cohort"}
    return made.select(
        **{
            name: (made[name] if name in NULLABLE else ibis.coalesce(made[name], 0)).cast(kind)
            for name, kind in wanted.items()
        }
    )


def _where(condition: Expression, value: Expression) -> Expression:
    return ibis.cases((condition, value))


def _many(condition: Expression) -> Expression:
    return ibis.cases((condition, 1)).count()
