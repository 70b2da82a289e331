"""Lets lists go out as sheets, previews what comes back, and applies it: drafts of services, editions of figures."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from ietvars.ground.audit import actions as audit
from ietvars.ground.deployment import queries as deployment
from ietvars.ground.errors import Refusal
from ietvars.ground.people.rules import Actor
from ietvars.ground.periods import rules as periods
from ietvars.institution.indicators import actions as indicators
from ietvars.institution.measurements import actions as measurements
from ietvars.institution.measurements import queries as reported
from ietvars.institution.measurements import rules as measured
from ietvars.institution.revisions import actions as revisions
from ietvars.institution.rounds import actions as round_actions
from ietvars.institution.rounds import asking, typed
from ietvars.institution.rounds import queries as rounds
from ietvars.institution.services import actions as service_actions
from ietvars.institution.services import queries as services
from ietvars.institution.sheets import cells, comparing, errors, files, layouts, queries, rules, standing
from ietvars.institution.sheets import parts as sheet_parts
from ietvars.institution.sheets.models import Outgoing, Sheet, SheetCell
from ietvars.institution.sheets.rules import Choice, Outcome, State

SOURCE = "sheets"
"""Editions of figures that came by a sheet are of this source."""

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def download(
    *,
    kind: str,
    by: Actor,
    now: datetime,
    language: str = "lv",
    periods_wanted: Collection[str] = (),
    codes: Collection[str] = (),
    report: tuple[str, str] = ("", ""),
) -> Outgoing:
    """Let a list go out, and remember every cell of it. `codes` narrow it to some services; without periods, figures
    are those of the newest one; `report` names the round and the institution of a sheet of a round.

    Raises NotYourSheet, NothingToDownload, UnknownPeriod.
    """
    rules.require_reader(by)
    found = standing.reachable(by)
    if codes:
        found = found.filter(code__in=list(codes))
    wanted: list[str] = []
    if kind == layouts.SERVICES:
        rows = standing.service_rows(found)
    elif kind == layouts.ROUNDS:
        seen = standing.round_rows(*report, language)
        rows = [row for row in seen if by.role in standing.EVERYWHERE or by.reaches(row.holder_id)]
    else:
        wanted = [periods.parse(code).code for code in periods_wanted] or [standing.newest_period()]
        rows = standing.figure_rows(standing.asked_keys(found, filter(None, wanted)), language)
    if not rows:
        raise errors.NothingToDownload
    columns = [column.code for column in layouts.LAYOUTS[kind]]
    with transaction.atomic():
        made = Outgoing.objects.create(
            code=f"iv{get_random_string(8, _LETTERS)}",
            kind=kind,
            language=language,
            body_id=by.body_id,
            scope={"periods": wanted, "codes": sorted(codes), "report": list(filter(None, report))},
            made_by=by.username,
            made_at=now,
            columns=columns,
            rows=[[row.key, *(row.cells.get(code, "") for code in columns)] for row in rows],
        )
        audit.record(
            by=by,
            now=now,
            action="sheets.download",
            subject=("sheet", made.code),
            after={"kind": kind, "rows": len(rows), "periods": wanted},
        )
    return made


def preview(*, file_name: str, content: bytes, by: Actor, now: datetime) -> Sheet:
    """See what a file would change, cell by cell; nothing of it is written. The same file gives its open preview back,
    looked at anew.

    Raises an UnreadableFile, NotYourSheet.
    """
    rules.require_sender(by)
    name = " ".join(file_name.split())[-200:] or "sheet"
    sha = queries.digest(content)
    found = rules.find(files.read(name, content, queries.limits()), name)
    sent = queries.downloads(found.downloads())
    kind = comparing.kind_of(sent, name)
    placed = comparing.place(found, kind, name, next(iter(sent.values())).language)
    with transaction.atomic():
        keys = {row.key for each in sent.values() for row in each.rows.values()}
        now_standing = standing.for_sender(kind, standing.rows_of(kind, keys), by)
        seen = comparing.compare(found, placed, sent, now_standing, standing.known())
        made = _kept(queries.open_with(sha, by), seen, name, sha, by=by, now=now)
        audit.record(
            by=by,
            now=now,
            action="sheets.preview",
            subject=("sheet", str(made.pk)),
            after={"file": name, "sha": sha, **seen.counts},
        )
    return made


def _kept(known: Sheet | None, seen: rules.Preview, name: str, sha: str, *, by: Actor, now: datetime) -> Sheet:
    """Write the preview, in place of what was seen of the same file before."""
    made = known or Sheet(sha=sha, made_by=by.username, body_id=by.body_id, capacity=by.body_code)
    made.kind, made.file_name, made.made_at = seen.kind, name, now
    made.notes = {
        "rows": seen.rows,
        "hidden_rows": list(seen.hidden_rows[:50]),
        "absent_rows": seen.absent_rows,
        "absent_columns": list(seen.absent_columns),
        "extra_columns": list(seen.extra_columns[:50]),
        "downloads": list(seen.downloads),
    }
    made.save()
    SheetCell.objects.filter(sheet=made).delete()
    SheetCell.objects.bulk_create(
        [
            SheetCell(
                sheet=made,
                row=cell.row,
                place=cell.place,
                key=cell.key,
                label=cell.label[:300],
                column=cell.column,
                outcome=cell.outcome.value,
                was=cell.was,
                now=cell.now,
                becomes=cell.becomes,
                refusal=_plain(cell.refusal),
            )
            for cell in seen.cells
        ],
        batch_size=500,
    )
    return made


def _plain(refusal: Refusal | None) -> dict[str, Any]:
    """A refusal as it is kept: doors translate its sentence when they show it."""
    if refusal is None:
        return {}
    facts = {name: value if isinstance(value, str | int) else str(value) for name, value in refusal.facts.items()}
    return {"code": refusal.code, "message": refusal.message, "facts": facts}


@dataclass(frozen=True)
class Applied:
    """What applying wrote."""

    cells: int
    drafts: tuple[str, ...] = ()
    rhythms: int = 0
    figures: int = 0
    edition: str = ""


def apply(*, sheet: Sheet, choice: Choice, by: Actor, now: datetime) -> Sheet:
    """Write what the preview shows, all of it in one transaction: all changes, or only those that meet no other.

    Raises NotYourSheet, AlreadyApplied, AlreadyDropped, NothingToApply, and ChangedMeanwhile where something stands
    otherwise than the preview says: then nothing is written, and the preview shows it.
    """
    rules.require_sender(by)
    with transaction.atomic():
        row = _locked(sheet)
        wanted = list(queries.remembered(row, [each.value for each in rules.WRITES[choice]]))
        rows = {each.key: each for each in standing.rows_of(row.kind, {cell.key for cell in wanted})}
        found = comparing.changed_since(wanted, standing.for_sender(row.kind, rows.values(), by))
        if not found:
            if not wanted:
                raise errors.NothingToApply
            done = _write(row, wanted, rows, by=by, now=now)
            _end(row, State.APPLIED, _result(choice, done), by=by, now=now)
            return row
    count = _look_again(row, found, by=by, now=now)
    raise errors.ChangedMeanwhile(count=count)


def drop(*, sheet: Sheet, by: Actor, now: datetime) -> Sheet:
    """Put a preview aside; nothing of it was written. Raises NotYourSheet, AlreadyApplied, AlreadyDropped."""
    rules.require_sender(by)
    with transaction.atomic():
        row = _locked(sheet)
        _end(row, State.DROPPED, {}, by=by, now=now)
    return row


def forget(*, older_than_days: int, by: Actor, now: datetime) -> int:
    """Let go of downloads, and of the cells of previews that are done with, after so many days. Returns how many."""
    before = now - timedelta(days=older_than_days)
    with transaction.atomic():
        gone, _ = Outgoing.objects.filter(made_at__lt=before).delete()
        old = Sheet.objects.filter(made_at__lt=before)
        SheetCell.objects.filter(sheet__in=old.exclude(state=Sheet.State.PREVIEWED)).delete()
        waiting, _ = old.filter(state=Sheet.State.PREVIEWED).delete()
        if gone or waiting:
            audit.record(by=by, now=now, action="sheets.forget", subject=("sheet", "old"), after={"downloads": gone})
    return gone


def _locked(sheet: Sheet) -> Sheet:
    row = Sheet.objects.select_for_update().get(pk=sheet.pk)
    rules.require_open(State(row.state), timezone.localdate(row.ended_at).isoformat() if row.ended_at else "")
    return row


def _end(row: Sheet, state: State, result: dict[str, Any], *, by: Actor, now: datetime) -> None:
    row.state, row.ended_by, row.ended_at, row.result = state.value, by.username, now, result
    row.save()
    verb = "apply" if state is State.APPLIED else "drop"
    audit.record(by=by, now=now, action=f"sheets.{verb}", subject=("sheet", str(row.pk)), after=result)


def _result(choice: Choice, done: Applied) -> dict[str, Any]:
    return {
        "choice": choice.value,
        "cells": done.cells,
        "drafts": list(done.drafts),
        "rhythms": done.rhythms,
        "figures": done.figures,
        "edition": done.edition,
    }


def _look_again(
    row: Sheet,
    found: Iterable[tuple[comparing.Remembered, Outcome, str, Refusal | None]],
    *,
    by: Actor,
    now: datetime,
) -> int:
    """Let the preview show what was changed since it was seen."""
    with transaction.atomic():
        kept = {cell.pk: cell for cell in SheetCell.objects.filter(sheet=row)}
        changed: list[SheetCell] = []
        for cell, outcome, stands, refusal in found:
            shown = kept[cell.pk]
            shown.outcome, shown.now, shown.refusal = outcome.value, stands, _plain(refusal)
            changed.append(shown)
        SheetCell.objects.bulk_update(changed, ["outcome", "now", "refusal"], batch_size=200)
        audit.record(
            by=by, now=now, action="sheets.look-again", subject=("sheet", str(row.pk)), after={"cells": len(changed)}
        )
    return len(changed)


# ---- writing -----------------------------------------------------------------------------------------------------


def _write(
    row: Sheet, wanted: list[comparing.Remembered], rows: Mapping[str, standing.Row], *, by: Actor, now: datetime
) -> Applied:
    by_key: dict[str, dict[str, str]] = {}
    for cell in wanted:
        by_key.setdefault(cell.key, {})[cell.column] = cell.becomes
    if row.kind == layouts.SERVICES:
        drafts, rhythms = _write_services(by_key, rows, by=by, now=now)
        return Applied(cells=len(wanted), drafts=tuple(drafts), rhythms=rhythms)
    if row.kind == layouts.ROUNDS:
        return Applied(cells=len(wanted), figures=_answer_rounds(by_key, rows, by=by, now=now))
    code = _write_figures(row, by_key, rows, by=by, now=now)
    return Applied(cells=len(wanted), figures=len(by_key), edition=code)


def _write_services(
    by_key: Mapping[str, Mapping[str, str]], rows: Mapping[str, standing.Row], *, by: Actor, now: datetime
) -> tuple[list[str], int]:
    """Changes of parts into each service's draft; the rhythm of review, which is no part, onto the service."""
    known = services.by_codes(by_key)
    drafts: list[str] = []
    rhythms = 0
    for code, told in by_key.items():
        service = known[code]
        parts: dict[str, Any] = dict(rows[code].parts)
        changed: dict[str, Any] = {}
        for name, text in told.items():
            column = layouts.column(layouts.SERVICES, name)
            if column is None or column.path == "review_months":
                continue
            parts[column.path] = changed[column.path] = sheet_parts.put(column, parts, text)
        if changed:
            revision = revisions.start(service=service, by=by, now=now)
            revisions.save(revision=revision, changes=changed, edition=revision.edition, by=by, now=now)
            drafts.append(code)
        if told.get("review_months"):
            service_actions.look_after(service=service, review_months=int(told["review_months"]), by=by, now=now)
            rhythms += 1
    return drafts, rhythms


