"""Persons are taken out, months forgotten: parts are written anew, whole, and what is gone is gone from the disk."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from ietvars.ground.audit import queries as audit
from ietvars.ground.lake import actions as lake_actions
from ietvars.ground.lake import engines, files
from ietvars.ground.lake import queries as lake
from ietvars.ground.notices import actions as notices
from ietvars.ground.people.rules import SYSTEM
from ietvars.institution.deliveries import actions, compacting, counting, rewriting, rules
from ietvars.institution.deliveries.events import Event
from ietvars.institution.deliveries.rewriting import Rewritten

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lake")]


@pytest.fixture(autouse=True)
def laid(lake: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four events of three cases in two months, of two persons; one of them under two keys. Nobody listens."""
    monkeypatch.setitem(notices._listeners, "deliveries.compacted", [])
    monkeypatch.setitem(notices._listeners, "deliveries.forgotten", [])
    given = [
        _event(1, 10, "2026-01-10", person=5, version=1),
        _event(2, 10, "2026-02-10", person=6, version=1),
        _event(3, 11, "2026-01-12", person=None, version=0),
        _event(4, 12, "2026-03-01", person=5, version=2),
    ]
    actions.take_in(events=given, by=SYSTEM, now=NOW)
    compacting.compact(by=SYSTEM, now=NOW)


def _event(number: int, case: int, on: str, *, person: int | None, version: int) -> Event:
    day = rules.day_number(date.fromisoformat(on))
    moment = (day * 24 + 12) * 3_600_000_000
    return Event(UUID(int=number).bytes, case, 7, 1, 1, 2, moment, day, person_key=person, key_version=version)


def rows() -> list[tuple[Any, ...]]:
    with engines.duck() as connection:
        found = connection.execute(f"SELECT event_id, person_key, key_version FROM {lake.reading('facts')}").fetchall()
    return sorted((key.int, person, version) for key, person, version in found)


def test_an_erased_person_is_nobody_in_the_lake_and_the_files_that_bore_him_go() -> None:
    untouched = [part.path for part in lake.parts("facts") if part.cohort == 202603]
    before = set(lake.paths("facts"))
    done = rewriting.erase_persons(persons={(5, 1)}, by=SYSTEM, now=NOW)
    assert done == Rewritten(parts=1, rows=1, generation=2)
    # Under another key it is somebody else.
    assert rows() == [(1, None, 0), (2, 6, 1), (3, None, 0), (4, 5, 2)]
    assert [part.path for part in lake.parts("facts") if part.cohort == 202603] == untouched
    lake_actions.sweep(by=SYSTEM, now=LATER)
    assert len(before & {str(path) for path in files.all_files()}) == 1
    assert lake.faults(deep=True) == []
    assert counting.count(deep=True).is_right
    assert rewriting.erase_persons(persons={(5, 1)}, by=SYSTEM, now=NOW).parts == 0


def test_persons_of_old_months_are_forgotten_and_their_cases_stay() -> None:
    done = rewriting.forget_persons(before=202603, by=SYSTEM, now=NOW)
    assert (done.parts, done.rows) == (1, 2)
    assert rows() == [(1, None, 0), (2, None, 0), (3, None, 0), (4, 5, 2)]
    assert rewriting.forget_persons(before=202603, by=SYSTEM, now=NOW).parts == 0


def test_months_whose_time_is_over_are_forgotten_with_an_entry_in_the_audit(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[list[int]] = []
    monkeypatch.setitem(notices._listeners, "deliveries.forgotten", [lambda **said: heard.append(said["cohorts"])])
    done = rewriting.forget_cohorts(before=202602, by=SYSTEM, now=NOW)
    assert (done.parts, done.rows, heard) == (1, 3, [[202601]])
    assert rows() == [(4, 5, 2)]
    lake_actions.sweep(by=SYSTEM, now=LATER)
    assert not list(files.root().glob("facts/cohort=202601*"))
    entry = audit.of("dataset", "facts").get()
    assert entry.after == {"before": 202602, "cohorts": [202601], "events": 3}
    # What was forgotten is not missed; what is there is still counted.
    counted = counting.count(deep=True)
    assert (counted.missing, counted.is_right) == (None, True)
    assert rewriting.forget_cohorts(before=202602, by=SYSTEM, now=NOW).parts == 0


def test_what_is_lost_doubled_or_astray_is_counted() -> None:
    assert counting.count(deep=True) == counting.Counted(waiting=0, laid=4)
    first, second = lake.parts("facts")
    publish: Any = {"dataset": "facts", "watermark": 0, "by": SYSTEM, "now": NOW}
    lake_actions.publish(add=[], drop=[second.pk], **publish)
    assert counting.count(deep=True).missing == 1
    with engines.duck() as connection:
        again = rewriting.anew(connection, [first], generation=9)
        elsewhere = files.lay(
            dataset="facts", cohort=202607, bucket=0, name="part-1-1-g9.parquet", seqs=(1, 1),
            write=lambda path: engines.copy_to_parquet(
                connection, f"SELECT {rewriting.NAMES} FROM {engines.reading(lake.absolute([first]))} LIMIT 1", path
            ),
        )  # fmt: skip
    lake_actions.publish(add=[*again, elsewhere], drop=[], **publish)
    counted = counting.count(deep=True)
    assert (counted.twice, counted.astray, counted.missing, counted.is_right) == (4, 1, 1, False)
