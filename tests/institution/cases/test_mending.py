"""Any batches, in any order, twice delivered, late or corrected: mended cells equal those of a full recompute."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from ietvars.institution.cases import computing, mending, pieces, schema
from ietvars.institution.cases.pieces import Published
from tests.institution.cases import made, making


class Lake:
    """Facts laid batch by batch as compaction does, and marts mended after each."""

    def __init__(self, folder: Path, most_pieces: int = 3, large: int = 0) -> None:
        self.facts, self.out = folder / "facts", folder / "out"
        self.most_pieces, self.large = most_pieces, large
        self.rows: list[making.Row] = []
        self.parts = 0

    def take(self, batch: list[making.Row], *, whole: bool = False) -> None:
        """Lay what is new of a batch; cases that became older move to their new cohort."""
        since = max((row["seq"] for row in self.rows), default=0)
        known = {row["event_id"] for row in self.rows}
        before = making.cohorts(self.rows)
        new = [row for row in batch if row["event_id"] not in known]
        self.rows += new
        now = making.cohorts(self.rows)
        moved = {key[1] for key, cohort in before.items() if now[key] != cohort}
        self.parts += 1
        carried = [row for row in self.rows if row["case_id"] in moved and row not in new]
        changed: dict[computing.Place, mending.Changed] = {}
        for cohort in sorted(set(before.values())):
            if any(before[key] == cohort for key in before if key[1] in moved):
                place = self.facts / f"cohort={cohort}" / "bucket=0"
                shutil.rmtree(place)
                left = [row for row in self.rows if row not in new and row["case_id"] not in moved]
                stay = [row for row in left if now[row["service_id"], row["case_id"]] == cohort]
                made.write(stay, self.facts, cohort_of=now, name=f"part-{self.parts}-g")
                changed[cohort, 0] = self._came(cohort, whole=whole)
        made.write([*new, *carried], self.facts, cohort_of=now, name=f"part-{self.parts}")
        for cohort in {now[row["service_id"], row["case_id"]] for row in (*new, *carried)}:
            changed[cohort, 0] = self._came(cohort, whole=whole)
        self._mend(changed, since)

    def forget(self, case_id: int, **forgotten: None) -> None:
        """Take something out of the facts of a case, as the erasure of a person does; no event comes."""
        now = making.cohorts(self.rows)
        self.rows = [{**row, **forgotten} if row["case_id"] == case_id else row for row in self.rows]
        (cohort,) = {found for key, found in now.items() if key[1] == case_id}
        shutil.rmtree(self.facts / f"cohort={cohort}" / "bucket=0")
        of_cohort = [row for row in self.rows if now[row["service_id"], row["case_id"]] == cohort]
        made.write(of_cohort, self.facts, cohort_of=now, name="part-forgotten")
        last = max(row["seq"] for row in self.rows)
        self._mend({(cohort, 0): mending.Changed(whole=True)}, since=last)

    def _came(self, cohort: int, *, whole: bool) -> mending.Changed:
        files = (self.facts / f"cohort={cohort}" / "bucket=0").glob(f"part-{self.parts}*.parquet")
        return mending.Changed(new=[str(path) for path in sorted(files)], whole=whole)

    def _mend(self, changed: dict[computing.Place, mending.Changed], since: int) -> None:
        if not changed:
            return
        published = {name: found_in(self.out, name) for name in schema.DATASETS}
        fresh = self.out.with_name("fresh")
        with duckdb.connect() as connection:
            mended = mending.mend(
                making.engine(connection), computing.found(self.facts), changed,
                lambda dataset, place: published[dataset].get(place, Published()), list(published["cases"]),
                making.KNOWN, computing.into(fresh), since=since, watermark=max(row["seq"] for row in self.rows),
                most_pieces=self.most_pieces, large=self.large,
            )  # fmt: skip
        for dataset, places in mended.replaced.items():
            for cohort, bucket in places:
                where = f"{dataset}/cohort={cohort}/bucket={bucket}"
                shutil.rmtree(self.out / where, ignore_errors=True)
        shutil.copytree(fresh, self.out, dirs_exist_ok=True)
        shutil.rmtree(fresh)


def found_in(out: Path, dataset: str) -> dict[computing.Place, Published]:
    """Files of a data set by place, whole ones and pieces apart."""
    found = {}
    for place, paths in computing.found(out / dataset).items():
        whole = [path for path in paths if path.endswith(f"part-{0:012d}.parquet")]
        found[place] = Published(whole, [path for path in paths if path not in whole])
    return found


def assert_equal_to_full_recompute(lake: Lake) -> None:
    full = lake.out.with_name("full")
    making.recompute(lake.facts, full)
    for dataset in making.KEYS:
        assert making.read(lake.out, dataset) == making.read(full, dataset), dataset
    assert cases_in(lake.out) == cases_in(full)
    assert cases_of_all_places(lake.out) == cases_of_all_places(full)


def cases_in(out: Path) -> list[tuple[object, ...]]:
    """Every case state with the month of its file."""
    found: list[tuple[object, ...]] = []
    named = ", ".join(name for name in schema.CASE if name != "input_watermark")
    with duckdb.connect() as connection:
        for place, there in found_in(out, "cases").items():
            source = pieces.standing(connection, there)
            found += [(*place, *row) for row in connection.execute(f"SELECT {named} FROM {source}").fetchall()]
    return sorted(found, key=str)


def cases_of_all_places(out: Path) -> list[tuple[object, ...]]:
    """Every case state, read in one go as tallies do."""
    found = found_in(out, "cases").values()
    named = ", ".join(name for name in schema.CASE if name != "input_watermark")
    every = Published([path for each in found for path in each.whole], [path for each in found for path in each.pieces])
    if not every.whole:
        return []
    with duckdb.connect() as connection:
        source = pieces.standing(connection, every)
        return sorted(connection.execute(f"SELECT {named} FROM {source}").fetchall(), key=str)


@settings(max_examples=8, phases=making.PHASES)
@given(making.histories(cases=5, events=24), st.data())
def test_mended_cells_equal_those_of_a_full_recompute(rows: list[making.Row], data: st.DataObject) -> None:
    batches = data.draw(st.lists(st.integers(1, 12), min_size=2, max_size=4), label="sizes of batches")
    most, large = data.draw(st.sampled_from([0, 1, 8]), label="pieces"), data.draw(st.sampled_from([0, 4]))
    with tempfile.TemporaryDirectory() as folder:
        lake, at = Lake(Path(folder), most, large), 0
        for number, size in enumerate(batches):
            end = len(rows) if number + 1 == len(batches) else at + size
            twice = rows[max(0, at - 3) : at]
            lake.take([*twice, *rows[at:end]], whole=data.draw(st.integers(0, 5), label="whole") == 0)
            at = end
        assert_equal_to_full_recompute(lake)


def test_a_case_that_becomes_older_takes_its_cells_with_it(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    march = {**made.DEFAULTS, "event_id": made.event_id(1), "seq": 1, "case_id": 1, "type": 1, "day": 20_150,
             "occurred_us": 20_150 * made.DAY_US, "person_key": 3}  # fmt: skip
    lake.take([march])
    lake.take([{**march, "event_id": made.event_id(2), "seq": 2, "day": 20_090, "occurred_us": 20_090 * made.DAY_US}])
    assert {key[6] for key in making.read(lake.out, "mart_month")} == {202501}
    assert_equal_to_full_recompute(lake)


def test_what_is_forgotten_is_gone_although_no_event_came_since_the_case_was_laid(tmp_path: Path) -> None:
    lake = Lake(tmp_path, most_pieces=8, large=4)
    march = {**made.DEFAULTS, "type": 1, "day": 20_150, "occurred_us": 20_150 * made.DAY_US}
    others = [{**march, "event_id": made.event_id(n), "seq": n, "case_id": n, "person_key": n} for n in range(1, 40)]
    lake.take(others)
    # It was told of January, which was taken back: its facts lie in that month and its state in March.
    march |= {"case_id": 50, "person_key": 50}
    january = {**march, "event_id": made.event_id(50), "day": 20_090, "occurred_us": 20_090 * made.DAY_US}
    back = {**january, "event_id": made.event_id(51), "seq": 51, "type": 14, "corrects": january["event_id"]}
    lake.take([{**january, "seq": 50}, back, {**march, "event_id": made.event_id(52), "seq": 52}])
    assert found_in(lake.out, "cases")[202503, 0].pieces
    lake.forget(50, person_key=None)
    assert_equal_to_full_recompute(lake)


def test_a_case_whose_events_are_all_taken_back_leaves_no_cell(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    opened = {**made.DEFAULTS, "event_id": made.event_id(1), "seq": 1, "case_id": 1, "type": 1, "day": 20_150,
              "occurred_us": 20_150 * made.DAY_US}  # fmt: skip
    lake.take([opened])
    lake.take([{**opened, "event_id": made.event_id(2), "seq": 2, "type": 14, "corrects": made.event_id(1)}])
    for dataset in making.KEYS:
        assert making.read(lake.out, dataset) == {}
    assert_equal_to_full_recompute(lake)
