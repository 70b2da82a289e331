"""Measure what was promised: how long an import takes, and how long the server thinks over a page.

`make bench` loads the sample state and one yearly edition of a real inventory (from ../shared, where it is there) into
databases of its own, asks each page in turn, and prints figures and, where something comparable runs beside, ratios; it
ends with 1 when a promise is broken. Then linked data (SERVICES=10000) and deliveries (SIZE=10_000_000 events) follow.
`--quick` asks each page less often, leaves out the starts and takes less of the rest; PARTS=flow,intake measures only
those parts of deliveries. Times are of this
machine and nothing else: no browser, no network. Must not test behaviour; that is what tests do.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from urllib.error import URLError

import bench_deliveries
import bench_linked_data
from ietvars.institution.indicators import comparison
from ietvars.institution.indicators.comparison import Kind

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.institution.indicators import slowly  # noqa: E402 - found only once the checkout is on the path

IETVARS = str(Path(sys.executable).with_name("ietvars"))
EDITION = "data/gc-service-inventory/new-schema"
FILES = ("2025-03-01_service.csv.gz", "2025-03-01_service-std.csv.gz")
PERIOD = "2023-24"
IMPORT_WITHIN, SECOND_START_WITHIN = 20.0, 10.0
ROUNDS, QUICK_ROUNDS = 50, 10
QUICK_EVENTS = 200_000
SERIES, ALPHA = 1000, 0.05
PLAIN_PAGE = "/par/"
"""A page of text alone; how much more than this the others cost."""


@dataclass(frozen=True)
class Promise:
    """A page by its address, with the most milliseconds and questions to the database that it may take."""

    page: str
    address: str
    milliseconds: float
    queries: int


def main(argv: list[str]) -> int:
    """Returns 0 when every promise is kept, else 1."""
    parser = argparse.ArgumentParser(description="Measure what was promised.")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, no starts")
    quick = parser.parse_args(argv).quick
    if parts := [name for name in os.environ.get("PARTS", "").split(",") if name]:
        return 0 if all(bench_deliveries.measure(bench_deliveries.chosen_size(), parts)) else 1
    with tempfile.TemporaryDirectory(prefix="ietvars-bench-") as place:
        sample = _environment(Path(place) / "sample")
        kept = [*_imports(_environment(Path(place) / "import")), _sample(sample)]
        if not quick:
            kept.append(_starts(sample))
        kept += _pages(sample, QUICK_ROUNDS if quick else ROUNDS)
        kept.append(_searching())
        _comparison()
        kept += bench_linked_data.measure(int(os.environ.get("SERVICES") or 0) or _size(quick=quick))
    print(f"\n{'All promises are kept.' if all(kept) else 'A promise is BROKEN.'}")
    return 0 if all(kept) else 1


def _size(*, quick: bool) -> int:
    return bench_linked_data.QUICK_SIZE if quick else bench_linked_data.SIZE


# ---- commands ---------------------------------------------------------------------------------------------------


def _imports(environment: dict[str, str]) -> list[bool]:
    """Time the import of one edition, services and standards, and the figures of its year."""
    folder = Path(os.environ.get("IETVARS_SHARED") or ROOT.parent / "shared") / EDITION
    files = [folder / name for name in FILES]
    if not all(file.exists() for file in files):
        print(f"Import: not measured, {EDITION} is not beside the checkout.")
        return []
    print(f"Import of {' and '.join(FILES)}, year {PERIOD}, on SQLite, in seconds")
    _command(environment, "prepare")
    bare = _seconds(lambda: [_read(file) for file in files])
    command = ("import", "table", *map(str, files), "--mapping", "canada", "--period", PERIOD)
    took = _command(environment, *command)
    kept = _line("the first time", took, IMPORT_WITHIN, f"{took / bare:.0f} times the csv module alone ({bare:.2f})")
    again = _command(environment, *command)
    _line("the same once more, nothing changes", again, None, f"{again / took:.2f} of the first time")
    _line("figures of the year", _command(environment, "measure", "--period", PERIOD), None, "")
    _line("start of a command that does nothing", _command(environment, "--help"), None, "part of each of the above")
    return [kept]


def _sample(environment: dict[str, str]) -> bool:
    """Time the sample state: tables, data and figures of all its periods."""
    print("\nThe sample state, in seconds")
    return _line("loading it into an empty database", _command(environment, "sample"), None, "with all its figures")


def _starts(environment: dict[str, str]) -> bool:
    """Time the server until its first answer, when it has nothing to do any more."""
    _line("first start until the first page", _start(environment), None, "collects styles and scripts")
    return _line("second start until the first page", _start(environment), SECOND_START_WITHIN, "")


def _start(environment: dict[str, str]) -> float:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    begun = time.perf_counter()
    quiet = subprocess.DEVNULL
    server = subprocess.Popen([IETVARS, "run"], env={**environment, "PORT": str(port)}, stdout=quiet, stderr=quiet)
    try:
        while not _answers(f"http://127.0.0.1:{port}/"):
            if server.poll() is not None or time.perf_counter() - begun > 300:
                raise SystemExit("The server did not start.")
            time.sleep(0.05)
        return time.perf_counter() - begun
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=30):  # noqa: S310 - our own address
            return True
    except (URLError, OSError):
        return False


def _command(environment: dict[str, str], *words: str) -> float:
    """Seconds of a command of the product; what it says is shown only when it fails."""
    begun = time.perf_counter()
    done = subprocess.run([IETVARS, *words], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"ietvars {' '.join(words)} failed with {done.returncode}: {done.stderr[-500:]}")
    return time.perf_counter() - begun


def _read(file: Path) -> int:
    with gzip.open(file, "rt", encoding="utf-8-sig", newline="") as opened:
        return sum(1 for _ in csv.DictReader(opened))


def _seconds(do: Callable[[], object]) -> float:
    begun = time.perf_counter()
    do()
    return time.perf_counter() - begun


def _line(what: str, seconds: float, limit: float | None, more: str) -> bool:
    kept = limit is None or seconds <= limit
    promised = "" if limit is None else f"of {limit:3.0f}  {'kept' if kept else 'BROKEN'}"
    print(f"  {what:40} {seconds:8.2f} {promised:14} {more}".rstrip(), flush=True)
    return kept


# ---- pages ------------------------------------------------------------------------------------------------------


def _pages(environment: dict[str, str], rounds: int) -> list[bool]:
    """Time the pages on the sample state, in this process, as the server would answer them."""
    os.environ.update(environment)
    warnings.filterwarnings("ignore", message="No directory at")
    from django.conf import settings
    from django.test import Client

    from ietvars.doors import wsgi  # only now, since it reads the settings; it sets the process up as the server's

    assert callable(wsgi.application)

    # The collected files are the running program's; pages only name them.
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    plain, _ = _times(partial(Client(SERVER_NAME="127.0.0.1").get, PLAIN_PAGE), rounds)
    print(f"\nPages, {rounds} requests each: milliseconds of work, and of the clock with all that ran beside")
    print(f"  {'':40} {'work':>7} {'promised':>16} {'median':>8} {'p95':>7} {'queries':>9}  times {PLAIN_PAGE}")
    kept = []
    for username, promises in PROMISES.items():
        person = Client(SERVER_NAME="127.0.0.1", REMOTE_ADDR="127.0.0.1")
        if username:
            person.post("/ieiet/paraugs/", {"username": username}, follow=True)
        ask = person.get
        kept += [
            _page(promise, partial(ask, promise.address), rounds, statistics.median(plain)) for promise in promises
        ]
    return kept


def _page(promise: Promise, ask: Callable[[], object], rounds: int, plain: float) -> bool:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    ask()
    with CaptureQueriesContext(connection) as asked:
        answer = ask()
    # Counted at once: the next request empties the list.
    queries = len(asked)
    status = getattr(answer, "status_code", 0)
    if status != 200:
        print(f"  {promise.page}: answered {status} at {promise.address}")
        return False
    work, clock = _times(ask, rounds)
    spent = statistics.median(work)
    kept = spent <= promise.milliseconds and queries <= promise.queries
    print(
        f"  {promise.page:40} {spent:7.1f} {f'of {promise.milliseconds:.0f}':>8} {'kept' if kept else 'BROKEN':7}"
        f" {statistics.median(clock):8.1f} {sorted(clock)[int(0.95 * len(clock))]:7.1f}"
        f" {f'{queries} of {promise.queries}':>9} {spent / plain:6.1f}",
        flush=True,
    )
    return kept


def _times(ask: Callable[[], object], rounds: int) -> tuple[list[float], list[float]]:
    """Milliseconds of this process and of the clock.

    SQLite works in this process, so its work is the server's time; the clock also counts what else the machine did.
    """
    work, clock = [], []
    for _ in range(rounds):
        begun, began = time.process_time(), time.perf_counter()
        ask()
        work.append((time.process_time() - begun) * 1000)
        clock.append((time.perf_counter() - began) * 1000)
    return work, clock


# ---- searching --------------------------------------------------------------------------------------------------


def _searching() -> bool:
    """Measure what ships on the search set beside what one would build first; the pages have set the process up."""
    from tests.doors.public import judged

    asked = judged.questions()
    print(f"\nSearch, {len(asked)} judged questions on the sample state (judged by their author: see the set)")
    print(f"  {'':40} {'hit@1':>7} {'hit@5':>7} {'nDCG@10':>8} {'ms a question':>14}")
    first = judged.others()
    ways = {**first, "what ships, without everyday words": judged.without_words, "what ships": judged.shipped}
    found = {name: _searched(name, partial(judged.measure, way, asked), len(asked)) for name, way in ways.items()}
    best = [max(found[name][place] for name in first) for place in range(3)]
    kept = all(mine >= other for mine, other in zip(found["what ships"], best, strict=True))
    print(f"  at least the best of the first three on each measure: {'kept' if kept else 'BROKEN'}")
    return kept


def _searched(name: str, measure: Callable[[], object], questions: int) -> tuple[float, ...]:
    from tests.doors.public import judged

    measure()
    begun = time.process_time()
    measures = measure()
    took = (time.process_time() - begun) * 1000 / questions
    assert isinstance(measures, judged.Measures)
    print(f"  {name:40} {measures.hit_1:7.3f} {measures.hit_5:7.3f} {measures.ndcg_10:8.3f} {took:14.1f}", flush=True)
    return measures.hit_1, measures.hit_5, measures.ndcg_10


# ---- the comparison ---------------------------------------------------------------------------------------------


def _comparison() -> None:
    """Time the verdicts of many series at once beside the second opinion of the tests, which takes one at a time."""
    series = [_changed(number) for number in range(SERIES)]
    verdicts: list[comparison.Verdict] = []
    opinions: list[tuple[comparison.Word, float, slowly.Interval, float, float]] = []
    ours = _seconds(lambda: verdicts.extend(comparison.settle(series)))
    slower = _seconds(lambda: opinions.extend(slowly.judged(series, ALPHA)))
    alike = sum(verdict.word == opinion[0] for verdict, opinion in zip(verdicts, opinions, strict=True))
    print(f"\nVerdicts over {SERIES:,} series, in seconds")
    _line("all at once, in arrays", ours, None, f"{SERIES / ours:,.0f} a second")
    _line("one after the other, in plain Python", slower, None, f"{slower / ours:.0f} times; {alike:,} words alike")


def _changed(number: int) -> comparison.Series:
    """The series of a number: shares, means, medians and counts in turn, every second of them changed."""
    made = random.Random(number)  # noqa: S311 - the same ones each time
    kind = (Kind.SHARE, Kind.MEAN, Kind.MEDIAN, Kind.COUNT)[number % 4]
    level = made.uniform(0.2, 0.8)
    later = level + (made.uniform(-0.1, 0.1) if number // 4 % 2 else 0)
    return comparison.Series(
        before=_point(kind, level, made.randint(60, 1000)),
        now=_point(kind, later, made.randint(60, 1000)),
        direction=comparison.Direction.UP,
    )


def _point(kind: Kind, level: float, n: int) -> comparison.Point:
    about = partial(comparison.Point, kind=kind, definition="v1", scale="")
    value, spread = Decimal(str(round(20 * level, 2))), Decimal(3)
    match kind:
        case Kind.SHARE:
            return about(numerator=round(level * n), denominator=n)
        case Kind.MEAN:
            return about(value=value, sd=spread, n=n)
        case Kind.MEDIAN:
            return about(value=value, iqr=spread, n=n)
        case _:
            return about(value=round(level * 500))


# ---- what is promised -------------------------------------------------------------------------------------------


def _environment(place: Path) -> dict[str, str]:
    """An installation of its own in `place`, on SQLite."""
    place.mkdir()
    return {
        **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        "IETVARS_VAR": str(place),
        "DJANGO_SETTINGS_MODULE": "ietvars.settings",
    }


# Who asks (nobody: a visitor), and what was promised. Lists are given more time and the same few questions; the
# questions are those of tests/doors/test_budgets.py, which holds every page to them.
PROMISES = {
    "": (
        Promise("home", "/", 60, 18),
        Promise("search, inflected", "/meklet/?q=pabalsti+b%C4%93rniem", 60, 18),
        Promise("search, without diacritics", "/meklet/?q=pabalstu+berniem", 60, 18),
        Promise("search, nothing found", "/meklet/?q=qwertyuiop", 60, 18),
        Promise("service", "/pakalpojumi/berna-kopsanas-pabalsts/", 60, 20),
        Promise("life situation", "/situacijas/child/", 60, 10),
        Promise("institution", "/iestades/vsaa/", 60, 18),
        Promise("list of services", "/pakalpojumi/", 200, 12),
        Promise("life situations", "/situacijas/", 200, 8),
        Promise("institutions", "/iestades/", 200, 8),
    ),
    "owner-vsaa": (
        Promise("desk of an owner", "/darbvieta/", 200, 25),
        Promise("services of an owner", "/darbvieta/pakalpojumi/", 200, 20),
        Promise("service of an owner", "/darbvieta/pakalpojumi/berna-kopsanas-pabalsts/", 200, 28),
        Promise("lists of an owner", "/darbvieta/saraksti/", 200, 12),
    ),
    "overseer": (
        Promise("the state", "/parraudziba/", 200, 35),
        Promise("all services", "/parraudziba/pakalpojumi/", 200, 22),
        Promise("an institution", "/parraudziba/iestades/vsaa/", 200, 30),
        Promise("findings", "/parraudziba/atradumi/", 200, 18),
        Promise("initiatives", "/parraudziba/iniciativas/", 200, 16),
    ),
}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
