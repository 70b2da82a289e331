"""Prints what an installation holds after all that waits was laid and computed, as JSON: for trials that compare two.

Arguments: a file with the ids of the events that were acknowledged, one a line, and their source. Says whether each
lies in the lake once and no other, what `counting` finds, and a digest of every mart: as refreshing left it, and after
a full recompute.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import django


def main(argv: list[str]) -> int:
    """Prints one JSON document on the last line."""
    django.setup()
    from django.utils import timezone

    from ietvars.ground.people.rules import SYSTEM
    from ietvars.institution.cases import recomputing, refreshing
    from ietvars.institution.deliveries import compacting, counting

    compacting.compact(by=SYSTEM, now=timezone.now())
    counted = counting.count(deep=True)
    told: dict[str, Any] = {"laid": counted.laid, "waiting": counted.waiting, "is_right": counted.is_right}
    if argv:
        told |= _compared(Path(argv[0]), argv[1])
    refreshing.refresh(by=SYSTEM, now=timezone.now())
    refreshed = digest()
    recomputing.recompute(by=SYSTEM, now=timezone.now())
    told["digest"] = digest()
    told["refreshed_equal"] = refreshed == told["digest"]
    print(json.dumps(told))
    return 0


def _compared(acknowledged: Path, source: str) -> Mapping[str, int]:
    """How many acknowledged events the lake does not hold, holds several times, and how many others it holds."""
    from ietvars.institution.deliveries import rules

    ids = acknowledged.read_text(encoding="utf-8").split()
    wanted = {rules.event_digest(source, each).hex() for each in ids}
    found = held()
    return {
        "acknowledged": len(wanted),
        "lost": len(wanted - found.keys()),
        "twice": sum(count > 1 for count in found.values()),
        "others": len(found.keys() - wanted),
    }


def held() -> dict[str, int]:
    """The digest of every event in the lake, in hex, and how often it lies there."""
    from ietvars.ground.lake import engines
    from ietvars.ground.lake import queries as lake

    with engines.duck() as connection:
        rows = connection.execute(
            f"SELECT replace(event_id::VARCHAR, '-', ''), count(*) FROM {lake.reading('facts')} GROUP BY 1"  # noqa: S608
        ).fetchall()
    return dict(rows)


def digest() -> dict[str, list[int]]:
    """Of each mart that is published the rows, and a sum over all cells."""
    import bench_compute
    from ietvars.ground.lake import queries as lake
    from ietvars.institution.cases import computing

    return bench_compute.digest({name: lake.paths(name) for name in computing.MARTS})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
