"""An installation with the facts of the bench in its lake: services, holders and steps as these name them.

The database is filled once by the same actions as everybody's and kept; the files of facts are linked into the lake
and named by its manifest, and everything is computed. Each size has one, kept too. `python tools/bench_town.py WHAT
...` runs within it. It must not measure.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import bench_data
from bench_data import FOLDER, ROOT
from ietvars.institution.cases import schema
from place import Place

OWNER, OVERSEER = "bench-owner", "bench-overseer"
READY = "ready.json"


def at(size: int) -> Place:
    """The installation with about `size` events, made now where it is not there."""
    folder = FOLDER / f"town-{size}-{bench_data.SERVICES}-v{bench_data.VERSION}-{schema.LAYOUT}"
    where = Place(folder, bench_data.SERVICES)
    if (folder / READY).is_file():
        return where
    print(f"Making an installation with {size:,} events once, in {folder} ...", file=sys.stderr, flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copy(_filled(), folder / "ietvars.sqlite3")
    facts = bench_data.facts_of(size)
    told = run(where, "lay", str(facts))
    (folder / READY).write_text(json.dumps(told))
    return where


def run(where: Place, *words: str) -> dict[str, Any]:
    """A function of this module within an installation, in a process of its own."""
    return bench_data.apart("bench_town.py", *words, env=where.environment)


def _filled() -> Path:
    """The database with all services, without any event."""
    folder = FOLDER / f"town-{bench_data.SERVICES}"
    done = folder / "filled.sqlite3"
    if not done.is_file():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        where = Place(folder, bench_data.SERVICES)
        where.command("prepare")
        run(where, "fill")
        (folder / "ietvars.sqlite3").rename(done)
    return done


# ---- within it -------------------------------------------------------------------------------------------------------


def fill() -> dict[str, Any]:
    """Bodies, services, steps and two people; their numbers must be those of the facts."""
    sys.path.insert(0, str(ROOT))
    from django.db import transaction

    from ietvars.ground.people.rules import SYSTEM, Role
    from ietvars.institution.deliveries import actions as deliveries
    from ietvars.institution.services import actions as services
    from tests.world import NOW, World

    world, nation = World(), bench_data.state()
    with transaction.atomic():
        for number in range(1, bench_data.BODIES + 1):
            assert world.body(f"body-{number}").pk == number
        made = []
        for each in nation.offerings:
            said = {"is_immediate": True, "term_days": None} if each.is_immediate else {"term_days": each.term_days}
            draft = world.draft(each.code, holder=f"body-{each.holders[0][1]}", channels=each.request_channels, **said)
            assert draft.pk == each.number
            made.append(draft)
        services.publish_all(services=made, by=SYSTEM, now=NOW)
        steps = {(each.number, code): number for each in nation.offerings for number, code in each.steps}
        assert deliveries.name_steps(steps=steps, by=SYSTEM, now=NOW) == steps
        biggest = max(nation.offerings, key=lambda each: each.weight)
        world.person(Role.SERVICE_OWNER, f"body-{biggest.holders[-1][1]}", username=OWNER)
        world.person(Role.OVERSEER, f"body-{biggest.holders[-1][1]}", username=OVERSEER)
    return {"services": len(made)}


def lay(folder: str) -> dict[str, Any]:
    """Link the files of facts into the lake, name them in the manifest, compute everything."""
    import duckdb
    from django.utils import timezone

    from ietvars.ground.lake import actions as lake_actions
    from ietvars.ground.lake import files
    from ietvars.ground.lake.rules import NewPart
    from ietvars.ground.people.rules import SYSTEM
    from ietvars.institution.cases import recomputing

    connection, parts, top = duckdb.connect(), [], files.root()
    for path in map(Path, bench_data.paths(Path(folder))):
        cohort, bucket = (int(part.partition("=")[2]) for part in path.parts[-3:-1])
        here = top / "facts" / f"cohort={cohort:06d}" / f"bucket={bucket}" / path.name
        here.parent.mkdir(parents=True, exist_ok=True)
        os.link(path, here)
        row = connection.execute(f"SELECT count(*), min(seq), max(seq) FROM '{path}'").fetchone()  # noqa: S608 - our own path
        assert row is not None
        size, sha256 = files.measured(here)
        parts.append(NewPart(cohort, bucket, str(here.relative_to(top)), row[0], size, sha256, row[1], row[2]))
    now = timezone.now()
    last = max(part.last_seq for part in parts)
    lake_actions.publish(dataset="facts", add=parts, drop=[], watermark=last, by=SYSTEM, now=now)
    _count_on_from(last)
    done = recomputing.recompute(by=SYSTEM, now=now)
    return {"facts": done.facts, "cases": done.cases}


def _count_on_from(last: int) -> None:
    """Let the next event of the inbox have the number behind those of the facts."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM sqlite_sequence WHERE name = 'institution_inboxevent'")
        cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('institution_inboxevent', %s)", [last])


WITHIN = {"fill": fill, "lay": lay}


def main(argv: list[str]) -> int:
    """One function, told as JSON on the last line."""
    import django

    django.setup()
    print(json.dumps(WITHIN[argv[0]](*argv[1:])))  # type: ignore[operator]
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
