"""Validates files, each in a process of its own under the limits; the way in for commands, jobs and pages.

A file is judged as it stands: nothing is merged in, unless code lists are handed along, and then the report says so.
"""

import time
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyoxigraph as ox

from ietvars.doors.machines.feeds.cpsv_ap import apart, parsing, validating, validating_report, validating_warnings
from ietvars.doors.machines.feeds.cpsv_ap.limits import Limits
from ietvars.doors.machines.feeds.cpsv_ap.parsing import Format


def validate(
    source: Path | str | bytes,
    format: Format | None = None,  # noqa: A002 - the word of the trade
    *,
    limits: Limits,
    name: str = "",
    codes: bytes | None = None,
    step: apart.Step | None = None,
) -> dict[str, Any]:
    """The report of one file. `codes` are N-Triples of code lists to merge in. Raises what `parsing.read` does."""
    with TemporaryDirectory(prefix="ietvars-rdf-") as place:
        path, called = parsing.settled(source, Path(place), limits=limits, name=name)
        beside = ""
        if codes is not None:
            beside = str(Path(place) / "codes.nt")
            Path(beside).write_bytes(codes)
        arguments = {"path": str(path), "format": format, "name": called, "codes": beside}
        answer: dict[str, Any] = apart.call("validating_files:work", arguments, limits, file=called, step=step)
        return answer


def work(arguments: dict[str, Any], limits: Limits, step: apart.Step) -> dict[str, Any]:
    """In the child: read, judge, report."""
    begun = time.perf_counter()
    given = Format(arguments["format"]) if arguments["format"] else None
    prefixes: dict[str, str] = {}
    quads = parsing.quads(
        Path(arguments["path"]), given, limits=limits, name=arguments["name"], prefixes=prefixes
    )  # fmt: skip
    merged: Iterator[ox.Quad] = iter(())
    if arguments["codes"]:
        merged = parsing.quads(Path(arguments["codes"]), Format.N_TRIPLES, limits=limits)
    store = validating.graph_of(chain(quads, merged))
    read = time.perf_counter()
    judged = validating.judge(store, step)
    ended = time.perf_counter()
    report = validating_report.document(store, judged, validating_warnings.look(store), prefixes)
    return {
        "file": arguments["name"],
        **report,
        "with_codes": bool(arguments["codes"]),
        "seconds": {"reading": round(read - begun, 3), "judging": round(ended - read, 3)},
    }
