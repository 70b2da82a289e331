"""Runs rounds: opening, exempting, typing figures in, submitting them as an edition, accepting, asking for changes."""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from ietvars.ground.audit import actions as audit
from ietvars.ground.bodies.models import Body
from ietvars.ground.notices import actions as notices
from ietvars.ground.people.rules import Actor
from ietvars.ground.periods import rules as periods
from ietvars.ground.terms.rules import LANGUAGES, pick
from ietvars.institution.measurements import actions as measurements
from ietvars.institution.measurements import rules as reported
from ietvars.institution.measurements.models import Edition
from ietvars.institution.rounds import errors, looking, quality, queries, rules, typed
from ietvars.institution.rounds.models import Exemption, ReminderSent, Report, ReportRow, Round, Typed
from ietvars.institution.services import queries as services
from ietvars.institution.services.models import Service

SOURCE = "round"
"""The source of every edition that comes from a round."""


@dataclass(frozen=True)
class Entered:
    """How many cells an entry wrote anew or changed, emptied, and left as they were."""

    written: int
    cleared: int
    same: int


# ---- the round ---------------------------------------------------------------------------------------------------


def open_round(
    *,
    period: str,
    due: date,
    indicators: Sequence[str],
    title: dict[str, str],
    bodies: Iterable[Body] | None = None,
    is_illustrative: bool = False,
    by: Actor,
    now: datetime,
) -> Round:
    """Begin a round and ask every named institution, or every one that holds a published service of the state.

    Raises RoundExists, DueTooEarly, UnknownIndicator, NothingToAsk, NobodyToAsk, UnknownPeriod.
    """
    rules.require_overseer(by)
    span = periods.parse(period)
    rules.require_due(due, period_end=span.end, on=timezone.localdate(now))
    if queries.open_of_period(span.code) is not None:
        raise errors.RoundExists(period=span.code)
    _require_indicators(indicators, span)
    holders = queries.holders_of_services()
    asked = [body.pk for body in bodies if body.pk in holders] if bodies is not None else sorted(holders)
    if not asked:
        raise errors.NobodyToAsk
    with transaction.atomic():
        made = Round.objects.create(
            code=_code(span.code),
            title=title,
            period=span.code,
            due=due,
            indicators=list(indicators),
            opened_at=now,
            opened_by=by.username,
            is_illustrative=is_illustrative,
        )
        Report.objects.bulk_create(Report(round=made, body_id=pk) for pk in asked)
        _note(made, "open", by=by, now=now, after={"due": due.isoformat(), "bodies": len(asked)})
    return made


def _require_indicators(codes: Sequence[str], span: periods.Period) -> None:
    known = {one.code for one in queries.choosable(span)}
    for code in codes:
        if code not in known:
            raise errors.UnknownIndicator(code=code, period=span.code)
    if not codes:
        raise errors.NothingToAsk


def _code(period: str) -> str:
    plain = period.lower()
    taken = set(Round.objects.filter(code__startswith=plain).values_list("code", flat=True))
    return next(code for code in (plain, *(f"{plain}-{at}" for at in range(2, 1000))) if code not in taken)


def close_round(*, round: Round, by: Actor, now: datetime) -> Round:
    """End a round: nothing moves in it any more, and nobody is reminded."""
    rules.require_overseer(by)
    rules.require_open(round.code, is_closed=round.closed_at is not None)
    with transaction.atomic():
        round.closed_at = now
        round.save(update_fields=["closed_at"])
        _note(round, "close", by=by, now=now)
    return round


def reopen_round(*, round: Round, by: Actor, now: datetime) -> Round:
    """Open a closed round again. Raises RoundExists where another of its period is open meanwhile."""
    rules.require_overseer(by)
    if round.closed_at is None:
        raise errors.RoundOpen(code=round.code)
    if queries.open_of_period(round.period) is not None:
        raise errors.RoundExists(period=round.period)
    with transaction.atomic():
        round.closed_at = None
        round.save(update_fields=["closed_at"])
        _note(round, "reopen", by=by, now=now)
    return round


