"""Measure the durable intake over HTTP beside what the database under it can do, and nothing else, with the same rows.

Several processes send batches to a server started as in production; each event is validated and on the disk before it
is answered. The raw rate is that of the same packed rows, written in batches of RAW_BATCH by one process into a table
like the inbox, durably too. On SQLite and, where it is installed, on PostgreSQL with its durability switched on. The
two are measured in turn. `python tools/bench_intake.py send ...` is one sender.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import bench_data
import place
import postgres
from bench_data import Sheet
from place import ROOT, Place

EVENTS, CALL, SENDERS, RAW_BATCH, SERVICES = 200_000, 5_000, 3, 1_000, 40
HALF, ROUNDS = 0.5, 2


def measure(sheet: Sheet) -> None:
    """Both databases."""
    events = min(EVENTS, max(10_000, sheet.size // 5))
    sheet.head(f"Durable intake of {events:,} events over HTTP, {SENDERS} senders, {CALL:,} a call; events a second")
    bodies = _bodies(events)
    for name in ("SQLite", "PostgreSQL"):
        with _database(name) as url:
            if url is None:
                sheet.figure("intake", name, f"skipped: {postgres.HOW_TO_GET}")
                continue
            _one(sheet, name, url, bodies, events)


def rate(folder: Path, url: str = "", *, events: int = EVENTS) -> float:
    """Events a second that go in over HTTP now: for the soak."""
    found = _over_http(folder, url, _bodies(events))
    return events / found


@contextlib.contextmanager
def _database(name: str) -> Iterator[str | None]:
    if name == "SQLite":
        yield ""
    elif programs := postgres.programs():
        with postgres.private_cluster(programs) as url, _durable(url):
            yield url
    else:
        yield None


@contextlib.contextmanager
def _durable(url: str) -> Iterator[None]:
    """The private cluster is made for tests, which need nothing durable; here it is switched on."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = on".encode())
        connection.execute("SELECT pg_reload_conf()")
    time.sleep(1)
    yield


def _one(sheet: Sheet, name: str, url: str, bodies: list[Path], events: int) -> None:
    folder = bench_data.FOLDER / "intake"
    raw, http = [], []
    raw_rate = _raw_postgres if url else _raw_sqlite
    for _ in range(ROUNDS):
        raw.append(events / raw_rate(folder, url, events))
        http.append(events / _over_http(folder / "place", url, bodies))
    best_raw, best = max(raw), max(http)
    told = f"{best:,.0f} beside {best_raw:,.0f} a second"
    sheet.at_least(
        "intake", f"{name}: part of the raw batch rate", best / best_raw, HALF, told, http=best, raw=best_raw
    )


# ---- over HTTP -----------------------------------------------------------------------------------------------------


def _bodies(events: int) -> list[Path]:
    """The calls as files, made once."""
    folder = bench_data.FOLDER / "intake" / f"bodies-{events}"
    done = folder / "done"
    if not done.is_file():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        told, last = 0, b""
        for number, body in enumerate(place.batches(place.documents(events, SERVICES), CALL)):
            if told >= events:
                break
            (folder / f"{number:05}.json").write_bytes(body)
            told, last = told + CALL, body
        assert last, "no events"
        done.touch()
    return sorted(folder.glob("*.json"))


def _over_http(folder: Path, url: str, bodies: list[Path]) -> float:
    """Seconds until all is answered, into a new installation."""
    shutil.rmtree(folder, ignore_errors=True)
    if url:
        _empty(url)
    where = Place(folder, SERVICES, url)
    where.make()
    server = where.serve(workers=max(2, os.cpu_count() or 2))
    try:
        where.wait_for_server()
        command = [sys.executable, str(ROOT / "tools" / "bench_intake.py"), "send", str(folder), str(where.port)]
        begun = time.perf_counter()
        senders = [
            subprocess.Popen([*command, where.secret, *map(str, bodies[number::SENDERS])], stdout=subprocess.PIPE)
            for number in range(SENDERS)
        ]
        told = [json.loads(sender.communicate()[0]) for sender in senders]
        taken = time.perf_counter() - begun
    finally:
        place.end(server)
    if any(each["refused"] or not each["events"] for each in told):
        raise SystemExit(f"Events were refused: {told}")
    # From the first call to the last answer: starting a Python to send is not the intake's.
    spent: float = max(each["ended"] for each in told) - min(each["begun"] for each in told)
    return min(taken, spent)


