"""Keeps which files a run has laid, so that a stopped one goes on, and publishes what a run has made.

No audit row: a run is done by the machine many times a day, and the manifest of the lake keeps when and what.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from ietvars.ground.audit.rules import Author
from ietvars.ground.lake import actions as lake_actions
from ietvars.ground.lake import files
from ietvars.ground.lake.rules import NewPart, Part
from ietvars.institution.cases import schema
from ietvars.institution.cases.models import CaseRun, CaseRunPart

Place = tuple[int, int]


def begin(*, key: str, by: Author, now: datetime) -> CaseRun:
    """The unfinished run of a key, whose files still lie whole, or a new one. An empty key is always new.

    Unfinished runs of other keys are forgotten; the lake sweeps what they have laid.
    """
    CaseRun.objects.exclude(key=key or "-").delete()
    run = CaseRun.objects.filter(key=key).first() if key else None
    if run is not None:
        top = files.root()
        if all((top / part.path).is_file() for part in run.parts.exclude(dataset="")):
            return run
        run.delete()
    return CaseRun.objects.create(key=key, started_at=now)


def kept(*, run: CaseRun, by: Author, now: datetime) -> tuple[list[tuple[str, NewPart]], list[Place]]:
    """What a run has laid in places that it had finished, and those places. What lies elsewhere is forgotten."""
    places = set(run.parts.filter(dataset="").values_list("cohort", "bucket"))
    found = []
    for row in run.parts.exclude(dataset=""):
        if (row.cohort, row.bucket) in places:
            part = NewPart(
                row.cohort, row.bucket, row.path, row.rows, row.bytes, row.sha256, row.first_seq, row.last_seq
            )
            found.append((row.dataset, part))
        else:
            row.delete()
    return found, sorted(places)


def keep(*, run: CaseRun, dataset: str, part: NewPart, by: Author, now: datetime) -> None:
    """Remember a file that lies whole."""
    CaseRunPart.objects.create(
        run=run, dataset=dataset, cohort=part.cohort, bucket=part.bucket, path=part.path, rows=part.rows,
        bytes=part.bytes, sha256=part.sha256, first_seq=part.first_seq, last_seq=part.last_seq,
    )  # fmt: skip


def finish_place(*, run: CaseRun, places: Sequence[Place], by: Author, now: datetime) -> None:
    """Remember that a stopped run need not do these places again."""
    for cohort, bucket in places:
        CaseRunPart.objects.get_or_create(run=run, dataset="", cohort=cohort, bucket=bucket)


def publish(
    *, run: CaseRun, laid: Sequence[tuple[str, NewPart]], drop: Mapping[str, Sequence[Part]], watermark: int,
    notes: Mapping[str, Any], based_on: Mapping[str, int], by: Author, now: datetime,
) -> int:  # fmt: skip
    """Let all data sets of this room count what a run has laid, in one transaction. Returns the generation of "cases".

    Raises Overtaken when somebody else has published meanwhile.
    """
    generation = 0
    with transaction.atomic():
        for dataset in schema.DATASETS:
            new = lake_actions.publish(
                dataset=dataset,
                add=[part for name, part in laid if name == dataset],
                drop=[part.pk for part in drop.get(dataset, ())],
                watermark=watermark,
                by=by,
                now=now,
                facts=notes,
                based_on=based_on[dataset],
            )
            generation = new if dataset == "cases" else generation
        run.delete()
    return generation
