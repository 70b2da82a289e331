"""Taking events in: answered one by one, durable, each once, within the sender's scope, without anybody's name."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from django.db import connection, transaction
from hypothesis import strategies as st

from ietvars.ground.lake import files
from ietvars.ground.people.rules import SYSTEM
from ietvars.institution.deliveries import actions, errors, queries, rules, senders
from ietvars.institution.deliveries.facts import Type
from ietvars.institution.deliveries.models import Refused
from ietvars.institution.deliveries.rules import SenderFacts, Status
from tests.world import NOW

if TYPE_CHECKING:
    from tests.institution.deliveries.conftest import Document
    from tests.world import World

pytestmark = pytest.mark.django_db


def receive(documents: list[Any], scope: SenderFacts) -> list[rules.Answer]:
    return actions.receive(documents=documents, sender=scope, by=SYSTEM, now=NOW)


def test_an_event_that_is_right_is_accepted_and_waits_with_all_that_a_fact_needs(
    world: World, scope: SenderFacts, document: Document
) -> None:
    (answer,) = receive([document("1")], scope)
    ((seq, event),) = queries.waiting(0, 10)
    assert (answer.status, answer.id) == (Status.ACCEPTED, "1")
    assert seq == queries.oldest()
    assert event.type == Type.OPENED
    assert event.day == rules.day_number(NOW.date() - timedelta(days=3))
    assert event.holder_id == event.provider_id == world.body("agency").pk
    assert event.received_us == rules.microseconds(NOW)
    assert event.person_key is not None
    assert event.key_version == 1


def test_the_same_event_again_is_known_and_counts_once(scope: SenderFacts, document: Document) -> None:
    receive([document("1")], scope)
    answers = receive([document("1"), document("2"), document("2")], scope)
    assert [one.status for one in answers] == [Status.KNOWN, Status.ACCEPTED, Status.KNOWN]
    assert len(queries.waiting(0, 10)) == 2


def test_a_service_of_another_body_is_refused(world: World, scope: SenderFacts, document: Document) -> None:
    world.service("passport", holder="another")
    (answer,) = receive([document("1", data={"service": "passport"})], scope)
    assert (answer.status, answer.code) == (Status.REFUSED, "foreign-service")
    assert queries.newest() == 0


def test_a_service_that_the_body_provides_for_its_holder_is_taken(
    world: World, scope: SenderFacts, document: Document
) -> None:
    world.service("passport", holder="another", providers=("agency",))
    queries.forget_known()
    mine = queries.sender_facts(queries.sender("desk"), NOW)  # type: ignore[arg-type]
    (answer,) = receive([document("1", data={"service": "passport", "provider": "agency"})], mine)
    ((_seq, event),) = queries.waiting(0, 10)
    assert answer.status is Status.ACCEPTED
    assert (event.holder_id, event.provider_id) == (world.body("another").pk, world.body("agency").pk)


def test_ten_thousand_and_one_events_are_refused_whole(scope: SenderFacts, document: Document) -> None:
    with pytest.raises(errors.TooManyEvents):
        receive([document(str(number)) for number in range(10_001)], scope)
    assert queries.newest() == 0
    assert not Refused.objects.exists()


def test_a_new_step_gets_a_number_and_keeps_it(world: World, scope: SenderFacts, document: Document) -> None:
    step = {"type": "lv.ietvars.delivery.step", "data": {"step": "Check residence"}}
    receive([document("1", **step)], scope)
    receive([document("2", **step), document("3", **step, subject="case-2")], scope)
    numbers = {event.activity for _seq, event in queries.waiting(0, 10)}
    (service_id,) = {event.service_id for _seq, event in queries.waiting(0, 10)}
    assert list(queries.activities(service_id).values()) == ["Check residence"]
    assert numbers == set(queries.activities(service_id))


@pytest.mark.postgres
def test_the_inbox_waits_for_the_log_even_where_others_do_not() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        with files.durably():
            cursor.execute("SHOW synchronous_commit")
            assert cursor.fetchone() == ("on",)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="says something about SQLite only")
@pytest.mark.django_db(transaction=True)
def test_the_inbox_is_written_with_full_synchronisation_and_nothing_else_is() -> None:
    def level() -> int:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous")
            return int(cursor.fetchone()[0])

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=NORMAL")
    with files.durably():
        assert level() == 2
    assert level() == 1


@hypothesis.settings(
    max_examples=15, deadline=None, suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture]
)
@hypothesis.given(calls=st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=8), min_size=1, max_size=5))
def test_however_often_and_in_whatever_order_events_are_sent_each_counts_once(
    scope: SenderFacts, document: Document, calls: list[list[int]]
) -> None:
    point = transaction.savepoint()
    before = queries.newest()
    answers = [answer for call in calls for answer in receive([document(str(key)) for key in call], scope)]
    sent = {key for call in calls for key in call}
    assert sum(answer.status is Status.ACCEPTED for answer in answers) == len(sent)
    assert {event.event_id for _seq, event in queries.waiting(before, 100)} == {
        rules.event_digest("urn:agency:desk", str(key)) for key in sent
    }
    transaction.savepoint_rollback(point)


def test_importers_take_in_by_the_same_inbox(scope: SenderFacts, document: Document) -> None:
    receive([document("1")], scope)
    ((_seq, known),) = queries.waiting(0, 10)
    more = [known, known._replace(event_id=bytes(16), case_id=5)]
    counts = actions.take_in(events=iter(more), by=SYSTEM, now=NOW)
    assert (counts.accepted, counts.known) == (1, 1)
    assert queries.waiting_count() == 2
    assert queries.waiting_count(1) == 2


def test_a_service_published_a_moment_ago_is_known(world: World, scope: SenderFacts, document: Document) -> None:
    receive([document("1")], scope)
    world.service("passport", holder="agency")
    (answer,) = receive([document("2", data={"service": "passport"})], scope)
    assert answer.status is Status.ACCEPTED


def test_a_source_belongs_to_the_body_that_sent_from_there_first(
    world: World, scope: SenderFacts, document: Document
) -> None:
    receive([document("1")], scope)
    world.service("passport", holder="another")
    other, _secret = senders.make(code="other", title="Other", body=world.body("another"), by=SYSTEM, now=NOW)
    queries.forget_known()
    theirs = queries.sender_facts(other, NOW)
    (foreign,) = receive([document("1", data={"service": "passport"})], theirs)
    (own,) = receive([document("1", source="urn:other", data={"service": "passport"})], theirs)
    assert (foreign.code, own.status) == ("foreign-source", Status.ACCEPTED)


def test_a_service_takes_no_more_steps_than_the_settings_allow(
    scope: SenderFacts, document: Document, settings: Any
) -> None:
    settings.STEPS_MOST, settings.EVIDENCE_MOST = 2, 1
    steps = [document(str(n), type="step", data={"step": f"Step {n}"}) for n in range(3)]
    kinds = [document(f"e{n}", data={"evidence": f"Kind {n}"}) for n in range(2)]
    assert [answer.code for answer in receive(steps + kinds, scope)] == [
        "",
        "",
        "too-many-steps",
        "",
        "too-many-evidence",
    ]
