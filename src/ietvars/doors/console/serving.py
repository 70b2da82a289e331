"""The commands `prepare`, `run` and `tick`, and what every other command does first: bring the database up to date.

`prepare()` costs a moment when nothing is to be done. It must not decide anything: migrations are Django's, reference
data belong to their rooms, figures to the rooms that compute them.
"""

import fcntl
import hashlib
import os
import socket
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import click
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import OperationalError
from django.utils import timezone

import ietvars
from ietvars.doors.console import feedback, keeping, reminding, telling
from ietvars.ground.deployment import actions as deployment
from ietvars.ground.deployment import queries as installation
from ietvars.ground.errors import Refusal
from ietvars.ground.jobs import actions as jobs
from ietvars.ground.people.rules import SYSTEM
from ietvars.ground.periods import rules as periods
from ietvars.ground.terms import actions as terms
from ietvars.ground.terms import queries as term_lists
from ietvars.ground.words import actions as words
from ietvars.institution.canvases import actions as canvases
from ietvars.institution.indicators import actions as indicators
from ietvars.institution.indicators import queries as indicator_queries
from ietvars.institution.quality import actions as quality
from ietvars.institution.revisions import actions as revisions
from ietvars.institution.sheets import actions as sheets
from ietvars.oversight.finders import actions as finders
from ietvars.oversight.initiatives import actions as initiatives

WORKERS = 2
"""Processes that answer; a third of them would wait for the two cores that a small server has."""

DEFAULT_PORT = 8000

YEARS = (periods.Kind.YEAR, periods.Kind.FISCAL_YEAR)
"""Finders look at whole years: their limits are yearly, and a month would only repeat them."""

PACKAGE = Path(ietvars.__file__).resolve().parent

REFERENCE = (
    PACKAGE / "ground" / "terms" / "lists",
    PACKAGE / "institution" / "canvases" / "shipped",
    PACKAGE / "institution" / "indicators",
    PACKAGE / "oversight" / "initiatives",
)
"""Folders of the rooms whose TOML files are reference data: loaded again when any of them changed."""


def prepare() -> None:
    """Bring tables and reference data up to date; every command calls it first. Exits with 2 when it cannot."""
    try:
        with _alone():
            _migrate()
            _load_reference()
    except Refusal as refusal:  # a definition rewritten without a new version, a broken list
        telling.say(str(refusal))
        sys.exit(2)
    except OperationalError as fault:
        telling.say(f"The database cannot be opened ({fault}). Check DATABASE_URL and that the database runs.".strip())
        sys.exit(2)


def compute() -> None:
    """Compute what is not computed yet, or was computed from other input; then look for findings, check what is due."""
    now = timezone.now()
    found = indicator_queries.periods_with_figures()
    with telling.progress() as step:
        for number, period in enumerate(found, start=1):
            indicators.ensure(period=period, by=SYSTEM, now=now)
            if periods.parse(period).kind in YEARS:
                finders.look(period=period, on=installation.as_of(), by=SYSTEM, now=now)
            step("periods computed", number, len(found))
    for checked in initiatives.check_due(on=installation.as_of(), by=SYSTEM, now=now):
        telling.say(f"Initiative {checked.code} was checked: {checked.outcome}.")


@click.command("prepare")
def prepare_command() -> None:
    """Bring the database up to date: tables, code lists, definitions."""
    prepare()
    telling.say("The database is up to date.")


@click.command("tick")
def tick_command() -> None:
    """Do what is periodic; call it from a timer. Calling it more often does no harm."""
    prepare()
    _lay_away()
    compute()
    _forget_searches()
    feedback.do_due()
    _publish_drafts()
    reminding.remind()
    reminding.remind_of_reviews()
    jobs.tidy(by=SYSTEM, now=timezone.now())
    sheets.forget(older_than_days=settings.SHEET_DAYS, by=SYSTEM, now=timezone.now())
    if not installation.is_sample():  # a state that is only shown asks nobody outside by itself
        quality.ask_for_round(by=SYSTEM, now=timezone.now())
    telling.say("Done.")


def _lay_away() -> None:
    """Lay waiting deliveries into the lake, then forget what is too old."""
    from ietvars.doors.console import intake, keeping_safe  # they need this module, to prepare first

    keeping_safe.lay_away()
    intake.forget_old()


