"""Refused events are kept masked, counted, mended and replayed by those who look after the sender, or dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ietvars.ground.audit import queries as audit
from ietvars.ground.people.rules import SYSTEM, Role
from ietvars.institution.deliveries import actions, errors, mending, queries
from ietvars.institution.deliveries.models import Refused
from ietvars.institution.deliveries.rules import SenderFacts, Status
from tests.world import NOW

if TYPE_CHECKING:
    from tests.institution.deliveries.conftest import Document
    from tests.world import World

pytestmark = pytest.mark.django_db


def receive(documents: list[Any], scope: SenderFacts) -> list[Any]:
    return actions.receive(documents=documents, sender=scope, by=SYSTEM, now=NOW)


def test_a_refused_event_lies_open_with_its_reason_and_its_person_hashed(
    scope: SenderFacts, document: Document
) -> None:
    (answer,) = receive([document("1", data={"channel": "pigeon"})], scope)
    (row,) = queries.quarantine()
    assert (answer.status, row.code, row.times) == (Status.REFUSED, "unknown-channel", 1)
    assert row.document["data"]["channel"] == "pigeon"
    assert row.document["data"]["person"].startswith("hashed:1:")


def test_the_same_refused_event_again_is_counted_and_not_kept_twice(scope: SenderFacts, document: Document) -> None:
    wrong = document("1", data={"channel": "pigeon"})
    receive([wrong], scope)
    receive([wrong, wrong], scope)
    (row,) = queries.quarantine()
    ((reason),) = queries.reasons()
    assert row.times == 3
    assert (reason.code, reason.events, reason.times) == ("unknown-channel", 1, 3)


def test_a_mended_event_comes_in_and_joins_the_same_person(
    world: World, scope: SenderFacts, document: Document
) -> None:
    receive([document("1"), document("2", data={"channel": "pigeon"})], scope)
    (row,) = queries.quarantine()
    owner = world.actor(Role.SERVICE_OWNER, "agency")
    mended = row.document | {"data": row.document["data"] | {"channel": "post"}}
    assert mending.mend(refused=row, document=mended, by=owner, now=NOW).state == Refused.State.REPLAYED
    first, second = (event for _seq, event in queries.waiting(0, 10))
    assert first.person_key == second.person_key is not None
    assert [entry.action for entry in audit.latest()[:2]] == ["deliveries.replay", "deliveries.mend"]


def test_what_is_wrong_with_a_mended_event_is_said_anew(scope: SenderFacts, document: Document) -> None:
    receive([document("1", data={"channel": "pigeon"})], scope)
    (row,) = queries.quarantine()
    mended = mending.mend(refused=row, document=row.document | {"time": "soon"}, by=SYSTEM, now=NOW)
    assert (mended.state, mended.code) == (Refused.State.OPEN, "not-a-time")


def test_all_events_of_a_reason_are_replayed_once_the_reason_is_gone(
    world: World, scope: SenderFacts, document: Document
) -> None:
    receive([document(str(number), data={"service": "passport"}) for number in range(3)], scope)
    wanted = list(queries.quarantine(code="unknown-service").values_list("pk", flat=True))
    world.service("passport", holder="agency")
    counts = mending.replay(pks=wanted, by=SYSTEM, now=NOW)
    assert (counts.accepted, counts.known, counts.refused) == (3, 0, 0)
    assert not queries.quarantine().exists()
    assert queries.waiting_count() == 3


def test_what_was_masked_is_refused_until_it_was_mended(scope: SenderFacts, document: Document) -> None:
    receive([document("1", subject="010190-12345")], scope)
    (row,) = queries.quarantine()
    counts = mending.replay(pks=[row.pk], by=SYSTEM, now=NOW)
    assert (counts.accepted, counts.refused) == (0, 1)
    assert queries.waiting_count() == 0


def test_events_are_given_up_with_a_word_why(scope: SenderFacts, document: Document) -> None:
    receive([document("1", data={"channel": "pigeon"})], scope)
    (row,) = queries.quarantine()
    with pytest.raises(errors.NoReason):
        mending.drop(pks=[row.pk], why=" ", by=SYSTEM, now=NOW)
    assert mending.drop(pks=[row.pk], why="A test of the sender", by=SYSTEM, now=NOW) == 1
    assert mending.drop(pks=[row.pk], why="Again", by=SYSTEM, now=NOW) == 0
    with pytest.raises(errors.NotOpen):
        mending.mend(refused=row, document={}, by=SYSTEM, now=NOW)


def test_nobody_mends_replays_or_drops_what_is_another_bodys(
    world: World, scope: SenderFacts, document: Document
) -> None:
    receive([document("1", data={"channel": "pigeon"})], scope)
    (row,) = queries.quarantine()
    for by in (world.actor(Role.SERVICE_OWNER, "another"), world.actor(Role.OVERSEER, "agency")):
        with pytest.raises(errors.NotYourSender):
            mending.mend(refused=row, document={}, by=by, now=NOW)
        with pytest.raises(errors.NotYourSender):
            mending.replay(pks=[row.pk], by=by, now=NOW)
        with pytest.raises(errors.NotYourSender):
            mending.drop(pks=[row.pk], why="x", by=by, now=NOW)


def test_a_sender_cannot_fill_the_database_with_what_is_refused(
    scope: SenderFacts, document: Document, settings: Any
) -> None:
    settings.QUARANTINE_MOST = 5
    answers = receive([document(str(number), data={"channel": "pigeon"}) for number in range(20)], scope)
    assert all(answer.status is Status.REFUSED for answer in answers)
    assert queries.quarantine().count() == 5


@pytest.mark.parametrize(
    "junk",
    [
        None,
        1,
        1e999,
        {"id": 1e999},
        "x",
        [],
        {},
        {"specversion": "1.0"},
        {"id": {"a": [1]}},
        {"data": {"person": 1}},
        {"\0": "\0"},
        [[[[[]]]]],
    ],
)
def test_anything_at_all_can_be_refused_and_kept(junk: Any, scope: SenderFacts) -> None:
    (answer,) = receive([junk], scope)
    (row,) = queries.quarantine()
    assert answer.status is Status.REFUSED
    assert mending.replay(pks=[row.pk], by=SYSTEM, now=NOW).refused == 1
