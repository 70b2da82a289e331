"""Reading one event: what each field becomes, what is a fault, and that nothing whatever breaks the reading."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ietvars.institution.deliveries import events, packing, rules
from ietvars.institution.deliveries.events import Event, Read
from ietvars.institution.deliveries.facts import CHANNELS, COLUMNS, Contact, Origin, Stage, Type
from ietvars.institution.deliveries.rules import Fault, Held, Known, KnownService, SenderFacts
from ietvars.institution.deliveries.schema import SCHEMA

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
DAY = rules.day_number(NOW.date())

KNOWN = Known(
    services={
        "passport": KnownService(7, (Held(-(10**6), DAY - 100, 1), Held(DAY - 99, 10**6, 2)), ((0, 1), (10**15, 2))),
        "visa": KnownService(8, (Held(-(10**6), 10**6, 3),)),
        "new": KnownService(9, (Held(DAY - 1, 10**6, 1),)),
        "orphan": KnownService(10, ()),
    },
    bodies={"pmlp": 1, "csp": 2, "mfa": 3},
    activities={(7, "Check"): 70},
    evidence={"Birth certificate": 5},
    sources={"urn:pmlp": 1, "urn:mfa": 3},
)


def reader(sender: SenderFacts | None = None) -> events.Reader:
    return events.Reader(known=KNOWN, key_of=lambda raw: (len(raw), 1), now=NOW, sender=sender)


def document(what: str = "opened", **said: Any) -> dict[str, Any]:
    plain = {
        "specversion": "1.0", "id": "1", "source": "urn:pmlp", "type": f"lv.ietvars.delivery.{what}",
        "time": "2026-11-20T10:00:00+02:00", "subject": "case-1",
    }  # fmt: skip
    data = said.pop("data", {})
    whole = {"service": "passport", **data} if isinstance(data, dict) else data
    return {**plain, "data": whole, **said}


def read(what: str = "opened", sender: SenderFacts | None = None, **said: Any) -> Event:
    return reader(sender).read(document(what, **said)).event


def fault(what: str = "opened", sender: SenderFacts | None = None, **said: Any) -> str:
    found = events.read_all(reader(sender), [document(what, **said)])[0]
    return found.code if isinstance(found, Fault) else "none"


# field and value | column | becomes
BECOMES = """
channel   | online            | channel          | 1
channel   | sms               | channel          | 11
stage     | receipt           | stage            | 3
origin    | proactive         | origin           | 3
provider  | mfa               | provider_id      | 3
held_by   | csp               | evidence_held_by | 2
evidence  | Birth certificate | evidence         | 5
step      | Check             | activity         | 70
cost_eur  | 12.345            | cost_cents       | 1234
cost_eur  | 0                 | cost_cents       | 0
kind      | repeat            | contact          | 3
method    | survey            | rating_method    | 2
service_version | 5           | service_version  | 5
"""


@pytest.mark.parametrize("line", [line for line in BECOMES.splitlines() if line])
def test_a_field_becomes_its_column(line: str) -> None:
    name, value, column, wanted = (part.strip() for part in line.split("|"))
    given_value = json.loads(value) if value[0].isdigit() else value
    assert getattr(read(data={name: given_value}), column) == int(wanted)


@pytest.mark.parametrize(
    ("rating", "scale", "tenths"),
    [(4, "1-5", 750), (1, "1-5", 0), (10, "0-10", 1000), (55.5, None, 555), (2, "1-4", 333)],
)
def test_a_mark_becomes_tenths_of_a_point_of_a_hundred(rating: float, scale: str | None, tenths: int) -> None:
    said = {"rating": rating} | ({"scale": scale} if scale else {})
    assert read("rated", data=said).rating == tenths


@pytest.mark.parametrize(("what", "stage"), [("opened", 1), ("decided", 2), ("delivered", 3), ("contact", 0)])
def test_the_stage_follows_from_what_happened_where_none_is_named(what: str, stage: int) -> None:
    assert read(what).stage == stage


def test_the_holder_is_that_of_the_legal_day_and_the_version_that_in_force_then() -> None:
    before = read(time="2026-08-14T12:00:00Z")
    after = read()
    assert (before.holder_id, after.holder_id) == (1, 2)
    assert (read(time="2001-01-01T00:00:00Z").service_version, after.service_version) == (1, 2)
    assert fault(data={"service": "orphan"}) == "no-holder"
    # Before all that is known the first holder answers.
    assert read(time="2020-01-01T00:00:00Z", data={"service": "new"}).holder_id == 1


def test_the_day_is_that_of_the_clocks_of_the_state() -> None:
    winter, summer = read(time="2026-01-31T22:00:00Z"), read(time="2026-06-30T20:59:59.999999Z")
    assert winter.day == rules.day_number(datetime(2026, 2, 1).date())  # noqa: DTZ001
    assert summer.day == rules.day_number(datetime(2026, 6, 30).date())  # noqa: DTZ001
    assert summer.occurred_us % 1_000_000 == 999_999


def test_an_event_is_the_same_by_source_and_id_alone() -> None:
    assert read().event_id == read("delivered", subject="another").event_id
    assert read().event_id != read(id="2").event_id
    assert rules.event_digest("urn:a", "bc") != rules.event_digest("urn:ab", "c")
    assert 0 <= read().case_id < 2**63


def test_a_correction_names_the_event_that_it_stands_for() -> None:
    assert read(id="2", data={"corrects": "1"}).corrects == read().event_id
    assert fault(data={"corrects": "1"}) == "corrects-itself"
    assert fault("annulled") == "nothing-taken-back"
    assert read(id="2", data={"caused_by": "case-0"}).caused_by_case_id == rules.case_number("urn:pmlp", "case-0")
    assert fault(data={"caused_by": "case-1"}) == "caused-by-itself"


def test_names_not_met_before_are_told_and_not_numbered() -> None:
    found = reader().read(document("step", data={"step": "Sign", "evidence": "Photo"}))
    assert (found.new_step, found.new_evidence) == ("Sign", "Photo")
    assert (found.event.activity, found.event.evidence) == (0, None)


SENDER = SenderFacts(1, "desk", 1, reach=frozenset({1}), provided=frozenset({8}))


def test_a_sender_sends_of_what_his_body_held_that_day_or_provides() -> None:
    assert fault(sender=SENDER) == "foreign-service"
    assert fault(sender=SENDER, time="2026-08-14T12:00:00Z") == "none"
    assert fault(sender=SENDER, data={"service": "visa"}) == "none"
    assert fault(sender=SENDER, source="urn:mfa") == "foreign-source"
    narrow = SenderFacts(1, "desk", 1, reach=frozenset({1}), provided=frozenset({8}), listed=frozenset({7}))
    assert fault(sender=narrow, data={"service": "visa"}) == "foreign-service"
    assert reader(SENDER).read(document(source="urn:new", data={"service": "visa"})).new_source == "urn:new"


# attribute or field | value as JSON | fault
FAULTS = """
specversion | "0.3"                       | not-cloudevents-1.0
specversion | null                        | not-cloudevents-1.0
id          | null                        | missing
id          | ""                          | not-a-text
id          | 5                           | not-a-text
id          | "a\\nb"                     | not-a-text
id          | "010190-12345"              | personal-data
source      | "urn:a b"                   | not-an-address
source      | "urn:ā"                     | not-an-address
source      | "mailto:a@b.lv"             | personal-data
subject     | "Jānis Bērziņš"             | personal-data
subject     | "01019012345"               | personal-data
subject     | "32123412345"               | personal-data
subject     | "+371 29123456"             | personal-data
subject     | "LV80BANK0000435195001"     | personal-data
subject     | "2026-000123"               | none
subject     | "99999912345"               | none
subject     | "3f2504e0-4f89-11d3-9a0c-030512345678" | none
type        | null                        | missing
type        | "opened"                    | none
type        | "eu.example.v1.opened"      | none
type        | "lv.ietvars.delivery.lost"  | unknown-type
type        | ["opened"]                  | unknown-type
time        | "2026-11-20T10:00:00"       | not-a-time
time        | "2026-11-20"                | not-a-time
time        | "tomorrow"                  | not-a-time
time        | 5                           | not-a-time
time        | "1980-01-01T00:00:00Z"      | too-early
time        | "2026-11-23T11:00:01Z"      | in-the-future
time        | "2026-11-23T09:30:00Z"      | none
data        | null                        | missing
data        | []                          | missing
.service    | null                        | missing
.service    | "nothing"                   | unknown-service
.service    | {}                          | not-a-text
.stage      | "fourth"                    | unknown-stage
.stage      | []                          | unknown-stage
.channel    | {"a": 1}                    | unknown-channel
.origin     | "stork"                     | unknown-origin
.provider   | "nobody"                    | unknown-provider
.held_by    | 7                           | not-a-text
.step       | 7                           | not-a-text
.step       | "Call 010190-12345"         | personal-data
.evidence   | "a@b.lv"                    | personal-data
.cost_eur   | -1                          | not-a-cost
.cost_eur   | true                        | not-a-cost
.cost_eur   | 1e300                       | not-a-cost
.cost_eur   | "5"                         | not-a-cost
.rating     | 101                         | not-a-rating
.scale      | "5-1"                       | none
.service_version | 0                      | not-a-version
.service_version | true                   | not-a-version
.kind       | "why"                       | unknown-kind
.method     | "guess"                     | unknown-method
.person     | 7                           | not-a-text
.hold_by    | "csp"                       | unknown-field
.due        | "soon"                      | not-a-time
.due        | "2027-01-01T00:00:00Z"      | none
"""


@pytest.mark.parametrize("line", [line for line in FAULTS.splitlines() if line])
def test_what_is_wrong_is_a_fault_with_its_code(line: str) -> None:
    name, value, wanted = (part.strip() for part in line.split("|"))
    told = json.loads(value)
    said = {"data": {name[1:]: told}} if name[0] == "." else {name: told}
    assert fault(**said) == wanted


def test_a_scale_without_order_is_refused_where_there_is_a_mark() -> None:
    assert fault("rated", data={"rating": 3, "scale": "5-1"}) == "not-a-scale"
    assert fault("rated", data={"rating": 3, "scale": "1-٥"}) == "not-a-scale"
    assert fault("rated") == "missing"
    assert fault("step") == "no-step"


def test_a_fault_repeats_nothing_that_could_name_a_person() -> None:
    for raw in ("010190-12345", "a@b.lv", "Jānis Bērziņš"):
        (found,) = events.read_all(reader(), [document(data={"service": raw})])
        assert isinstance(found, Fault)
        assert raw not in str(found)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=30)
    | st.sampled_from(["passport", "1-5"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)
broken = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("specversion", "id", "source", "type", "time", "subject"), json_values),
        "data": json_values | st.fixed_dictionaries({}, optional=dict.fromkeys(sorted(events.FIELDS), json_values)),
    },
)


@given(said=broken, whole=json_values)
def test_whatever_comes_is_an_event_or_a_fault(said: dict[str, Any], whole: Any) -> None:
    data = said.get("data")
    mixed = {**document(), **said}
    if isinstance(data, dict):
        mixed["data"] = {"service": "passport", **data}
    for found in events.read_all(reader(), [mixed, said, whole]):
        assert isinstance(found, Read | Fault)
        if isinstance(found, Read):
            assert (
                packing.unpack(found.event.event_id, found.event.received_us, packing.pack(found.event)) == found.event
            )
        else:
            assert str(found)


small = st.integers(0, 2**31 - 1)
maybe = st.none() | small
whole_events = st.builds(
    Event,
    event_id=st.binary(min_size=16, max_size=16),
    case_id=st.integers(0, 2**63 - 1),
    service_id=small,
    holder_id=small,
    provider_id=small,
    type=st.sampled_from([one.value for one in Type]),
    occurred_us=st.integers(0, 2**55),
    day=small,
    caused_by_case_id=st.none() | st.integers(0, 2**63 - 1),
    service_version=st.integers(0, 32767),
    channel=st.integers(0, len(CHANNELS) - 1),
    origin=st.sampled_from([one.value for one in Origin]),
    person_key=st.none() | st.integers(0, 2**63 - 1),
    key_version=st.integers(0, 32767),
    stage=st.sampled_from([one.value for one in Stage]),
    activity=st.integers(-1, 2**31 - 1),
    contact=st.sampled_from([one.value for one in Contact]),
    evidence=maybe,
    evidence_held_by=maybe,
    cost_cents=maybe,
    rating=st.none() | st.integers(0, 1000),
    rating_method=st.integers(0, len(rules.METHODS) - 1),
    corrects=st.none() | st.binary(min_size=16, max_size=16).filter(lambda one: one != bytes(16)),
    due_us=st.none() | st.integers(0, 2**55),
    received_us=st.integers(0, 2**55),
)


@given(event=whole_events)
def test_what_is_packed_comes_out_the_same(event: Event) -> None:
    assert packing.unpack(event.event_id, event.received_us, packing.pack(event)) == event


def test_an_event_has_the_columns_of_a_fact() -> None:
    assert {*Event._fields, "seq", "schema_version"} == set(COLUMNS)
    assert {name for name, _kind in packing.LAYOUT} == set(COLUMNS) - {"seq", "event_id", "received_us"}


def test_the_published_schema_names_the_fields_that_are_read() -> None:
    assert set(SCHEMA["properties"]["data"]["properties"]) == events.FIELDS


def test_attributes_come_as_headers_too() -> None:
    headers = [
        ("Ce-Id", "1"),
        ("ce-type", "a.opened"),
        ("ce-subject", "case%201"),
        ("Content-Type", "application/json"),
    ]
    assert events.of_headers(headers, {}) == {"id": "1", "type": "a.opened", "subject": "case 1", "data": {}}
