"""Installations that are made once in a run of the suite: an empty one, and one with the sample state.

Making tables takes some seconds and loading the sample state most of a minute, so whoever needs an installation takes
a copy (`copied`), on a database of the kind that this run tests, and may change it. Nobody changes what is copied.
"""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.db import connections
from psycopg import sql

PATIENCE = 420
"""Seconds until the sample state is loaded, on a machine that is busy with other things."""

IETVARS = shutil.which("ietvars") or str(Path(sys.executable).with_name("ietvars"))
SQLITE_NAME = "house.sqlite3"


@dataclass(frozen=True)
class House:
    """An installation: its folder and its database."""

    folder: Path
    url: str

    def environment(self, **more: str) -> dict[str, str]:
        """The environment in which commands meet this installation."""
        found = {
            **os.environ,
            "DATABASE_URL": self.url,
            "IETVARS_VAR": str(self.folder),
            "IETVARS_SECRET_KEY": "only for journeys",
            **more,
        }
        found.pop("DJANGO_SETTINGS_MODULE", None)
        return found


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _server() -> str:
    """Address of the PostgreSQL of this run, or an empty text where it is on SQLite."""
    given = os.environ.get("DATABASE_URL", "")
    return given if given.startswith("postgres") else ""


@contextmanager
def bare(folder: Path) -> Iterator[House]:
    """An installation with nothing at all: an empty folder and a database without tables."""
    with _made(folder, "CREATE DATABASE {name}") as house:
        yield house


@contextmanager
def copied(house: House, folder: Path) -> Iterator[House]:
    """A copy of an installation in a folder that may be there already; its database is gone when the block ends."""
    shutil.copytree(house.folder, folder, ignore=shutil.ignore_patterns(f"{SQLITE_NAME}*"), dirs_exist_ok=True)
    if not _server():
        source, target = house.folder / SQLITE_NAME, folder / SQLITE_NAME
        # Other than a copy of the file, this waits for a worker that is just ending.
        with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
            old.backup(new)
    with _made(folder, "CREATE DATABASE {name} TEMPLATE {source}", urlsplit(house.url).path[1:]) as made:
        yield made


@contextmanager
def _made(folder: Path, statement: str, source: str = "") -> Iterator[House]:
    server = _server()
    if not server:
        yield House(folder, f"sqlite:///{folder / SQLITE_NAME}")
        return
    name = f"house_{uuid.uuid4().hex[:8]}"
    names = {"name": sql.Identifier(name), "source": sql.Identifier(source or name)}
    with psycopg.connect(server, autocommit=True) as connection:
        _left_alone(connection, source)
        connection.execute(sql.SQL(statement).format(**names))
    yield House(folder, urlunsplit(urlsplit(server)._replace(path=f"/{name}")))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {name} WITH (FORCE)").format(**names))


def _left_alone(connection: psycopg.Connection, name: str) -> None:
    """Wait until nobody is connected to a database, since PostgreSQL copies no other; a worker may just be ending."""
    end = time.monotonic() + PATIENCE
    asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
    while connection.execute(asked, [name]).fetchone() != (0,):
        assert time.monotonic() < end, f"somebody stays connected to {name}"
        time.sleep(0.2)


@contextmanager
def served(house: House, port: int, **more: str) -> Iterator[dict[str, str]]:
    """The product started there as people start it, gone when the block ends; yields its environment."""
    log = house.folder / "log"
    environment = house.environment(PORT=str(port), **more)
    with log.open("wb") as told:
        process = subprocess.Popen([IETVARS, "run"], env=environment, stdout=told, stderr=told)
        try:
            _wait(f"http://127.0.0.1:{port}/", process, log)
            yield environment
        finally:
            process.terminate()
            process.wait(timeout=30)


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text(encoding="utf-8")[-3000:]
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.5)
    raise AssertionError(f"No answer in {PATIENCE} s: {log.read_text(encoding='utf-8')[-3000:]}")


@contextmanager
def asked(house: House) -> Iterator[None]:
    """Let this process ask the database of an installation instead of its own."""
    own = connections["default"]
    name = urlsplit(house.url).path[1:] if _server() else str(house.folder / SQLITE_NAME)
    other = type(own)({**own.settings_dict, "NAME": name}, "default")
    connections["default"] = other
    try:
        yield
    finally:
        connections["default"] = own
        other.close()


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """An empty installation, brought up to date by the command `prepare`. To be copied, not changed."""
    with bare(tmp_path_factory.mktemp("prepared")) as house:
        subprocess.run([IETVARS, "prepare"], env=house.environment(), check=True, timeout=PATIENCE)
        yield house


@pytest.fixture(scope="session")
def sampled(tmp_path_factory: pytest.TempPathFactory, prepared: House) -> Iterator[House]:
    """The sample state, as the command `run` loads it into an empty installation. To be copied, not changed."""
    with copied(prepared, tmp_path_factory.mktemp("sampled")) as house:
        with served(house, free_port()):
            pass
        yield house
