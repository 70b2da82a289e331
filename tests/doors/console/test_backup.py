"""Database and lake are copied as of one moment, while others write, and come back equal into an empty place only."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

if TYPE_CHECKING:
    import pytest_django

ROOT = Path(__file__).resolve().parents[3]
IETVARS = "from ietvars.doors.console.main import main; main()"

BEGIN = "import django; django.setup()\n"

WRITE = """
import random
from datetime import UTC, datetime
from ietvars.ground.people.rules import SYSTEM
from ietvars.institution.deliveries import actions, compacting
from ietvars.institution.deliveries.events import Event
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)

def events(first, count):
    rnd = random.Random(first)
    for key in range(first, first + count):
        case = rnd.randrange(500)
        day = 20_400 + case % 90 + rnd.randrange(30)
        yield Event(key.to_bytes(16, "big"), case, 1, 1, 1, 1 + key % 8, (day * 24 + 9) * 3_600_000_000 + key, day,
                    person_key=case + 1, key_version=1)

def write(first, count):
    done = actions.take_in(events=events(first, count), by=SYSTEM, now=NOW)
    compacting.compact(by=SYSTEM, now=NOW)
    return done
"""

MAKE = (
    BEGIN
    + """
from ietvars.doors.console import serving
serving.prepare()
from tests.world import World
World().service("benefit", holder="agency")
"""
    + WRITE
    + """
for first in (1, 2001, 4001):
    write(first, 2000)
actions.take_in(events=events(6001, 50), by=SYSTEM, now=NOW)
"""
)

WRITE_ON = BEGIN + WRITE + "for first in range(10_001, 1_000_000, 200): write(first, 200); print(first, flush=True)\n"

LOOK = (
    BEGIN
    + """
import json
from ietvars.ground.audit.models import Entry
from ietvars.ground.lake import engines, queries as lake
from ietvars.institution.deliveries import counting
from ietvars.institution.deliveries.models import InboxEvent
with engines.duck() as connection:
    (row,) = connection.execute(
        f"SELECT count(*), sum(hash(facts)::HUGEINT)::VARCHAR FROM {lake.reading('facts')} AS facts").fetchall()
print(json.dumps({"facts": list(row), "inbox": InboxEvent.objects.count(), "audit": Entry.objects.count(),
    "state": [[one.dataset, one.generation, one.watermark] for one in lake.states()],
    "right": counting.count(deep=True).is_right}))
"""
)

AGAIN = (
    BEGIN
    + WRITE
    + """