def _write_figures(
    row: Sheet,
    by_key: Mapping[str, Mapping[str, str]],
    rows: Mapping[str, standing.Row],
    *,
    by: Actor,
    now: datetime,
) -> str:
    """One edition with the figures that the sheet says otherwise, and the indicators that rest on them."""
    code = f"{row.sha[:12]}-{row.pk}"
    is_sample = deployment.is_sample()
    edition = measurements.open_edition(
        source=SOURCE,
        code=code,
        title={"lv": f"Izklājlapa {row.file_name}"[:200], "en": f"Spreadsheet {row.file_name}"[:200]},
        content_hash=row.sha,
        is_illustrative=is_sample,
        by=by,
        now=now,
    )
    facts = [_fact(rows[key], told) for key, told in by_key.items()]
    touched = {fact.period.code for fact in facts}
    there = {period: reported.services_in(period) for period in touched}
    new = {
        (fact.service_id, fact.holder_id, fact.period.code): fact.period
        for fact in facts
        if fact.service_id not in there[fact.period.code]
    }
    listed = [measured.ReportedFacts(service, holder, period) for (service, holder, _), period in new.items()]
    measurements.record(edition=edition, reported=listed, measurements=facts, by=by, now=now)
    for period in sorted(touched):
        indicators.ensure(period=period, by=by, now=now)
    return code


