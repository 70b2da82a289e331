"""The command `worker`: does the work that waits in the background, until it is asked to end.

Must not know any kind of work; the doors register theirs when imported. `keeping` runs it beside the server.
"""

import importlib
import signal
import threading
from typing import Any

import click
from django.db import close_old_connections
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands import db_worker

from ietvars.doors.console import serving, telling
from ietvars.ground.jobs import actions as jobs
from ietvars.ground.jobs import queries, working
from ietvars.ground.people.rules import SYSTEM
from ietvars.institution.deliveries import actions as deliveries

LOOK_EVERY = 1.0
"""Seconds between two looks for work."""

LOST_EVERY = 15
"""Looks between two searches for jobs that lost their worker."""


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what waits now, then end.")
def worker_command(*, once: bool) -> None:
    """Do the work that waits in the background, until asked to end (Ctrl+C)."""
    serving.prepare()
    # Every door has said what work it can do once its addresses stand.
    importlib.import_module("ietvars.doors.urls")
    ending = working.use(clock=timezone.now, says_alive=True)
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda *_: ending.set()) for number in numbers]
    try:
        _work(ending, once=once)
    finally:
        # Whoever called this as a function gets back how his process ends.
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def _work(ending: threading.Event, *, once: bool) -> None:
    if once:
        # Nobody else looks after what was lost while no worker runs.
        jobs.queue_lost(by=SYSTEM, now=timezone.now())
        told = queries.waiting()
        _do_what_waits()
        telling.say(f"Done: {told}.")
        return
    looks = 0
    while not ending.is_set():
        if looks % LOST_EVERY == 0:
            jobs.queue_lost(by=SYSTEM, now=timezone.now())
        # What came in a moment after the last time waits for nobody else.
        deliveries.ask_to_compact(by=SYSTEM, now=timezone.now())
        looks += 1
        _do_what_waits()
        close_old_connections()
        ending.wait(LOOK_EVERY)


def _do_what_waits() -> None:
    """Let the queue's own worker take one task after the other until none is left, or we are asked to end."""
    worker = _Worker(
        queue_names=["*"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=get_random_string(32),
        excluded_queue_names=[],
    )
    worker.run()


class _Worker(db_worker.Worker):
    """The queue's worker, which stops taking tasks once this process is asked to end."""

    def run_task(self, db_task_result: Any) -> None:
        super().run_task(db_task_result)
        if working.is_ending():
            self.running = False