def _send(folder: Path, port: int, secret: str, bodies: list[str]) -> dict[str, Any]:
    where = Place(folder, SERVICES, port=port, secret=secret)
    calls = [Path(body).read_bytes() for body in bodies]
    connection = where.connect()
    events = refused = 0
    begun = time.time()
    for body in calls:
        status, told, later = where.post(body, connection=connection)
        while status == 429:
            time.sleep(max(later, 0.1))
            status, told, later = where.post(body, connection=connection)
        if status != 200:
            raise SystemExit(f"answered {status}: {told}")
        events += told["accepted"] + told["known"]
        refused += told["refused"]
    return {"begun": begun, "ended": time.time(), "events": events, "refused": refused}


def _empty(url: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


# ---- the database alone --------------------------------------------------------------------------------------------


def _rows(events: int) -> Iterator[list[tuple[bytes, int, bytes]]]:
    """Rows as the inbox has them, in batches: digests in no order, payloads of the same length."""
    from ietvars.institution.deliveries import packing

    payload = os.urandom(packing.SIZE)
    for begin in range(0, events, RAW_BATCH):
        digests = os.urandom(16 * RAW_BATCH)
        yield [
            (digests[16 * row : 16 * row + 16], begin + row, payload) for row in range(min(RAW_BATCH, events - begin))
        ]


def _raw_sqlite(folder: Path, _url: str, events: int) -> float:
    path = folder / "raw.sqlite3"
    folder.mkdir(parents=True, exist_ok=True)
    for each in folder.glob("raw.sqlite3*"):
        each.unlink()
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(
        "CREATE TABLE inbox (seq INTEGER PRIMARY KEY AUTOINCREMENT, digest BLOB NOT NULL UNIQUE,"
        " received_us BIGINT NOT NULL, payload BLOB NOT NULL)"
    )

    def write(rows: list[tuple[bytes, int, bytes]]) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT OR IGNORE INTO inbox (digest, received_us, payload) VALUES (?, ?, ?)", rows)
        connection.execute("COMMIT")

    return _timed(write, events)


def _raw_postgres(_folder: Path, url: str, events: int) -> float:
    import psycopg

    with psycopg.connect(url) as connection:
        connection.execute("DROP TABLE IF EXISTS raw_inbox")
        connection.execute(
            "CREATE TABLE raw_inbox (seq BIGSERIAL PRIMARY KEY, digest BYTEA NOT NULL UNIQUE,"
            " received_us BIGINT NOT NULL, payload BYTEA NOT NULL)"
        )
        connection.commit()

        def write(rows: list[tuple[bytes, int, bytes]]) -> None:
            connection.execute(
                "INSERT INTO raw_inbox (digest, received_us, payload)"
                " SELECT * FROM unnest(%s::bytea[], %s::bigint[], %s::bytea[]) ON CONFLICT DO NOTHING",
                [list(column) for column in zip(*rows, strict=True)],
            )
            connection.commit()

        taken = _timed(write, events)
        connection.execute("DROP TABLE raw_inbox")
    return taken


def _timed(write: Callable[[list[tuple[bytes, int, bytes]]], None], events: int) -> float:
    batches = list(_rows(events))
    begun = time.perf_counter()
    for rows in batches:
        write(rows)
    return time.perf_counter() - begun


if __name__ == "__main__":
    _, _, given_folder, given_port, given_secret, *given_bodies = sys.argv
    print(json.dumps(_send(Path(given_folder), int(given_port), given_secret, given_bodies)))
