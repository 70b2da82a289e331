"""Jobs: asked for, done, stopped, resumed, lost and found again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django_tasks_db.models import DBTaskResult

from ietvars.ground.audit import queries as audit
from ietvars.ground.errors import Refusal
from ietvars.ground.jobs import actions, errors, queries, rules, working
from ietvars.ground.jobs.models import Job
from ietvars.ground.jobs.rules import NEXT, State
from ietvars.ground.people.rules import SYSTEM
from tests.world import NOW

pytestmark = pytest.mark.django_db

ANNA = rules.Asker("anna", "service-owner", "agency")
OSKARS = rules.Asker("oskars", "service-owner", "ministry")
OVERSEER = rules.Asker("olga", "overseer", "state")


class Never(Refusal):
    code = "never"
    message = "There is no “%(what)s”."


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Kinds of work that only these tests know."""
    monkeypatch.setattr(rules, "_functions", {})
    rules.register("count", count)
    rules.register("refuse", refuse)
    rules.register("break", break_off)
    working.use(clock=lambda: NOW)
    yield
    working._Surroundings.clock = None
    working._Surroundings.ending.clear()


def count(arguments: Mapping[str, Any], step: rules.Step, by: rules.Asker, now: datetime) -> dict[str, Any]:
    """Counts from where it was interrupted; `leave_at` does what a person or a signal would do at that moment."""
    begun = (step.kept or {"counted": 0})["counted"]
    for number in range(begun, arguments["to"]):
        step(number + 1, arguments["to"], {"counted": number + 1})
        if number + 1 == arguments.get("end_worker_at") and not begun:
            working._Surroundings.ending.set()
    return {"counted_from": begun, "to": arguments["to"], "by": by.username}


def refuse(arguments: Mapping[str, Any], step: rules.Step, by: rules.Asker, now: datetime) -> dict[str, Any]:
    raise Never(what=arguments["what"])


def break_off(arguments: Mapping[str, Any], step: rules.Step, by: rules.Asker, now: datetime) -> dict[str, Any]:
    raise ZeroDivisionError


def asked(kind: str = "count", **arguments: Any) -> Job:
    return actions.enqueue(kind=kind, arguments=arguments, by=ANNA, now=NOW)


def again(job: Job) -> Job:
    found = queries.by_pk(job.pk)
    assert found is not None
    return found


def work(job: Job) -> Job:
    working.work.func(job.pk)
    return again(job)


def test_a_job_is_done_and_keeps_its_report() -> None:
    job = work(asked(to=3))

    assert (job.state, job.done, job.of) == (State.DONE, 3, 3)
    assert job.report == {"counted_from": 0, "to": 3, "by": "anna"}
    assert job.ended_at == NOW
    assert [entry.action for entry in audit.of("job", str(job.pk))] == ["job.done", "job.ask"]
    assert queries.newest("count") == job
    assert queries.newest("count", state=State.FAILED) is None


def test_each_job_asked_for_is_one_task_of_the_queue() -> None:
    job = asked(to=3)
    assert [row.args_kwargs["args"] for row in DBTaskResult.objects.all()] == [[job.pk]]


def test_the_same_work_asked_for_twice_is_one_job_while_it_waits() -> None:
    first = asked(to=3)
    assert asked(to=3) == first
    assert asked(to=4) != first
    work(first)
    assert asked(to=3) != first


def test_work_that_nobody_can_do_is_refused() -> None:
    with pytest.raises(errors.UnknownKind, match="no work “dance”"):
        asked("dance")
    assert not Job.objects.exists()


def test_a_refusal_is_kept_as_a_sentence() -> None:
    job = work(asked("refuse", what="moon"))
    assert job.state == State.FAILED
    assert job.error["en"] == "There is no “moon”."
    assert job.report is None


def test_a_job_that_breaks_off_says_so_to_people_and_tells_the_queue_why() -> None:
    job = asked("break")
    with pytest.raises(ZeroDivisionError):
        working.work.func(job.pk)
    assert again(job).state == State.FAILED
    assert again(job).error["en"].startswith("The work broke off unexpectedly.")


def test_a_stopped_job_is_not_begun() -> None:
    job = actions.stop(job=asked(to=3), by=ANNA, now=NOW)
    assert work(job).state == State.STOPPED


