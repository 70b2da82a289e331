"""A generation is there whole or not at all; readers of the one before read to its end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ietvars.ground.lake import actions, engines, errors, files, queries, rules
from ietvars.ground.lake.rules import NewPart
from ietvars.ground.people.rules import SYSTEM

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lake")]


def part(name: str, numbers: range, *, cohort: int = 202601) -> NewPart:
    """A part with one column of these numbers."""
    with engines.duck() as connection:
        select = f"SELECT n FROM range({numbers.start}, {numbers.stop}) AS r(n) ORDER BY n DESC"
        return files.lay(
            dataset="facts", cohort=cohort, bucket=0, name=name, seqs=(numbers.start, numbers.stop - 1),
            write=lambda path: engines.copy_to_parquet(connection, select, path),
        )  # fmt: skip


def publish(*parts: NewPart, drop: tuple[int, ...] = (), watermark: int = 0, now: datetime = NOW) -> int:
    return actions.publish(dataset="facts", add=parts, drop=drop, watermark=watermark, by=SYSTEM, now=now)


def test_what_is_published_is_read_in_its_order_with_cohort_and_bucket() -> None:
    assert queries.reading("facts") is None
    assert publish(part("part-1-9.parquet", range(1, 10)), watermark=9) == 1
    with engines.duck() as connection:
        rows = connection.execute(f"SELECT n, cohort, bucket FROM {queries.reading('facts')}").fetchall()
    assert rows == [(n, 202601, 0) for n in range(9, 0, -1)]
    assert (queries.watermark("facts"), queries.generation("facts")) == (9, 1)
    assert queries.faults(deep=True) == []


def test_a_file_without_its_manifest_row_counts_nowhere() -> None:
    part("part-1-9.parquet", range(1, 10))
    assert queries.paths("facts") == []
    assert [fault.code for fault in queries.faults()] == ["unknown"]


def test_a_manifest_row_without_its_file_is_refused() -> None:
    made = part("part-1-9.parquet", range(1, 10))
    files.remove(files.root() / made.path)
    with pytest.raises(errors.NotInLake):
        publish(made)
    assert queries.generation("facts") == 0


def test_a_generation_before_is_read_until_its_readers_have_had_their_time() -> None:
    publish(part("part-1-9.parquet", range(1, 10)))
    old = queries.parts("facts")[0]
    publish(part("part-1-9-g2.parquet", range(1, 10)), drop=(old.pk,))
    assert queries.paths("facts", at=1) == queries.absolute([old])
    assert [one.path for one in queries.parts("facts")] == ["facts/cohort=202601/bucket=0/part-1-9-g2.parquet"]
    came, went = queries.changes("facts", 1)
    assert ([one.generation for one in came], [one.pk for one in went]) == ([2], [old.pk])

    assert actions.sweep(by=SYSTEM, now=NOW) == 0
    assert Path(queries.absolute([old])[0]).exists()
    assert actions.sweep(by=SYSTEM, now=NOW + rules.KEPT_FOR_READERS) == 1
    assert not Path(queries.absolute([old])[0]).exists()
    assert queries.faults(deep=True) == []


def test_who_worked_on_an_older_generation_is_refused_and_changes_nothing() -> None:
    publish(part("part-1-9.parquet", range(1, 10)))
    old = queries.parts("facts")[0]
    publish(drop=(old.pk,))
    made = part("part-10-19.parquet", range(10, 20))
    with pytest.raises(errors.Overtaken):
        actions.publish(dataset="facts", add=[made], drop=[], watermark=19, by=SYSTEM, now=NOW, based_on=1)
    with pytest.raises(errors.Overtaken):
        publish(made, drop=(old.pk,))
    assert (queries.parts("facts"), queries.generation("facts")) == ([], 2)


def test_leftovers_of_a_broken_run_go_after_a_day_and_not_before() -> None:
    made = files.root() / part("part-1-9.parquet", range(1, 10)).path
    begun = datetime.fromtimestamp(made.stat().st_mtime, UTC)
    assert actions.sweep(by=SYSTEM, now=begun + timedelta(hours=23)) == 0
    assert actions.sweep(by=SYSTEM, now=begun + timedelta(hours=25)) == 1
    assert not made.exists()
    assert list(files.root().glob("facts/*")) == []


def test_a_write_that_fails_leaves_what_was_there_and_nothing_beside_it(tmp_path: Path) -> None:
    target = tmp_path / "one"
    files.write_whole(target, lambda path: path.write_text("before"))

    def breaks(path: Path) -> None:
        path.write_text("half")
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError):
        files.write_whole(target, breaks)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["one"]
    assert target.read_text() == "before"


def test_only_one_process_writes_a_data_set() -> None:
    with files.alone("facts"), pytest.raises(errors.LakeBusy), files.alone("facts", waits=False):
        pass
    with files.alone("facts", waits=False):
        pass
