"""The long trials of deliveries for a short while, and the bench of deliveries at a size where only results count.

What they need besides (pandas, Polars) is skipped where it is not installed. They bring databases of their own.
"""

from __future__ import annotations

import fcntl
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import bench_compute
import bench_data
import bench_flow
import bench_hand
import bench_peers
import fuzz
import kill
import place
import soak

pytestmark = pytest.mark.apart
ROOT = Path(__file__).resolve().parents[2]
SIZE = 20_000


def run(script: str, *words: str) -> str:
    """What a tool prints, which must end well. It meets no database of this run."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    command = [sys.executable, str(ROOT / "tools" / script), *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    return done.stdout


# ---- trials --------------------------------------------------------------------------------------------------------


def test_after_some_kills_nothing_is_lost_or_doubled_and_figures_are_those_of_an_undisturbed_run(
    tmp_path: Path,
) -> None:
    run("kill.py", "--kills", "3", "--databases", "sqlite", "--folder", str(tmp_path))
    told = json.loads((tmp_path / "sqlite" / "result-3.json").read_text())
    assert told["acknowledged"] > 0
    assert (told["lost"], told["twice"], told["others"], told["figures_equal"]) == (0, 0, 0, True)
    assert sum(told["of"].values()) == sum(told["at"].values()) == told["kills"] == 3


def test_a_short_soak_takes_everything_in(tmp_path: Path) -> None:
    told = run("soak.py", "--minutes", "0.2", "--rate", "500", "--folder", str(tmp_path))
    found = json.loads(told.strip().splitlines()[-1])
    assert found["events"] > 0
    assert set(found["status"]) == {"200"}


def test_memory_that_rises_or_a_rate_that_was_not_kept_is_noticed_and_memory_that_swings_is_not() -> None:
    def state(of: Any, sent: int = 1200) -> dict[str, Any]:
        samples = [{"seconds": at, "server": of(at), "worker": 100.0, "sent": at} for at in range(0, 1200, 10)]
        return {"minutes": 20.0, "rate": 1.0, "measured": 2.0, "sent": sent, "samples": samples}

    assert soak.judged(state(lambda at: 200 + (at * 7) % 13))["is_good"]
    assert not soak.judged(state(lambda at: 200 + at / 10))["is_good"]
    assert not soak.judged(state(lambda at: 200 + (at * 7) % 13, sent=600))["is_good"]


def test_what_a_process_holds_alone_is_told_by_the_locks_of_the_system(tmp_path: Path) -> None:
    with (tmp_path / "facts.lock").open("w") as lock:
        assert kill._held({str(os.getpid())}, tmp_path) == []
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert kill._held({str(os.getpid())}, tmp_path) == ["facts"]
        assert kill._held({"1"}, tmp_path) == []


def test_a_short_fuzzing_finds_nothing(tmp_path: Path) -> None:
    told = json.loads(run("fuzz.py", "--minutes", "0.3", "--folder", str(tmp_path)).strip().splitlines()[-1])
    assert told["finds"] == []
    assert min(told["tried"].values()) > 0


def test_a_fuzzer_that_hangs_fails_or_tries_nothing_is_a_find(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz, "PATIENCE", 1.0)
    told = "print('so far', flush=True);"
    for said in ("  12 generated, 12 passed", "12 logs tried, 0 finds", "Done 12 runs in 3 second(s)"):
        assert fuzz._found([sys.executable, "-c", f"print('{said}')"], 20.0) == (12, "")
    assert fuzz._found([sys.executable, "-c", told], 20.0) == (0, "tried nothing\nso far\n")
    assert fuzz._found([sys.executable, "-c", f"{told} raise SystemExit(1)"], 20.0) == (0, "so far\n")
    hanging = fuzz._found([sys.executable, "-c", f"{told} import time; time.sleep(600)"], 2.0)[1]
    assert hanging.startswith("hangs: ")
    assert hanging.endswith("so far\n")


def test_a_reader_that_hangs_ends_the_run_and_says_where(tmp_path: Path) -> None:
    hanging = "import fuzz_logs, pathlib, sys, time; fuzz_logs.LONGEST = 1; fuzz_logs.look = lambda *_: time.sleep(99);"
    done = subprocess.run(
        [sys.executable, "-c", f"{hanging} fuzz_logs._by_chance(300.0, pathlib.Path(sys.argv[1]))", str(tmp_path)],
        cwd=ROOT / "tools", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "Timeout" in done.stderr
    assert "in _by_chance" in done.stderr


def test_events_for_trials_are_always_the_same_and_in_the_order_of_their_arrival() -> None:
    first, again = (list(place.documents(200, 4, seed=3)) for _ in range(2))
    assert first == again
    assert {each["type"].rpartition(".")[2] for each in first} >= {"opened", "step", "delivered"}
    assert len({each["id"] for each in first}) < len(first)
    bodies = [json.loads(body) for body in place.batches(iter(first), 50)]
    assert [event for body in bodies for event in body] == first
    assert set(kill.VICTIMS) == {"server", "server process", "worker", "compaction", "figures", "measure"}


# ---- the bench -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Facts of a tiny size."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bench_data, "FOLDER", tmp_path_factory.mktemp("bench"))
        return bench_data.facts_of(SIZE)


def test_about_as_many_events_are_made_as_were_asked_for(folder: Path) -> None:
    assert abs(bench_data.about(folder)["rows"] - SIZE) < SIZE * 0.1


def test_both_ways_of_the_recompute_come_to_the_same_cells(folder: Path) -> None:
    whole, cohorts = (bench_compute.recompute(folder, way, None) for way in ("whole", "cohorts"))
    assert whole["digest"] == cohorts["digest"]
    assert whole["cases"] == cohorts["cases"] == bench_data.about(folder)["cases"]


def test_a_digest_tells_cells_apart_and_not_how_they_lie(folder: Path, tmp_path: Path) -> None:
    import duckdb

    bench_compute.recompute(folder, "cohorts", tmp_path / "kept")
    files = [str(path) for path in (tmp_path / "kept" / "mart_step").rglob("*.parquet")]
    one, other = tmp_path / "one.parquet", tmp_path / "other.parquet"
    duckdb.connect().execute(f"COPY (FROM read_parquet({files}) ORDER BY hash(activity)) TO '{one}' (FORMAT parquet)")
    changed = (
        f"SELECT * REPLACE (reached + (activity = (SELECT max(activity) FROM '{one}'))::INT AS reached) FROM '{one}'"
    )
    duckdb.connect().execute(f"COPY ({changed}) TO '{other}' (FORMAT parquet)")
    told = bench_compute.digest({"mart_step": files})
    assert bench_compute.digest({"mart_step": [str(one)]}) == told
    assert bench_compute.digest({"mart_step": [str(other)]}) != told


@pytest.mark.parametrize("name", bench_hand.WAYS)
def test_figures_written_by_hand_are_those_of_the_expressions(name: str, folder: Path) -> None:
    if name != "hand SQL" and importlib.util.find_spec(name) is None:
        pytest.skip(f"{name} is not installed: python tools/install.py scale")
    assert bench_peers.hand(name, folder)["digest"] == bench_peers.heart(folder)["digest"]


def test_the_flow_of_all_services_counts_every_event_that_stands(folder: Path) -> None:
    import duckdb

    files = bench_data.paths(folder)
    standing = (
        duckdb.connect()
        .execute(
            f"WITH fact AS (FROM read_parquet({files})) SELECT count(*) FROM fact WHERE type <> 14"
            " AND event_id NOT IN (SELECT corrects FROM fact WHERE corrects IS NOT NULL)"
        )
        .fetchall()
    )
    assert sum(edge[2] for edge in bench_flow.ours(folder, tells=True)["edges"]) == standing[0][0]


def test_a_goal_that_is_missed_is_told_and_kept(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setattr(bench_data, "FOLDER", tmp_path)
    sheet = bench_data.Sheet(7)
    sheet.at_most("one", "smaller is better", 2.0, 1.0)
    sheet.at_least("two", "larger is better", 2.0, 1.0, "twice")
    assert not sheet.all_kept
    assert "NOT REACHED" in capsys.readouterr().out
    kept = json.loads(sheet.keep().read_text())
    assert [(each["part"], each["kept"]) for each in kept] == [("one", False), ("two", True)]
    again = bench_data.Sheet(7)
    again.at_most("one", "smaller is better", 0.5, 1.0)
    assert [each["kept"] for each in json.loads(again.keep().read_text())] == [True, True]
