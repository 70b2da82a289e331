"""Copies the database and the lake together, as they were at one moment, and brings them back.

Files of the lake never change, so the moment is that of the database: its snapshot names the files. The list of what a
backup holds is written last; a folder without it is a backup that broke off, and is gone on with. Keys and secrets lie
outside of both and are no part of it. Must not know what is in a table, but for the manifest.
"""

import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction

import ietvars
from ietvars.ground.deployment import queries as deployment
from ietvars.ground.lake import errors, files, queries
from ietvars.ground.lake.rules import Fault, Part

Step = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""

LIST = "backup.json"
FORMAT = 1
NAMES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
"""How the copy of the database is called, by kind of database."""

PAGES = 8_192
"""Pages of SQLite that are copied between two steps of progress: 32 MiB."""


@dataclass(frozen=True)
class Backup:
    """What lies in a backup."""

    made_at: str
    version: str
    vendor: str
    database: dict[str, Any]
    keys: list[str]
    parts: list[Part]
    generations: dict[str, int]

    @property
    def bytes(self) -> int:
        """Bytes of database and lake together."""
        return int(self.database["bytes"]) + sum(part.bytes for part in self.parts)


@dataclass(frozen=True)
class _Copied:
    """A copy of the database with the manifest of that very moment."""

    parts: list[Part]
    generations: dict[str, int]


# ---- out ----------------------------------------------------------------------------------------------------------