def move_due(*, round: Round, due: date, by: Actor, now: datetime) -> Round:
    """Give everybody more time, or less; reminders already sent are not sent again."""
    rules.require_overseer(by)
    rules.require_open(round.code, is_closed=round.closed_at is not None)
    rules.require_due(due, period_end=queries.period_of(round).end, on=timezone.localdate(now))
    with transaction.atomic():
        before, round.due = round.due, due
        round.save(update_fields=["due"])
        _note(round, "move-due", by=by, now=now, before={"due": before.isoformat()}, after={"due": due.isoformat()})
    return round


# ---- exemptions --------------------------------------------------------------------------------------------------


def exempt(
    *,
    round: Round,
    reason: str,
    is_excused: bool = True,
    body: Body | None = None,
    service: Service | None = None,
    quantity: str = "",
    by: Actor,
    now: datetime,
) -> Exemption:
    """Excuse a body, a service, a quantity or a quantity of either; or, with `is_excused` false, ask it after all.

    A second word about the same target replaces the first, which stays in the audit.
    """
    rules.require_overseer(by)
    rules.require_open(round.code, is_closed=round.closed_at is not None)
    rules.require_reason(reason)
    _require_target(round, body, service, quantity)
    whom = f"service:{service.pk}" if service else f"body:{body.pk}" if body else ""
    with transaction.atomic():
        made, _ = Exemption.objects.update_or_create(
            round=round,
            target=f"{whom}/{quantity}",
            defaults={
                "body": None if service else body,
                "service": service,
                "quantity": quantity,
                "is_excused": is_excused,
                "reason": reason.strip(),
                "at": now,
                "username": by.username,
            },
        )
        _note(round, "exempt", by=by, now=now, why=reason, after={"target": made.target, "is_excused": is_excused})
    return made


def lift(*, exemption: Exemption, by: Actor, now: datetime) -> None:
    """Take an exemption away; the audit remembers it."""
    rules.require_overseer(by)
    rules.require_open(exemption.round.code, is_closed=exemption.round.closed_at is not None)
    with transaction.atomic():
        _note(exemption.round, "lift", by=by, now=now, before={"target": exemption.target, "reason": exemption.reason})
        exemption.delete()


def _require_target(round: Round, body: Body | None, service: Service | None, quantity: str) -> None:
    if body is None and service is None and not quantity:
        raise errors.ExemptionUnknownTarget(what="–")
    if quantity and quantity not in {need.quantity for need in queries.needs(round)}:
        raise errors.ExemptionUnknownTarget(what=quantity)
    holders = set(round.reports.values_list("body_id", flat=True))
    if body is not None and body.pk not in holders:
        raise errors.ExemptionUnknownTarget(what=body.code)
    if service is not None:
        found = services.by_code(service.code)
        if found is None or found.holder_id not in holders:
            raise errors.ExemptionUnknownTarget(what=service.code)


# ---- figures -----------------------------------------------------------------------------------------------------


def enter(*, round: Round, body: Body, cells: Iterable[typed.Typed], by: Actor, now: datetime) -> Entered:
    """Keep figures as they were typed, however incomplete or doubtful; a blank one empties its cell.

    Only the cells that are given change. Raises NotInRound, NotAsked, AlreadyAccepted, RoundClosed, NotYourReport.
    """
    report = _report(round, body)
    rules.require_reporter(by, body.pk)
    _require_writable(report)
    grid = queries.grid(round, body)
    assert grid is not None
    counts = {"written": 0, "cleared": 0, "same": 0}
    with transaction.atomic():
        for given in cells:
            line = grid.line(given.service)
            cell = line.cell(given.key) if line else None
            if line is None or cell is None:
                raise errors.NotAsked(quantity=str(given.key), service=given.service)
            figure = typed.read(given, is_mean=bool(cell.asked.mean))
            counts[_keep(report, line.service, cell, figure, by=by, now=now)] += 1
        if counts["written"] or counts["cleared"]:
            _note_report(report, "enter", by=by, now=now, after=dict(counts))
    return Entered(**counts)


