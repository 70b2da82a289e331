"""Proposes, decides and checks initiatives. What was frozen at a proposal or a check is never written again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from ietvars.ground.audit import actions as audit
from ietvars.ground.bodies.models import Body
from ietvars.ground.deployment import queries as deployment
from ietvars.ground.people import queries as people
from ietvars.ground.people.rules import Actor
from ietvars.ground.periods import rules as periods
from ietvars.ground.terms import actions as terms
from ietvars.institution.indicators import rules as indicators
from ietvars.institution.services.models import Service
from ietvars.oversight.aggregates import queries as aggregates
from ietvars.oversight.finders import queries as findings
from ietvars.oversight.finders.models import Finding
from ietvars.oversight.initiatives import errors, evidence, queries, rules
from ietvars.oversight.initiatives.models import Initiative, InitiativeStateRow


def load_kinds(*, by: Actor, now: datetime) -> tuple[str, ...]:
    """Bring the kinds that ship into the database; loading them again changes nothing. Gives back their codes."""
    shipped = queries.shipped_kinds()
    terms.load_lists(lists=[shipped], by=by, now=now)
    return tuple(term.code for term in shipped.terms)


@dataclass(frozen=True)
class Expectation:
    """What a proposal says will be otherwise: which indicator, which way, how far, by when, seen in which period."""

    indicator: str
    direction: str
    deadline: date
    check_period: str
    target: Decimal | None = None


def propose(
    *,
    kind: str,
    title: str,
    reason: str,
    services: Sequence[Service],
    body: Body,
    owner: str,
    period: str,
    expected: Expectation,
    by: Actor,
    now: datetime,
    on: date | None = None,
    finding: Finding | None = None,
) -> Initiative:
    """Propose an initiative about some services, freezing the figures of a period as they are known now.

    `on` is what the door calls today. Raises NotForYou, UnknownKind, NoService, NothingExpected, ReasonNeeded,
    UnknownOwner, DeadlinePassed, CheckTooSoon; NotDefined and NoRule of the aggregates where the named indicator is
    unknown or gives no single figure for several services.
    """
    today = on or timezone.localdate(now)
    _require_proposal(kind, title, reason, services, owner, period, expected, by=by, on=today)
    code = periods.parse(period).code
    if len(services) > 1:
        aggregates.aggregate_of(expected.indicator, code, service_ids=[service.pk for service in services])
    rows = _figures(services, code, expected.indicator, finding)
    document = evidence.freeze(
        period=code,
        indicator=expected.indicator,
        services=[service.code for service in services],
        rows=rows,
        editions=queries.editions_by_id().values(),
        finding=findings.told(finding) if finding else None,
    )
    text = indicators.canonical(document)
    with transaction.atomic():
        made = Initiative(
            kind=kind,
            title=title.strip(),
            reason=reason.strip(),
            finder=finding.finder if finding else "",
            finding_key=finding.key if finding else "",
            period=code,
            frozen=text,
            frozen_hash=indicators.fingerprint(text),
            frozen_at=now,
            proposed_by=by.username,
            owner=owner,
            body=body,
            indicator=expected.indicator,
            expected_direction=expected.direction,
            baseline=evidence.baseline(rows, expected.indicator),
            target=expected.target,
            deadline=expected.deadline,
            check_period=periods.parse(expected.check_period).code,
            is_illustrative=_is_illustrative(rows, finding),
        )
        _save_numbered(made, today.year, reason.strip(), by=by, now=now)
        made.services.set(services)
        _record(made, "initiatives.propose", by=by, now=now, after={"kind": kind, "hash": made.frozen_hash})
    return made


def _require_proposal(
    kind: str,
    title: str,
    reason: str,
    services: Sequence[Service],
    owner: str,
    period: str,
    expected: Expectation,
    *,
    by: Actor,
    on: date,
) -> None:
    rules.require_overseer(by)
    known = queries.kinds(on)
    if kind not in known or not known[kind].is_open:
        raise errors.UnknownKind(kind=kind)
    rules.require_reason(title)
    rules.require_reason(reason)
    rules.require_services(services)
    if people.by_username(owner) is None:
        raise errors.UnknownOwner(owner=owner)
    rules.require_checkable(expected.indicator, expected.direction)
    rules.require_deadline_ahead(expected.deadline, on)
    rules.require_later_period(period, expected.check_period)


def _figures(services: Sequence[Service], period: str, indicator: str, finding: Finding | None) -> list[evidence.Row]:
    """The figures to be frozen: the indicator that should move, and those that raised the finding."""
    codes = {indicator}
    for figure in finding.figures if finding else ():
        codes |= {code for code in (figure.get("code"), figure.get("what")) if code}
    return queries.rows(period, {service.pk: service.code for service in services}, codes)


def _is_illustrative(rows: Sequence[evidence.Row], finding: Finding | None) -> bool:
    invented = any(row.figure.is_illustrative for row in rows)
    return invented or (finding is not None and finding.is_illustrative) or deployment.is_sample()


# ---- decisions --------------------------------------------------------------------------------------------------


def adopt(*, initiative: Initiative, why: str, by: Actor, now: datetime) -> Initiative:
    """Decide that it is done. Raises NotForYou, OwnProposal, WrongState, ReasonNeeded."""
    return _decide(initiative, rules.State.ADOPTED, why, by=by, now=now)


def reject(*, initiative: Initiative, why: str, by: Actor, now: datetime) -> Initiative:
    """Decide that it is not done. Raises NotForYou, OwnProposal, WrongState, ReasonNeeded."""
    return _decide(initiative, rules.State.REJECTED, why, by=by, now=now)


def _decide(initiative: Initiative, wanted: rules.State, why: str, *, by: Actor, now: datetime) -> Initiative:
    rules.require_decider(by, initiative.proposed_by, initiative.title)
    rules.require_reason(why)
    with transaction.atomic():
        _require_step(initiative, wanted)
        initiative.decision_text, initiative.decided_by, initiative.decided_at = why.strip(), by.username, now
        _save(initiative, wanted, why.strip(), by=by, now=now)
        _record(initiative, f"initiatives.{_VERBS[wanted]}", by=by, now=now, why=why.strip())
    return initiative


_VERBS = {rules.State.ADOPTED: "adopt", rules.State.REJECTED: "reject"}


# ---- checks -----------------------------------------------------------------------------------------------------


def check(*, initiative: Initiative, by: Actor, now: datetime, on: date | None = None) -> Initiative:
    """Say after the deadline whether the named indicator moved, and freeze the figures that say so.

    Raises NotForYou, WrongState, TooEarly.
    """
    rules.require_overseer(by)
    rules.require_deadline_over(initiative.deadline, on or timezone.localdate(now))
    kept = queries.frozen(initiative)
    services = queries.named_services(initiative)
    now_rows = queries.rows(initiative.check_period, services, [initiative.indicator])
    anew_rows = queries.rows(kept.period, services, [initiative.indicator])
    frozen = evidence.movement(kept.rows, now_rows, initiative.indicator)
    anew = evidence.movement(evidence.taken_as_final(anew_rows), now_rows, initiative.indicator)
    direction = rules.Direction(initiative.expected_direction)
    outcome, reason = rules.settle(frozen, anew, direction, initiative.target)
    text = indicators.canonical(
        evidence.checked(
            period=initiative.check_period,
            evidence_hash=initiative.frozen_hash,
            frozen=frozen,
            anew=anew,
            rows=now_rows,
            rows_anew=anew_rows,
            editions=queries.editions_by_id().values(),
            outcome=outcome.value,
            reason=reason,
        )
    )
    with transaction.atomic():
        _require_step(initiative, rules.State.CHECKED)
        initiative.outcome, initiative.outcome_reason, initiative.checked_at = outcome.value, reason, now
        initiative.check_frozen, initiative.check_hash = text, indicators.fingerprint(text)
        _save(initiative, rules.State.CHECKED, "", by=by, now=now)
        _record(initiative, "initiatives.check", by=by, now=now, after={"outcome": outcome.value, "reason": reason})
    return initiative


def check_due(*, by: Actor, now: datetime, on: date | None = None) -> list[Initiative]:
    """Check every adopted initiative whose deadline is over and whose figure has come in, or will not any more."""
    today = on or timezone.localdate(now)
    checked = []
    for initiative in queries.waiting(today):
        services = queries.named_services(initiative)
        rows = queries.rows(initiative.check_period, services, [initiative.indicator])
        has_figure = len(rows) >= len(services) and evidence.has_figure(rows, initiative.indicator)
        if rules.is_due(initiative.deadline, today, has_figure=has_figure):
            checked.append(check(initiative=initiative, by=by, now=now, on=today))
    return checked


# ---- what every step does ---------------------------------------------------------------------------------------


def _require_step(initiative: Initiative, wanted: rules.State) -> None:
    """Ask the table with the state as it is in the database now: two people may decide at the same moment."""
    held = Initiative.objects.select_for_update().get(pk=initiative.pk)
    rules.require_step(held.state, wanted)


def _save(initiative: Initiative, state: rules.State, why: str, *, by: Actor, now: datetime) -> None:
    initiative.state = state.value
    initiative._history_date = now  # noqa: SLF001 - simple-history's own door
    initiative.save()
    InitiativeStateRow.objects.create(initiative=initiative, state=state.value, at=now, username=by.username, why=why)


ATTEMPTS = 5
"""Two who propose at the same moment are given the same number; the second then takes the next one."""


def _save_numbered(initiative: Initiative, year: int, why: str, *, by: Actor, now: datetime) -> None:
    for attempt in range(1, ATTEMPTS + 1):
        initiative.code = queries.next_code(year)
        try:
            with transaction.atomic():
                _save(initiative, rules.State.PROPOSED, why, by=by, now=now)
        except IntegrityError:
            if attempt == ATTEMPTS:
                raise
        else:
            return


def _record(
    initiative: Initiative,
    action: str,
    *,
    by: Actor,
    now: datetime,
    why: str = "",
    after: Mapping[str, Any] | None = None,
) -> None:
    told = {"state": initiative.state, **(after or {})}
    audit.record(by=by, now=now, action=action, subject=("initiative", initiative.code), why=why, after=told)
