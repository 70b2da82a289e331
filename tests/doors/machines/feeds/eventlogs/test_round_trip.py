"""What goes out as a log comes back as the same cases, events and variants; and who may have it."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from django.test import Client

from ietvars.doors.machines.feeds.eventlogs import errors, writing
from ietvars.ground.people.rules import SYSTEM, Role
from ietvars.institution.deliveries import compacting
from ietvars.institution.deliveries import errors as refusals
from ietvars.institution.deliveries.facts import MARK, Type
from ietvars.institution.services import queries as services
from tests.doors.machines.feeds.eventlogs.conftest import Bring, event, inbox, trace, variants, xes
from tests.world import NOW, World

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"

LOG = xes(
    trace(
        event("Saņemts &amp; &lt;ok>", "2026-03-02T10:00:00+02:00", channel="Internet"),
        event("Lēmums", "2026-03-03T10:00:00.123456+02:00", lifecycle_transition="start"),
        event("Lēmums", "2026-04-03T10:00:00+03:00", lifecycle_transition="complete"),
        name="a",
        enddate="2026-04-05T00:00:00Z",
        enddate_planned="2026-04-04T00:00:00Z",
    ),
    trace(
        event("Saņemts &amp; &lt;ok>", "2026-03-04T10:00:00+02:00"),
        event("Lēmums", "2026-03-04T10:00:00+02:00"),
        name="b",
    ),
    trace(event("Lēmums"), name="c", startdate="2026-03-01T00:00:00Z"),
)


def _written(form: str, code: str = "permits") -> str:
    service = services.by_code(code)
    assert service is not None
    return "".join(writing.write(services=[service], form=form, name=f"{code} 2026-11-23", by=SYSTEM))


def _told(service_id: int) -> Counter[object]:
    """What counts of a service: variants, ends and promises, without the names of cases."""
    mine = [one for one in inbox() if one.service_id == service_id]
    cases = {one.case_id for one in mine}
    marks = Counter((one.type, one.occurred_us, one.due_us) for one in mine if one.activity == MARK)
    opened = Counter((one.occurred_us, one.due_us, one.channel) for one in mine if one.type == Type.OPENED)
    return Counter(path for case, path in variants().items() if case in cases) + marks + opened  # type: ignore[operator]


@pytest.mark.parametrize("form", list(writing.FORMS))
def test_a_log_that_goes_out_comes_back_the_same(bring: Bring, form: str) -> None:
    bring(LOG)
    compacting.compact(by=SYSTEM, now=NOW)
    run = bring(_written(form), name=f"back.{form}")
    there, back = (services.by_code(code) for code in ("permits", run.service))
    assert there is not None
    assert back is not None
    assert (run.cases, run.counts.accepted, run.refused) == (3, 5, 0)
    assert back.pk != there.pk
    assert _told(back.pk) == _told(there.pk)


def test_the_receipt_log_makes_the_way_there_and_back_in_every_form(bring: Bring, shared: Path) -> None:
    bring(shared / "data" / "eventlog-wabo-receipt" / "receipt.xes.gz", toml='name = "permits"')
    compacting.compact(by=SYSTEM, now=NOW)
    before = Counter(variants().values())
    assert (len(before), before.most_common(1)[0][1]) == (116, 713)
    for number, form in enumerate(writing.FORMS, start=2):
        run = bring(_written(form), name=f"back.{form}", toml=f'name = "back {form}"')
        assert (run.cases, run.counts.accepted) == (1434, 8577)
        assert Counter(variants().values()) == Counter({path: n * number for path, n in before.items()})


VALUES = {"string": r"[\s\S]*", "date": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"}
ORDER = ("extension", "global", "classifier", *VALUES, "trace")


def test_xes_is_as_its_standard_wants_it(bring: Bring) -> None:
    bring(LOG)
    compacting.compact(by=SYSTEM, now=NOW)
    log = ET.fromstring(_written("xes"))
    tags = [one.tag.removeprefix("{http://www.xes-standard.org/}") for one in log]
    assert log.get("xes.version") == "1849.2016"
    assert tags == sorted(tags, key=ORDER.index)
    assert [one.get("scope") for one in log if one.tag.endswith("global")] == ["trace", "event"]
    prefixes = {one.get("prefix") for one in log if one.tag.endswith("extension")} | {"ietvars"}
    for one in log.iter():
        tag = one.tag.removeprefix("{http://www.xes-standard.org/}")
        if tag in VALUES:
            key, value = one.attrib.pop("key"), one.attrib.pop("value")
            assert re.fullmatch(VALUES[tag], value)
            assert ":" not in key or key.split(":")[0] in prefixes
            assert not one.attrib
        elif tag in ("trace", "event"):
            assert not one.attrib
            children = [child.tag.endswith("}event") for child in one]
            assert children == sorted(children)


def test_ocel_is_as_the_official_schema_wants_it(bring: Bring, shared: Path) -> None:
    bring(LOG)
    compacting.compact(by=SYSTEM, now=NOW)
    schema = json.loads((shared / "standards" / "ocel" / "ocel20-schema-json.json").read_text())
    document = json.loads(_written("ocel-json"))
    jsonschema.validate(document, schema, format_checker=jsonschema.FormatChecker())
    types = {one["name"] for one in document["eventTypes"]}
    objects = {one["id"] for one in document["objects"]}
    assert {one["type"] for one in document["events"]} <= types
    assert {related["objectId"] for one in document["events"] for related in one["relationships"]} <= objects


def test_cases_bear_pseudonyms_and_persons_stay_out(bring: Bring) -> None:
    log = "case id,activity,timestamp,who\nlieta-7/2026,A,2026-03-02T10:00Z,010190-12345\n"
    bring(log, name="permits.csv", toml='[columns]\nperson = "who"')
    compacting.compact(by=SYSTEM, now=NOW)
    (only,) = inbox()
    assert only.person_key is not None
    for form in writing.FORMS:
        text = _written(form)
        for hidden in ("lieta-7", "12345", str(only.person_key), str(only.case_id)):
            assert hidden not in text


def test_what_was_corrected_or_taken_back_is_in_no_log(bring: Bring) -> None:
    first = [event("A", lifecycle_transition="start")]
    bring(xes(trace(*first)))
    bring(xes(trace(*first, event("A", "2026-03-03T10:00:00Z", lifecycle_transition="complete"))))
    compacting.compact(by=SYSTEM, now=NOW)
    assert _written("xes").count("<event>") == 1


def test_single_cases_are_for_the_owner(bring: Bring, world: World) -> None:
    service = world.service("benefit", holder="agency")
    bring(LOG, service="benefit")
    compacting.compact(by=SYSTEM, now=NOW)
    own = world.actor(Role.SERVICE_OWNER, "agency")
    assert next(writing.write(services=[service], form="xes", name="x", by=own))
    for role, body in ((Role.SERVICE_OWNER, "other"), (Role.OVERSEER, "chancellery"), (Role.CLERK, "agency")):
        with pytest.raises(refusals.NotYourCases):
            writing.write(services=[service], form="xes", name="x", by=world.actor(role, body))


def test_a_service_without_events_gives_no_log(world: World) -> None:
    with pytest.raises(errors.NothingToWrite):
        writing.write(services=[world.service("benefit")], form="xes", name="x", by=SYSTEM)


def test_the_owner_takes_the_log_of_a_service_from_the_api(bring: Bring, world: World, client: Client) -> None:
    world.service("benefit", holder="agency")
    address = "/api/v1/services/benefit/log/ocel-json"
    client.force_login(world.person(Role.SERVICE_OWNER, "agency"), backend=BACKEND)
    nothing = client.get(address)
    assert (nothing.status_code, nothing.json()["type"].rpartition(":")[2][-20:]) == (400, "log-nothing-to-write")

    bring(LOG, service="benefit")
    compacting.compact(by=SYSTEM, now=NOW)
    answer = client.get(address)
    assert answer.status_code == 200
    assert len(json.loads(answer.getvalue())["events"]) == 5
    assert client.get("/api/v1/services/benefit/log/bpmn").status_code == 422
    client.force_login(world.person(Role.OVERSEER, "chancellery"), backend=BACKEND)
    assert client.get(address).status_code == 403
