"""Life situations: steps in order, what is related, what breaks."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from ietvars.collaboration.situations import actions, errors, queries, rules
from ietvars.collaboration.situations.models import Situation, Step
from ietvars.collaboration.situations.rules import SituationFacts, StepFacts
from ietvars.ground.audit import queries as audit
from ietvars.ground.people.rules import SYSTEM, Role, may
from ietvars.ground.words import queries as words
from ietvars.institution.services import actions as services
from tests.world import NOW, World, texts

# Rules


@pytest.mark.parametrize("role", list(Role))
def test_coordinators_write_life_situations(world: World, role: Role) -> None:
    actor = SYSTEM if role == Role.SYSTEM else world.actor(role)
    assert may(rules.require_coordinator, actor) == (role in (Role.COORDINATOR, Role.ADMINISTRATOR, Role.SYSTEM))


@given(st.lists(st.booleans(), max_size=12))
def test_steps_together_keep_their_order_and_lose_none(beside: list[bool]) -> None:
    steps = [StepFacts(service=str(number), is_beside_previous=flag) for number, flag in enumerate(beside)]
    groups = rules.together(steps)
    assert [step for group in groups for step in group] == steps
    assert all(not step.is_beside_previous for group in groups[1:] for step in group[:1])
    assert all(step.is_beside_previous for group in groups for step in group[1:])


@pytest.mark.parametrize(
    ("of", "situations", "related"),
    [
        pytest.param("a", [], [], id="in no situation"),
        pytest.param("a", ["bc"], [], id="in another situation"),
        pytest.param("b", ["abcd"], list("acd"), id="nearest first"),
        pytest.param("a", ["abc", "xca"], list("cbx"), id="more shared situations first"),
        pytest.param("a", ["axxa"], list("x"), id="twice in one situation"),
    ],
)
def test_what_is_related(of: str, situations: list[str], related: list[str]) -> None:
    assert rules.related(of, situations) == related


@given(st.lists(st.text(alphabet="abcdef", max_size=6), max_size=5))
def test_being_related_goes_both_ways(situations: list[str]) -> None:
    for one in "abcdef":
        for other in rules.related(one, situations):
            assert one in rules.related(other, situations)
            assert one != other


# Describing


@pytest.mark.django_db
def test_a_situation_keeps_its_steps_with_services_of_many_holders(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    world.service("register", holder="registry")
    world.service("benefit", holder="agency")
    world.body("doctors", kind="partner")
    doctor = StepFacts(title=texts("Aizejiet pie ārsta"), turn_to="doctors", deadline=texts("līdz 12. nedēļai"))
    world.situation("child", doctor, "register", "+benefit")

    with django_assert_num_queries(3):
        found = queries.by_code("child")
        assert found is not None
        told = [[_name(step) for step in group] for group in queries.steps_together(found)]

    assert told == [["doctors"], ["register of registry", "benefit of agency"]]


def _name(step: Step) -> str:
    if step.service:
        return f"{step.service.code} of {step.service.holder_code}"
    assert step.turn_to is not None
    return step.turn_to.code


@pytest.mark.django_db
def test_describing_anew_replaces_the_steps(world: World) -> None:
    world.service("one")
    world.service("two")
    world.situation("child", "one", "two")
    world.situation("child", "two")

    assert Situation.objects.count() == 1
    assert [step.service.code for step in Step.objects.all() if step.service] == ["two"]
    assert audit.of("situation", "child")[0].before == {"steps": ["one", "two"]}


@pytest.mark.django_db
def test_situations_stand_in_the_order_in_which_they_came(world: World) -> None:
    for code in ("work", "child", "house"):
        world.situation(code, StepFacts(title=texts("Solis")))
    assert [found.code for found in queries.published()] == ["work", "child", "house"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("steps", "refusal"),
    [
        ((), errors.NoSteps),
        ((StepFacts(title=texts("A"), is_beside_previous=True),), errors.FirstStandsAlone),
        ((StepFacts(text=texts("Bez nosaukuma")),), errors.NamelessStep),
        ((StepFacts(service="nowhere"),), errors.UnknownService),
        ((StepFacts(service="old-benefit"),), errors.RetiredService),
    ],
)
def test_a_situation_that_leads_nowhere_is_refused(
    world: World, steps: tuple[StepFacts, ...], refusal: type[Exception]
) -> None:
    world.retired("old-benefit")
    with pytest.raises(refusal):
        world.situation("child", *steps)
    assert not Situation.objects.exists()


@pytest.mark.django_db
def test_a_service_owner_does_not_write_situations(world: World) -> None:
    found = world.situation("child", StepFacts(title=texts("Solis")))
    owner = world.actor(Role.SERVICE_OWNER)
    with pytest.raises(errors.NotACoordinator):
        actions.describe(code="child", facts=SituationFacts(title=texts("Bērns")), by=owner, now=NOW)
    with pytest.raises(errors.NotACoordinator):
        actions.withdraw(situation=found, by=owner, now=NOW)


# Found


@pytest.mark.django_db
def test_a_situation_is_found_by_its_words_until_it_is_withdrawn(world: World) -> None:
    found = world.situation(
        "child", StepFacts(title=texts("Solis")), title=texts("Bērns gaidāms"), keywords={"lv": ["mazulis"]}
    )
    assert [hit.key for hit in words.search("mazulim", "lv", kinds=["situation"])] == ["child"]

    actions.withdraw(situation=found, by=SYSTEM, now=NOW, why="Rewriting.")
    assert words.search("mazulim", "lv") == []
    assert not queries.published().exists()

    actions.restore(situation=found, by=SYSTEM, now=NOW)
    assert [hit.key for hit in words.search("mazulim", "lv")] == ["child"]


# Related


@pytest.mark.django_db
def test_services_of_one_situation_are_related_and_nothing_is_stored(world: World) -> None:
    one, two, three, alone = (world.service(code) for code in ("one", "two", "three", "alone"))
    world.situation("child", "one", "two", "three")
    world.situation("house", "three", "one")

    assert queries.related_services(one) == [three, two]
    assert set(queries.related(two)) == {one, three}
    assert queries.related_services(alone) == []
    assert [found.code for found in queries.of_service(one)] == ["child", "house"]


@pytest.mark.django_db
def test_a_local_service_stands_where_its_common_description_stands(world: World) -> None:
    common, benefit = world.template("common"), world.service("benefit")
    local = world.variant(common, "riga")
    world.situation("child", "common", "benefit")

    assert [found.code for found in queries.of_service(local)] == ["child"]
    assert queries.related_services(local) == [benefit]
    assert queries.related_services(benefit) == [common]


@pytest.mark.django_db
def test_services_of_a_withdrawn_situation_are_not_related_by_it(world: World) -> None:
    one, _two = world.service("one"), world.service("two")
    actions.withdraw(situation=world.situation("child", "one", "two"), by=SYSTEM, now=NOW)
    assert queries.related_services(one) == []


# Broken


@pytest.mark.django_db
def test_retiring_a_service_shows_which_situations_break(world: World) -> None:
    world.service("one")
    benefit = world.service("benefit")
    world.situation("child", "one", "benefit")
    world.situation("house", "one")
    assert queries.broken() == []
    assert [found.code for found in queries.broken_by(benefit)] == ["child"]

    services.retire(service=benefit, by=SYSTEM, now=NOW, why="Nobody asks for it.")

    (broken,) = queries.broken()
    assert (broken.situation.code, broken.step.position, broken.service.code) == ("child", 2, "benefit")
    assert audit.of("situation", "child")[0].action == "situations.broke"
    assert [entry.action for entry in audit.of("situation", "house")] == ["situations.describe"]


@pytest.mark.django_db
def test_a_retired_service_is_not_shown_as_related(world: World) -> None:
    one, benefit = world.service("one"), world.service("benefit")
    world.situation("child", "one", "benefit")
    services.retire(service=benefit, by=SYSTEM, now=NOW, why="Nobody asks for it.")
    assert queries.related_services(one) == []


# What the database forbids


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("position", "is_beside"), [(1, False), (1, True)], ids=["a place twice", "a first step beside"]
)
def test_the_database_forbids_a_step(world: World, position: int, is_beside: bool) -> None:
    world.situation("child", StepFacts(title=texts("Solis")))
    other = world.situation("house", StepFacts(title=texts("Solis")))
    if is_beside:
        Step.objects.filter(situation=other).delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        Step.objects.create(situation=other, position=position, is_beside_previous=is_beside)
