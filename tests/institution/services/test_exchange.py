"""Whole descriptions in bulk: read as they are, written as they were, and refused where they do not belong."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries

from ietvars.ground.audit import queries as audit
from ietvars.ground.people.rules import SYSTEM, Role
from ietvars.ground.words import queries as words
from ietvars.institution.canvases import queries as canvases
from ietvars.institution.services import errors, exchange, queries, rules
from ietvars.institution.services.exchange import Whole
from ietvars.institution.services.models import PublishedVersion, Service, StateRow
from tests.world import NOW, World, facts

pytestmark = pytest.mark.django_db


def whole(code: str = "benefit", title: str = "Pabalsts", **said: object) -> Whole:
    return replace(Whole(code=code, facts=facts(title), holder="agency"), **said)  # type: ignore[arg-type]


def bring(*told: Whole) -> exchange.Brought:
    return exchange.bring_in(told=told, why="their catalogue", by=SYSTEM, now=NOW)


def read(code: str) -> Whole:
    (found,) = exchange.wholes(queries.all_services().filter(code=code))
    return found


def test_what_is_brought_in_reads_back_the_same(world: World) -> None:
    world.body("agency")
    told = whole(since=date(2020, 1, 1), review_months=5, source="theirs")
    assert bring(told).new == ("benefit",)
    found = read("benefit")
    assert replace(found, facts=told.facts) == told
    # Who gives a stage was not said, so the holder does.
    assert found.facts.stages["execution"].providers == ("agency",)
    assert bring(replace(found, pk=0)).same == ("benefit",)


def test_it_is_published_found_and_followed_at_once(world: World) -> None:
    world.body("agency")
    bring(whole(title="Vienreizējs vārds"))
    assert queries.published().filter(code="benefit").exists()
    assert [hit.key for hit in words.search("vienreizējs", "lv")] == ["benefit"]
    (version,) = queries.changes_since(0)
    assert (version.what, version.description["title"]["lv"]) == ("published", "Vienreizējs vārds")
    assert [row.why for row in StateRow.objects.all()] == ["their catalogue"]
    assert audit.latest()[0].action == "services.exchange"


def test_a_change_replaces_every_part_and_is_history(world: World) -> None:
    world.body("agency")
    bring(whole())
    other = whole(title="Cits")
    other = replace(other, facts=replace(other.facts, stages={}, fees=(), identifiers=(("register", "1"),)))
    assert bring(other).changed == ("benefit",)
    found = read("benefit")
    assert (found.facts.title["lv"], found.facts.stages, found.facts.identifiers) == ("Cits", {}, (("register", "1"),))
    assert Service.history.filter(code="benefit").count() == 2
    assert PublishedVersion.objects.count() == 2


def test_a_retired_one_is_told_as_such_and_not_found(world: World) -> None:
    world.body("agency")
    bring(whole(title="Vienreizējs vārds"))
    bring(whole(title="Vienreizējs vārds", state="retired"))
    assert words.search("vienreizējs", "lv") == []
    assert [row.what for row in queries.changes_since(0)] == ["published", "retired"]


def test_a_common_description_becomes_the_canvas_of_its_local_ones(world: World) -> None:
    world.body("agency")
    world.body("riga", kind="municipality")
    local = whole("local", template="common", own_fields=("term_days",), holder="riga")
    bring(local, whole("common", is_template=True))
    found = read("local")
    assert found.template == "common"
    assert found.canvas == ("common", 1)
    assert canvases.current("common") is not None


def test_a_draft_without_a_holder_waits_for_one(world: World) -> None:
    bring(whole(holder="", state="draft"))
    found = read("benefit")
    assert (found.holder, found.state, found.facts.stages["request"].channels) == ("", "draft", ())
    assert queries.changes_since(0) == []
    world.body("agency")
    bring(whole())
    assert read("benefit").holder == "agency"


def test_what_does_not_belong_is_refused_and_nothing_is_written(world: World) -> None:
    world.service("benefit", holder="other")
    world.body("agency")
    for told, refusal in (
        (whole(), errors.HeldByAnother),
        (whole("x", holder="nobody"), errors.UnknownProvider),
        (whole("x", template="nothing"), errors.NotATemplate),
        (
            whole("x", facts=replace(facts(), stages={"request": rules.StageFacts(url="javascript:alert(1)")})),
            errors.NoWebAddress,
        ),
    ):
        with pytest.raises(refusal):
            bring(told)
    with pytest.raises(errors.NotYours):
        exchange.bring_in(told=[whole()], why="x", by=world.actor(Role.OVERSEER), now=NOW)
    assert not queries.by_code("x")


def test_many_are_read_in_as_many_queries_as_few(
    world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    world.body("agency")
    bring(*(whole(f"benefit-{number}") for number in range(30)))
    with django_assert_max_num_queries(7):
        assert len(list(exchange.wholes(queries.all_services()))) == 30


def test_drafts_and_withdrawn_descriptions_are_not_for_anybody(world: World) -> None:
    world.body("agency")
    bring(*(whole(state, state=state) for state in ("draft", "published", "withdrawn", "retired")))
    assert set(exchange.readable().values_list("code", flat=True)) == {"published", "retired"}
    assert exchange.last_change() == NOW.date()