def _publish_drafts() -> None:
    """Publish scheduled drafts whose day has come, and say which were refused and why."""
    done, refused = revisions.publish_due(by=SYSTEM, now=timezone.now())
    if done:
        telling.say(f"Published on their day: {', '.join(done)}.")
    for code, why in refused:
        telling.say(f"Not published: {code}. {why}")


def _forget_searches() -> None:
    """Forget what was searched in vain longer ago than the settings say."""
    before = timezone.localdate() - timedelta(days=settings.SEARCHES_KEPT_DAYS)
    words.forget_missed(before=before, by=SYSTEM, now=timezone.now())


@click.command("run")
def run_command() -> None:
    """Prepare, load the sample state into an empty database (not with IETVARS_SAMPLE=0), and serve the pages.

    A worker for the background runs beside the server, and ends with it.
    """
    port = _port()
    prepare()
    if installation.is_empty() and os.environ.get("IETVARS_SAMPLE", "1") != "0":
        from ietvars.doors.console import sample  # it needs this module, to prepare first

        telling.say("The database is empty: loading the sample state (IETVARS_SAMPLE=0 would leave it empty).")
        sample.load_or_tell()  # what could not be loaded was told; the pages are served all the same
    compute()
    _collect()
    connection.close()
    keeping.beside()
    telling.say(f"Ietvars answers at http://127.0.0.1:{port} (stop it with Ctrl+C).")
    _serve(port)


def _serve(port: int) -> None:
    """Become the web server: one process less, and signals reach it directly."""
    command = [sys.executable, "-m", "gunicorn", "ietvars.doors.wsgi:application"]
    options = {
        "--bind": f"127.0.0.1:{port}",
        "--workers": str(WORKERS),
        "--worker-class": "sync",
        "--worker-tmp-dir": str(settings.VAR),
        "--log-level": "warning",
        "--name": "ietvars",
    }
    flags = ["--preload", "--no-control-socket"]
    os.execv(command[0], [*command, *(part for option in options.items() for part in option), *flags])  # noqa: S606


def _port() -> int:
    """The port of PORT, once it is sure that it is free. Exits with 2 otherwise."""
    given = os.environ.get("PORT", "") or str(DEFAULT_PORT)
    if not given.isdigit() or not 0 < int(given) < 65536:
        telling.say(f"PORT is “{given}”; it must be a number from 1 to 65535.")
        sys.exit(2)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(given)))
        except OSError:
            telling.say(f"Port {given} is taken by another program. Choose another one: PORT=8001 make run.")
            sys.exit(2)
    return int(given)


@contextmanager
def _alone() -> Iterator[None]:
    """Let one process of this installation prepare at a time; the others wait and then find nothing to do."""
    settings.VAR.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (settings.VAR / "prepare.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _migrate() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        telling.say("Making the tables of the database.")
        call_command("migrate", verbosity=0, interactive=False)
    # The table of settings.CACHES belongs to no app, so no migration makes it; where it stands, this does nothing.
    call_command("createcachetable", verbosity=0)


def _load_reference() -> None:
    """Load the reference data of all rooms when any file of them changed since the last time."""
    now = timezone.now()
    content_hash = _hash(path for folder in REFERENCE for path in sorted(folder.glob("*.toml")))
    if installation.current().reference_hash == content_hash:
        return
    telling.say("Loading code lists and definitions.")
    report = {
        "terms": terms.load_lists(lists=term_lists.shipped(), by=SYSTEM, now=now),
        "canvases": canvases.load_shipped(by=SYSTEM, now=now),
        "definitions": len(indicators.load_national(by=SYSTEM, now=now)),
        "kinds": len(initiatives.load_kinds(by=SYSTEM, now=now)),
    }
    deployment.remember_reference(content_hash=content_hash, report=report, by=SYSTEM, now=now)


def _hash(paths: Iterable[Path]) -> str:
    total = hashlib.sha256(ietvars.__version__.encode())
    for path in paths:
        total.update(f"{path.relative_to(PACKAGE).as_posix()}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def _collect() -> None:
    """Gather styles and scripts for serving when any of them changed; compressing them takes its time."""
    told = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            status = Path(storage.path(path)).stat()
            told.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    if stamp.is_file() and stamp.read_text(encoding="ascii") == told.hexdigest():
        return
    telling.say("Collecting styles and scripts.")
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(told.hexdigest(), encoding="ascii")
