"""Facts to marts on DuckDB, held against the plain loop of the oracle."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

import duckdb
from hypothesis import given, settings

from ietvars.institution.cases import computing, schema, states
from ietvars.institution.cases.schema import Measure, Scope
from ietvars.institution.deliveries import facts
from tests.institution.cases import made, making, oracle

OF_STATES = {name: kind for name, kind in schema.CASE.items() if name not in schema.ABOUT_CASE}


@settings(max_examples=12, phases=making.PHASES)
@given(making.histories())
def test_every_cell_of_every_mart_is_what_a_plain_loop_over_cases_gives(rows: list[making.Row]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        told, out = Path(folder) / "facts", Path(folder) / "out"
        made.write(rows, told, cohort_of=making.cohorts(rows), name="part-1")
        making.recompute(told, out)
        months = making.read(out, "mart_month")
        assert months == {
            key: tuple(sums.values())
            for key, sums in oracle.months(rows, making.TERMS, making.KNOWN.electronic).items()
        }
        exact = {Measure.LEAD, Measure.DROPPED, Measure.OPEN, Measure.METHOD}
        days = {key: n[0] for key, n in making.read(out, "mart_hist").items() if key[-2] in exact}
        assert days == oracle.histogram(rows)
        assert making.read(out, "mart_step") == oracle.steps(rows)


@settings(max_examples=20, phases=making.PHASES)
@given(making.histories())
def test_counts_that_share_a_sum_are_those_that_are_counted_apart(rows: list[making.Row]) -> None:
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        made.write(rows, Path(folder), cohort_of=making.cohorts(rows), name="part-1")
        engine = making.engine(connection)
        engine.read("facts", facts.COLUMNS, [path for paths in made.paths(Path(folder)).values() for path in paths])
        for name, wide in (("together", False), ("apart", True)):
            engine.make(name, computing.formula("states", corrects=True, due=True, wide=wide), OF_STATES)
        assert connection.execute("FROM together EXCEPT ALL FROM apart").fetchall() == []
        assert connection.execute("FROM apart EXCEPT ALL FROM together").fetchall() == []


def test_a_case_of_more_facts_than_a_shared_sum_holds_is_counted_right(tmp_path: Path) -> None:
    often = states.MOST_FACTS + 7
    row = {"service_id": 1, "case_id": 1, "day": making.FIRST_DAY, "occurred_us": making.FIRST_DAY * made.DAY_US}
    rows = [
        {**row, "event_id": made.event_id(seq), "seq": seq, "type": facts.Type.CONTACT, "contact": facts.Contact.STATUS}
        for seq in range(1, often + 1)
    ]
    made.write(rows, tmp_path / "facts", cohort_of=making.cohorts(rows), name="part-1")
    making.recompute(tmp_path / "facts", tmp_path / "out")
    ((_key, sums),) = making.read(tmp_path / "out", "mart_month").items()
    counts = dict(zip(schema.SUMS, sums, strict=True))
    assert (counts["events"], counts["status_contact_n"], counts["contact_n"], counts["rating_n"]) == (*[often] * 3, 0)


@settings(max_examples=4, phases=making.PHASES)
@given(making.histories())
def test_case_states_do_not_depend_on_the_order_of_facts_or_the_files_they_lie_in(rows: list[making.Row]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        one, many = Path(folder) / "one", Path(folder) / "many"
        made.write(rows, one / "facts", cohort_of=making.cohorts(rows), name="part-1")
        for at in range(3):
            batch = [row for row in reversed(rows) if row["seq"] % 3 == at]
            made.write(batch, many / "facts", cohort_of=making.cohorts(rows), name=f"part-{at}")
        for place in (one, many):
            making.recompute(place / "facts", place / "out")
        for dataset in ("mart_month", "mart_hist", "mart_step", "state_month", "state_hist"):
            assert making.read(one / "out", dataset) == making.read(many / "out", dataset)


def test_the_whole_state_is_the_sum_of_its_services_in_every_scope(tmp_path: Path) -> None:
    made.many(tmp_path / "facts", cases=2000, months=4, services=20)
    making.recompute(tmp_path / "facts", tmp_path / "out")
    months, state = making.read(tmp_path / "out", "mart_month"), making.read(tmp_path / "out", "state_month")
    at = {name: place for place, name in enumerate(schema.CELL)}
    for scope, column in ((Scope.STATE, None), (Scope.HOLDER, "holder_id"), (Scope.CHANNEL, "channel")):
        wanted = making.added_up(
            [(int(scope), 0 if column is None else key[at[column]], *key[-2:], *sums) for key, sums in months.items()],
            4,
        )
        assert {row[:4]: row[4:] for row in wanted} == {key: row for key, row in state.items() if key[0] == scope}
    cases = sum(sums[0] for sums in months.values())
    assert cases == 2000
    assert sum(row[0] for key, row in making.read(tmp_path / "out", "state_hist").items() if key[0] == 0) == 2000


def test_a_repeat_thirty_days_ago_is_found_across_february(tmp_path: Path) -> None:
    january, march = 20_119, 20_149  # 2025-01-31 and 2025-03-02
    rows = [
        {"event_id": made.event_id(at), "seq": at, "case_id": at, "person_key": 5, "type": facts.Type.OPENED,
         "day": day, "occurred_us": day * made.DAY_US}
        for at, day in enumerate((january, march), start=1)
    ]  # fmt: skip
    made.write(rows, tmp_path / "facts", cohort_of={(1, 1): 202501, (1, 2): 202503}, name="part-1")
    making.recompute(tmp_path / "facts", tmp_path / "out")
    repeats = schema.SUMS.index("repeat_n")
    found = {key[6]: sums[repeats] for key, sums in making.read(tmp_path / "out", "mart_month").items()}
    assert found == {202501: 0, 202503: 1}


def test_a_stopped_run_goes_on_after_the_last_place_it_had_finished(tmp_path: Path) -> None:
    made.many(tmp_path / "facts", cases=900, months=5, services=9, corrected=2)
    told, lay = computing.found(tmp_path / "facts"), computing.into(tmp_path / "out")
    done: list[computing.Place] = []

    def stop(at: int, of: int) -> None:
        if at == 3:
            raise KeyboardInterrupt

    with duckdb.connect() as connection, contextlib.suppress(KeyboardInterrupt):
        computing.recompute(
            making.engine(connection), told, making.KNOWN, lay, watermark=99, step=stop, finished=done.append
        )
    assert len(done) == 3
    with duckdb.connect() as connection:
        went_on = computing.recompute(
            making.engine(connection), told, making.KNOWN, lay, watermark=99, done=done,
            case_paths=lambda place: computing.found(tmp_path / "out" / "cases").get(place, []),
        )  # fmt: skip
    assert went_on.cohorts == 2
    making.recompute(tmp_path / "facts", tmp_path / "again")
    for dataset in making.KEYS:
        assert making.read(tmp_path / "out", dataset) == making.read(tmp_path / "again", dataset)


def test_every_channel_and_origin_fits_behind_a_seq() -> None:
    assert len(facts.CHANNELS) <= 1 << states.CHANNEL_BITS
    assert max(facts.Origin) < 1 << states.ORIGIN_BITS
    assert states.VERSION_BITS + states.CHANNEL_BITS + states.ORIGIN_BITS <= states.ANSWER_BITS
