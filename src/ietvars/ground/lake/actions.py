"""Publishes a generation of a data set in one transaction of the manifest, and sweeps away what no longer counts.

Publishing leaves no audit row: it is done by the machine many times a day, and the manifest itself keeps when and what.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from ietvars.ground.audit.rules import Author
from ietvars.ground.lake import engines, errors, files, rules
from ietvars.ground.lake.models import LakePart, LakeState
from ietvars.ground.lake.rules import NewPart


def publish(
    *,
    dataset: str,
    add: Sequence[NewPart],
    drop: Sequence[int],
    watermark: int,
    by: Author,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
    based_on: int | None = None,
) -> int:
    """Make a new generation: `add` counts from now on, the parts numbered in `drop` no more. Returns its number.

    `facts` replaces single notes of the maker (formula version, things noticed). `based_on` is the generation the work
    began from; raises Overtaken when somebody else has published since. Several data sets are published together by
    calling this several times within one transaction. Raises NotInLake.
    """
    top = files.root()
    for part in add:
        path = top / part.path
        if not path.is_file() or path.stat().st_size != part.bytes:
            raise errors.NotInLake(path=part.path)
    with transaction.atomic():
        LakeState.objects.get_or_create(dataset=dataset, defaults={"made_at": now})
        state = LakeState.objects.select_for_update().get(dataset=dataset)
        if based_on is not None and state.generation != based_on:
            raise errors.Overtaken(dataset=dataset, generation=state.generation, based_on=based_on)
        state.generation += 1
        ended = LakePart.objects.filter(dataset=dataset, pk__in=list(drop), until__isnull=True)
        if ended.update(until=state.generation, retired_at=now) != len(set(drop)):
            raise errors.Overtaken(dataset=dataset, generation=state.generation - 1, based_on=based_on or 0)
        LakePart.objects.bulk_create(
            [
                LakePart(
                    dataset=dataset, cohort=part.cohort, bucket=part.bucket, path=part.path, rows=part.rows,
                    bytes=part.bytes, sha256=part.sha256, first_seq=part.first_seq, last_seq=part.last_seq,
                    since=state.generation,
                )
                for part in add
            ],
            batch_size=500,
        )  # fmt: skip
        state.watermark, state.made_at = max(state.watermark, watermark), now
        state.facts = {**state.facts, **(facts or {})}
        state.save()
    return state.generation


def note(*, dataset: str, facts: Mapping[str, Any], by: Author, now: datetime) -> None:
    """Note something about a data set without making a new generation."""
    with transaction.atomic():
        LakeState.objects.get_or_create(dataset=dataset, defaults={"made_at": now})
        state = LakeState.objects.select_for_update().get(dataset=dataset)
        state.facts = {**state.facts, **facts}
        state.save(update_fields=["facts"])


def clear_leftovers(*, dataset: str, by: Author, now: datetime) -> int:
    """Remove parts of a data set that no manifest names. Hold `files.alone`: nobody else may be about to name them.

    Returns how many: what a run left behind that was killed before it could publish. Files not called like parts stay.
    """
    top, gone = files.root(), 0
    known = set(LakePart.objects.filter(dataset=dataset).values_list("path", flat=True))
    for path in list(files.all_files(dataset)):
        if rules.is_part(path.name) and path.relative_to(top).as_posix() not in known:
            files.remove(path)
            gone += 1
    return gone


def sweep(*, by: Author, now: datetime, at_once: bool = False) -> int:
    """Remove files that no longer count, once no reader can hold them; and leftovers of broken runs after a day.

    `at_once` does not wait for readers: for data that must be gone now. Returns how many files were removed; none while
    a backup holds them.
    """
    with files.sweeping() as may:
        return _sweep(now, at_once=at_once) if may else 0


def _sweep(now: datetime, *, at_once: bool) -> int:
    before = now if at_once else now - rules.KEPT_FOR_READERS
    top, gone = files.root(), 0
    paths = list(LakePart.objects.filter(until__isnull=False, retired_at__lte=before).values_list("path", flat=True))
    if paths:
        # On the disk before the files go: a power cut must not bring back a manifest that still counts them.
        with files.durably():
            LakePart.objects.filter(until__isnull=False, retired_at__lte=before).delete()
    for path in paths:
        files.remove(top / path)
        gone += 1
    known = set(LakePart.objects.values_list("path", flat=True))
    old = (now - rules.KEPT_UNNAMED).timestamp()
    for file in list(files.all_files()):
        if file.relative_to(top).as_posix() not in known and file.stat().st_mtime < old:
            files.remove(file)
            gone += 1
    engines.sweep_scratch()
    return gone
