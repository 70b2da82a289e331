"""Reads the manifest, and looks whether the files are as it says. It never writes and never repairs."""

from collections.abc import Iterable
from pathlib import Path

from django.db.models import Q, QuerySet

from ietvars.ground.lake import engines, files, rules
from ietvars.ground.lake.models import LakePart, LakeState
from ietvars.ground.lake.rules import Fault, Part, Snapshot


def parts(
    dataset: str, *, cohorts: Iterable[int] | None = None, buckets: Iterable[int] | None = None, at: int | None = None
) -> list[Part]:
    """The files that count, by cohort, bucket and seq; `at` a generation that is not swept yet, else the newest."""
    rows = _counting(dataset, at)
    if cohorts is not None:
        rows = rows.filter(cohort__in=list(cohorts))
    if buckets is not None:
        rows = rows.filter(bucket__in=list(buckets))
    return [_part(row) for row in rows]


def paths(dataset: str, *, cohorts: Iterable[int] | None = None, at: int | None = None) -> list[str]:
    """Absolute paths of the files that count, ready for an engine."""
    return absolute(parts(dataset, cohorts=cohorts, at=at))


def absolute(found: Iterable[Part]) -> list[str]:
    """Absolute paths of parts."""
    folder = files.root()
    return [str(folder / part.path) for part in found]


def reading(dataset: str, *, cohorts: Iterable[int] | None = None, at: int | None = None) -> str | None:
    """`read_parquet(...)` of DuckDB over the files that count; None where there is none."""
    found = paths(dataset, cohorts=cohorts, at=at)
    return engines.reading(found) if found else None


def changes(dataset: str, since: int) -> tuple[list[Part], list[Part]]:
    """What came and what went after a generation: (parts new since then, parts of then that count no more)."""
    rows = LakePart.objects.filter(dataset=dataset).order_by("cohort", "bucket", "first_seq", "pk")
    came = rows.filter(since__gt=since, until__isnull=True)
    went = rows.filter(since__lte=since, until__gt=since)
    return [_part(row) for row in came], [_part(row) for row in went]


def cohorts(dataset: str) -> list[int]:
    """The cohorts of which there is anything, in their order."""
    found = LakePart.objects.filter(dataset=dataset, until__isnull=True)
    return sorted(set(found.values_list("cohort", flat=True)))


def state(dataset: str) -> Snapshot:
    """Where a data set stands; generation 0 where nothing was ever published."""
    row = LakeState.objects.filter(dataset=dataset).first()
    if row is None:
        return Snapshot(dataset, 0, 0, "", {})
    return Snapshot(dataset, row.generation, row.watermark, row.made_at.isoformat(), dict(row.facts))


def states() -> list[Snapshot]:
    """Where all data sets stand."""
    return [state(name) for name in LakeState.objects.order_by("dataset").values_list("dataset", flat=True)]


def watermark(dataset: str) -> int:
    """The seq of the inbox up to which everything is in a data set; 0 at first."""
    return state(dataset).watermark


def generation(dataset: str) -> int:
    """The newest generation of a data set; 0 where nothing was ever published."""
    return state(dataset).generation


def generations() -> dict[str, int]:
    """The newest generation of every data set, as of one moment."""
    return dict(LakeState.objects.values_list("dataset", "generation"))


def named() -> list[Part]:
    """Every file that any data set counts now: what a backup must hold."""
    rows = LakePart.objects.filter(until__isnull=True).order_by("dataset", "cohort", "bucket", "first_seq", "pk")
    return [_part(row) for row in rows]


def faults(*, deep: bool = False, folder: Path | None = None) -> list[Fault]:
    """What is wrong with the files that count, and files that no manifest names.

    Shallow: are they there, of their size, with a footer; deep: hash and all rows. `folder` instead of the lake, e.g.
    that of a backup, where strangers are not looked for.
    """
    top = folder or files.root()
    counting = named()
    found = [fault for part in counting for fault in faults_of(part, top, deep=deep)]
    if folder is None:
        known = set(LakePart.objects.values_list("path", flat=True))
        for path in files.all_files():
            relative = path.relative_to(top).as_posix()
            if relative not in known and not path.name.endswith(rules.WRITING):
                found.append(Fault("unknown", relative, {}))
    return found


def faults_of(part: Part, top: Path, *, deep: bool) -> list[Fault]:
    """What is wrong with one file under `top`: the first thing found, or nothing."""
    path = top / part.path
    if not path.is_file():
        return [Fault("missing", part.path, {})]
    if (size := path.stat().st_size) != part.bytes:
        return [Fault("size", part.path, {"found": size, "wanted": part.bytes})]
    is_parquet = path.suffix == ".parquet"  # beside it lie files of other kinds, such as those of a release
    if is_parquet and not files.has_whole_footer(path):
        return [Fault("footer", part.path, {})]
    if deep:
        if files.measured(path)[1] != part.sha256:
            return [Fault("hash", part.path, {})]
        return _read_through(part, path) if is_parquet else []
    return []


def _read_through(part: Part, path: Path) -> list[Fault]:
    import duckdb

    with engines.duck() as connection:
        try:
            # Every value of every column is decoded; a count alone would read the footer only.
            rows = connection.execute(
                f"SELECT count(*), sum(hash(read)) FROM read_parquet('{engines.quoted(path)}') AS read"  # noqa: S608
            ).fetchall()
        except duckdb.Error as fault:
            return [Fault("unreadable", part.path, {"why": str(fault).splitlines()[0]})]
    found = int(rows[0][0]) if rows else 0
    return [] if found == part.rows else [Fault("rows", part.path, {"found": found, "wanted": part.rows})]


def _counting(dataset: str, at: int | None) -> QuerySet[LakePart]:
    rows = LakePart.objects.filter(dataset=dataset).order_by("cohort", "bucket", "first_seq", "pk")
    if at is None:
        return rows.filter(until__isnull=True)
    return rows.filter(Q(until__isnull=True) | Q(until__gt=at), since__lte=at)


def _part(row: LakePart) -> Part:
    return Part(
        pk=row.pk, dataset=row.dataset, cohort=row.cohort, bucket=row.bucket, path=row.path, rows=row.rows,
        bytes=row.bytes, sha256=row.sha256, first_seq=row.first_seq, last_seq=row.last_seq, generation=row.since,
        until=row.until,
    )  # fmt: skip
