"""Measure what was promised: how long an import takes, and how long the server thinks over a page.

`make bench` loads the sample state and one yearly edition of a real inventory (from ../shared, where it is there) into
databases of its own, asks each page in turn, and prints a table; it ends with 1 when a promise is broken. Times are of
this machine and nothing else: no browser, no network. Must not test behaviour; that is what tests do.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IETVARS = Path(sys.executable).with_name("ietvars")
EDITION = "data/gc-service-inventory/new-schema"
FILES = ("2025-03-01_service.csv.gz", "2025-03-01_service-std.csv.gz")
IMPORT_WITHIN = 20.0
ROUNDS = 15


@dataclass(frozen=True)
class Promise:
    """A page by its address, with the most milliseconds and questions to the database that it may take."""

    page: str
    address: str
    milliseconds: float
    queries: int


def main() -> int:
    """Returns 0 when every promise is kept, else 1."""
    with tempfile.TemporaryDirectory(prefix="ietvars-bench-") as place:
        kept = [_imports(Path(place) / "import"), *_pages(Path(place) / "sample")]
    return 0 if all(kept) else 1


def _imports(place: Path) -> bool:
    """Time the import of one edition, services and standards, on SQLite."""
    folder = Path(os.environ.get("IETVARS_SHARED") or ROOT.parent / "shared") / EDITION
    files = [str(folder / name) for name in FILES]
    if not all(Path(file).exists() for file in files):
        print(f"Import: not measured, {EDITION} is not beside the checkout.")
        return True
    environment = _environment(place)
    subprocess.run([IETVARS, "prepare"], env=environment, check=True, capture_output=True)
    begun = time.perf_counter()
    command = [str(IETVARS), "import", "table", *files, "--mapping", "canada", "--period", "2023-24"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    took = time.perf_counter() - begun
    if done.returncode:
        print(f"Import: failed with {done.returncode}: {done.stderr[-500:]}")
        return False
    return _say("import of services and standards, 2023-24", took * 1000, IMPORT_WITHIN * 1000, "")


def _pages(place: Path) -> list[bool]:
    """Time the pages on the sample state, in this process, as the server would answer them."""
    environment = _environment(place)
    subprocess.run([IETVARS, "sample"], env=environment, check=True, capture_output=True)
    os.environ.update(environment)
    warnings.filterwarnings("ignore", message="No directory at")
    import django

    django.setup()
    from django.conf import settings
    from django.test import Client

    # The collected files are the running program's; pages only name them.
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    kept = []
    for username, promises in PROMISES.items():
        person = Client(SERVER_NAME="127.0.0.1", REMOTE_ADDR="127.0.0.1")
        if username:
            person.post("/ieiet/paraugs/", {"username": username}, follow=True)
        kept += [_page(promise, partial(person.get, promise.address)) for promise in promises]
    return kept


def _page(promise: Promise, ask: Callable[[], object]) -> bool:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        answer = ask()
    # Counted at once: the next request empties the list.
    queries = len(asked)
    status = getattr(answer, "status_code", 0)
    if status != 200:
        print(f"{promise.page}: answered {status} at {promise.address}")
        return False
    times = []
    for _ in range(ROUNDS):
        # Work, not waiting: SQLite works in this process, and what else the machine does is no fault of the page.
        begun = time.process_time()
        ask()
        times.append((time.process_time() - begun) * 1000)
    within = _say(
        promise.page, statistics.median(times), promise.milliseconds, f"{queries} of {promise.queries} queries"
    )
    return within and queries <= promise.queries


def _say(what: str, milliseconds: float, limit: float, more: str) -> bool:
    kept = milliseconds <= limit
    verdict = "kept" if kept else "BROKEN"
    print(f"{what:45} {milliseconds:9.1f} ms of {limit:7.0f}  {verdict:6} {more}", flush=True)
    return kept


def _environment(place: Path) -> dict[str, str]:
    """An installation of its own in `place`, on SQLite."""
    place.mkdir()
    return {
        **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        "IETVARS_VAR": str(place),
        "DJANGO_SETTINGS_MODULE": "ietvars.settings",
    }


# Who asks (nobody: a visitor), and what was promised. Lists are given more time and the same few questions.
PROMISES = {
    "": (
        Promise("home", "/", 60, 40),
        Promise("search, inflected", "/meklet/?q=pabalsti+b%C4%93rniem", 60, 20),
        Promise("search, without diacritics", "/meklet/?q=pabalstu+berniem", 60, 20),
        Promise("service", "/pakalpojumi/berna-kopsanas-pabalsts/", 60, 25),
        Promise("list of services", "/pakalpojumi/", 200, 20),
        Promise("life situations", "/situacijas/", 200, 20),
        Promise("institutions", "/iestades/", 200, 20),
    ),
    "owner-vsaa": (
        Promise("desk of an owner", "/darbvieta/", 200, 40),
        Promise("services of an owner", "/darbvieta/pakalpojumi/", 200, 40),
        Promise("service of an owner", "/darbvieta/pakalpojumi/berna-kopsanas-pabalsts/", 200, 40),
    ),
    "overseer": (
        Promise("the state", "/parraudziba/", 200, 40),
        Promise("all services", "/parraudziba/pakalpojumi/", 200, 40),
        Promise("findings", "/parraudziba/atradumi/", 200, 40),
        Promise("initiatives", "/parraudziba/iniciativas/", 200, 40),
    ),
}


if __name__ == "__main__":
    sys.exit(main())
