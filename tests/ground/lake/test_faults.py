"""What is wrong with a disk or a file is noticed and named, and what was whole before stays whole.

The faults are real: a limit of the system, a small disk, files cut and changed.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ietvars.ground.lake import actions, engines, errors, files, queries
from ietvars.ground.lake.rules import NewPart
from ietvars.ground.people.rules import SYSTEM
from tests.full_disks import no_file_beyond

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lake")]


def lay(name: str, numbers: int) -> NewPart:
    """A part with a column of digests, which no packing makes small."""
    with engines.duck() as connection:
        select = f"SELECT md5(n::VARCHAR) AS digest, n FROM range({numbers}) AS r(n)"
        return files.lay(
            dataset="facts",
            cohort=202601,
            bucket=0,
            name=name,
            seqs=(1, numbers),
            write=lambda path: engines.copy_to_parquet(connection, select, path),
        )


def publish(part: NewPart) -> Path:
    actions.publish(dataset="facts", add=[part], drop=[], watermark=part.last_seq, by=SYSTEM, now=NOW)
    return files.root() / part.path


def found(*, deep: bool = False) -> list[tuple[str, str]]:
    return [(fault.code, Path(fault.path).name) for fault in queries.faults(deep=deep)]


def test_a_file_that_can_grow_no_more_is_refused_with_a_sentence_and_leaves_nothing() -> None:
    publish(lay("part-1-10.parquet", 10))
    with no_file_beyond(100_000), pytest.raises(errors.LakeFull) as refusal:
        lay("part-11-90000.parquet", 90_000)
    assert "Nothing was lost and nothing is half written" in str(refusal.value)
    assert [path.name for path in files.all_files()] == ["part-1-10.parquet"]
    assert queries.faults(deep=True) == []


def test_a_full_disk_is_refused_with_a_sentence_and_leaves_nothing(lake: Path) -> None:
    lake.mkdir()
    if os.geteuid() or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", lake], check=False).returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    try:
        publish(lay("part-1-10.parquet", 10))
        with pytest.raises(errors.LakeFull):
            lay("part-11-90000.parquet", 90_000)
        assert [path.name for path in files.all_files()] == ["part-1-10.parquet"]
        assert queries.faults(deep=True) == []
        assert publish(lay("part-11-90.parquet", 80)).exists()
    finally:
        subprocess.run(["umount", "-l", lake], check=True)


def test_a_file_that_was_cut_is_named_without_reading_it() -> None:
    path = publish(lay("part-1-1000.parquet", 1000))
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 1)
    assert found() == [("size", path.name)]
    assert "cut off or changed" in queries.faults()[0].sentence


def test_a_file_without_its_end_is_named_without_reading_it() -> None:
    path = publish(lay("part-1-1000.parquet", 1000))
    with path.open("r+b") as file:
        file.seek(-4, os.SEEK_END)
        file.write(b"\0\0\0\0")
    assert found() == [("footer", path.name)]


def test_one_changed_bit_is_found_by_looking_deep_only() -> None:
    path = publish(lay("part-1-1000.parquet", 1000))
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        byte = file.read(1)[0]
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte ^ 1]))
    assert found() == []
    assert found(deep=True) == [("hash", path.name)]


def test_rows_that_are_not_there_are_found_although_the_hash_is_right() -> None:
    part = lay("part-1-1000.parquet", 1000)
    publish(NewPart(**{**vars(part), "rows": 1001}))
    assert found(deep=True) == [("rows", "part-1-1000.parquet")]


def test_a_file_that_is_whole_but_no_parquet_inside_is_named() -> None:
    part = lay("part-1-1000.parquet", 1000)
    path = files.root() / part.path
    path.write_bytes(b"PAR1" + bytes(100) + (20).to_bytes(4, "little") + b"PAR1")
    size, sha256 = files.measured(path)
    publish(NewPart(**{**vars(part), "bytes": size, "sha256": sha256}))
    assert found() == []
    assert found(deep=True) == [("unreadable", path.name)]


def test_a_missing_file_and_a_strange_one_are_named() -> None:
    path = publish(lay("part-1-1000.parquet", 1000))
    path.rename(path.with_name("mine.parquet"))
    assert found() == [("missing", "part-1-1000.parquet"), ("unknown", "mine.parquet")]


def test_a_reader_of_a_cut_file_gets_a_fault_and_no_figures() -> None:
    path = publish(lay("part-1-1000.parquet", 1000))
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)
    duckdb = pytest.importorskip("duckdb")
    with engines.duck() as connection, pytest.raises(duckdb.Error):
        connection.execute(f"SELECT count(digest) FROM {queries.reading('facts')}").fetchall()


def test_nothing_is_swept_while_a_backup_holds_the_files() -> None:
    path = publish(lay("part-1-10.parquet", 10))
    actions.publish(
        dataset="facts", add=[], drop=[queries.parts("facts")[0].pk], watermark=0, by=SYSTEM, now=NOW
    )  # fmt: skip
    with files.held():
        assert actions.sweep(by=SYSTEM, now=NOW, at_once=True) == 0
    assert path.exists()
    assert actions.sweep(by=SYSTEM, now=NOW, at_once=True) == 1
    assert not path.exists()


def test_what_a_dead_engine_has_put_aside_goes_and_what_a_living_one_has_stays() -> None:
    scratch = files.root() / ".scratch"
    process = subprocess.Popen(["true"])
    process.wait()
    for pid in (process.pid, os.getpid()):
        (scratch / f"{pid}-x").mkdir(parents=True)
    actions.sweep(by=SYSTEM, now=NOW)
    assert [path.name for path in scratch.iterdir()] == [f"{os.getpid()}-x"]


def test_a_database_that_can_grow_no_more_is_a_full_disk_too(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "small.sqlite3")) as small:
        small.execute("CREATE TABLE t (x)")
        small.execute("PRAGMA max_page_count = 4")
        with pytest.raises(errors.LakeFull), files.refusing_when_full(tmp_path):
            small.execute("INSERT INTO t VALUES (zeroblob(100000))")
        with pytest.raises(sqlite3.Error), files.refusing_when_full(tmp_path):
            small.execute("INSERT INTO nowhere VALUES (1)")
