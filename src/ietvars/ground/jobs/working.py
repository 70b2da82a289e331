"""What a worker does with one job: calls the function of its kind, passes progress on, writes how it ended.

The worker's door brings the clock and says when it is asked to end (`use`). Must not decide what a kind of work does.
"""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection
from django_tasks import task

from ietvars.ground.audit.rules import Author
from ietvars.ground.errors import Refusal
from ietvars.ground.jobs import errors, rules
from ietvars.ground.jobs.models import Job

PROGRESS_EVERY = 0.5
"""Seconds between two writings of progress, so that a quick loop does not flood the database."""

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]


class _Surroundings:
    """What the door of the worker brings along."""

    clock: Clock | None = None
    ending = threading.Event()
    says_alive = False


def use(*, clock: Clock, says_alive: bool = False) -> threading.Event:
    """Give this process a clock; returns the event to set when the worker is asked to end.

    `says_alive` starts a thread beside each job that gives signs of life while the function is silent.
    """
    _Surroundings.clock, _Surroundings.says_alive = clock, says_alive
    _Surroundings.ending.clear()
    return _Surroundings.ending


def is_ending() -> bool:
    """Whether this worker was asked to end."""
    return _Surroundings.ending.is_set()


@task()
def work(pk: int) -> None:
    """Do the job of a number, unless it no longer waits. What broke it unexpectedly is raised after it was noted."""
    from ietvars.ground.jobs import actions  # which enqueue this very function

    clock = _Surroundings.clock
    if clock is None:
        raise RuntimeError("A worker must bring its clock: call working.use() first.")
    job = actions.begin(pk=pk, by=rules.Asker("system", "system", ""), now=clock())
    if job is None:
        return
    by = rules.Asker(job.asked_by, job.asked_role, job.asked_for)
    alive = _SignsOfLife(job, by, clock) if _Surroundings.says_alive else None
    try:
        report = rules.function_of(job.kind)(job.arguments, _Progress(job, by, clock), by, clock())
        actions.finish(job=job, report=report, by=by, now=clock())
    except errors.LetGo:
        pass
    except errors.HandBack:
        actions.hand_back(job=job, by=by, now=clock())
    except Refusal as refusal:
        actions.fail(job=job, refusal=refusal, by=by, now=clock())
    except Exception:
        log.exception("Job %s (%s) broke off.", job.pk, job.kind)
        actions.fail(job=job, refusal=errors.Broken(), by=by, now=clock())
        raise
    finally:
        if alive:
            alive.end()


class _Progress:
    """The step of a function; writes at most every half second, and the last one always."""

    def __init__(self, job: Job, by: Author, clock: Clock) -> None:
        self._job, self._by, self._clock = job, by, clock
        self._written = 0.0
        self.kept: Any = job.kept

    def __call__(self, done: int, of: int, kept: Any = None) -> None:
        from ietvars.ground.jobs import actions  # as above

        is_ending = _Surroundings.ending.is_set()
        if kept is not None:
            self.kept = kept
        if is_ending or done >= of or time.monotonic() - self._written >= PROGRESS_EVERY:
            actions.tell_progress(job=self._job, done=done, of=of, kept=self.kept, by=self._by, now=self._clock())
            self._written = time.monotonic()
        if is_ending:
            raise errors.HandBack


class _SignsOfLife:
    """A thread that says every few seconds that the worker is still there, with a connection of its own."""

    def __init__(self, job: Job, by: Author, clock: Clock) -> None:
        self._job, self._by, self._clock = job, by, clock
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name=f"alive-{job.pk}")
        self._thread.start()

    def end(self) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        from ietvars.ground.jobs import actions  # as above

        try:
            while not self._over.wait(rules.SIGN_OF_LIFE.total_seconds()):
                actions.say_alive(job=self._job, by=self._by, now=self._clock())
        finally:
            connection.close()