def back_up(folder: Path, *, now: datetime, step: Step, copies: bool = False, keys: Sequence[Path] = ()) -> Backup:
    """Write a backup into a folder that holds none yet. Raises BackupThere, LakeFull, ToolMissing, ToolFailed.

    Files of the lake are linked where folder and lake lie on one disk, else copied; `copies` always copies. What a
    broken backup has copied already is kept. `keys` are copied too, for those who ask.
    """
    if (folder / LIST).exists():
        raise errors.BackupThere(folder=folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    vendor = connection.vendor
    target = folder / NAMES[vendor]
    with files.refusing_when_full(folder), files.held():
        copied = _copy_sqlite(target, step) if vendor == "sqlite" else _copy_postgres(target, step)
        _copy_lake(folder / "lake", copied.parts, step, copies=copies)
        for key in keys:
            _copy_file(key, folder / "keys" / key.name)
        size, sha256 = files.measured(target)
        made = Backup(
            made_at=now.isoformat(),
            version=ietvars.__version__,
            vendor=vendor,
            database={"path": target.name, "bytes": size, "sha256": sha256},
            keys=[key.name for key in keys],
            parts=copied.parts,
            generations=copied.generations,
        )
        said = json.dumps({"format": FORMAT, **asdict(made)}, indent=1)
        files.write_whole(folder / LIST, lambda path: path.write_text(said, encoding="utf-8"))
    return made


def read(folder: Path) -> Backup:
    """What a backup says that it holds. Raises NoBackup."""
    try:
        said = json.loads((folder / LIST).read_text(encoding="utf-8"))
        if said.pop("format") != FORMAT:
            raise errors.NoBackup(folder=folder)
        said["parts"] = [Part(**part) for part in said["parts"]]
        return Backup(**said)
    except (OSError, ValueError, TypeError, KeyError) as fault:
        raise errors.NoBackup(folder=folder) from fault


def faults(folder: Path, *, deep: bool, step: Step) -> list[Fault]:
    """What is wrong with a backup: sizes and ends of files; with `deep` every byte and row. Raises NoBackup."""
    made = read(folder)
    found = _faults_of_database(folder, made, deep=deep)
    for number, part in enumerate(made.parts, start=1):
        found += queries.faults_of(part, folder / "lake", deep=deep)
        step("files looked at", number, len(made.parts))
    return found


def _faults_of_database(folder: Path, made: Backup, *, deep: bool) -> list[Fault]:
    name, path = str(made.database["path"]), folder / str(made.database["path"])
    if not path.is_file():
        return [Fault("missing", name, {})]
    if path.stat().st_size != made.database["bytes"]:
        return [Fault("size", name, {"found": path.stat().st_size, "wanted": made.database["bytes"]})]
    if deep and files.measured(path)[1] != made.database["sha256"]:
        return [Fault("hash", name, {})]
    return []


# ---- back ---------------------------------------------------------------------------------------------------------


def restore(folder: Path, *, step: Step) -> Backup:
    """Bring a backup back into an empty place: the files of the lake first, the database last.

    Broken off, it is simply called again. Raises NoBackup, PlaceTaken, OtherDatabase, BackupDamaged, LakeFull.
    """
    made = read(folder)
    if made.vendor != connection.vendor:
        raise errors.OtherDatabase(kept=made.vendor, here=connection.vendor)
    _require_empty(made)
    found = _faults_of_database(folder, made, deep=True)
    if found:
        raise errors.BackupDamaged(path=found[0].path, why=found[0].sentence)
    top = files.root()
    with files.refusing_when_full(top):
        for number, part in enumerate(made.parts, start=1):
            _bring_back(part, folder / "lake", top)
            step("files of the lake", number, len(made.parts))
        source = folder / str(made.database["path"])
        step("database", 0, 1)
        if made.vendor == "sqlite":
            _restore_sqlite(source)
        else:
            _restore_postgres(source)
        step("database", 1, 1)
    return made


def _require_empty(made: Backup) -> None:
    known = {part.path for part in made.parts}
    top = files.root()
    if any(path.relative_to(top).as_posix() not in known for path in files.all_files()):
        raise errors.PlaceTaken(place=top)
    has_tables = "ground_person" in connection.introspection.table_names()
    if has_tables and not (deployment.is_empty() and not queries.states()):
        raise errors.PlaceTaken(place=connection.settings_dict["NAME"])


def _bring_back(part: Part, source: Path, top: Path) -> None:
    target = top / part.path
    if target.is_file() and files.measured(target) == (part.bytes, part.sha256):
        return
    if not (source / part.path).is_file():
        raise errors.BackupDamaged(path=part.path, why=Fault("missing", part.path, {}).sentence)
    files.write_whole(target, lambda path: shutil.copyfile(source / part.path, path))
    if files.measured(target) != (part.bytes, part.sha256):
        files.remove(target)
        raise errors.BackupDamaged(path=part.path, why=Fault("hash", part.path, {}).sentence)


# ---- files --------------------------------------------------------------------------------------------------------


def _copy_lake(folder: Path, parts: Sequence[Part], step: Step, *, copies: bool) -> None:
    top = files.root()
    wanted = {part.path for part in parts}
    for path in list(folder.rglob("*")):
        # What an earlier, broken try has copied and this moment no longer names.
        if path.is_file() and path.relative_to(folder).as_posix() not in wanted:
            path.unlink()
    for number, part in enumerate(parts, start=1):
        target = folder / part.path
        if not (target.is_file() and target.stat().st_size == part.bytes):
            if not (top / part.path).is_file():
                raise errors.NotInLake(path=part.path)
            _copy_file(top / part.path, target, links=not copies)
        step("files of the lake", number, len(parts))


def _copy_file(source: Path, target: Path, *, links: bool = False) -> None:
    def write(path: Path) -> None:
        if links:
            try:
                os.link(source, path)
            except OSError:  # another disk, or one that knows no links
                pass
            else:
                return
        shutil.copyfile(source, path)
        path.chmod(0o600)

    files.write_whole(target, write)


# ---- SQLite -------------------------------------------------------------------------------------------------------


def _copy_sqlite(target: Path, step: Step) -> _Copied:
    """Copy the file by SQLite's own means, within one reading transaction, so that writers neither wait nor show."""
    temporary = target.with_name(f".{target.name}.writing")
    temporary.unlink(missing_ok=True)
    name = str(connection.settings_dict["NAME"])
    with (
        closing(sqlite3.connect(name, uri=name.startswith("file:"), isolation_level=None)) as source,
        closing(sqlite3.connect(temporary, isolation_level=None)) as copy,
    ):
        source.execute("BEGIN")
        copied = _manifest(source.execute(_PARTS).fetchall(), source.execute(_GENERATIONS).fetchall())
        # Without counting, this asks for no write and keeps the snapshot of BEGIN through all steps.
        source.backup(copy, pages=PAGES, progress=lambda _, left, of: step("pages of the database", of - left, of))
        copy.execute("PRAGMA journal_mode=DELETE")
    files.write_whole(target, temporary.rename)
    return copied


def _restore_sqlite(source: Path) -> None:
    target = Path(str(connection.settings_dict["NAME"]))
    connection.close()
    for suffix in ("-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    files.write_whole(target, lambda path: shutil.copyfile(source, path))


# ---- PostgreSQL ---------------------------------------------------------------------------------------------------


def _copy_postgres(target: Path, step: Step) -> _Copied:
    """Let pg_dump write what a snapshot shows, and read the manifest in that same snapshot."""
    step("database", 0, 1)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        cursor.execute(_PARTS)
        rows = cursor.fetchall()
        cursor.execute(_GENERATIONS)
        copied = _manifest(rows, cursor.fetchall())
        flags = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
        files.write_whole(target, lambda path: _run("pg_dump", *flags, f"--file={path}"))
    step("database", 1, 1)
    return copied


def _restore_postgres(source: Path) -> None:
    name = str(connection.settings_dict["NAME"])
    connection.close()
    # In one transaction: what breaks off leaves the database as empty as it was.
    flags = ["--no-owner", "--no-privileges", "--clean", "--if-exists", "--single-transaction", "--exit-on-error"]
    _run("pg_restore", *flags, f"--dbname={name}", str(source))


def _run(tool: str, *arguments: str) -> None:
    found = shutil.which(tool)
    if found is None:
        raise errors.ToolMissing(tool=tool)
    done = subprocess.run(  # noqa: S603 - found by name, fed by ourselves
        [found, *arguments], env={**_surroundings(), "PATH": os.defpath}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise errors.ToolFailed(tool=tool, why=(done.stderr.strip().splitlines() or ["?"])[-1])


def _surroundings() -> Mapping[str, str]:
    """How the tools of PostgreSQL reach the same database; a password is never an argument that others could read."""
    said = connection.settings_dict
    named = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    return {name: str(said[key]) for name, key in named.items() if said.get(key)}


_PARTS = (
    "SELECT id, dataset, cohort, bucket, path, rows, bytes, sha256, first_seq, last_seq, since FROM ground_lakepart"
    " WHERE until IS NULL ORDER BY path"
)
_GENERATIONS = "SELECT dataset, generation FROM ground_lakestate"


def _manifest(parts: Sequence[tuple[Any, ...]], generations: Sequence[tuple[Any, ...]]) -> _Copied:
    return _Copied([Part(*row) for row in parts], {str(name): int(number) for name, number in generations})


def what_ails_the_database() -> str:
    """What SQLite finds wrong with its own file; empty when nothing. Elsewhere the server looks after that."""
    if connection.vendor != "sqlite":
        return ""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check(5)")
        said = [str(row[0]) for row in cursor.fetchall()]
    return "" if said == ["ok"] else "; ".join(said)
