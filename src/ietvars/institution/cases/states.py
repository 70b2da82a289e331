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


READ = (
    "seq", "case_id", "service_id", "service_version", "holder_id", "provider_id", "channel", "origin", "person_key",
    "type", "stage", "activity", "contact", "occurred_us", "day", "due_us", "evidence_held_by", "cost_cents", "rating",
    "rating_method",
)  # fmt: skip
"""Columns of facts that states and marts look at; and these where some facts correct others:"""

READ_CORRECTING = ("event_id", "corrects")


def standing(facts: ir.Table) -> ir.Table:
    """Facts without those that another fact of the same case stands for, and without what only takes back.

    For facts of which some correct others; where none does, `of` alone gives the same.
    """
    correcting = facts.filter(facts.corrects.notnull(), facts.corrects != facts.event_id)
    correcting = correcting.select(taken_back=correcting.corrects, of_case=correcting.case_id)
    left = facts.anti_join(correcting, [facts.event_id == correcting.taken_back, facts.case_id == correcting.of_case])
    return left.filter(left.type != Type.ANNULLED)


def of(facts: ir.Table, *, with_due: bool = True, is_wide: bool = False) -> ir.Table:
    """One row a case, as `schema.CASE` but ABOUT_CASE. `with_due` is False where no fact says by when.

    Each column that is added up costs by the rows it looks at, so several counts share one sum, in pieces that hold
    MOST_FACTS. For cases with more facts than that the sums are wrong, and `is_wide` gives each count its own column.
    """
    counts = _counts_apart(facts) if is_wide else _counts_together(facts)
    merged = facts.group_by("service_id", "case_id").aggregate(**_said(facts), **_when(facts), **_sums(facts), **counts)
    made = merged if is_wide else _taken_apart(merged)
    return _opened_up(_with_due(made, facts) if with_due else made.mutate(due_us=ibis.literal(None, "int64")))


COUNT_BITS = 12
MOST_FACTS = (1 << COUNT_BITS) - 1
"""More facts than that no case may have whose counts share a sum."""

RATING_BITS = 36
"""Bits of a sum that hold the squares of ratings: MOST_FACTS times the square of 1,000, the best rating."""

TOGETHER = {
    "counts_of_work": ("events_n", "cost_n", "rating_n", "status_contact_n", "failure_contact_n"),
    "counts_of_types": ("wait_started_n", "wait_ended_n", "evidence_n", "contact_n", "decided_n"),
    "counts_of_few": ("contested_n", "overturned_n", "breach_n"),
    "counts_of_stages": ("stage_1", "stage_2", "stage_3"),
}
"""Sum to the counts that share it, from its last bits on."""

APART = ("counts_of_types", "counts_of_few", "counts_of_stages")
"""Sums of which a fact counts in one piece at most."""


STAGES = (1, 2, 3)


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


def _when(facts: ir.Table) -> dict[str, Expression]:
    delivered = facts.type == Type.DELIVERED
    received = facts.occurred_us * 128 + facts.channel.cast("int64")
    step = (facts.occurred_us >> 20) * (1 << 31) + facts.activity.cast("int64")
    return {
        "opened_us": facts.occurred_us.min(),
        "opened_day": facts.day.min(),
        "receipt": _where(delivered, received).max(),
        "delivered_day": _where(delivered, facts.day).max(),
        "dropped_day": _where(facts.type.isin([int(Type.WITHDRAWN), int(Type.EXPIRED)]), facts.day).max(),
        "last_step": _where(facts.activity > 0, step).max(),
    }


def _sums(facts: ir.Table) -> dict[str, Expression]:
    started, ended = facts.type == Type.WAIT_STARTED, facts.type == Type.WAIT_ENDED
    return {
        "facts_n": facts.count(),
        "wait_us": ibis.cases((started, -facts.occurred_us), (ended, facts.occurred_us)).sum(),
        "cost_cents": facts.cost_cents.cast("int64").sum(),
        "rating_method": facts.rating_method.max(),
    }


def _counted(facts: ir.Table) -> dict[str, Expression]:
    """What is counted by which facts."""
    contact, evidence = facts.type == Type.CONTACT, facts.type == Type.EVIDENCE_REQUESTED
    return {
        "events_n": facts.activity >= 0,
        "cost_n": facts.cost_cents.notnull(),
        "rating_n": facts.rating.notnull(),
        "status_contact_n": contact & (facts.contact == Contact.STATUS),
        "failure_contact_n": contact & facts.contact.isin([int(each) for each in FAILURE]),
        "wait_started_n": facts.type == Type.WAIT_STARTED,
        "wait_ended_n": facts.type == Type.WAIT_ENDED,
        "evidence_n": evidence,
        "contact_n": contact,
        "decided_n": facts.type == Type.DECIDED,
        "contested_n": facts.type == Type.CONTESTED,
        "overturned_n": facts.type == Type.OVERTURNED,
        "breach_n": evidence & facts.evidence_held_by.notnull(),
        **{f"stage_{each}": facts.stage == each for each in STAGES},
    }