again, new = write(1, 500), write(9001, 10)
print(json.dumps([again.accepted, again.known, new.accepted])) if (json := __import__("json")) else None
"""
)


@dataclass(frozen=True)
class Place:
    """An installation: a folder and a database of its own."""

    folder: Path
    url: str

    def start(self, code: str, *arguments: str) -> subprocess.Popen[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("IETVARS_", "LAKE_"))}
        more = {
            "DJANGO_SETTINGS_MODULE": "ietvars.settings",
            "IETVARS_VAR": str(self.folder),
            "DATABASE_URL": self.url,
        }
        return subprocess.Popen(
            [sys.executable, "-c", code, *arguments],
            env={**kept, **more}, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def run(self, code: str, *arguments: str, wanted: int = 0) -> str:
        process = self.start(code, *arguments)
        said, faults = process.communicate(timeout=240)
        assert process.returncode == wanted, faults[-3000:]
        return said if wanted != 2 else faults

    def ietvars(self, *arguments: str, wanted: int = 0) -> str:
        return self.run(IETVARS, *arguments, wanted=wanted)

    def look(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.run(LOOK))
        return found


@contextmanager
def _place(folder: Path, name: str) -> Iterator[Place]:
    """An empty installation on a database of the kind of this run."""
    folder.mkdir()
    if connection.vendor != "postgresql":
        yield Place(folder, f"sqlite:///{folder}/db.sqlite3")
        return
    said = connection.settings_dict
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {name}")
    yield Place(folder, f"postgresql://{said['USER']}:{said['PASSWORD']}@{said['HOST']}:{said['PORT']}/{name}")
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def here(
    django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """An installation with deliveries, some of them waiting. Tests only add to it."""
    with django_db_blocker.unblock(), _place(tmp_path_factory.mktemp("backup") / "here", "backup_here") as place:
        place.run(MAKE)
        yield place


@pytest.fixture
def there(transactional_db: None, tmp_path: Path) -> Iterator[Place]:
    """An installation with nothing at all."""
    with _place(tmp_path / "there", "backup_there") as place:
        yield place


def test_a_backup_comes_back_equal_and_goes_on_where_it_was(here: Place, there: Place, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    (here.folder / "person-keys.json").write_text("apart")
    before = here.look()
    assert before["right"]
    assert 6000 <= before["facts"][0] <= before["inbox"]

    made = json.loads(here.ietvars("backup", str(backup), "--json"))
    assert (made["keys"], made["files"] > 0) == ([], True)
    assert "apart" not in "".join(path.read_text(errors="ignore") for path in backup.rglob("*") if path.is_file())
    assert "holds a backup already" in here.ietvars("backup", str(backup), wanted=2)
    assert json.loads(there.ietvars("verify", str(backup), "--deep", "--json"))["is_whole"]

    assert "is not empty" in here.ietvars("restore", str(backup), wanted=2)
    there.ietvars("restore", str(backup))
    assert there.look() == before
    assert json.loads(there.ietvars("verify", "--deep", "--json"))["is_whole"]
    # What waited waits, what is known is known, and new events get new numbers.
    assert json.loads(there.run(AGAIN)) == [0, 500, 10]
    after = there.look()
    assert (after["inbox"], after["facts"][0], after["right"]) == (before["inbox"] + 10,) * 2 + (True,)
    assert here.look() == before

    _damaged_backups_are_refused(there, backup, tmp_path)


def _damaged_backups_are_refused(there: Place, backup: Path, tmp_path: Path) -> None:
    empty = Place(tmp_path / "third", f"sqlite:///{tmp_path}/third/db.sqlite3" if "sqlite" in there.url else there.url)
    victim = next(path for path in backup.rglob("*.parquet"))
    cut = tmp_path / "cut"
    shutil.copytree(backup, cut)
    with (cut / victim.relative_to(backup)).open("r+b") as file:
        file.truncate(50)
    found = json.loads(there.ietvars("verify", str(cut), "--json", wanted=1))
    assert [fault["code"] for fault in found["faults"]] == ["size"]
    if "sqlite" in there.url:
        assert "damaged and was not restored" in empty.ietvars("restore", str(cut), wanted=2)
        # With the backup mended, the same call goes on and ends.
        shutil.copy(victim, cut / victim.relative_to(backup))
        empty.ietvars("restore", str(cut))
    (cut / "backup.json").unlink()
    assert "no whole backup" in there.ietvars("verify", str(cut), wanted=2)


def test_a_backup_made_while_others_write_is_of_one_moment(here: Place, there: Place, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    (backup / "lake" / "facts").mkdir(parents=True)
    (backup / "lake" / "facts" / "part-1-2.parquet").write_text("what a broken try has left behind")
    (here.folder / "person-keys.json").write_text("apart")
    writer = here.start(WRITE_ON)
    try:
        assert writer.stdout
        assert writer.stdout.readline(), writer.stderr and writer.stderr.read()
        here.ietvars("backup", str(backup), "--copy", "--with-keys")
        assert writer.poll() is None
    finally:
        writer.kill()
        writer.communicate()
    assert not (backup / "lake" / "facts" / "part-1-2.parquet").exists()
    assert (backup / "keys" / "person-keys.json").read_text() == "apart"
    there.ietvars("restore", str(backup))
    found = there.look()
    assert found["right"]
    assert 6000 < found["facts"][0] <= found["inbox"]
    assert json.loads(there.ietvars("verify", "--deep", "--json"))["is_whole"]
    # Others went on writing meanwhile.
    assert here.look()["inbox"] > found["inbox"]
