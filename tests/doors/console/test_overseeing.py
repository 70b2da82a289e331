"""The commands `findings` and `initiatives`: one document on stdout and nothing else, refusals in one sentence."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from ietvars.doors.console.main import cli
from ietvars.ground.people.rules import Role
from ietvars.institution.services import queries as services
from ietvars.oversight.finders import queries as findings
from ietvars.oversight.initiatives import actions, queries
from tests.oversight.measuring import MeasuredState
from tests.world import NOW, World

if TYPE_CHECKING:
    from ietvars.oversight.initiatives.models import Initiative


@pytest.fixture
def state(world: World, monkeypatch: pytest.MonkeyPatch) -> MeasuredState:
    """A service that became worse; the database is prepared already."""
    monkeypatch.setattr("ietvars.doors.console.serving.prepare", lambda: None)
    made = MeasuredState(world)
    world.service("permit")
    made.report("2024", permit={"on_time": (900, 1000), "requests": 10})
    made.report("2025", permit={"on_time": (700, 1000), "requests": 10})
    return made


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, words)


def proposed(state: MeasuredState) -> Initiative:
    overseer = state.world.actor(Role.OVERSEER, username="anna")
    service = services.by_code("permit")
    assert service is not None
    made = actions.propose(
        kind="efficient-process",
        title="Ātrākas atļaujas",
        reason="Cilvēki gaida.",
        services=[service],
        body=state.world.body(),
        owner="anna",
        period="2025",
        expected=actions.Expectation("on-time", "up", date(2026, 1, 31), "2026", Decimal("0.9")),
        by=overseer,
        now=NOW,
        on=date(2026, 1, 5),
    )
    return actions.adopt(initiative=made, why="Vajag.", by=state.world.actor(Role.OVERSEER, username="janis"), now=NOW)


def test_findings_prints_its_document_and_nothing_else(state: MeasuredState) -> None:
    done = run("findings", "--period", "2025", "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout) == findings.document("2025")
    assert [(each["finder"], each["key"]) for each in json.loads(done.stdout)["findings"]] == [("worse", "permit")]


def test_findings_computes_what_is_not_computed_yet_and_can_be_narrowed(state: MeasuredState) -> None:
    assert json.loads(run("findings", "--period", "2025", "--finder", "unused", "--json").stdout)["findings"] == []
    told = run("findings", "--period", "2025")
    assert "permit" in told.stdout
    assert "Worse than a year ago: 1" in told.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--period", "2025", "--finder", "guess"), "There is no finder “guess”"),
        (("--period", "someday"), "someday"),
        (("--period", "1999"), "1999"),
    ],
)
def test_what_findings_cannot_do_is_one_sentence_and_exit_code_2(
    state: MeasuredState, words: tuple[str, ...], said: str
) -> None:
    done = run("findings", *words, "--json")
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_initiatives_prints_its_document_narrowed_by_state(state: MeasuredState) -> None:
    state.compute("2025")
    made = proposed(state)
    done = run("initiatives", "--json")
    assert json.loads(done.stdout) == json.loads(json.dumps(queries.document(), default=str))
    assert json.loads(run("initiatives", "--state", "rejected", "--json").stdout)["initiatives"] == []
    assert made.code in run("initiatives").stdout


def test_the_rounds_check_what_is_due_and_say_so(state: MeasuredState) -> None:
    state.compute("2025")
    made = proposed(state)
    assert "Checked: 0." in run("initiatives", "check").stderr
    state.report("2026", permit={"on_time": (950, 1000)})
    state.compute("2026")
    assert f"{made.code} Ātrākas atļaujas: reached." in run("initiatives", "check").stderr
    assert queries.by_code(made.code).outcome == "reached"
