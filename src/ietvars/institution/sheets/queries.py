"""Reads sheets: what went out, previews and their cells, and the file of a download."""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet

from ietvars.ground.people.rules import Actor
from ietvars.institution.sheets import books, comparing, layouts, rules, standing
from ietvars.institution.sheets.files import Limits
from ietvars.institution.sheets.models import Outgoing, Sheet, SheetCell


def limits() -> Limits:
    """What is taken at most, by the settings."""
    return Limits(**settings.SHEETS)


def download_of(outgoing: Outgoing) -> rules.Download:
    """A sheet as it went out, as the rules want it."""
    rows = {
        number: rules.Sent(row[0], dict(zip(outgoing.columns, row[1:], strict=True)))
        for number, row in enumerate(outgoing.rows, start=1)
    }
    return rules.Download(outgoing.code, outgoing.kind, outgoing.language, rows)


def downloads(codes: Iterable[str]) -> dict[str, rules.Download]:
    """The downloads of these codes; those forgotten or never made are left out."""
    return {row.code: download_of(row) for row in Outgoing.objects.filter(code__in=list(codes))}


def outgoing(code: str) -> Outgoing | None:
    """A download by its code."""
    return Outgoing.objects.filter(code=code).first()


def file_of(made: Outgoing, form: str) -> bytes:
    """The file of a download: "xlsx" or "csv"."""
    book = books.Book(download_of(made), standing.known())
    return books.as_csv(book) if form == "csv" else books.as_workbook(book)


def digest(content: bytes) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(content).hexdigest()


# ---- previews ----------------------------------------------------------------------------------------------------


def sheet(number: int) -> Sheet | None:
    """A preview by its number."""
    return Sheet.objects.select_related("body").filter(pk=number).first()


def body_of(number: int) -> int | None:
    """Id of the body for which a preview was made; None when there is no such preview."""
    return Sheet.objects.filter(pk=number).values_list("body_id", flat=True).first()


def sheets_of(actor: Actor) -> QuerySet[Sheet]:
    """Previews made for the bodies that somebody reaches, newest first, each with its numbers of cells."""
    rows = Sheet.objects.select_related("body").order_by("-made_at", "-pk")
    if actor.role in standing.EVERYWHERE:
        return rows
    return rows.filter(body__in=actor.reach)


def open_with(sha: str, actor: Actor) -> Sheet | None:
    """The open preview of the very same file by the same person for the same body."""
    return Sheet.objects.filter(
        sha=sha, made_by=actor.username, capacity=actor.body_code, state=Sheet.State.PREVIEWED
    ).first()


def cells(found: Sheet, *, outcomes: Collection[str] = (), column: str = "", key: str = "") -> QuerySet[SheetCell]:
    """The cells of a preview in the order of the file, narrowed."""
    rows = SheetCell.objects.filter(sheet=found).order_by("row", "place")
    if outcomes:
        rows = rows.filter(outcome__in=list(outcomes))
    if column:
        rows = rows.filter(column=column)
    return rows.filter(key=key) if key else rows


def counts(found: Sheet) -> dict[str, int]:
    """Number of cells of each outcome."""
    rows = dict(SheetCell.objects.filter(sheet=found).values_list("outcome").annotate(size=Count("pk")).order_by())
    return {outcome.value: int(rows.get(outcome.value, 0)) for outcome in rules.Outcome}


def counts_of(found: Iterable[Sheet]) -> dict[int, dict[str, int]]:
    """The same for several previews in one query."""
    made: dict[int, dict[str, int]] = {row.pk: {one.value: 0 for one in rules.Outcome} for row in found}
    rows = SheetCell.objects.filter(sheet__in=list(made)).values_list("sheet", "outcome").annotate(size=Count("pk"))
    for pk, outcome, size in rows.order_by():
        made[pk][outcome] = int(size)
    return made


def rows_to_write(found: Sheet, choice: rules.Choice) -> int:
    """How many rows applying would touch."""
    wanted = SheetCell.objects.filter(sheet=found, outcome__in=[each.value for each in rules.WRITES[choice]])
    return wanted.values("key").distinct().order_by().count()


def columns_in(found: Sheet) -> list[str]:
    """Codes of the columns in which the preview has cells, in the order of the sheet."""
    there = set(SheetCell.objects.filter(sheet=found).values_list("column", flat=True).distinct().order_by())
    known = [layouts.MARK.code, *(column.code for column in layouts.LAYOUTS[found.kind])]
    return [code for code in known if code in there]


def remembered(found: Sheet, outcomes: Collection[str]) -> Iterator[comparing.Remembered]:
    """Cells of a preview as the rules want them."""
    for row in cells(found, outcomes=outcomes):
        yield comparing.Remembered(
            row.pk, row.key, row.column, rules.Outcome(row.outcome), row.was, row.now, row.becomes
        )


def document(found: Sheet) -> dict[str, Any]:
    """The whole preview as a document, described in docs/howto/json-of-commands.md."""
    return {
        "document": "ietvars/sheet",
        "version": 1,
        "number": found.pk,
        "file": found.file_name,
        "kind": found.kind,
        "state": found.state,
        "counts": counts(found),
        "notes": found.notes,
        "result": found.result,
        "cells": [
            {
                "cell": f"{rules.letters(row.place)}{row.row}",
                "row": row.row,
                "about": row.key,
                "column": row.column,
                "outcome": row.outcome,
                "was": row.was,
                "now": row.now,
                "becomes": row.becomes,
                "refusal": row.refusal.get("code", ""),
                "why": _sentence(row.refusal),
            }
            for row in cells(found)
        ],
    }


def _sentence(refusal: dict[str, Any]) -> str:
    return str(refusal["message"]) % refusal["facts"] if refusal.get("facts") else str(refusal.get("message", ""))
