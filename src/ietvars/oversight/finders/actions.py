"""Sends the finders out and keeps what they saw; keeps the answers that people give to criteria."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from ietvars.ground.audit import actions as audit
from ietvars.ground.people.rules import Actor
from ietvars.ground.periods import rules as periods
from ietvars.institution.indicators import rules as indicators
from ietvars.institution.services import queries as services
from ietvars.institution.services.models import Service
from ietvars.oversight.finders import queries, rules
from ietvars.oversight.finders.models import CriterionAnswer, Finding

_TOLD = ("service_id", "body_id", "reason", "figures", "is_illustrative")


@dataclass(frozen=True)
class Looked:
    """What a look gave: all findings by finder, and how many are new, gone or told with other figures."""

    period: str
    found: dict[str, int]
    new: int
    gone: int
    changed: int


def look(*, period: str, by: Actor, now: datetime, on: date | None = None, with_period: str = "") -> Looked:
    """Let every finder look at a period and keep what it saw; looking again changes nothing but what has changed.

    `on` is what the door calls today, else the day of `now`. A finding that stays keeps the day it was first found.
    Raises UnknownPeriod, NotForYou.
    """
    rules.require_looker(by)
    code = periods.parse(period).code
    facts = queries.facts(code, on or timezone.localdate(now), with_period)
    seen = {(one.finder, one.key): one for one in rules.look(facts)}
    with transaction.atomic():
        kept = {(row.finder, row.key): row for row in queries.findings(code)}
        gone = [row.pk for key, row in kept.items() if key not in seen]
        Finding.objects.filter(pk__in=gone).delete()
        new = [_row(one, code, now) for key, one in seen.items() if key not in kept]
        Finding.objects.bulk_create(new)
        changed = [row for key, row in kept.items() if key in seen and _tell_anew(row, _row(seen[key], code, now))]
        Finding.objects.bulk_update(changed, _TOLD)
        made = Looked(
            period=code,
            found=dict(Counter(finder for finder, _ in seen)),
            new=len(new),
            gone=len(gone),
            changed=len(changed),
        )
        if new or gone or changed:
            audit.record(
                by=by,
                now=now,
                action="finders.look",
                subject=("period", code),
                after={"found": made.found, "new": made.new, "gone": made.gone, "changed": made.changed},
            )
    return made


def _row(one: rules.Found, period: str, now: datetime) -> Finding:
    return Finding(
        finder=one.finder,
        period=period,
        key=one.key,
        service_id=one.service_id,
        body_id=one.body_id,
        reason=one.reason,
        figures=indicators.plain(one.figures),
        is_illustrative=one.is_illustrative,
        found_at=now,
    )


def _tell_anew(kept: Finding, told: Finding) -> bool:
    """Bring a kept finding to what is seen now. Whether anything was different."""
    differs = False
    for name in _TOLD:
        if getattr(kept, name) != getattr(told, name):
            setattr(kept, name, getattr(told, name))
            differs = True
    return differs


def answer(
    *, service: Service, criterion: str, answer: bool, why: str, by: Actor, now: datetime, on: date | None = None
) -> CriterionAnswer:
    """Keep a yes or no to a criterion that figures cannot answer; earlier answers stay as they were.

    Raises NotYours, UnknownCriterion, WhyNeeded.
    """
    holder = services.holder_on(service, on or timezone.localdate(now))
    rules.require_answerer(by, holder.pk if holder else None)
    rules.require_answerable(criterion, queries.criteria())
    rules.require_why(why)
    with transaction.atomic():
        made = CriterionAnswer.objects.create(
            service=service, criterion=criterion, answer=answer, why=why.strip(), username=by.username, at=now
        )
        audit.record(
            by=by,
            now=now,
            action="finders.answer",
            subject=("service", service.code),
            why=why.strip(),
            after={"criterion": criterion, "answer": answer},
        )
    return made


def answer_several(
    *,
    service: Service,
    answers: Mapping[str, tuple[bool, str]],
    by: Actor,
    now: datetime,
    on: date | None = None,
) -> list[CriterionAnswer]:
    """Keep answers to several criteria, each with its reason: all of them or none. Raises as `answer`."""
    with transaction.atomic():
        return [
            answer(service=service, criterion=code, answer=said, why=why, by=by, now=now, on=on)
            for code, (said, why) in answers.items()
        ]
