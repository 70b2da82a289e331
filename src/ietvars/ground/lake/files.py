"""Writes files so that they are there whole or not at all, and says whether they still are. Knows no manifest.

`write_whole` writes under a temporary name, makes that durable and renames it; a full disk leaves nothing behind.
`durably` is the same for a transaction of the database.
"""

import errno
import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from ietvars.ground.lake import errors, rules

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What the system says when a file can take no more."""

FULL_SAID = ("no space left", "file too large", "disk quota", "not enough space", "disk is full")
"""How an engine or a database passes that on in words."""

SAYS_IN_WORDS = ("duckdb", "_duckdb", "sqlite3", "django", "psycopg")
"""Packages whose faults carry no number of the system."""

_MAGIC = b"PAR1"
_BLOCK = 1 << 20


def root() -> Path:
    """The folder of the lake; made when it is not there."""
    folder = Path(settings.LAKE)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a temporary file, then make it durable and give it its name, replacing what had it.

    Raises LakeFull; whatever is raised, nothing half written stays.
    """
    _make_folder(path.parent)
    temporary = path.with_name(f".{path.name}.{os.getpid()}{rules.WRITING}")
    try:
        write(temporary)
        _sync(temporary)
        temporary.replace(path)
        _sync(path.parent)
    except BaseException as fault:
        temporary.unlink(missing_ok=True)
        if is_full(fault):
            raise full(path.parent) from fault
        raise


def is_full(fault: BaseException) -> bool:
    """Whether a fault says that the disk is full, be it said by the system or by an engine."""
    if isinstance(fault, OSError) and fault.errno in FULL:
        return True
    return type(fault).__module__.split(".")[0] in SAYS_IN_WORDS and any(
        word in str(fault).lower() for word in FULL_SAID
    )


@contextmanager
def refusing_when_full(folder: Path) -> Iterator[None]:
    """Turn whatever says that the disk is full into its refusal. Raises LakeFull."""
    try:
        yield
    except Exception as fault:
        if is_full(fault):
            raise full(folder) from fault
        raise


def full(folder: Path) -> errors.LakeFull:
    """The refusal for a disk that is full."""
    return errors.LakeFull(folder=folder, free_mb=shutil.disk_usage(folder).free // 1_000_000)


def measured(path: Path) -> tuple[int, str]:
    """Bytes and SHA-256 of a file."""
    total, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            total.update(block)
            size += len(block)
    return size, total.hexdigest()


def lay(
    *,
    dataset: str,
    cohort: int,
    bucket: int,
    name: str,
    seqs: tuple[int, int],
    write: Callable[[Path], int],
) -> rules.NewPart:
    """Write one part of a data set whole under its final name, and describe it for the manifest. Raises LakeFull.

    `write` fills the file that it is given and returns the number of rows in it.
    """
    relative = f"{rules.partition(dataset, cohort, bucket)}/{name}"
    path = root() / relative
    rows: list[int] = []
    write_whole(path, lambda temporary: rows.append(write(temporary)))
    size, sha256 = measured(path)
    return rules.NewPart(cohort, bucket, relative, rows[0], size, sha256, *seqs)


def has_whole_footer(path: Path) -> bool:
    """Whether a file begins and ends as a Parquet file does. Reads a few bytes."""
    size = path.stat().st_size
    if size < 12:
        return False
    with path.open("rb") as file:
        begins = file.read(4)
        file.seek(size - 8)
        length, ends = int.from_bytes(file.read(4), "little"), file.read(4)
    return begins == ends == _MAGIC and length + 12 <= size


def all_files(dataset: str = "") -> Iterator[Path]:
    """Every file under the lake, or of one data set, but locks and what engines have put aside."""
    folder = root()
    for path in sorted((folder / dataset).rglob("*")):
        if path.is_file() and rules.SCRATCH not in path.relative_to(folder).parts and path.suffix != ".lock":
            yield path


@contextmanager
def alone(dataset: str, *, waits: bool = True) -> Iterator[None]:
    """Let one process of this machine write a data set at a time. Raises LakeBusy when it should not wait.

    Processes of other machines are told apart by `publish(based_on=...)`.
    """
    with (root() / f"{dataset}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX if waits else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise errors.LakeBusy(dataset=dataset) from None
        yield


@contextmanager
def durably() -> Iterator[None]:
    """One transaction that is on the disk when this ends, whatever the database was told for others. SQLite is told so
    for this one only: all else in the house can afford to lose its last moment at a power cut, and is faster for it."""
    if connection.vendor != "sqlite":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = on")
            yield
        return
    if connection.in_atomic_block:
        with transaction.atomic():
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous")
        usual = cursor.fetchone()[0]
        cursor.execute("PRAGMA synchronous=FULL")
    try:
        with transaction.atomic():
            yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA synchronous={usual}")


@contextmanager
def held() -> Iterator[None]:
    """Keep every file of the lake from being swept while this lasts, e.g. while a backup copies them."""
    with (root() / "readers.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield


@contextmanager
def sweeping() -> Iterator[bool]:
    """Whether files may be swept now: nobody holds them, and nobody begins to until this ends."""
    with (root() / "readers.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def remove(path: Path) -> None:
    """Remove a file, and the folders that it leaves empty, up to the lake."""
    path.unlink(missing_ok=True)
    folder, top = path.parent, root()
    while folder != top and top in folder.parents:
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent


def _make_folder(folder: Path) -> None:
    """Make a folder and those above it durable, so that no crash loses the way to a file."""
    missing = [one for one in (folder, *folder.parents) if not one.is_dir()]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for one in reversed(missing):
        _sync(one.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
