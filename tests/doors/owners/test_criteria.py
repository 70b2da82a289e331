"""The holder answers what figures cannot: the criteria of digitalisation, each with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from ietvars.ground.people.rules import Role
from ietvars.oversight.finders import queries
from tests.doors.overseers.conftest import soup

if TYPE_CHECKING:
    from ietvars.institution.services.models import Service
    from tests.world import World

ADDRESS = "/en/darbvieta/pakalpojumi/permit/kriteriji/"


@pytest.fixture
def service(world: World) -> Service:
    world.code_lists()
    return world.service("permit")


@pytest.fixture
def owner(world: World, service: Service) -> Client:
    client = Client()
    client.force_login(world.person(Role.SERVICE_OWNER))
    return client


def newest(service: Service) -> dict[str, tuple[bool, str]]:
    return {code: (row.answer, row.why) for code, row in queries.answers([service.pk]).get(service.pk, {}).items()}


def test_the_form_asks_every_criterion_that_people_answer(owner: Client) -> None:
    page = soup(owner, ADDRESS)
    assert len(page.select("fieldset")) == 6
    assert page.select('[name="answer-many-cases"]') == []


def test_answers_are_kept_and_what_did_not_change_is_not_kept_twice(owner: Client, service: Service) -> None:
    given = {"answer-access": "yes", "why-access": "It is far.", "answer-lower-cost": "no", "why-lower-cost": "No."}
    assert owner.post(ADDRESS, given).status_code == 302
    assert newest(service) == {"access": (True, "It is far."), "lower-cost": (False, "No.")}
    owner.post(ADDRESS, {**given, "why-access": "It is very far."})
    assert [row.criterion for row in queries.answers_of(service.pk)].count("access") == 2
    assert [row.criterion for row in queries.answers_of(service.pk)].count("lower-cost") == 1
    chosen = soup(owner, ADDRESS).select_one('[name="answer-access"][checked]')
    assert chosen is not None
    assert chosen["value"] == "yes"


def test_an_answer_without_its_reason_is_not_kept(owner: Client, service: Service) -> None:
    answer = owner.post(ADDRESS, {"answer-access": "yes", "answer-equality": "no", "why-equality": "All come."})
    assert answer.status_code == 400
    assert "Say why you answer so." in answer.content.decode()
    assert "All come." in answer.content.decode()
    assert newest(service) == {}


def test_only_the_holders_owner_answers(world: World, service: Service) -> None:
    for role, body in ((Role.SERVICE_OWNER, "elsewhere"), (Role.LIST_APPROVER, "agency"), (Role.OVERSEER, "agency")):
        client = Client()
        client.force_login(world.person(role, body))
        assert client.get(ADDRESS).status_code == 403