def _keep(
    report: Report, service: Service, cell: queries.Cell, figure: typed.Figure, *, by: Actor, now: datetime
) -> str:
    if figure == cell.figure:
        return "same"
    where: dict[str, Any] = {
        "report": report,
        "service": service,
        "quantity": cell.key.quantity,
        "stage": cell.key.stage,
        "channel": cell.key.channel,
    }
    if figure.is_blank:
        Typed.objects.filter(**where).delete()
        return "cleared"
    Typed.objects.update_or_create(
        **where,
        defaults={
            "state": figure.state,
            "value": reported.kept(figure.number),
            "n": figure.n,
            "spread": reported.kept(figure.spread),
            "scale": figure.scale,
            "raw": figure.raw,
            "note": figure.note,
            "at": now,
            "username": by.username,
        },
    )
    return "written"


def _require_writable(report: Report) -> None:
    rules.require_open(report.round.code, is_closed=report.round.closed_at is not None)
    if report.state == rules.State.ACCEPTED:
        raise errors.AlreadyAccepted(body=pick(report.body.name, LANGUAGES[0]))


def submit(*, round: Round, body: Body, by: Actor, now: datetime) -> Report:
    """Hand the figures in: they become an edition of the round, and a later submission another one that restates it.

    What is required and blank is reported as missing; what is excused as not asked. Raises NothingSaid, ErrorsRemain,
    WarningsWithoutReason, and what `enter` raises.
    """
    report = _report(round, body)
    rules.require_reporter(by, body.pk)
    rules.require_open(round.code, is_closed=round.closed_at is not None)
    rules.require_step(report.state, rules.State.SUBMITTED)
    grid = queries.grid(round, body)
    assert grid is not None
    _require_good(grid)
    with transaction.atomic():
        report.submissions += 1
        edition = _edition(report, grid, by=by, now=now)
        report.edition = edition
        report.reporter = by.username
        report.accepter = ""
        _become(report, rules.State.SUBMITTED, by=by, now=now, edition=edition)
        notices.announce("rounds.submitted", by=by, now=now, round=round.code, body=body.code, period=round.period)
    return report


def _require_good(grid: queries.Grid) -> None:
    if not any(cell.is_said for line in grid.lines for cell in line.cells):
        raise errors.NothingSaid
    found = looking.report(grid)
    grave = sum(one.severity is quality.Severity.ERROR for said in found.values() for one in said)
    if grave:
        raise errors.ErrorsRemain(count=grave)
    cells = {line.service.code: {cell.key: cell.figure for cell in line.cells} for line in grid.lines}
    doubtful = sum(len(quality.unexplained(said, cells[code])) for code, said in found.items())
    if doubtful:
        raise errors.WarningsWithoutReason(count=doubtful)


def _edition(report: Report, grid: queries.Grid, *, by: Actor, now: datetime) -> Edition:
    span = queries.period_of(grid.round)
    ids = [line.service.pk for line in grid.lines]
    at_end = services.holders_on(ids, span.end)
    # A body that was merged since is reported for by who took it over, and under his own name where he cannot act
    # for the one that has ended.
    holders = {pk: at_end[pk] if by.reaches(at_end.get(pk)) and pk in at_end else grid.body.pk for pk in ids}
    rows = [
        _measurement(line.service, holders[line.service.pk], cell, span, is_illustrative=grid.round.is_illustrative)
        for line in grid.lines
        for cell in line.cells
        if cell.is_due or not cell.figure.is_blank or cell.excuse
    ]
    edition = measurements.open_edition(
        source=SOURCE,
        code=f"{grid.round.code}/{grid.body.code}/{report.submissions}",
        title={
            said: f"{pick(grid.round.title, said)}: {pick(grid.body.name, said)} ({report.submissions})"
            for said in LANGUAGES
        },
        content_hash=_hash(rows),
        is_illustrative=grid.round.is_illustrative,
        by=by,
        now=now,
    )
    listed = [reported.ReportedFacts(service_id=pk, holder_id=holders[pk], period=span) for pk in ids]
    measurements.record(edition=edition, reported=listed, measurements=rows, by=by, now=now)
    notes = [
        {"service": line.service.code, "figure": str(cell.key), "note": cell.figure.note}
        for line in grid.lines
        for cell in line.cells
        if cell.figure.note
    ]
    measurements.keep_report(edition=edition, report={"notes": notes}, by=by, now=now)
    return edition


