"""The command that reports what was counted."""

from __future__ import annotations

import json
from datetime import date

import pytest
from click.testing import CliRunner, Result

from ietvars.doors.console.main import cli
from ietvars.ground.bodies import queries as bodies
from ietvars.institution.measurements import queries as measurements
from tests.institution.tallies.laid import Case, lay
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lake")]


def tally(*words: str) -> Result:
    return CliRunner().invoke(cli, ["tally", *words])


def test_periods_are_told_with_what_changed_and_again_without(world: World) -> None:
    service, agency = world.service("benefit"), bodies.by_code("agency")
    assert agency is not None
    lay([Case(service.pk, date(2026, month, 5), holder=agency.pk) for month in range(1, 8)])
    made = json.loads(tally("--period", "2026-Q1", "--json").stdout)
    (row,) = made["periods"]
    assert (made["document"], row["period"], row["services"]) == ("ietvars/tally", "2026-Q1", 1)
    assert row["changed"] > 5
    assert measurements.edition("deliveries", row["edition"]) is not None
    assert "2026-Q1: 1 services covered whole, nothing changed." in tally("--period", "2026-Q1").stderr


def test_without_cases_it_says_so() -> None:
    done = tally()
    assert done.exit_code == 0
    assert "Nothing to count" in done.stderr


def test_a_period_that_is_none_is_refused_in_one_sentence() -> None:
    done = tally("--period", "2026-Q9")
    assert done.exit_code == 2
    assert "2026-Q9" in done.stderr
