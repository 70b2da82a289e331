"""The command flow: from a log in its file to what process mining counts, and one sentence where there is nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ietvars.doors.console import flowing, importing
from ietvars.ground.lake import queries as lake
from ietvars.institution.deliveries.facts import MARK, Type
from tests.institution.flows import laid
from tests.world import NOW, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lake")]


def run(*words: str) -> Result:
    return CliRunner().invoke(flowing.flow_command, list(words), catch_exceptions=False)


@pytest.mark.parametrize("file", ["receipt.xes.gz", "receipt.csv.gz"])
def test_a_log_that_was_brought_in_comes_out_as_process_mining_counts_it(shared: Path, file: str) -> None:
    path = shared / "data" / "eventlog-wabo-receipt" / file
    brought = CliRunner().invoke(importing.import_command, ["events", str(path)], catch_exceptions=False)
    assert brought.exit_code == 0, brought.stderr
    found = run("--json")
    made = json.loads(found.stdout)
    assert (made["document"], made["cases"], made["events"], made["variants"]) == ("ietvars/flow", 1434, 8577, 116)
    assert (made["activities"], made["edges"]) == (27, 99)
    (one,) = made["services"]
    assert one["commonest_variants"][0]["cases"] == 713
    assert (one["open_cases"], sum(edge["n"] for edge in one["edges"])) == (105, 8577 - 1434)
    assert one["activities"][0] | {"type": "", "stage": ""} == {
        "code": "Confirmation of receipt",
        "type": "",
        "stage": "",
        "events": 1434,
        "cases": 1434,
        "starts": 1434,
        "ends": one["activities"][0]["ends"],
    }
    assert _late() == (389, 1329)
    online = json.loads(run("--channel", "online", "--json").stdout)
    assert online["cases"] == 1250
    year = json.loads(run("--period", "2011", "--json").stdout)
    assert 0 < year["cases"] < 1434


def _late() -> tuple[int, int]:
    """Cases that ended after their promised end, and those that ended, told by the facts of the lake."""
    import duckdb

    with duckdb.connect() as connection:
        row = connection.execute(f"""
            SELECT count_if(ended > due), count(ended) FROM (
                SELECT max(due_us) AS due, max(occurred_us) FILTER (type = {int(Type.DELIVERED)}) AS ended
                FROM read_parquet({lake.paths("facts")}) WHERE activity = {MARK} OR due_us IS NOT NULL GROUP BY case_id
            )
        """).fetchone()
    assert row is not None
    return int(row[0]), int(row[1])


def test_the_table_names_service_and_passages(world: World) -> None:
    service = world.service("benefit")
    us = int(NOW.timestamp()) * 1_000_000
    laid.publish(
        {"service_id": service.pk, "case_id": 1, "type": kind, "occurred_us": us + 3_600_000_000 * at}
        for at, kind in enumerate((1, 7, 8))
    )
    said = run().stdout
    assert "benefit" in said
    assert "decided" in said
    assert "1.00" in said


def test_without_events_it_says_how_they_come_in(world: World) -> None:
    found = run()
    assert found.exit_code == 0
    assert "ietvars import events" in found.stderr
    assert json.loads(run("--json").stdout)["services"] == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--service", "nothing"), "There is no service “nothing”."),
        (("--channel", "pigeon"), "There is no channel “pigeon”."),
        (("--provider", "nobody"), "There is no institution “nobody”."),
        (("--period", "soon"), "“soon” is no period."),
    ],
)
def test_what_does_not_exist_is_refused_with_one_sentence(world: World, words: tuple[str, ...], sentence: str) -> None:
    found = run(*words, "--json")
    assert (found.exit_code, found.stdout) == (2, "")
    assert sentence in found.stderr
