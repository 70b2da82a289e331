"""Measure the flow of all services: beside pm4py, from the same events to the same edges, and beside the scan.

pm4py is AGPL: it lives in .venv-bench, which is made here from requirements/bench.txt when it is wanted, and is handed
a file. Above PEER_MOST events only the scan is beside it, since pm4py would not fit into memory.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb

import bench_data
from bench_compute import scan_apart
from bench_data import ROOT, Sheet

TIMES, SCANS, PEER_MOST = 15.0, 5.0, 10_000_000
PEER = ROOT / ".venv-bench"
LOCK = ROOT / "requirements" / "bench.txt"


def measure(sheet: Sheet) -> None:
    """The flow of all services at the size of the sheet."""
    folder = bench_data.facts_of(sheet.size)
    rows = bench_data.about(folder)["rows"]
    sheet.head(f"What followed what, all services, {rows:,} events, in seconds")
    ours, scans = [], []
    for _ in range(3 if rows <= 20_000_000 else 2):
        scans.append(scan_apart(folder, "eleven"))
        ours.append(bench_data.apart("bench_flow.py", "ours", str(folder)))
    took, scan = min(each["seconds"] for each in ours), min(each["seconds"] for each in scans)
    peak = max(each["peak_mb"] for each in ours)
    told = f"{took:.2f} s, peak {peak:.0f} MB, {ours[0]['edges']:,} edges"
    sheet.at_most("flow", "all services, times the scan of 11 columns", took / scan, SCANS, told, seconds=took)
    if rows > PEER_MOST * 1.1:
        sheet.figure("flow", "pm4py", f"not run beyond {PEER_MOST:,} events: it would not fit into memory")
        return
    _beside(sheet, folder, took)


def _beside(sheet: Sheet, folder: Path, took: float) -> None:
    python = environment()
    given, edges = folder / ".given.parquet", folder / ".edges.csv"
    _write_given(folder, given)
    theirs = [
        bench_data.apart("bench_pm4py.py", str(given), str(edges), python=python)
        for _ in range(1 if sheet.size > 2_000_000 else 2)
    ]
    best = min(theirs, key=lambda each: float(each["seconds"]))
    told = f"pm4py {best['version']}: {best['seconds']:.2f} s from file to graph"
    sheet.at_least("flow", "times as fast as pm4py, from file to graph", best["seconds"] / took, TIMES, told, **best)
    told = f"{best['discover'] / took:.1f} ({best['discover']:.2f} s)"
    sheet.figure("flow", "times as fast as its last step alone", told)
    is_equal, said = _compared(folder, edges)
    sheet.equal("flow", "edges and counts of both", is_equal, said)
    given.unlink()
    edges.unlink()


def environment() -> str:
    """The Python of the peer's own environment, made from its lock when it is not there or the lock changed."""
    python, stamp = PEER / "bin" / "python", PEER / ".installed"
    wanted = LOCK.read_text(encoding="utf-8")
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != wanted:
        print("Making .venv-bench with pm4py (AGPL, apart from everything else) ...", file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(PEER)], check=True)
        install = ["-m", "pip", "--disable-pip-version-check", "-qq", "install", "--require-hashes"]
        subprocess.run([str(python), *install, "--only-binary", ":all:", "-r", str(LOCK)], check=True)
        stamp.write_text(wanted, encoding="utf-8")
    return str(python)


STEPS = {number: code for each in bench_data.state().offerings for number, code in each.steps}
"""Number of each step to its name. All services share few names: with names of their own pm4py takes minutes and
several GB for a million events, and to beat that would say little."""


def _write_given(folder: Path, given: Path) -> None:
    """The same events as pm4py wants them: named, without corrected ones, in their order."""
    files = ", ".join(f"'{path}'" for path in bench_data.paths(folder))
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE step AS SELECT unnest(?) AS activity, unnest(?) AS code", [list(STEPS), [*STEPS.values()]]
    )
    connection.execute(
        f"COPY (WITH fact AS (FROM read_parquet([{files}])),"  # noqa: S608 - our own names
        " gone AS (SELECT corrects FROM fact WHERE corrects IS NOT NULL)"
        " SELECT case_id::VARCHAR AS \"case\", coalesce(code, 't' || type) AS activity,"
        " make_timestamp(occurred_us) AS time FROM fact LEFT JOIN step USING (activity)"
        " WHERE type <> 14 AND event_id NOT IN (SELECT corrects FROM gone)"
        f" ORDER BY service_id, case_id, occurred_us, seq) TO '{given}' (FORMAT parquet)"
    )


def _compared(folder: Path, edges: Path) -> tuple[bool, str]:
    """Whether every edge has the same count on both sides, but for events of one case at the very same moment."""
    mine: Counter[tuple[str, str]] = Counter()
    for source, target, n in bench_data.apart("bench_flow.py", "edges", str(folder))["edges"]:
        mine[_name(source), _name(target) if target else ""] += n
    theirs: Counter[tuple[str, str]] = Counter()
    with edges.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            theirs[row["source"], row["target"]] += int(row["n"])
    apart = sum(abs(mine[key] - theirs[key]) for key in mine.keys() | theirs.keys())
    return apart == 0, f"{len(mine):,} edges, {sum(mine.values()):,} passages, {apart:,} apart"


def _name(number: int) -> str:
    return f"t{-number}" if number < 0 else STEPS[number]


def ours(folder: Path, *, tells: bool) -> dict[str, Any]:
    """The edges of all services, from files to rows."""
    from ietvars.institution.flows import mapping

    connection = duckdb.connect(config={"memory_limit": "800MiB"})
    begun = time.perf_counter()
    found = mapping.all_services(connection, bench_data.paths(folder))
    seconds = time.perf_counter() - begun
    if tells:
        return {"edges": [[each.source, each.target, each.n] for each in found]}
    return {"seconds": seconds, "edges": len(found), "peak_mb": bench_data.peak_mb()}


def main(argv: list[str]) -> int:
    """One run of ours, told as JSON."""
    print(json.dumps(ours(Path(argv[1]), tells=argv[0] == "edges")))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
