"""Measure the full recompute of deliveries: beside the bare scan of its columns, in both ways, and as it grows.

Each run is a process of its own, so that its peak memory is its own; the runs of one comparison take turns and the best
of each counts. `python tools/bench_compute.py scan|recompute FOLDER ...` is one such run, which prints JSON.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

import bench_data
from bench_data import Sheet

ELEVEN = (
    "service_id", "case_id", "seq", "type", "occurred_us", "day", "provider_id", "channel", "person_key", "cost_cents",
    "rating",
)  # fmt: skip
"""Columns of the scan that the design measured against."""

READ = (
    *ELEVEN, "service_version", "holder_id", "origin", "stage", "activity", "contact", "due_us", "evidence",
    "evidence_held_by", "rating_method", "corrects",
)  # fmt: skip
"""Columns that the recompute reads. It reads `event_id` besides where facts correct others."""

WAYS = ("cohorts", "whole")
"""Cohort by cohort, or all of them at once."""

MEMORY_MB = {"cohorts": 800, "whole": 12_000}
SCAN, RECOMPUTE, MEMORY, GROWTH = 9.0, 10.5, 1000.0, 1.1


def measure(sheet: Sheet) -> None:
    """The recompute at the size of the sheet, beside the scan."""
    folder = bench_data.facts_of(sheet.size)
    rows = bench_data.about(folder)["rows"]
    sheet.head(f"Full recompute of {rows:,} events beside the bare scan of its columns, in seconds")
    rounds = 3 if sheet.size <= 20_000_000 else 2
    taken = take_turns(folder, rounds, ("eleven", "read", *WAYS))
    eleven, scan = (min(each["seconds"] for each in taken[name]) for name in ("eleven", "read"))
    sheet.figure("recompute", "scan of the 11 columns of the design", f"{eleven:.2f} s", seconds=eleven)
    sheet.figure("recompute", f"scan of the {len(READ)} columns that it reads", f"{scan:.2f} s", seconds=scan)
    best = {way: min(taken[way], key=lambda each: float(each["seconds"])) for way in WAYS}
    for way, words in (("whole", "in one go"), ("cohorts", "cohort by cohort")):
        one = best[way]
        told = f"{one['seconds']:.2f} s, peak {one['peak_mb']:.0f} MB, {one['seconds'] / eleven:.1f} x the 11 columns"
        limit = SCAN if way == "whole" else RECOMPUTE
        sheet.at_most("recompute", f"recompute {words}, times the scan", one["seconds"] / scan, limit, told, **one)
    sheet.at_most("recompute", "peak memory cohort by cohort, MB", best["cohorts"]["peak_mb"], MEMORY)
    both = best["cohorts"]["seconds"] / scan <= SCAN and best["cohorts"]["peak_mb"] <= MEMORY
    sheet.figure("recompute", "both at once (9 x and 1 GB)", "reached" if both else "not reached", reached=both)
    same = best["whole"]["digest"] == best["cohorts"]["digest"]
    sheet.equal("recompute", "every cell of both ways", same, f"{best['cohorts']['digest']['mart_month'][0]:,} cells")


def growth(sheet: Sheet) -> None:
    """Time per event at a hundredth, a tenth and the whole of the size."""
    sizes = [size for size in (sheet.size // 100, sheet.size // 10, sheet.size) if size >= 10_000]
    sheet.head("Growth of the full recompute, cohort by cohort, microseconds per event")
    before = None
    for size in sizes:
        folder = bench_data.facts_of(size)
        rows = bench_data.about(folder)["rows"]
        one = min(recompute_apart(folder, "cohorts")["seconds"] for _ in range(2 if size > 20_000_000 else 3))
        each = one / rows * 1e6
        if before is None:
            sheet.figure("growth", f"{rows:,} events", f"{each:.3f} us", microseconds=each)
        else:
            told = f"{each:.3f} us an event, {one:.2f} s"
            sheet.at_most("growth", f"{rows:,} events, times the step before", each / before, GROWTH, told)
        before = each


def take_turns(folder: Path, rounds: int, names: tuple[str, ...]) -> dict[str, list[dict[str, Any]]]:
    """So many rounds of each, in turn."""
    taken: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    for _ in range(rounds):
        for name in names:
            one = scan_apart(folder, name) if name in ("eleven", "read") else recompute_apart(folder, name)
            taken[name].append(one)
    return taken


def scan_apart(folder: Path, columns: str) -> dict[str, Any]:
    """A scan in its own process."""
    return bench_data.apart("bench_compute.py", "scan", str(folder), columns)


def recompute_apart(folder: Path, way: str, *, keep: Path | None = None) -> dict[str, Any]:
    """A recompute in its own process."""
    words = ["recompute", str(folder), way, *([str(keep)] if keep else [])]
    return bench_data.apart("bench_compute.py", *words)


# ---- one run -------------------------------------------------------------------------------------------------------


def scan(folder: Path, columns: tuple[str, ...]) -> dict[str, Any]:
    """Read the columns of all facts and add each up."""
    connection = duckdb.connect()
    named = ", ".join(f"max({name})" if name in ("corrects", "event_id") else f"sum({name})" for name in columns)
    files = ", ".join(f"'{path}'" for path in bench_data.paths(folder))
    begun = time.perf_counter()
    connection.execute(f"SELECT {named} FROM read_parquet([{files}])").fetchall()  # noqa: S608 - our own names
    return {"seconds": time.perf_counter() - begun, "peak_mb": bench_data.peak_mb()}


def recompute(folder: Path, way: str, keep: Path | None) -> dict[str, Any]:
    """Compute all case states and marts of a folder into files."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ietvars.settings")
    from ietvars.ground.lake import engines
    from ietvars.institution.cases import computing, running

    known, found = bench_data.known(), computing.found(folder)
    if way == "whole":
        found = {max(found): [path for files in found.values() for path in files]}
    with contextlib.ExitStack() as stack:
        place = keep or Path(stack.enter_context(tempfile.TemporaryDirectory(dir=folder.parent)))
        shutil.rmtree(place, ignore_errors=True)
        connection = duckdb.connect(
            config={
                "memory_limit": f"{MEMORY_MB[way]}MiB",
                "temp_directory": str(place / ".scratch"),
                "preserve_insertion_order": False,
            }
        )
        engine = running.Duck(connection, engines.sql)
        begun = time.perf_counter()
        done = computing.recompute(engine, found, known, computing.into(place), watermark=1)
        seconds = time.perf_counter() - begun
        peak = bench_data.peak_mb()
        laid = {name: [str(path) for path in (place / name).rglob("*.parquet")] for name in computing.MARTS}
        return {"seconds": seconds, "peak_mb": peak, "cases": done.cases, "digest": digest(laid)}


