"""`ietvars simulate`: events go in once however often it is called, files lie beside, and real states are safe."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from click.testing import CliRunner

from ietvars.doors.console.main import cli
from ietvars.doors.machines.feeds.state import errors, sending
from ietvars.ground.deployment import actions as deployment
from ietvars.ground.lake import queries as in_lake
from ietvars.ground.people.rules import SYSTEM
from ietvars.institution.deliveries import counting
from ietvars.institution.deliveries import queries as deliveries
from tests.world import NOW, TODAY, texts

if TYPE_CHECKING:
    from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _ready(monkeypatch: pytest.MonkeyPatch, lake: Path) -> None:
    monkeypatch.setattr("ietvars.doors.console.serving.prepare", lambda: None)


@pytest.fixture
def sample(world: World) -> None:
    """A sample state with two services, one of an invented body."""
    deployment.mark_sample(name=texts("Zeme"), as_of=TODAY, sample_hash="0" * 64, by=SYSTEM, now=NOW)
    world.service(
        "benefit", holder="agency", evidence=({"code": "record", "title": texts("Ziņas"), "held_by": "registry"},)
    )
    world.body("registry")
    world.body("made-up", is_invented=True)
    world.service("permit", holder="made-up", term_days=5)


def simulate(*words: str) -> Any:
    return CliRunner().invoke(cli, ["simulate", *words], catch_exceptions=False)


def test_events_are_taken_in_and_laid_and_the_same_again_is_known(sample: None, tmp_path: Path) -> None:
    first = json.loads(simulate("--cases", "150", "--months", "4", "--seed", "5", "--json").stdout)
    assert first["accepted"] == first["laid"] > 400
    assert counting.count(deep=True).is_right
    again = json.loads(simulate("--cases", "150", "--months", "4", "--seed", "5", "--json").stdout)
    assert (again["accepted"], again["laid"]) == (0, 0)
    assert again["known"] == first["accepted"] + first["known"]
    assert len(in_lake.cohorts("facts")) == 4
    assert deliveries.evidence()


def test_the_truth_names_each_service_and_nothing_worse_at_bodies_that_exist(sample: None, tmp_path: Path) -> None:
    for seed in range(6):
        simulate("--cases", "50", "--months", "8", "--seed", str(seed), "--out", str(tmp_path / f"{seed}"),
                 "--truth", str(tmp_path / "truth.json"))  # fmt: skip
        truth = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))
        assert {*truth["nothing_changed"], *(each["code"] for each in truth["planted"])} == {"benefit", "permit"}
        assert [each for each in truth["planted"] if each["word"] == "worse" and each["code"] == "benefit"] == []


def test_files_are_written_and_nothing_is_taken_in(sample: None, tmp_path: Path) -> None:
    told = json.loads(simulate("--events", "3000", "--months", "6", "--out", str(tmp_path / "made"), "--json").stdout)
    rows = duckdb.connect().execute(f"SELECT count(*) FROM '{tmp_path}/made/**/*.parquet'").fetchall()[0][0]
    assert told["rows"] == rows
    assert abs(rows - 3000) < 600
    assert deliveries.newest() == 0
    refused = simulate("--events", "9000", "--months", "6", "--out", str(tmp_path / "made"))
    assert refused.exit_code == 2
    assert "another simulation" in refused.stderr


def test_nothing_is_planted_when_nothing_shall_be(sample: None, tmp_path: Path) -> None:
    simulate("--cases", "50", "--plain", "--out", str(tmp_path / "made"), "--truth", str(tmp_path / "truth.json"))
    assert json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))["planted"] == []


def test_a_real_state_takes_no_invented_events_unless_told(world: World) -> None:
    world.service("benefit")
    refused = simulate("--cases", "20", "--months", "2")
    assert refused.exit_code == 2
    assert "--among-real-ones" in refused.stderr
    assert deliveries.newest() == 0
    assert simulate("--cases", "20", "--months", "2", "--until", "2026-10-31", "--among-real-ones").exit_code == 0
    assert deliveries.newest() > 0


def test_faults_are_told(world: World) -> None:
    world.service("benefit")
    assert simulate("--cases", "20", "--events", "30").exit_code == 2
    assert "2026-11-20" in simulate("--cases", "20", "--until", "yesterday", "--among-real-ones").stderr
    assert simulate("--service", "nothing-of-the-kind", "--among-real-ones").exit_code == 2


# ---- in a state folder ---------------------------------------------------------------------------------------------


def test_a_state_folder_sends_its_deliveries(sample: None, tmp_path: Path) -> None:
    (tmp_path / "deliveries.toml").write_text("seed = 3\ncases = 60\nmonths = 3\n", encoding="utf-8")
    sending.send(folder=tmp_path, by=SYSTEM, now=NOW)
    assert len(in_lake.cohorts("facts")) == 3
    assert counting.count(deep=True).is_right


def test_a_state_folder_without_deliveries_sends_none(sample: None, tmp_path: Path) -> None:
    sending.send(folder=tmp_path, by=SYSTEM, now=NOW)
    assert deliveries.newest() == 0


@pytest.mark.parametrize(
    "text", ["seed = 3", "seed = 3\ncases = 9\nmonths = 2\nmany = 1", "seed = ", 'seed = "x"\ncases = 1']
)
def test_what_is_wrong_in_the_file_is_told(text: str, sample: None, tmp_path: Path) -> None:
    (tmp_path / "deliveries.toml").write_text(text, encoding="utf-8")
    with pytest.raises(errors.NotTaken) as told:
        sending.send(folder=tmp_path, by=SYSTEM, now=NOW)
    assert "deliveries.toml" in str(told.value)