def test_a_job_stopped_while_it_runs_lets_go_at_its_next_step_and_goes_on_when_resumed() -> None:
    job = asked(to=3)
    running = actions.begin(pk=job.pk, by=SYSTEM, now=NOW)
    assert running is not None
    actions.tell_progress(job=running, done=2, of=3, kept={"counted": 2}, by=SYSTEM, now=NOW)
    actions.stop(job=again(job), by=ANNA, now=NOW)

    with pytest.raises(errors.LetGo):
        actions.tell_progress(job=running, done=3, of=3, kept=None, by=SYSTEM, now=NOW)
    actions.finish(job=running, report={}, by=SYSTEM, now=NOW)
    assert again(job).state == State.STOPPED

    actions.resume(job=again(job), by=ANNA, now=NOW)
    finished = work(job)
    assert finished.state == State.DONE
    assert finished.report is not None
    assert finished.report["counted_from"] == 2


def test_a_worker_that_is_asked_to_end_leaves_the_job_to_the_next_one() -> None:
    job = asked(to=5, end_worker_at=2)
    assert work(job).state == State.QUEUED
    working.use(clock=lambda: NOW)

    finished = work(job)
    assert finished.state == State.DONE
    assert finished.report is not None
    assert finished.report["counted_from"] == 3


def test_a_job_whose_worker_died_is_noticed_and_queued_again() -> None:
    job = asked(to=3)
    dead = actions.begin(pk=job.pk, by=SYSTEM, now=NOW)
    assert dead is not None

    soon, later = NOW + timedelta(seconds=59), NOW + timedelta(seconds=61)
    assert actions.queue_lost(by=SYSTEM, now=soon) == []
    assert actions.queue_lost(by=SYSTEM, now=later) == [job]
    assert actions.queue_lost(by=SYSTEM, now=later) == []
    # Should the dead worker only have slept, it learns that the job is another's.
    with pytest.raises(errors.LetGo):
        actions.tell_progress(job=dead, done=1, of=3, kept=None, by=SYSTEM, now=later)
    assert work(job).state == State.DONE


def test_a_sign_of_life_keeps_a_silent_job_from_being_lost() -> None:
    job = actions.begin(pk=asked(to=3).pk, by=SYSTEM, now=NOW)
    assert job is not None
    later = NOW + timedelta(seconds=61)
    actions.say_alive(job=job, by=SYSTEM, now=later)
    assert actions.queue_lost(by=SYSTEM, now=later) == []


def test_a_job_that_takes_its_worker_down_each_time_is_given_up() -> None:
    job, now = asked(to=3), NOW
    for _ in range(rules.MOST_LOSSES):
        assert actions.begin(pk=job.pk, by=SYSTEM, now=now)
        now += timedelta(minutes=2)
        actions.queue_lost(by=SYSTEM, now=now)
    assert again(job).state == State.FAILED
    assert "3" in again(job).error["en"]


def test_others_work_is_stopped_by_overseers_only() -> None:
    job = asked(to=3)
    with pytest.raises(errors.NotYourJob):
        actions.stop(job=job, by=OSKARS, now=NOW)
    assert actions.stop(job=job, by=OVERSEER, now=NOW).state == State.STOPPED


def test_what_is_done_cannot_be_stopped_or_resumed() -> None:
    job = work(asked(to=1))
    for step in (actions.stop, actions.resume):
        with pytest.raises(errors.NotThatStep):
            step(job=job, by=ANNA, now=NOW)


def test_a_running_job_is_not_resumed() -> None:
    job = asked(to=3)
    actions.begin(pk=job.pk, by=SYSTEM, now=NOW)
    with pytest.raises(errors.NotThatStep):
        actions.resume(job=again(job), by=ANNA, now=NOW)


def test_every_state_has_its_steps_and_only_known_states_can_be_written() -> None:
    assert set(NEXT) == set(State)
    assert {state for state, after in NEXT.items() if not after} == {State.DONE}
    job = asked(to=1)
    for fault in ({"state": "lost"}, {"state": "done"}, {"ended_at": NOW}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Job.objects.filter(pk=job.pk).update(**fault)


def test_old_jobs_are_forgotten_but_the_newest_of_each_kind_that_is_done_stays() -> None:
    done = [work(asked(to=number)) for number in (1, 2)]
    failed, waits = work(asked("refuse", what="moon")), asked(to=3)
    later = NOW + rules.KEPT_FOR + timedelta(days=1)

    assert actions.tidy(by=SYSTEM, now=NOW) == 0
    assert actions.tidy(by=SYSTEM, now=later) == 2
    assert [queries.by_pk(job.pk) is None for job in (*done, failed, waits)] == [True, False, True, False]


def test_a_worker_without_a_clock_says_so() -> None:
    working._Surroundings.clock = None
    with pytest.raises(RuntimeError, match="clock"):
        working.work.func(asked(to=1).pk)
