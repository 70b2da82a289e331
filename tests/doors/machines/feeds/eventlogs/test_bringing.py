"""A run that was cut off, a run that goes on, and what the console says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ietvars.doors.console import bringing_logs, serving
from ietvars.doors.machines.feeds.eventlogs import bringing
from ietvars.ground.people.rules import SYSTEM
from ietvars.institution.deliveries import actions as deliveries
from ietvars.institution.deliveries import logs
from ietvars.institution.services import actions as service_actions
from ietvars.institution.services import queries as services
from tests.doors.machines.feeds.eventlogs.conftest import Bring, event, inbox, trace, variants, xes
from tests.world import NOW, World

pytestmark = pytest.mark.django_db

LOG = xes(*(trace(event("A"), event("B", "2026-03-03T10:00:00Z"), name=f"case-{n}") for n in range(25)))


class Killed(BaseException):
    """Stands for a process that ends in the middle."""


@pytest.fixture
def killed_after(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Ends a run after so many calls of the intake."""
    monkeypatch.setattr(bringing, "CASES", 5)
    real = deliveries.take_in

    def after(calls: int) -> None:
        left = [calls]

        def take_in(**said: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                raise Killed
            return real(**said)

        monkeypatch.setattr(deliveries, "take_in", take_in)

    yield after
    monkeypatch.setattr(deliveries, "take_in", real)


@pytest.mark.parametrize("calls", [1, 2, 4, 7])
def test_a_run_that_was_killed_goes_on_where_it_stood(
    bring: Bring, killed_after: Any, monkeypatch: pytest.MonkeyPatch, calls: int
) -> None:
    killed_after(calls)
    with pytest.raises(Killed):
        bring(LOG)
    before = len(inbox())
    killed_after(10**6)
    run = bring(LOG, resume=True)
    assert run.resumed_after == calls // 2 * 5
    assert before + run.counts.accepted == len(inbox()) == 50
    assert run.counts.known == before - run.resumed_after * 2


def test_without_resume_it_looks_again_and_adds_what_is_missing(bring: Bring, killed_after: Any) -> None:
    killed_after(3)
    with pytest.raises(Killed):
        bring(LOG)
    killed_after(10**6)
    run = bring(LOG)
    assert (run.counts.accepted + run.counts.known, len(inbox())) == (50, 50)


def test_going_on_with_another_content_begins_anew(bring: Bring, killed_after: Any) -> None:
    killed_after(4)
    with pytest.raises(Killed):
        bring(LOG)
    killed_after(10**6)
    run = bring(LOG.replace("case-0", "case-99"), resume=True)
    assert run.resumed_after == 0
    assert len(inbox()) == 52


def test_a_log_that_grew_adds_only_what_is_new(bring: Bring) -> None:
    bring(LOG)
    grown = LOG.replace("</trace>", event("C", "2026-03-04T10:00:00Z") + "</trace>", 1)
    run = bring(grown)
    assert (run.counts.accepted, run.counts.known, run.new_activities) == (1, 50, ["C"])


def test_a_log_that_comes_in_parts_adds_up_even_where_a_case_spans_them(bring: Bring) -> None:
    steps = [event(name, f"2026-03-0{day}T10:00:00Z") for day, name in enumerate("ABCAA", start=1)]
    bring(xes(trace(*steps[:3])))
    run = bring(xes(trace(*steps[2:])))
    assert (run.counts.accepted, run.counts.known) == (2, 1)
    assert list(variants().values()) == [tuple("ABCAA")]


def test_the_same_activity_twice_at_one_moment_is_two(bring: Bring) -> None:
    bring(xes(trace(event("A"), event("A"))))
    assert list(variants().values()) == [("A", "A")]


def test_a_service_that_was_handed_over_still_takes_the_events_of_its_log(bring: Bring, world: World) -> None:
    bring(LOG)
    service = services.by_code("permits")
    assert service is not None
    service_actions.hand_over(service=service, to=world.body("agency"), on=NOW.date(), by=SYSTEM, now=NOW)
    run = bring(LOG.replace("</trace>", event("C") + "</trace>", 1))
    assert (run.service, run.counts.accepted) == ("permits", 1)


def test_a_service_of_the_same_name_that_is_no_log_s_is_left_alone(bring: Bring, world: World) -> None:
    world.service("permits", holder="agency")
    assert bring(LOG).service == "log-permits"


def test_a_service_has_only_so_many_activities(bring: Bring, settings: Any) -> None:
    settings.STEPS_MOST = 1
    run = bring(LOG)
    assert run.counts.accepted == 25
    assert run.notes.refused == {"too-many-activities": 25}


def test_what_was_brought_in_is_remembered(bring: Bring) -> None:
    bring(LOG)
    (log,) = logs.known()
    assert (log.name, log.cases_done, log.done_at) == ("Permits", 25, NOW)
    assert log.report["events"]["taken"] == 50


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch, world: World) -> CliRunner:
    monkeypatch.setattr(serving, "prepare", lambda: None)
    return CliRunner()


def test_the_console_prints_one_document_and_tells_people_apart(console: CliRunner, tmp_path: Path) -> None:
    path = tmp_path / "permits.xes"
    path.write_text(xes(trace(event("A"), event("B", at=""))), encoding="utf-8")
    done = console.invoke(bringing_logs.import_events, [str(path), "--json"])
    assert done.exit_code == 0
    (log,) = json.loads(done.stdout)["logs"]
    assert (log["service"], log["events"]["taken"], log["events"]["refused"]) == ("permits", 1, 1)
    assert log["faults"][0] == {"file": "permits.xes", "line": 4, "code": "no-time", "what": ""}
    assert "1 events taken, 0 known already, 1 refused" in done.stderr
    assert "so all stay open" in done.stderr


def test_the_console_ends_with_1_when_it_is_strict_and_with_2_when_it_cannot_read(
    console: CliRunner, tmp_path: Path
) -> None:
    path = tmp_path / "permits.xes"
    path.write_text(xes(trace(event("A"), event("B", at=""))), encoding="utf-8")
    assert console.invoke(bringing_logs.import_events, [str(path), "--strict"]).exit_code == 1
    missing = console.invoke(bringing_logs.import_events, [str(tmp_path / "nothing.xes")])
    assert missing.exit_code == 2
    assert "cannot be opened" in missing.stderr
