"""Ties: one record, read from both ends."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from ietvars.collaboration.ties import actions, errors, queries, rules
from ietvars.collaboration.ties.models import Tie
from ietvars.collaboration.ties.rules import Kind
from ietvars.ground.audit import queries as audit
from ietvars.ground.people.rules import Actor, Role, may
from tests.world import NOW, World, texts


def test_every_kind_has_its_reading_and_is_the_tables_own() -> None:
    assert set(rules.READINGS) == set(Kind)
    assert [kind.value for kind in Kind] == Tie.Kind.values


@pytest.mark.parametrize("kind", list(Kind))
def test_both_ends_read_differently_unless_the_kind_is_symmetric(kind: Kind) -> None:
    ends = {rules.reading(kind, from_source=True), rules.reading(kind, from_source=False)}
    assert (len(ends) == 1) == rules.READINGS[kind].is_symmetric
    assert (kind == Kind.ALTERNATIVE_TO) == rules.READINGS[kind].is_symmetric


def test_an_unknown_kind_is_refused_with_the_known_ones() -> None:
    with pytest.raises(errors.UnknownKind, match="take one of arises-from, requires"):
        rules.read_kind("needs")


@pytest.mark.parametrize(
    ("role", "of_source", "of_target", "foreign"),
    [
        (Role.SERVICE_OWNER, True, True, False),
        (Role.COORDINATOR, True, True, True),
        (Role.ADMINISTRATOR, True, True, True),
        (Role.SYSTEM, True, True, True),
        (Role.OVERSEER, False, False, False),
        (Role.CLERK, False, False, False),
        (Role.LIST_APPROVER, False, False, False),
    ],
)
def test_who_may_tie(role: Role, of_source: bool, of_target: bool, foreign: bool) -> None:
    actors = [Actor(username="anna", role=role, reach=frozenset(reach)) for reach in ({1}, {2}, {3})]
    assert [may(rules.require_tier, actor, 1, 2) for actor in actors] == [of_source, of_target, foreign]


_PAIRS = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda pair: pair[0] != pair[1]), max_size=14)


@given(_PAIRS, st.integers(0, 7), st.integers(0, 7))
def test_a_circle_is_seen_as_a_slow_walk_sees_it(pairs: list[tuple[int, int]], source: int, target: int) -> None:
    """The naive twin widens what the target depends on until nothing is added."""
    needed = {target}
    while more := {other for one, other in pairs if one in needed} - needed:
        needed |= more
    assert rules.would_circle(pairs, source, target) == (source in needed)


@given(_PAIRS)
def test_ties_made_one_by_one_never_form_a_circle(pairs: list[tuple[int, int]]) -> None:
    made: list[tuple[int, int]] = []
    for source, target in pairs:
        if not rules.would_circle(made, source, target):
            made.append((source, target))
    # Whoever has nothing left to wait for goes first; a circle would leave somebody waiting for ever.
    waiting = {place for pair in made for place in pair}
    while ready := {one for one in waiting if not any(a == one and b in waiting for a, b in made)}:
        waiting -= ready
    assert not waiting


@pytest.mark.django_db
def test_one_record_is_read_from_both_ends(world: World) -> None:
    pension, card = world.service("pension"), world.service("card", holder="other")
    world.tie(pension, "requires", card)

    (forward,), (backward,) = queries.of(pension), queries.of(card)

    assert Tie.objects.count() == 1
    assert (forward.reading, forward.service.code, forward.service.holder_code) == ("Requires first", "card", "other")
    assert (backward.reading, backward.service.code) == ("Is required for", "pension")


@pytest.mark.django_db
def test_ties_stand_in_the_order_of_kinds_and_titles(world: World) -> None:
    pension = world.service("pension")
    for code, title, kind in (
        ("a", "Zāle", "requires"),
        ("b", "Āboli", "requires"),
        ("c", "Akas", "alternative-to"),
        ("d", "Bites", "arises-from"),
    ):
        world.tie(pension, kind, world.service(code, title=texts(title)))
    assert [tied.service.code for tied in queries.of(pension)] == ["d", "b", "a", "c"]


@pytest.mark.django_db
def test_a_retired_service_is_not_shown_at_the_other_end(world: World) -> None:
    pension, card = world.service("pension"), world.retired("card")
    world.tie(pension, "follows", card)
    assert queries.of(pension) == []


@pytest.mark.django_db
def test_a_common_description_can_be_tied(world: World) -> None:
    pension, common = world.service("pension"), world.template("common")
    world.tie(pension, "follows", common)
    assert [tied.service.code for tied in queries.of(pension)] == ["common"]


@pytest.mark.django_db
def test_the_same_tie_twice_is_refused(world: World) -> None:
    one, two = world.service("one"), world.service("two")
    world.tie(one, "requires", two)
    with pytest.raises(errors.AlreadyTied):
        world.tie(one, "requires", two)
    world.tie(one, "evidence-for", two)


@pytest.mark.django_db
def test_an_alternative_is_the_same_tie_from_either_end(world: World) -> None:
    one, two = world.service("one"), world.service("two")
    world.tie(one, "alternative-to", two)
    with pytest.raises(errors.AlreadyTied):
        world.tie(two, "alternative-to", one)


@pytest.mark.django_db
def test_a_service_is_not_tied_to_itself(world: World) -> None:
    one = world.service("one")
    with pytest.raises(errors.SameService):
        world.tie(one, "requires", one)


@pytest.mark.django_db
def test_a_service_cannot_come_before_itself(world: World) -> None:
    one, two, three = (world.service(code) for code in ("one", "two", "three"))
    world.tie(one, "requires", two)
    world.tie(two, "follows", three)
    with pytest.raises(errors.WouldCircle, match="“three” would have to come before itself"):
        world.tie(three, "arises-from", one)
    world.tie(three, "evidence-for", one)


@pytest.mark.django_db
def test_an_owner_ties_his_own_service_and_unties_it_with_a_record(world: World) -> None:
    one, two = world.service("one"), world.service("two", holder="other")
    owner = world.actor(Role.SERVICE_OWNER, "agency")

    made = actions.tie(kind=Kind.REQUIRES, source=one, target=two, by=owner, now=NOW)
    actions.untie(tie=made, by=owner, now=NOW, why="It is not asked any more.")

    assert queries.of(one) == []
    assert [(entry.action, entry.username) for entry in audit.of("service", "one")][:2] == [
        ("ties.untie", owner.username),
        ("ties.tie", owner.username),
    ]


@pytest.mark.django_db
def test_a_stranger_neither_ties_nor_unties(world: World) -> None:
    one, two = world.service("one"), world.service("two", holder="other")
    made, stranger = world.tie(one, "requires", two), world.visitor()
    with pytest.raises(errors.NotYours):
        actions.tie(kind=Kind.FOLLOWS, source=one, target=two, by=stranger, now=NOW)
    with pytest.raises(errors.NotYours):
        actions.untie(tie=made, by=stranger, now=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize("ends", [("one", "one"), ("one", "two")], ids=["to itself", "twice"])
def test_the_database_forbids_a_tie(world: World, ends: tuple[str, str]) -> None:
    services = {code: world.service(code) for code in ("one", "two")}
    world.tie(services["one"], "requires", services["two"])
    source, target = (services[code] for code in ends)
    with pytest.raises(IntegrityError), transaction.atomic():
        Tie.objects.create(kind="requires", source=source, target=target)
