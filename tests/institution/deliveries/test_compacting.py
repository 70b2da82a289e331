"""What waits is laid into the lake once, whole, in order, where its case belongs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from ietvars.ground.jobs import actions as job_actions
from ietvars.ground.jobs import queries as jobs
from ietvars.ground.lake import actions as lake_actions
from ietvars.ground.lake import engines, errors, files
from ietvars.ground.lake import queries as lake
from ietvars.ground.lake import rules as lake_rules
from ietvars.ground.lake.models import LakePart, LakeState
from ietvars.ground.notices import actions as notices
from ietvars.ground.people.rules import SYSTEM
from ietvars.institution.deliveries import actions, compacting, facts, forgetting, rewriting, rules
from ietvars.institution.deliveries.errors import InboxDamaged
from ietvars.institution.deliveries.events import Event
from ietvars.institution.deliveries.facts import Type
from ietvars.institution.deliveries.models import ErasedPerson, InboxEvent

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lake")]


def event(number: int, case: int, on: str, **said: Any) -> Event:
    """An event of a case at noon of a day; its number is its id."""
    day = rules.day_number(date.fromisoformat(on))
    given = {"service_id": 7, "holder_id": 1, "provider_id": 1, "type": Type.STEP.value} | said
    return Event(
        event_id=UUID(int=number).bytes, case_id=case, occurred_us=(day * 24 + 12) * 3_600_000_000, day=day, **given
    )


def take_in(*given: Event, now: datetime = NOW) -> None:
    actions.take_in(events=given, by=SYSTEM, now=now)


def compact(**said: Any) -> compacting.Compacted:
    return compacting.compact(by=SYSTEM, now=NOW, **said)


def rows(columns: str, order: str = "cohort, service_id, case_id, occurred_us, seq") -> list[tuple[Any, ...]]:
    """What lies in the lake."""
    with engines.duck() as connection:
        return connection.execute(f"SELECT {columns} FROM {lake.reading('facts')} ORDER BY {order}").fetchall()


def ids() -> list[int]:
    return sorted(row[0].int for row in rows("event_id"))


@pytest.fixture
def told() -> Iterator[list[dict[str, Any]]]:
    """What was announced."""
    heard: list[dict[str, Any]] = []

    def hear(**said: Any) -> None:
        heard.append({name: value for name, value in said.items() if name not in ("by", "now")})

    listeners = notices._listeners["deliveries.compacted"]
    before = listeners[:]
    listeners[:] = [hear]
    yield heard
    listeners[:] = before


def test_every_column_of_a_fact_arrives_as_it_was_sent() -> None:
    full = event(
        5, 99, "2026-03-02", caused_by_case_id=98, service_version=3, channel=1, origin=2, person_key=2**62,
        key_version=1, stage=2, activity=12, contact=1, evidence=4, evidence_held_by=6, cost_cents=0, rating=1000,
        rating_method=2, corrects=UUID(int=4).bytes,
    )  # fmt: skip
    take_in(full, event(6, 99, "2026-03-03"))
    compact()
    first, second = rows("*")
    names = [*facts.COLUMNS, "bucket", "cohort"] if len(first) == len(facts.COLUMNS) + 2 else []
    found, empty = dict(zip(names, first, strict=True)), dict(zip(names, second, strict=True))
    for name in facts.COLUMNS:
        if name == "seq":
            assert found[name] < empty[name]
        elif name == "schema_version":
            assert found[name] == facts.SCHEMA_VERSION
        elif name == "received_us":
            assert found[name] == rules.microseconds(NOW)
        elif name in ("event_id", "corrects"):
            assert found[name].bytes == getattr(full, name)
        else:
            assert found[name] == getattr(full, name), name
    assert (found["cohort"], found["bucket"]) == (202603, 0)
    nothing = ("caused_by_case_id", "person_key", "evidence", "evidence_held_by", "cost_cents", "rating", "corrects")
    assert [name for name in nothing if empty[name] is not None] == []
    with engines.duck() as connection:
        described = connection.execute(f"DESCRIBE SELECT * FROM {lake.reading('facts')}").fetchall()
    kinds = {row[0]: row[1] for row in described}
    assert {name: kinds[name] for name in facts.COLUMNS} == {
        name: rewriting.KINDS[kind] for name, kind in facts.COLUMNS.items()
    }


def test_a_case_lies_whole_in_the_month_of_its_earliest_event(told: list[dict[str, Any]]) -> None:
    take_in(event(1, 10, "2026-01-31"), event(2, 10, "2026-02-01"), event(3, 11, "2026-02-01", service_id=8))
    done = compact()
    assert rows("case_id, cohort") == [(10, 202601), (10, 202601), (11, 202602)]
    assert (done.events, done.laid, done.cohorts, done.services) == (3, 3, (202601, 202602), (7, 8))
    assert told == [{"cohorts": [202601, 202602], "services": [7, 8], "watermark": done.watermark}]
    assert lake.faults(deep=True) == []


def test_later_events_join_their_case_and_nothing_waits_twice(told: list[dict[str, Any]]) -> None:
    take_in(event(1, 10, "2026-01-31"))
    compact()
    take_in(event(2, 10, "2026-05-05"))
    assert compact().cohorts == (202601,)
    assert rows("case_id, cohort") == [(10, 202601)] * 2
    assert compact() == compacting.Compacted(watermark=lake.watermark("facts"), generation=2)
    assert len(told) == 2


def test_an_older_event_moves_its_case_whole_and_leaves_its_neighbours(told: list[dict[str, Any]]) -> None:
    take_in(event(1, 10, "2026-03-01"), event(2, 11, "2026-03-01"), event(3, 10, "2026-03-02"))
    compact()
    take_in(event(4, 10, "2025-12-31"))
    done = compact()
    found = [(row[0].int, *row[1:]) for row in rows("event_id, case_id, cohort", "seq")]
    assert found == [(1, 10, 202512), (2, 11, 202603), (3, 10, 202512), (4, 10, 202512)]
    assert (done.moved_cases, done.cohorts) == (1, (202512, 202603))
    assert lake.faults(deep=True) == []


def test_the_last_case_of_a_month_that_moves_leaves_no_empty_part() -> None:
    take_in(event(1, 10, "2026-03-01"))
    compact()
    take_in(event(2, 10, "2026-02-28"))
    compact()
    assert lake.cohorts("facts") == [202602]


def test_an_event_that_the_inbox_has_forgotten_does_not_count_twice() -> None:
    take_in(event(1, 10, "2026-01-10"), event(2, 10, "2026-01-11"))
    compact()
    InboxEvent.objects.all().delete()
    take_in(event(1, 10, "2026-01-10"), event(3, 10, "2026-01-12"))
    done = compact()
    assert (done.events, done.known, done.laid) == (2, 1, 1)
    assert ids() == [1, 2, 3]


def test_what_the_inbox_forgot_out_of_order_does_not_count_twice_either(settings: Any) -> None:
    # Brought in with old moments of arrival, so that it goes while what came before it stays.
    take_in(event(1, 10, "2026-01-10"))
    take_in(event(2, 10, "2026-01-11", received_us=rules.microseconds(NOW - timedelta(days=5000))))
    compact()
    forgetting.forget_old(by=SYSTEM, now=NOW)
    assert InboxEvent.objects.count() == 1
    take_in(event(1, 10, "2026-01-10"), event(2, 10, "2026-01-11"))
    assert compact().known == 1
    assert ids() == [1, 2]


def test_rows_lie_in_the_order_of_service_case_and_time() -> None:
    take_in(
        *(event(n, (n * 7) % 10, "2026-01-10", service_id=1 + n % 3, type=1 + n % 4) for n in range(1, 60)),
    )
    compact()
    path = lake.paths("facts")[0]
    with engines.duck(threads=1) as connection:
        connection.execute("SET preserve_insertion_order = true")
        found = connection.execute(f"SELECT {', '.join(facts.ORDER)} FROM '{path}'").fetchall()
    assert found == sorted(found)
    assert len(found) == 59


def test_small_parts_become_one_once_there_are_many() -> None:
    for number in range(1, lake_rules.MERGED_AT + 1):
        take_in(event(number, number, "2026-01-10"))
        done = compact()
    assert done.merged_parts == lake_rules.MERGED_AT
    (part,) = lake.parts("facts")
    assert (part.rows, part.path.split("-g")[-1]) == (lake_rules.MERGED_AT, f"{lake.generation('facts')}.parquet")
    assert ids() == list(range(1, lake_rules.MERGED_AT + 1))
    assert lake.faults(deep=True) == []


def test_a_range_is_laid_at_a_time_and_progress_is_told() -> None:
    take_in(*(event(number, number, "2026-01-10") for number in range(1, 8)))
    steps: list[tuple[int, int]] = []
    done = compact(limit=3, step=lambda *said: steps.append(said))
    assert (done.events, steps) == (7, [(3, 7), (6, 7), (7, 7)])
    assert ids() == list(range(1, 8))


def test_a_run_that_broke_before_publishing_is_repeated_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    take_in(event(1, 10, "2026-03-01"))
    compact()
    take_in(event(2, 10, "2025-03-01"), event(3, 12, "2026-03-01"))
    with monkeypatch.context() as patched:
        patched.setattr(lake_actions, "publish", _breaks)
        with pytest.raises(RuntimeError):
            compact()
    assert ids() == [1]
    assert [fault.code for fault in lake.faults()] == ["unknown"] * 2
    compact()
    assert ids() == [1, 2, 3]
    assert {fault.path for fault in lake.faults(deep=True)} == set()


def _breaks(**said: Any) -> None:
    raise RuntimeError("broken off")


def test_what_a_listener_missed_is_told_again(told: list[dict[str, Any]]) -> None:
    notices.listen("deliveries.compacted", _breaks)
    take_in(event(1, 10, "2026-03-01"))
    with pytest.raises(RuntimeError):
        compact()
    notices._listeners["deliveries.compacted"].remove(_breaks)
    told.clear()
    compact()
    assert [(one["cohorts"], one["services"]) for one in told] == [([202603], [7])]
    compact()
    assert len(told) == 1


def test_a_full_disk_leaves_the_inbox_and_the_lake_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    take_in(event(1, 10, "2026-03-01"))
    compact()
    take_in(event(2, 10, "2026-03-01"))

    def is_full(*said: Any) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(engines, "copy_to_parquet", is_full)
        with pytest.raises(errors.LakeFull):
            compact()
    assert (lake.generation("facts"), lake.faults(deep=True)) == (1, [])
    compact()
    assert ids() == [1, 2]


def test_a_damaged_row_of_the_inbox_is_named_and_nothing_is_laid_past_it() -> None:
    take_in(event(1, 10, "2026-03-01"), event(2, 11, "2026-03-01"))
    last = InboxEvent.objects.latest("seq")
    last.payload = bytes(last.payload)[:-1]
    last.save()
    with pytest.raises(InboxDamaged) as told_why:
        compact()
    assert told_why.value.facts == {"seq": last.seq}
    assert lake.watermark("facts") == 0


def test_a_clock_set_back_is_named_and_the_order_of_arrival_decides(caplog: pytest.LogCaptureFixture) -> None:
    take_in(event(1, 10, "2026-03-01"), now=NOW)
    take_in(event(2, 11, "2026-03-01"), now=NOW.replace(hour=7))
    take_in(event(3, 12, "2026-03-01"), now=NOW.replace(hour=7, second=1))
    (back,) = compact().clock_back
    assert (back.seconds, back.times) == (7200, 1)
    assert "set back by 7200 s" in caplog.text
    take_in(event(4, 12, "2026-03-01"), now=NOW.replace(hour=6))
    (again,) = compact().clock_back
    assert again.seconds == 3601
    noted: Any = lake.state("facts").facts["clock"]
    assert [one["seconds"] for one in noted["set_back"]] == [7200, 3601]
    assert [row[0].int for row in rows("event_id", "seq")] == [1, 2, 3, 4]


def test_who_was_erased_while_his_events_waited_is_nobody_in_the_lake() -> None:
    take_in(
        event(1, 10, "2026-03-01", person_key=5, key_version=1), event(2, 11, "2026-03-01", person_key=6, key_version=1)
    )
    ErasedPerson.objects.create(person_key=5, key_version=1, at=NOW)
    compact()
    assert rows("case_id, person_key, key_version") == [(10, None, 0), (11, 6, 1)]


BATCHES = st.lists(st.lists(st.integers(1, 60), max_size=12), min_size=1, max_size=5)
"""Numbers of events; the same number again is the same event sent again."""


def _begin_anew() -> None:
    LakePart.objects.all().delete()
    LakeState.objects.all().delete()
    InboxEvent.objects.all().delete()
    for path in list(files.all_files()):
        path.unlink()


@examples(max_examples=12)
@given(batches=BATCHES, forgets=st.booleans())
def test_any_batches_late_twice_or_out_of_order_lie_as_one_batch_would(batches: Any, forgets: bool) -> None:
    # The second opinion: a dictionary of the first event of each id, and the earliest month of each case.
    _begin_anew()
    expected: dict[int, tuple[int, int]] = {}
    for batch in batches:
        take_in(*map(_made, batch))
        compact()
        if forgets:
            InboxEvent.objects.all().delete()
        expected |= {number: (number % 6, _day(number)) for number in batch}
    earliest = _earliest(expected.values())
    found = {row[0].int: (row[1], row[2]) for row in rows("event_id, case_id, cohort")} if lake.paths("facts") else {}
    assert found == {number: (case, earliest[case]) for number, (case, _) in expected.items()}
    assert sum(part.rows for part in lake.parts("facts")) == len(expected)


def _made(number: int) -> Event:
    on = date.fromordinal(date(2026, 1, 1).toordinal() + _day(number)).isoformat()
    return event(number, number % 6, on, service_id=number % 3 + 1)


def _day(number: int) -> int:
    return number * 37 % 150


def _earliest(known: Iterable[tuple[int, int]]) -> dict[int, int]:
    first: dict[int, int] = {}
    for case, day in known:
        first[case] = min(first.get(case, day), day)
    on = {case: date.fromordinal(date(2026, 1, 1).toordinal() + day) for case, day in first.items()}
    return {case: day.year * 100 + day.month for case, day in on.items()}


def test_a_trickle_is_laid_away_now_and_then_and_a_flood_at_once(settings: Any) -> None:
    settings.LAKE_EVERY, settings.LAKE_ENOUGH = 30, 3

    def asked(now: datetime) -> bool:
        actions.ask_to_compact(by=SYSTEM, now=now)
        waiting = jobs.open_same(actions.JOB, {})
        if waiting:
            job_actions.stop(job=waiting, by=SYSTEM, now=now)
        return waiting is not None

    assert not asked(NOW)
    take_in(event(1, 10, "2026-03-01"))
    assert asked(NOW)
    compact()
    take_in(event(2, 10, "2026-03-01"))
    assert not asked(NOW + timedelta(seconds=29))
    assert asked(NOW + timedelta(seconds=30))
    # A clock that was set back makes nobody wait for it to come round again.
    assert asked(NOW - timedelta(days=30))
    take_in(event(3, 10, "2026-03-01"), event(4, 10, "2026-03-01"))
    assert asked(NOW + timedelta(seconds=1))


def test_with_buckets_a_case_lies_in_that_of_its_first_service(settings: Any) -> None:
    settings.LAKE_BUCKETS = 3
    take_in(event(1, 10, "2026-03-01", service_id=4), event(2, 11, "2026-03-01", service_id=5))
    compact()
    # The sender has named another service meanwhile, and the number of buckets was changed.
    settings.LAKE_BUCKETS = 7
    take_in(event(3, 10, "2026-03-05", service_id=5), event(4, 10, "2026-02-05", service_id=6))
    compact()
    assert rows("case_id, bucket, cohort", "seq") == [
        (10, 1, 202602), (11, 2, 202603), (10, 1, 202602), (10, 1, 202602),
    ]  # fmt: skip
    assert [(part.cohort, part.bucket) for part in lake.parts("facts")] == [(202602, 1), (202603, 2)]
