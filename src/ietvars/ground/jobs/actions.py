"""Asks for work, stops and resumes it; and what a worker writes: begun, progress, done, failed, handed back.

Asking, stopping, resuming and ending leave an audit row. Progress does not: it is written every half second.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext
from django_tasks_db.models import DBTaskResult

from ietvars.ground.audit import actions as audit
from ietvars.ground.audit.rules import Author
from ietvars.ground.errors import Refusal
from ietvars.ground.jobs import errors, queries, rules, working
from ietvars.ground.jobs.models import Job
from ietvars.ground.jobs.rules import State
from ietvars.ground.terms.rules import LANGUAGES


def enqueue(*, kind: str, arguments: Mapping[str, Any], by: Author, now: datetime) -> Job:
    """Ask for a piece of work. While the same work waits or is being done, that job is given back instead.

    Raises UnknownKind.
    """
    rules.function_of(kind)
    with transaction.atomic():
        if known := queries.open_same(kind, arguments):
            return known
        job = Job.objects.create(
            kind=kind,
            arguments=dict(arguments),
            asked_by=by.username,
            asked_role=by.role,
            asked_for=by.body_code,
            asked_at=now,
        )
        _told(job, "job.ask", by, now)
        working.work.enqueue(job.pk)
    return job


def stop(*, job: Job, by: Author, now: datetime) -> Job:
    """Stop a job that waits or runs; a worker at it notices at its next step. Raises NotYourJob, NotThatStep."""
    rules.require_reader(by, job.asked_by)
    with transaction.atomic():
        found = _locked(job)
        rules.require_step(found.state, State.STOPPED)
        found.state, found.ended_at = State.STOPPED.value, now
        found.save(update_fields=["state", "ended_at"])
        _told(found, "job.stop", by, now)
    return found


def resume(*, job: Job, by: Author, now: datetime) -> Job:
    """Queue a stopped or failed job again; it goes on from what it kept. Raises NotYourJob, NotThatStep."""
    rules.require_reader(by, job.asked_by)
    with transaction.atomic():
        found = _locked(job)
        rules.require_step(found.state, State.QUEUED)
        if found.state == State.RUNNING:
            raise errors.NotThatStep(state=found.state, wanted=State.QUEUED.value)
        found.losses = 0
        _queue_again(found)
        _told(found, "job.resume", by, now)
    return found


def begin(*, pk: int, by: Author, now: datetime) -> Job | None:
    """Take a waiting job up; None when it no longer waits, e.g. because somebody stopped it."""
    with transaction.atomic():
        found = Job.objects.select_for_update().filter(pk=pk, state=State.QUEUED.value).first()
        if found is None:
            return None
        found.state, found.started_at, found.seen_at = State.RUNNING.value, now, now
        found.attempt += 1
        found.save(update_fields=["state", "started_at", "seen_at", "attempt"])
    return found


def tell_progress(*, job: Job, done: int, of: int, kept: Any, by: Author, now: datetime) -> None:
    """Write how far a job has come. Raises LetGo when it is no longer this worker's."""
    said = {"done": done, "of": of, "seen_at": now} | ({"kept": kept} if kept is not None else {})
    if not _own(job).update(**said):
        raise errors.LetGo
    job.done, job.of = done, of


def say_alive(*, job: Job, by: Author, now: datetime) -> None:
    """A sign of life of the worker, so that nobody takes the job for lost."""
    _own(job).update(seen_at=now)


def finish(*, job: Job, report: dict[str, Any], by: Author, now: datetime) -> None:
    """The job is done, with its report; what was stopped meanwhile stays stopped."""
    with transaction.atomic():
        if _own(job).update(state=State.DONE.value, report=report, kept=None, error={}, ended_at=now, seen_at=now):
            _told(job, "job.done", by, now)


def fail(*, job: Job, refusal: Refusal, by: Author, now: datetime) -> None:
    """The job cannot be done: keeps the refusal's sentence in every language."""
    with transaction.atomic():
        if _own(job).update(state=State.FAILED.value, error=_sentences(refusal), ended_at=now, seen_at=now):
            _told(job, "job.fail", by, now, why=str(refusal))


def hand_back(*, job: Job, by: Author, now: datetime) -> None:
    """The worker ends before the job does: it waits for the next worker."""
    with transaction.atomic():
        found = Job.objects.select_for_update().filter(
            pk=job.pk, attempt=job.attempt, state=State.RUNNING.value
        ).first()  # fmt: skip
        if found is not None:
            _queue_again(found)


def queue_lost(*, by: Author, now: datetime) -> list[Job]:
    """Queue again what lost its worker; what did so too often fails. Returns the jobs that wait again."""
    again = []
    for job in queries.lost(now):
        with transaction.atomic():
            # Only while nobody else has noticed, and no sign of life came in between.
            if not Job.objects.filter(
                pk=job.pk, attempt=job.attempt, seen_at=job.seen_at, state=State.RUNNING.value
            ).update(losses=job.losses + 1, seen_at=now):
                continue
            job.losses += 1
            if job.losses >= rules.MOST_LOSSES:
                fail(job=job, refusal=errors.TooOftenLost(times=job.losses), by=by, now=now)
                continue
            _queue_again(job)
            again.append(job)
    return again


def tidy(*, by: Author, now: datetime) -> int:
    """Forget what nobody asks for any more: old jobs, but of each kind the newest that is done, and their tasks.

    Returns how many jobs were forgotten. That they were asked for stays in the audit.
    """
    with transaction.atomic():
        forgotten = queries.forgettable(now)
        Job.objects.filter(pk__in=forgotten).delete()
        DBTaskResult.objects.finished().filter(finished_at__lt=now - rules.KEPT_FOR).delete()
    return len(forgotten)


def _own(job: Job) -> Any:
    return Job.objects.filter(pk=job.pk, attempt=job.attempt, state=State.RUNNING.value)


def _locked(job: Job) -> Job:
    return Job.objects.select_for_update().get(pk=job.pk)


def _queue_again(job: Job) -> None:
    # The attempt grows at once: the worker that still holds the job learns at its next step that it is no longer its.
    job.attempt += 1
    job.state, job.ended_at, job.error = State.QUEUED.value, None, {}
    job.save(update_fields=["state", "ended_at", "error", "losses", "attempt"])
    working.work.enqueue(job.pk)


def _told(job: Job, action: str, by: Author, now: datetime, why: str = "") -> None:
    audit.record(
        by=by, now=now, action=action, subject=("job", str(job.pk)), why=why,
        after={"kind": job.kind, "done": job.done, "of": job.of},
    )  # fmt: skip


def _sentences(refusal: Refusal) -> dict[str, str]:
    said = {}
    for language in LANGUAGES:
        with translation.override(language):
            message = gettext(refusal.message)
            said[language] = message % refusal.facts if refusal.facts else message
    return said
