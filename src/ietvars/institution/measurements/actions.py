"""Takes in what was reported: opens an edition and writes its rows. Nothing that is kept is ever changed or removed."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.db.models import Field, Max, Model

from ietvars.ground.audit import actions as audit
from ietvars.ground.people.rules import Actor
from ietvars.institution.measurements import errors, queries, rules
from ietvars.institution.measurements.models import Edition, Measurement, Reported, Standard, StandardResult

Progress = Callable[[int], None]
"""Called with the number of rows written since the last call."""

BATCH = 1000
LONGEST_RAW = 400


@dataclass(frozen=True)
class Recorded:
    """How many rows of each sort an edition gave."""

    reported: int
    measurements: int
    standards: int
    results: int


def open_edition(
    *,
    source: str,
    code: str,
    title: dict[str, str],
    content_hash: str,
    by: Actor,
    now: datetime,
    is_illustrative: bool = False,
) -> Edition:
    """Begin an edition. Raises EditionKept where it is kept with this content, EditionExists where with other."""
    known = queries.edition(source, code)
    if known is not None:
        raise (errors.EditionKept if known.content_hash == content_hash else errors.EditionExists)(
            edition=code, source=source
        )
    with transaction.atomic():
        made = Edition.objects.create(
            source=source,
            code=code,
            title=title,
            content_hash=content_hash,
            imported_at=now,
            imported_by=by.username,
            is_illustrative=is_illustrative,
        )
        audit.record(
            by=by,
            now=now,
            action="measurements.open-edition",
            subject=("edition", f"{source}/{code}"),
            after={"content_hash": content_hash, "is_illustrative": is_illustrative},
        )
    return made


def record(
    *,
    edition: Edition,
    reported: Iterable[rules.ReportedFacts] = (),
    measurements: Iterable[rules.MeasurementFacts] = (),
    standards: Iterable[rules.StandardFacts] = (),
    results: Iterable[rules.ResultFacts] = (),
    by: Actor,
    now: datetime,
    progress: Progress | None = None,
) -> Recorded:
    """Write rows of an edition in one transaction. What is said once is never changed: a second row is an error.

    Every `results` row needs its standard among `standards` or among those kept of this source. Raises NotForYou.
    """
    reported, measurements, results = list(reported), list(measurements), list(results)
    rules.require_reporter(by, {row.holder_id for row in reported} | {row.holder_id for row in measurements})
    tell = progress or (lambda _count: None)
    with transaction.atomic():
        _write(Reported, (_reported(edition, row) for row in reported), tell)
        _write(Measurement, (_measurement(edition, row) for row in measurements), tell)
        ids, made = _standards(edition, list(standards), results)
        _write(StandardResult, (_result(edition, ids, row) for row in results), tell)
        done = Recorded(len(reported), len(measurements), made, len(results))
        audit.record(
            by=by,
            now=now,
            action="measurements.record",
            subject=("edition", f"{edition.source}/{edition.code}"),
            after={
                "reported": done.reported,
                "measurements": done.measurements,
                "new_standards": done.standards,
                "results": done.results,
            },
        )
    return done


def keep_report(*, edition: Edition, report: dict[str, Any], by: Actor, now: datetime) -> Edition:
    """Keep with an edition what its run added, changed and refused. Written once."""
    with transaction.atomic():
        edition.report = report
        edition.save(update_fields=["report"])
        audit.record(
            by=by, now=now, action="measurements.keep-report", subject=("edition", f"{edition.source}/{edition.code}")
        )
    return edition


Values = dict[str, Any]
"""A row by the names of its columns."""


def _write(model: type[Model], rows: Iterator[Values], tell: Progress) -> None:
    """Insert rows by the thousand, without model instances: of tens of thousands they would take most of the time."""
    while batch := list(islice(rows, BATCH)):
        fields = {field.attname: field for field in model._meta.concrete_fields}  # noqa: SLF001 - Django's own way
        columns = [fields[name] for name in batch[0]]
        quoted = ", ".join(connection.ops.quote_name(str(field.column)) for field in columns)
        marks = ", ".join(["%s"] * len(columns))
        table = connection.ops.quote_name(model._meta.db_table)  # noqa: SLF001
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {table} ({quoted}) VALUES ({marks})",  # noqa: S608 - names of the model, no input
                [tuple(map(_stored, columns, values.values())) for values in batch],
            )
        tell(len(batch))


def _stored(field: "Field[Any, Any]", value: Any) -> Any:
    """A value as the database takes it; only numbers, days and documents differ between databases."""
    if value is None or isinstance(value, str | int):
        return value
    return field.get_db_prep_save(value, connection)


def _reported(edition: Edition, row: rules.ReportedFacts) -> Values:
    return {
        "edition_id": edition.pk,
        "service_id": row.service_id,
        "holder_id": row.holder_id,
        "period": row.period.code,
        "period_start": row.period.start,
        "fields": dict(row.fields),
        "line": row.line,
    }


def _measurement(edition: Edition, row: rules.MeasurementFacts) -> Values:
    return {
        "edition_id": edition.pk,
        "service_id": row.service_id,
        "holder_id": row.holder_id,
        "period": row.period.code,
        "period_start": row.period.start,
        "quantity": row.quantity,
        "stage": row.stage,
        "channel": row.channel,
        "state": str(row.said.state),
        "value": rules.kept(row.said.number),
        "n": row.n,
        "spread": rules.kept(row.spread),
        "spread_kind": row.spread_kind,
        "scale": row.scale,
        "scatter": row.scatter,
        "raw": row.said.raw[:LONGEST_RAW] if row.said.state == "unreadable" else "",
        "is_illustrative": row.is_illustrative or edition.is_illustrative,
    }


def _result(edition: Edition, ids: dict[tuple[int, str], int], row: rules.ResultFacts) -> Values:
    said = {"target": row.target, "met": row.met, "total": row.total, "performance": row.performance}
    return {
        "standard_id": ids[row.service_id, row.standard],
        "edition_id": edition.pk,
        "period": row.period.code,
        "period_start": row.period.start,
        "channel": row.channel,
        **{name: rules.kept(each.number) for name, each in said.items()},
        **{f"{name}_state": str(each.state) for name, each in said.items()},
        "claimed": row.claimed,
        "raw": {name: each.raw for name, each in said.items() if each.raw},
        "faults": list(row.faults),
        "line": row.line,
    }


def _standards(
    edition: Edition, wanted: Sequence[rules.StandardFacts], results: Sequence[rules.ResultFacts]
) -> tuple[dict[tuple[int, str], int], int]:
    """Find or make the standards; ids by service and number, and how many are new. Newer words replace older ones."""
    if not wanted and not results:
        return {}, 0
    rows = Standard.objects.filter(source=edition.source).annotate(newest=Max("results__period_start"))
    known = {(row.service_id, row.code): row for row in rows}
    newest: dict[tuple[int, str], date] = {}
    for result in results:
        key = (result.service_id, result.standard)
        newest[key] = max(newest.get(key, result.period.start), result.period.start)
    made: dict[tuple[int, str], Standard] = {}
    changed: list[Standard] = []
    for facts in wanted:
        key = (facts.service_id, facts.code)
        row = known.get(key)
        if row is None:
            made[key] = Standard(
                service_id=facts.service_id,
                code=facts.code,
                source=edition.source,
                promise=dict(facts.promise),
                kind=facts.kind,
            )
        elif facts.promise and _is_newer(newest.get(key), row.newest) and _differs(row, facts):
            row.promise, row.kind = dict(facts.promise), facts.kind
            changed.append(row)
    Standard.objects.bulk_create(made.values(), batch_size=BATCH)
    Standard.objects.bulk_update(changed, ["promise", "kind"], batch_size=BATCH)
    return {key: row.pk for key, row in {**known, **made}.items()}, len(made)


def _is_newer(told: date | None, kept: date | None) -> bool:
    return kept is None or (told is not None and told >= kept)


def _differs(row: Standard, facts: rules.StandardFacts) -> bool:
    return (row.promise, row.kind) != (dict(facts.promise), facts.kind)