def _fact(row: standing.Row, told: Mapping[str, str]) -> measured.MeasurementFacts:
    """The figure of a row as the sheet says it; what the sheet does not say of it stays."""
    key = standing.parted(row.key)
    before = row.parts.get("figure")
    assert key is not None
    assert row.holder_id is not None
    value = told.get("value", row.cells["value"])
    is_measured = value not in cells.STATES
    count = told.get("n", row.cells["n"]) if is_measured else ""
    return measured.MeasurementFacts(
        service_id=row.service_id,
        holder_id=row.holder_id,
        period=periods.parse(key[0]),
        quantity=key[2],
        said=measured.Said("measured", Decimal(value)) if is_measured else measured.Said(value),
        stage=key[3],
        channel=key[4],
        n=int(count) if count else None,
        spread=before.spread if before and is_measured else None,
        spread_kind=before.spread_kind if before and is_measured else "",
        scale=before.scale if before else "",
        is_illustrative=bool(before and before.is_illustrative),
    )


def _answer_rounds(
    by_key: Mapping[str, Mapping[str, str]], rows: Mapping[str, standing.Row], *, by: Actor, now: datetime
) -> int:
    """Figures into the reports of their rounds, as if they had been typed there; submitting them stays a step."""
    reports: dict[tuple[str, str], list[typed.Typed]] = {}
    for key, told in by_key.items():
        round_code, body_code, service, *asked = key.split("|")
        said = {**rows[key].cells, **told}
        figure = rows[key].parts["figure"]
        is_number = cells.is_number(standing.VALUE, said["value"])
        reports.setdefault((round_code, body_code), []).append(
            typed.Typed(
                service=service,
                key=asking.Key(*asked),
                text=figure.raw if said["value"] == "unreadable" else _as_typed(said["value"]),
                n=said["n"] if is_number else "",
                scale=said["scale"] if is_number else "",
                spread=_as_typed(said["spread"]) if is_number else "",
                note=said["note"],
            )
        )
    for (round_code, body_code), told_cells in reports.items():
        report = rounds.report_of(round_code, body_code)
        assert report is not None
        round_actions.enter(round=report.round, body=report.body, cells=told_cells, by=by, now=now)
    return len(by_key)


def _as_typed(value: str) -> str:
    """A plain text as somebody would type it. Three decimals could be taken for thousands, so they become four."""
    if value in cells.STATES:
        return cells.STATES[value]["en"]
    whole, point, decimals = value.partition(".")
    return f"{whole},{decimals}{'0' if len(decimals) == 3 else ''}" if point else value
