"""Kills a program that takes events in and lays them into the lake, at random moments, and counts what is left.

`.venv/bin/python tools/kill_compaction.py TIMES [SEED]` does so on a database and a lake of its own and prints one JSON
document; it ends with 1 when an acknowledged event is not in the lake exactly once. DATABASE_URL may name an empty
PostgreSQL database. Nothing is pretended: each child gets SIGKILL while it writes.

`tools/kill.py` kills whole programs under load and compares all figures, for hours; few of its kills meet the moment at
which files and manifest change. Here most do, so that seconds of it are worth running with every other test.
"""

import json
import os
import random
import signal
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import figures_of

if TYPE_CHECKING:
    from ietvars.institution.deliveries.events import Event

BATCH = 400
"""Events that a child takes in at once."""

CASES = 300
"""So few cases, over months, that late events move many."""

LONGEST = 0.9
"""Seconds that a child lives at most."""

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@dataclass
class Killed:
    """What was left of it all: every event that was acknowledged must lie in the lake once."""

    times: int
    while_laying: int
    acknowledged: int
    laid: int
    missing: int
    twice: int
    astray: int
    faults: list[str]

    @property
    def is_right(self) -> bool:
        """Whether nothing was lost and nothing doubled. What was written but not acknowledged may lie there too."""
        return not (self.missing or self.twice or self.astray or self.faults) and self.laid >= self.acknowledged > 0


def kill(*, times: int, seed: int, folder: Path) -> Killed:
    """Begin a child `times` times, kill each after a random while, then let one compaction end and count."""
    import duckdb  # noqa: F401 - loaded before the first child, so that none is killed while it imports
    from django.db import connections

    from ietvars.institution.deliveries import counting  # noqa: F401 - likewise

    rnd = random.Random(seed)  # noqa: S311
    acknowledged, laying = folder / "acknowledged", folder / "laying"
    acknowledged.touch()
    while_laying = 0
    for number in range(times):
        connections.close_all()
        child = os.fork()
        if not child:
            _work(number, seed, acknowledged, laying)
        time.sleep(rnd.uniform(0.02, LONGEST))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        while_laying += laying.exists()
        laying.unlink(missing_ok=True)
    return _count(times, while_laying, acknowledged)


def make_tables() -> None:
    """Only the tables that are needed, so that the killing begins soon."""
    from django.db import connection

    from ietvars.ground.lake.models import LakePart, LakeState
    from ietvars.institution.deliveries.models import ErasedPerson, InboxEvent

    with connection.schema_editor() as editor:
        for model in (LakePart, LakeState, InboxEvent, ErasedPerson):
            editor.create_model(model)


def _work(number: int, seed: int, acknowledged: Path, laying: Path) -> None:
    """What a child does until it is killed: take in, say so, lay away."""
    from ietvars.ground.people.rules import SYSTEM
    from ietvars.institution.deliveries import actions, compacting

    rnd = random.Random(seed * 10_000 + number)  # noqa: S311
    key = number * 1_000_000
    with acknowledged.open("a", encoding="ascii") as told:
        while True:
            batch = [_event(key + place, rnd) for place in range(BATCH)]
            key += BATCH
            actions.take_in(events=batch, by=SYSTEM, now=NOW)
            told.write("".join(f"{one.event_id.hex()}\n" for one in batch))
            told.flush()
            laying.write_text(str(number), encoding="ascii")
            compacting.compact(by=SYSTEM, now=NOW, limit=BATCH // 2)
            laying.unlink()


def _event(key: int, rnd: random.Random) -> "Event":
    from ietvars.institution.deliveries.events import Event

    case = rnd.randrange(CASES)
    day = 20_454 + case % 120 + rnd.randrange(-40, 60)
    digest = key.to_bytes(16, "big")
    return Event(digest, case, case % 7 + 1, 1, 1, 1 + key % 8, (day * 24 + 9) * 3_600_000_000 + key, day)


def _count(times: int, while_laying: int, acknowledged: Path) -> Killed:
    from ietvars.ground.lake import queries as lake
    from ietvars.ground.people.rules import SYSTEM
    from ietvars.institution.deliveries import compacting, counting

    compacting.compact(by=SYSTEM, now=NOW)
    counted = counting.count(deep=True)
    lines = [line for line in acknowledged.read_text(encoding="ascii").splitlines() if len(line) == 32]
    held = figures_of.held()
    return Killed(
        times=times,
        while_laying=while_laying,
        acknowledged=len(lines),
        laid=counted.laid,
        missing=len(set(lines) - held.keys()) + (counted.missing or 0),
        twice=counted.twice + sum(held.values()) - len(held),
        astray=counted.astray,
        faults=[fault.sentence for fault in lake.faults(deep=True)],
    )


def main(argv: list[str]) -> int:
    """Returns 1 when something was lost or doubled."""
    times, seed = int(argv[0]), int(argv[1]) if len(argv) > 1 else 1
    with tempfile.TemporaryDirectory(prefix="ietvars-kill-") as place:
        os.environ["DJANGO_SETTINGS_MODULE"] = "ietvars.settings"
        os.environ["IETVARS_VAR"] = place
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{place}/kill.sqlite3")
        import django

        django.setup()
        from ietvars.ground.notices import actions as notices

        # What is computed of cases is killed elsewhere; here only the way into the lake.
        notices._listeners.clear()  # noqa: SLF001
        make_tables()
        done = kill(times=times, seed=seed, folder=Path(place))
    print(json.dumps({**asdict(done), "is_right": done.is_right}))
    return 0 if done.is_right else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
