"""Senders, quarantine and persons from the console."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ietvars.doors.console.main import cli
from ietvars.ground.people.rules import SYSTEM
from ietvars.institution.deliveries import actions, queries
from tests.world import NOW, World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def prepared(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    """The database is prepared already."""
    monkeypatch.setattr("ietvars.doors.console.serving.prepare", lambda: None)
    settings.PERSON_KEYS = tmp_path / "person-keys.json"


def run(*words: str, says: str = "") -> Result:
    return CliRunner().invoke(cli, words, input=says)


def refuse(world: World) -> None:
    """One event of an unknown service lies in quarantine."""
    world.service("benefit", holder="agency")
    assert run("senders", "add", "desk", "--body", "agency").exit_code == 0
    found = queries.sender("desk")
    assert found is not None
    event = {
        "specversion": "1.0", "id": "1", "source": "urn:agency", "type": "opened", "time": "2026-06-20T10:00:00Z",
        "subject": "case-1", "data": {"service": "passport", "person": "010190-12345"},
    }  # fmt: skip
    actions.receive(documents=[event], sender=queries.sender_facts(found, NOW), by=SYSTEM, now=NOW)


def test_a_sender_is_made_renewed_and_revoked_and_its_secret_is_all_of_stdout(world: World) -> None:
    world.service("benefit", holder="agency")
    made = run("senders", "add", "desk", "--body", "agency", "--service", "benefit")
    assert queries.sender_by_secret("desk", made.stdout.strip()).is_narrowed
    renewed = run("senders", "renew", "desk")
    assert queries.sender_by_secret("desk", renewed.stdout.strip()).code == "desk"
    assert run("senders", "revoke", "desk").exit_code == 0
    assert "revoked" in run("senders", "list").stdout
    assert run("senders", "revoke", "desk").exit_code == 2
    assert run("senders", "renew", "nobody").exit_code == 2


def test_refused_events_are_listed_replayed_and_dropped(world: World) -> None:
    refuse(world)
    told = json.loads(run("quarantine", "list", "--json").stdout)
    assert [(one["code"], one["events"]) for one in told["reasons"]] == [("unknown-service", 1)]
    assert told["events"][0]["says"].startswith("There is no service “passport”")
    assert run("quarantine", "replay", "--code", "unknown-service").exit_code == 1
    world.service("passport", holder="agency")
    done = run("quarantine", "replay", "--id", str(told["events"][0]["id"]), "--json")
    assert json.loads(done.stdout)["accepted"] == 1
    assert done.exit_code == 0
    assert json.loads(run("quarantine", "list", "--json").stdout)["events"] == []


def test_events_are_dropped_with_a_reason(world: World) -> None:
    refuse(world)
    assert run("quarantine", "drop", "--why", "Tests").exit_code == 2
    done = run("quarantine", "drop", "--code", "unknown-service", "--why", "Tests", "--json")
    assert json.loads(done.stdout)["dropped"] == 1


def test_a_person_is_erased_by_what_stands_on_stdin_and_named_nowhere(world: World, lake: Path) -> None:
    refuse(world)
    assert run("persons", "rotate").exit_code == 0
    assert [line.split("\t")[0] for line in run("persons", "keys").stdout.splitlines()] == ["1", "2"]
    done = run("persons", "erase", "--json", says="01019012345\n")
    assert json.loads(done.stdout)["quarantine"] == 1
    assert "0101" not in done.output
    assert run("persons", "erase", says="\n").exit_code == 2
