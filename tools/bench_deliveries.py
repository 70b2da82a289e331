"""Measure what was promised of deliveries: recompute, growth, peers, refresh, flow, drill-down, intake and pages.

`make bench SIZE=10_000_000` runs all parts, `make bench PARTS=flow,intake` some of them; so does this file by itself,
with `--size` and `--parts`. Each figure is a ratio of things that ran in turn on this machine, printed beside its goal
and kept as JSON beside the data, so that a broken run can go on with the parts that are left (`--resume`). It must not
test behaviour.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys

import bench_data
from bench_data import Sheet

SIZE = 10_000_000

PARTS = {
    "recompute": ("bench_compute", "measure"),
    "growth": ("bench_compute", "growth"),
    "peers": ("bench_peers", "measure"),
    "flow": ("bench_flow", "measure"),
    "refresh": ("bench_pages", "refresh"),
    "drill": ("bench_pages", "drill"),
    "pages": ("bench_pages", "pages"),
    "intake": ("bench_intake", "measure"),
}
"""Name of a part to its module and function, in the order in which they run."""


def measure(size: int, parts: list[str] | None = None, *, resume: bool = False) -> list[bool]:
    """Run parts, all by default; whether each promise is kept."""
    sheet = Sheet(size)
    print(f"\nDeliveries at {size:,} events (ratios of one run; times of this machine with all that ran beside)")
    done = _done(size) if resume else set()
    for name in parts or list(PARTS):
        if name in done:
            print(f"  {name}: done before, see results-{size}.json")
            continue
        module, function = PARTS[name]
        getattr(importlib.import_module(module), function)(sheet)
        sheet.keep()
    print(f"\nAs JSON: {sheet.keep()}")
    return [line.kept for line in sheet.lines if line.kept is not None]


def _done(size: int) -> set[str]:
    path = bench_data.FOLDER / f"results-{size}.json"
    return {each["part"] for each in json.loads(path.read_text())} if path.is_file() else set()


def chosen_size() -> int:
    """SIZE of the environment, as 10_000_000 or 10000000."""
    return int(os.environ.get("SIZE") or SIZE)


def main(argv: list[str]) -> int:
    """Returns 0 when every goal is reached, else 1."""
    parser = argparse.ArgumentParser(description="Measure what was promised of deliveries.")
    parser.add_argument("--size", type=int, default=chosen_size(), help="events, e.g. 10_000_000")
    parser.add_argument("--parts", default=os.environ.get("PARTS", ""), help=f"some of {','.join(PARTS)}")
    parser.add_argument("--resume", action="store_true", help="leave out parts that have results already")
    chosen = parser.parse_args(argv)
    parts = [name for name in chosen.parts.split(",") if name]
    if unknown := [name for name in parts if name not in PARTS]:
        parser.error(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    kept = measure(chosen.size, parts or None, resume=chosen.resume)
    print(f"\n{'All goals are reached.' if all(kept) else 'A goal is NOT REACHED.'}")
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
