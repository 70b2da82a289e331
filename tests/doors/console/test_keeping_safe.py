"""The commands compact and verify, as other programs call them; a full disk and a cut file are one sentence each."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ietvars.doors.console import keeping_safe, main
from ietvars.ground.lake import files, queries
from ietvars.ground.notices import actions as notices
from ietvars.ground.people.rules import SYSTEM
from ietvars.institution.deliveries import actions
from ietvars.institution.deliveries.events import Event
from tests.full_disks import no_file_beyond

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lake")]


@pytest.fixture(autouse=True)
def _nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(notices._listeners, "deliveries.compacted", [])


def take_in(count: int, *, first: int = 1, received: datetime = NOW) -> None:
    day = 20_454
    given = (
        Event(key.to_bytes(16, "big"), key // 3, 7, 1, 1, 2, (day * 24 + 9) * 3_600_000_000 + key, day)
        for key in range(first, first + count)
    )
    actions.take_in(events=given, by=SYSTEM, now=received)


def run(*arguments: str, wanted: int = 0) -> Any:
    """The document on stdout, or the words on stderr."""
    done = CliRunner().invoke(main.cli, arguments)
    assert done.exit_code == wanted, (done.output, done.exception)
    return json.loads(done.stdout) if "--json" in arguments and wanted != 2 else done.stderr


def test_what_waits_is_laid_away_and_all_is_whole() -> None:
    take_in(30)
    done = run("compact", "--json")
    assert (done["document"], done["events"], done["cohorts"], done["services"]) == (
        "ietvars/compact",
        30,
        [202601],
        [7],
    )
    assert run("compact") == "0 events laid into the lake; 0 wait.\n"
    found = run("verify", "--deep", "--json")
    assert (found["is_whole"], found["counts"]["laid"], found["counts"]["missing"]) == (True, 30, 0)
    assert run("verify") == "All is whole.\n"


def test_a_cut_file_is_named_and_verify_ends_with_one() -> None:
    take_in(30)
    run("compact")
    path = Path(queries.paths("facts")[0])
    with path.open("r+b") as file:
        file.truncate(100)
    found = run("verify", "--json", wanted=1)
    assert [fault["code"] for fault in found["faults"]] == ["size"]
    assert path.name in found["faults"][0]["sentence"]
    assert "Restore it from a backup" in run("verify", wanted=1)


def test_a_lost_event_is_noticed_by_looking_deep() -> None:
    take_in(30)
    run("compact")
    (part,) = queries.parts("facts")
    from ietvars.ground.lake import actions as lake_actions

    lake_actions.publish(dataset="facts", add=[], drop=[part.pk], watermark=0, by=SYSTEM, now=NOW)
    assert run("verify", "--json")["is_whole"]
    found = run("verify", "--deep", "--json", wanted=1)
    assert [(fault["code"], fault["sentence"][:9]) for fault in found["faults"]] == [("lost", "30 events")]


def test_a_full_disk_is_one_sentence_and_the_events_wait_on() -> None:
    take_in(30_000)
    with no_file_beyond(60_000):
        said = run("compact", wanted=2)
        assert "is full" in said
        # The timer's other work goes on.
        keeping_safe.lay_away()
    assert list(files.all_files("facts")) == []
    assert run("compact", "--json")["events"] == 30_000


def test_a_clock_set_back_is_told_each_time_somebody_looks() -> None:
    take_in(3)
    take_in(3, first=50, received=NOW.replace(hour=8))
    assert "set back by 3600 s" in run("compact")
    assert "set back by 3600 s" in run("verify")
    (back,) = run("verify", "--json")["clock_set_back"]
    assert (back["seconds"], back["times"]) == (3600, 1)


def test_a_folder_that_holds_no_backup_is_refused(tmp_path: Path) -> None:
    assert "no whole backup" in run("verify", str(tmp_path), wanted=2)
    assert "no whole backup" in run("restore", str(tmp_path), wanted=2)
