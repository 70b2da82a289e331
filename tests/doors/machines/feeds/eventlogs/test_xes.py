"""XES: what is read, what is refused by line, and what is refused whole."""

from __future__ import annotations

import gzip

import pytest

from ietvars.doors.machines.feeds.eventlogs import errors
from ietvars.ground.bodies import queries as bodies
from ietvars.institution.deliveries.facts import MARK, Type
from tests.doors.machines.feeds.eventlogs.conftest import Bring, event, inbox, trace, variants, xes
from tests.world import World

pytestmark = pytest.mark.django_db

HOSTILE = {
    "a document type": '<?xml version="1.0"?><!DOCTYPE log><log/>',
    "an entity": '<?xml version="1.0"?><!DOCTYPE log [<!ENTITY a "b">]><log>&a;</log>',
    "a file of others": '<!DOCTYPE log [<!ENTITY a SYSTEM "file:///etc/passwd">]><log xes.version="1">&a;</log>',
    "depth": '<log xes.version="1.0">' + "<container>" * 100 + "</container>" * 100 + "</log>",
}


@pytest.mark.parametrize("log", HOSTILE.values(), ids=list(HOSTILE))
def test_hostile_xml_is_refused_by_a_sentence_and_nothing_is_written(bring: Bring, log: str) -> None:
    with pytest.raises(errors.Hostile, match="no event log needs"):
        bring(log)
    assert inbox() == []
    assert bodies.by_code("unassigned") is None


def test_a_value_of_many_megabytes_is_refused(bring: Bring) -> None:
    with pytest.raises(errors.TooMuch):
        bring(b'<log xes.version="1.0"><string key="a" value="' + b"x" * 6_000_000 + b'"/></log>')


@pytest.mark.parametrize(
    ("log", "refusal"),
    [
        ("", errors.NotALog),
        ("<log xes.version='1.0'><trace>", errors.Broken),
        ("<catalogue/>", errors.NotALog),
        ("<!doctype html><html></html>", errors.NotALog),
        (b"PK\x03\x04...", errors.NotALog),
        (gzip.compress(b"<log xes.version='1.0'></log>" * 999)[:40], errors.DamagedPack),
        ('<?xml version="1.0" encoding="klingon"?><log xes.version="1"/>', errors.Broken),
    ],
)
def test_what_is_no_whole_log_is_refused_by_a_sentence(
    bring: Bring, log: str | bytes, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        bring(log)
    assert inbox() == []


def test_an_event_without_a_time_is_refused_by_its_line_and_the_rest_goes_in(bring: Bring) -> None:
    run = bring(xes(trace("\n" + event("A"), "\n" + event("B", at=""), "\n" + event("C", at="yesterday"))))
    assert [(fault.line, fault.code) for fault in run.notes.faults] == [(6, "no-time"), (7, "wrong-time")]
    assert (run.counts.accepted, run.refused) == (1, 2)


def test_events_without_a_name_and_in_the_future_are_refused(bring: Bring) -> None:
    run = bring(xes(trace(event(""), event("A", at="2031-01-01T00:00:00Z"), event("A", at="1970-01-01T00:00:00Z"))))
    assert run.notes.refused == {"no-activity": 1, "in-the-future": 1, "too-early": 1}


def test_times_keep_their_offsets_and_those_without_one_are_of_the_state(bring: Bring) -> None:
    run = bring(
        xes(trace(event("A", at="2026-07-01T10:00:00+05:00"), event("B", at="2026-07-01T10:00:00.1234567"))),
    )
    moments = [one.occurred_us for one in inbox()]
    assert moments == [1782882000_000_000, 1782889200_123_456]
    assert run.without_offset == 1


def test_traces_without_a_name_are_cases_of_their_own(bring: Bring) -> None:
    run = bring(xes(trace(event("A"), name=""), trace(event("A"), name="")))
    assert (len(variants()), run.notes.counts["cases_without_name"]) == (2, 2)


def test_a_case_that_stands_twice_in_a_log_is_one_case(bring: Bring) -> None:
    bring(xes(trace(event("A", at="2026-03-03T10:00:00Z")), trace(event("B", at="2026-03-02T10:00:00Z"))))
    assert list(variants().values()) == [("B", "A")]


def test_the_default_of_a_global_is_no_value(bring: Bring) -> None:
    told = '<global scope="event"><date key="time:timestamp" value="2026-01-01T00:00:00Z"/></global>'
    run = bring(xes(told + trace(event("A", at=""))))
    assert run.notes.refused == {"no-time": 1}


def test_nested_attributes_are_not_those_of_the_event(bring: Bring) -> None:
    nested = '<event><string key="concept:name" value="A"><string key="concept:name" value="B"/></string>'
    run = bring(xes(trace(nested + '<date key="time:timestamp" value="2026-03-02T10:00:00Z"/></event>')))
    assert (run.refused, list(variants().values())) == (0, [("A",)])


def test_the_first_activity_opens_a_case_and_its_end_is_where_it_says_so(bring: Bring) -> None:
    late = event("B", at="2026-03-05T10:00:00+02:00")
    bring(xes(trace(event("A"), late, enddate="2026-03-04T00:00:00Z", enddate_planned="2026-03-06")))
    first, _, end = inbox()
    assert (first.type, first.due_us) == (Type.OPENED, 1772834399_999_999)  # the last microsecond of that day in Riga
    assert (end.type, end.activity, end.occurred_us) == (Type.DELIVERED, MARK, 1772582400_000_000)


def test_a_case_that_says_no_end_stays_open_unless_the_mapping_ends_it(bring: Bring) -> None:
    log = xes(trace(event("A"), event("B")))
    bring(log)
    assert not [one for one in inbox() if one.type == Type.DELIVERED]
    bring(log, toml='name = "other"\nends = "last-event"')
    assert [one.activity for one in inbox() if one.type == Type.DELIVERED] == [MARK]


def test_who_did_it_is_not_kept_and_a_name_for_an_activity_may_hold_no_person(bring: Bring) -> None:
    run = bring(xes(trace(event("A", org_resource="Anna Liepa"), event("Zvans 010190-12345"))))
    assert run.notes.refused == {"personal-data": 1}
    assert "010190" not in str(run.document())
    assert all(one.person_key is None for one in inbox())


def test_a_service_that_is_known_takes_the_events_and_keeps_its_holder(bring: Bring, world: World) -> None:
    service = world.service("benefit", holder="agency")
    run = bring(xes(trace(event("A"))), service="benefit")
    (only,) = inbox()
    assert (only.service_id, only.holder_id) == (service.pk, world.body("agency").pk)
    assert not run.made_service


def test_an_unknown_service_or_institution_is_refused_before_anything_is_read(bring: Bring) -> None:
    with pytest.raises(errors.NoSuchService):
        bring(xes(trace(event("A"))), service="nothing")
    with pytest.raises(errors.NoSuchBody):
        bring(xes(trace(event("A"))), body="nobody")
