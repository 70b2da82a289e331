"""OCEL 2.0 in its three forms: events of several objects become events of cases."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ietvars.doors.machines.feeds.eventlogs import errors
from tests.doors.machines.feeds.eventlogs.conftest import Bring, inbox, variants

pytestmark = pytest.mark.django_db

AT = "2026-03-02T1{}:00:00Z"


def _event(key: str, kind: str, hour: int, *objects: str, **said: str) -> dict[str, Any]:
    return {
        "id": key,
        "type": kind,
        "time": AT.format(hour),
        "attributes": [{"name": name, "value": value} for name, value in said.items()],
        "relationships": [{"objectId": one, "qualifier": "of"} for one in objects],
    }


def _object(key: str, kind: str, *others: str, **said: str) -> dict[str, Any]:
    return {
        "id": key,
        "type": kind,
        "attributes": [{"name": name, "value": value, "time": "1970-01-01T00:00:00Z"} for name, value in said.items()],
        "relationships": [{"objectId": one, "qualifier": "of"} for one in others],
    }


LOG: dict[str, Any] = {
    "objectTypes": [{"name": "Permit", "attributes": []}, {"name": "Person", "attributes": []}],
    "eventTypes": [{"name": name, "attributes": []} for name in "ABC"],
    "objects": [
        _object("p1", "Permit", channel="Internet"),
        _object("p2", "Permit", channel="Desk"),
        _object("x", "Person"),
    ],
    "events": [
        _event("e1", "A", 1, "p1", "x"),
        _event("e2", "B", 2, "p1"),
        _event("e3", "A", 3, "p2", "x"),
        _event("e4", "C", 4, "p1", "p2"),
        _event("e5", "A", 5, "x"),
        _event("e6", "A", 6, "p1", "gone"),
    ],
}


def _as_xml(log: dict[str, Any]) -> str:
    def parts(entry: dict[str, Any]) -> str:
        attributes = "".join(
            f'<attribute name="{one["name"]}" time="{one.get("time", "")}">{one["value"]}</attribute>'
            for one in entry["attributes"]
        )
        related = "".join(
            f'<relationship object-id="{one["objectId"]}" qualifier="of"/>' for one in entry["relationships"]
        )
        return f"<attributes>{attributes}</attributes><objects>{related}</objects>"

    objects = "".join(f'<object id="{one["id"]}" type="{one["type"]}">{parts(one)}</object>' for one in log["objects"])
    events = "".join(
        f'<event id="{one["id"]}" type="{one["type"]}" time="{one["time"]}">{parts(one)}</event>'
        for one in log["events"]
    )
    return f"<log><object-types/><event-types/><objects>{objects}</objects><events>{events}</events></log>"


def _as_sqlite(log: dict[str, Any], path: Path) -> Path:
    with closing(sqlite3.connect(path)) as link, link:
        link.executescript(
            """
            CREATE TABLE event (ocel_id TEXT, ocel_type TEXT);
            CREATE TABLE object (ocel_id TEXT, ocel_type TEXT);
            CREATE TABLE event_object (ocel_event_id TEXT, ocel_object_id TEXT, ocel_qualifier TEXT);
            CREATE TABLE object_object (ocel_source_id TEXT, ocel_target_id TEXT, ocel_qualifier TEXT);
            CREATE TABLE event_map_type (ocel_type TEXT, ocel_type_map TEXT);
            CREATE TABLE object_map_type (ocel_type TEXT, ocel_type_map TEXT);
            CREATE TABLE object_Permit (ocel_id TEXT, ocel_time TEXT, ocel_changed_field TEXT, channel TEXT);
            CREATE TABLE object_Person (ocel_id TEXT, ocel_time TEXT, ocel_changed_field TEXT);
            """
        )
        link.executemany("INSERT INTO object_map_type VALUES (?, ?)", [("Permit", "Permit"), ("Person", "Person")])
        for name in "ABC":
            link.execute(f"CREATE TABLE event_t{name} (ocel_id TEXT, ocel_time TEXT)")
            link.execute("INSERT INTO event_map_type VALUES (?, ?)", (name, f"t{name}"))
        for one in log["objects"]:
            link.execute("INSERT INTO object VALUES (?, ?)", (one["id"], one["type"]))
            for said in one["attributes"]:
                link.execute(
                    "INSERT INTO object_Permit VALUES (?, ?, NULL, ?)", (one["id"], said["time"], said["value"])
                )
        for one in log["events"]:
            link.execute("INSERT INTO event VALUES (?, ?)", (one["id"], one["type"]))
            link.execute(f"INSERT INTO event_t{one['type']} VALUES (?, ?)", (one["id"], one["time"]))
            for related in one["relationships"]:
                link.execute("INSERT INTO event_object VALUES (?, ?, 'of')", (one["id"], related["objectId"]))
    return path


@pytest.fixture(params=["json", "xml", "sqlite"])
def log(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / f"permits.{request.param}"
    if request.param == "sqlite":
        return _as_sqlite(LOG, path)
    path.write_text(json.dumps(LOG, indent=1) if request.param == "json" else _as_xml(LOG), encoding="utf-8")
    return path


def test_the_case_is_what_most_events_relate_to_and_all_forms_say_the_same(bring: Bring, log: Path) -> None:
    run = bring(log)
    assert run.notes.told["case_type"] == "Permit"
    assert sorted(variants().values()) == [("A", "B", "C", "A"), ("A", "C")]
    assert run.notes.refused == {"no-case": 1}
    assert run.document()["objects"] == {
        "case_type": "Permit",
        "events_of_several_cases": 1,
        "events_made_of_them": 2,
        "relations_to_nothing": 1,
    }
    assert sorted(one.channel for one in inbox()) == [0, 0, 0, 0, 1, 6]


def test_a_mapping_may_name_the_type_of_the_case(bring: Bring, log: Path) -> None:
    run = bring(log, toml='[ocel]\ncase = "Person"')
    assert list(variants().values()) == [("A", "A", "A")]
    assert run.notes.refused == {"no-case": 3}
    with pytest.raises(errors.NoCaseType, match="Permit, Person"):
        bring(log, toml='[ocel]\ncase = "Ship"')


def test_the_same_log_in_another_form_is_known(bring: Bring, tmp_path: Path, log: Path) -> None:
    path = tmp_path / "first.json"
    path.write_text(json.dumps(LOG), encoding="utf-8")
    bring(path, toml='name = "permits"')
    again = bring(log, toml='name = "permits"')
    assert (again.counts.accepted, again.counts.known) == (0, 6)


def test_the_collected_log_names_its_service_by_an_object(bring: Bring, shared: Path) -> None:
    run = bring(shared / "standards" / "ocel" / "log.valid.json")
    assert run.services == ["lv-0001"]
    assert list(variants().values()) == [("Iesniegums", "Nodots sniedzējam", "Lēmums")]


def test_a_relation_to_an_object_that_does_not_exist_is_told(bring: Bring, shared: Path) -> None:
    run = bring(shared / "standards" / "ocel" / "log.dangling-object.json")
    assert run.notes.counts["relations_to_objects_that_are_not_there"] == 1


@pytest.mark.parametrize(
    "text",
    [
        '{"events": [',
        '{"events": [{"id": "1"',
        '{"events": 5}',
        "{}",
        '{"objects": []}',
        '{"events": [] "objects": []}',
        '{"events": [' + "[" * 100_000,
        '{"events": [tru',
    ],
)
def test_broken_json_is_refused_by_a_sentence(bring: Bring, text: str) -> None:
    with pytest.raises((errors.Broken, errors.NotALog)):
        bring(text, name="log.json")
    assert inbox() == []


def test_odd_entries_are_refused_one_by_one(bring: Bring) -> None:
    odd = [
        5,
        {},
        {"id": "e1", "type": "A"},
        {"id": ["x"], "type": {}},
        _event("e1", "B", 1, "p1"),
        _event("e1", "B", 1),
    ]
    run = bring(json.dumps({**LOG, "events": odd}), name="log.json")
    assert run.counts.accepted == 0
    assert run.refused == len(odd)


def test_views_and_triggers_of_a_stranger_are_not_run(bring: Bring, tmp_path: Path) -> None:
    path = _as_sqlite(LOG, tmp_path / "log.sqlite")
    with closing(sqlite3.connect(path)) as link, link:
        link.execute("ALTER TABLE event RENAME TO hidden")
        link.execute("CREATE VIEW event AS SELECT * FROM hidden")
    with pytest.raises(errors.NotALog, match="without the table “event”"):
        bring(path)


def test_a_cut_database_is_refused_by_a_sentence(bring: Bring, tmp_path: Path) -> None:
    path = _as_sqlite(LOG, tmp_path / "log.sqlite")
    path.write_bytes(path.read_bytes()[:9000])
    with pytest.raises((errors.Broken, errors.NotALog)):
        bring(path)


def test_a_database_whose_names_are_no_text_is_refused_by_a_sentence(bring: Bring, tmp_path: Path) -> None:
    path = _as_sqlite(LOG, tmp_path / "log.sqlite")
    path.write_bytes(path.read_bytes().replace(b"ocel_changed_field", b"ocel_changed_fi\xdeld"))
    with pytest.raises(errors.Broken):
        bring(path)