def _measurement(
    service: Service, holder: int, cell: queries.Cell, span: periods.Period, *, is_illustrative: bool
) -> reported.MeasurementFacts:
    figure = cell.figure
    state = "not_asked" if cell.excuse and figure.is_blank else figure.state
    return reported.MeasurementFacts(
        service_id=service.pk,
        holder_id=holder,
        period=span,
        quantity=cell.key.quantity,
        said=reported.Said(state, figure.number, figure.raw),
        stage=cell.key.stage,
        channel=cell.key.channel,
        n=figure.n,
        spread=figure.spread,
        spread_kind=cell.asked.spread_kind if figure.spread is not None else "",
        scale=figure.scale,
        is_illustrative=is_illustrative,
    )


def _hash(rows: Iterable[reported.MeasurementFacts]) -> str:
    said: list[list[Any]] = sorted(
        [str(row.service_id), row.quantity, row.stage, row.channel, row.said.state, str(row.said.number), str(row.n)]
        for row in rows
    )
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


# ---- the other person --------------------------------------------------------------------------------------------


def accept(*, report: Report, by: Actor, now: datetime) -> Report:
    """Say that the figures stand. The reporter is refused, whatever his capacity."""
    rules.require_accepter(by, report.body_id, report.reporter, pick(report.body.name, LANGUAGES[0]))
    rules.require_open(report.round.code, is_closed=report.round.closed_at is not None)
    rules.require_step(report.state, rules.State.ACCEPTED)
    report.accepter = by.username
    return _become(report, rules.State.ACCEPTED, by=by, now=now)


def request_change(*, report: Report, why: str, by: Actor, now: datetime) -> Report:
    """Ask for other figures, and say why. What was submitted stays on record; the next submission restates it."""
    rules.require_accepter(by, report.body_id, report.reporter, pick(report.body.name, LANGUAGES[0]))
    rules.require_open(report.round.code, is_closed=report.round.closed_at is not None)
    rules.require_step(report.state, rules.State.CHANGE_REQUESTED)
    rules.require_reason(why)
    report.accepter = ""
    return _become(report, rules.State.CHANGE_REQUESTED, by=by, now=now, why=why.strip())


# ---- reminders ---------------------------------------------------------------------------------------------------


def remind(
    *, on: date, send: Callable[[Report, rules.Reminder], int], by: Actor, now: datetime
) -> list[tuple[Report, rules.Reminder, int]]:
    """Send what is to be sent on a day, each reminder once. `send` tells how many people it reached.

    A reminder whose sending fails is not kept as sent; the next call tries it again.
    """
    waiting = [state.value for state in rules.WAITING]
    owed = Report.objects.filter(round__closed_at__isnull=True, state__in=waiting)
    done: list[tuple[Report, rules.Reminder, int]] = []
    for report in owed.select_related("round", "body").prefetch_related("reminders").order_by("round__due", "pk"):
        kind = rules.reminder(report.round.due, on, {row.kind for row in report.reminders.all()})
        if kind is None:
            continue
        with transaction.atomic():
            row = ReminderSent.objects.create(report=report, kind=kind.value, at=now)
            row.people = send(report, kind)
            row.save(update_fields=["people"])
            _note_report(report, "remind", by=by, now=now, after={"kind": kind.value, "people": row.people})
        done.append((report, kind, row.people))
    return done


# ---- what the actions share --------------------------------------------------------------------------------------


def _report(round: Round, body: Body) -> Report:
    found = queries.report(round, body)
    if found is None:
        raise errors.NotInRound(code=round.code, body=body.code)
    return found


def _become(
    report: Report, state: rules.State, *, by: Actor, now: datetime, why: str = "", edition: Edition | None = None
) -> Report:
    with transaction.atomic():
        before = report.state
        report.state = state.value
        report.save()
        ReportRow.objects.create(
            report=report, state=state.value, at=now, username=by.username, why=why, edition=edition
        )
        _note_report(report, state.value, by=by, now=now, why=why, before={"state": before})
    return report


def _note_report(report: Report, what: str, *, by: Actor, now: datetime, why: str = "", **more: Any) -> None:
    subject = ("report", f"{report.round.code}/{report.body.code}")
    audit.record(by=by, now=now, action=f"rounds.{what}", subject=subject, why=why, **more)


def _note(round: Round, what: str, *, by: Actor, now: datetime, why: str = "", **more: Any) -> None:
    audit.record(by=by, now=now, action=f"rounds.{what}", subject=("round", round.code), why=why, **more)