def digest(laid: Mapping[str, Sequence[str]]) -> dict[str, list[int]]:
    """Of each mart with its files the rows, and a sum over all cells that does not depend on order or on the files.

    Folders are not looked at: `bucket` is a column of histograms too.
    """
    from ietvars.institution.cases import schema

    connection = duckdb.connect()
    found = {}
    for name, paths in laid.items():
        if not paths:
            found[name] = [0, 0]
            continue
        added = _added(name)
        keys = ", ".join(f'"{column}"' for column in schema.DATASETS[name] if column not in (*schema.MARKS, *added))
        sums = ", ".join(f'sum("{column}") AS "{column}"' for column in added)
        named = [*keys.split(", "), *(f'"{column}"' for column in added)]
        columns = ", ".join(f"{column}::BIGINT" for column in named)
        row = connection.execute(
            f"SELECT count(*), sum(hash({columns}) % 1000000007)::BIGINT FROM ("  # noqa: S608 - our own names
            f" SELECT {keys}, {sums} FROM read_parquet({list(paths)}, hive_partitioning = false) GROUP BY {keys}"
            f" HAVING sum({schema.COUNTS[name]}) > 0)"
        ).fetchone()
        assert row is not None
        found[name] = [int(row[0]), int(row[1])]
    return found


def _added(name: str) -> tuple[str, ...]:
    """Columns of a mart that add up."""
    from ietvars.institution.cases import schema

    return {"mart_step": schema.STEP_SUMS, "mart_hist": ("n",), "state_hist": ("n",)}.get(name, schema.SUMS)


def main(argv: list[str]) -> int:
    """One run, told as JSON on the last line."""
    folder = Path(argv[1])
    if argv[0] == "scan":
        told = scan(folder, ELEVEN if argv[2] == "eleven" else READ)
    else:
        told = recompute(folder, argv[2], Path(argv[3]) if len(argv) > 3 else None)
    print(json.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