def _counts_apart(facts: ir.Table) -> dict[str, Expression]:
    rating = facts.rating.cast("int64")
    counts = {name: ibis.cases((condition, 1)).count() for name, condition in _counted(facts).items()}
    return {**counts, "rating_sum": rating.sum(), "rating_sq": (rating * rating).sum()}


def _counts_together(facts: ir.Table) -> dict[str, Expression]:
    counted, rating = _counted(facts), facts.rating.cast("int64")
    made = {"ratings": (rating * (1 << RATING_BITS) + rating * rating).sum()}
    for name, counts in TOGETHER.items():
        ones = [(counted[count], ibis.literal(1 << at * COUNT_BITS, "int64")) for at, count in enumerate(counts)]
        none = ibis.literal(0, "int64")
        if name in APART:
            made[name] = ibis.cases(*ones, else_=none).sum()
        else:
            made[name] = functools.reduce(operator.add, (ibis.ifelse(each, one, none) for each, one in ones)).sum()
    return made


def _taken_apart(merged: ir.Table) -> ir.Table:
    """Counts out of the sums that they share."""
    # Cast first: PostgreSQL adds up as numeric and DuckDB in 128 bits. "!": a cast to the type that Ibis believes a
    # sum to have already would be left out.
    merged = merged.mutate(**{name: merged[name].cast("!int64") for name in ("ratings", *TOGETHER)})
    made = {"rating_sum": merged.ratings >> RATING_BITS, "rating_sq": merged.ratings & ((1 << RATING_BITS) - 1)}
    for name, counts in TOGETHER.items():
        for at, count in enumerate(counts):
            made[count] = (merged[name] >> at * COUNT_BITS) & MOST_FACTS
    return merged.mutate(**made)


def _with_due(cases: ir.Table, facts: ir.Table) -> ir.Table:
    """Cases with by when they were promised a result, in whole microseconds: of several the latest said counts.

    Apart and joined, since few facts say it and every case would be looked at for it otherwise. In pieces of
    ANSWER_BITS behind the seq of the event: the largest seq wins in each.
    """
    some = facts.filter(facts.due_us.notnull())
    place, piece = some.seq * (1 << ANSWER_BITS), (1 << ANSWER_BITS) - 1
    pieces = {f"due_{at}": (place + ((some.due_us >> at * ANSWER_BITS) & piece)).max() for at in range(DUE_PIECES)}
    said = some.group_by("service_id", "case_id").aggregate(**pieces)
    whole = [(said[name] & piece) * (1 << at * ANSWER_BITS) for at, name in enumerate(pieces)]
    same = (cases.service_id == said.service_id) & (cases.case_id == said.case_id)
    return cases.left_join(said, same).select(cases, due_us=functools.reduce(operator.add, whole))


NULLABLE = ("person_key", "receipt", "delivered_day", "dropped_day", "due_us", "last_step")


def _opened_up(merged: ir.Table) -> ir.Table:
    """Answers taken out of the whole numbers that carried them, types and order as the schema says."""
    of_body = (1 << ANSWER_BITS) - 1
    manner = merged.manner_said
    made = merged.mutate(
        holder_id=merged.holder_said & of_body,
        provider_id=merged.provider_said & of_body,
        service_version=(manner >> CHANNEL_BITS + ORIGIN_BITS) & ((1 << VERSION_BITS) - 1),
        channel=(manner >> ORIGIN_BITS) & ((1 << CHANNEL_BITS) - 1),
        # Each stage is a bit, made of a count: Ibis writes no bitwise aggregate for Spark.
        stages=functools.reduce(
            operator.add, (ibis.ifelse(merged[f"stage_{each}"] > 0, 1 << each, 0) for each in STAGES)
        ),
        origin=manner & ((1 << ORIGIN_BITS) - 1),
    )
    wanted = {name: kind for name, kind in schema.CASE.items() if name not in schema.ABOUT_CASE}
    return made.select(
        **{
            name: (made[name] if name in NULLABLE else ibis.coalesce(made[name], 0)).cast(kind)
            for name, kind in wanted.items()
        }
    )


def _where(condition: Expression, value: Expression) -> Expression:
    return ibis.cases((condition, value))
