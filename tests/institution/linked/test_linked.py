"""What was not understood is kept with its service, replaced by what comes next, and goes with it."""

from __future__ import annotations

import pytest

from ietvars.ground.people.rules import SYSTEM, Role
from ietvars.institution.linked import actions, errors, queries
from ietvars.institution.linked.rules import Found
from tests.world import NOW, World

pytestmark = pytest.mark.django_db

TRIPLE = '<https://a.example/> <https://b.example/> "c" .'


def test_it_is_kept_beside_its_service(world: World) -> None:
    one, other = world.service("one"), world.service("other")
    told = {"one": Found("https://there.example/1", TRIPLE, "held"), "other": Found(), "nobody": Found("x", TRIPLE)}
    assert actions.keep(told=told, source="theirs", by=SYSTEM, now=NOW) == 1
    kept = queries.of(one)
    assert kept is not None
    assert (kept.origin, kept.source, kept.triples, kept.held_back, kept.at) == (
        "https://there.example/1", "theirs", TRIPLE, "held", NOW,
    )  # fmt: skip
    assert queries.of(other) is None


def test_what_comes_next_takes_its_place(world: World) -> None:
    one = world.service("one")
    actions.keep(told={"one": Found("a", TRIPLE)}, source="first", by=SYSTEM, now=NOW)
    actions.keep(told={"one": Found("b")}, source="second", by=SYSTEM, now=NOW)
    kept = queries.of(one)
    assert kept is not None
    assert (kept.origin, kept.triples) == ("b", "")
    assert queries.triples() == {}
    actions.keep(told={"one": Found()}, source="third", by=SYSTEM, now=NOW)
    assert queries.of(one) is None


def test_a_service_is_found_by_where_it_came_from(world: World) -> None:
    one = world.service("one")
    actions.keep(told={"one": Found("https://there.example/1", TRIPLE)}, source="x", by=SYSTEM, now=NOW)
    assert queries.by_origin() == queries.by_origin(["https://there.example/1"]) == {"https://there.example/1": "one"}
    assert queries.by_origin(["https://there.example/2"]) == {}
    assert queries.triples([one.pk]) == {one.pk: TRIPLE}
    assert queries.triples([one.pk + 1]) == {}


def test_only_administrators_and_the_system_keep_it(world: World) -> None:
    world.service("one")
    with pytest.raises(errors.NotForYou):
        actions.keep(told={}, source="x", by=world.actor(Role.SERVICE_OWNER), now=NOW)
