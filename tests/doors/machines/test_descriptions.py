"""Canvases and gaps for machines: the same answer as the form and the gate."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from ietvars.ground.people.rules import SYSTEM, Role
from ietvars.institution.canvases import actions as canvases
from ietvars.institution.canvases import queries, requirements
from ietvars.institution.revisions import actions as drafts
from ietvars.institution.revisions import queries as known_drafts
from ietvars.institution.services import queries as services
from tests.world import NOW, TODAY, World, texts

pytestmark = pytest.mark.django_db

CHECK = "/api/v1/canvases/benefit/check"


@pytest.fixture(autouse=True)
def shipped(world: World) -> None:
    canvases.load_shipped(by=SYSTEM, now=NOW)


def check(client: Client, description: Any) -> Any:
    return client.post(CHECK, {"description": description}, content_type="application/json")


def codes(answer: Any, *, blocking: bool = False) -> set[str]:
    return {
        gap["requirement"]
        for gap in answer.json()["gaps"]
        if not blocking or gap["level"] in ("non-waivable", "mandatory")
    }


def test_all_canvases_are_listed_with_their_newest_versions(client: Client) -> None:
    found = {one["code"]: one["version"] for one in client.get("/api/v1/canvases").json()}
    assert len(found) == 10
    assert found["benefit"] == 2


def test_a_canvas_is_given_whole(client: Client) -> None:
    document = client.get("/api/v1/canvases/benefit").json()
    version = queries.current("benefit")
    assert version is not None
    assert document["parts"] == version.parts
    assert client.get("/api/v1/canvases/nav-tadas").status_code == 404


@pytest.mark.parametrize("description", [{}, {"title": texts("Pabalsts"), "keywords": {"lv": ["nauda"]}}])
def test_the_check_answers_what_the_rules_say(description: dict[str, Any], client: Client) -> None:
    answer = check(client, description)
    gaps = requirements.gaps(description, queries.asked(queries.current("benefit"), TODAY))
    assert codes(answer) == {gap.code for gap in gaps}
    assert answer.json()["can_be_published"] is False


def test_the_check_and_the_gate_refuse_the_same(world: World, client: Client) -> None:
    writer = world.actor(Role.SERVICE_OWNER)
    title = texts("Pabalsts")
    draft = drafts.create(canvas=queries.current("benefit"), holder=world.body(), title=title, by=writer, now=NOW)
    gate = {gap.code for gap in known_drafts.gaps(draft, TODAY) if gap.blocks}
    assert gate
    assert codes(check(client, draft.description), blocking=True) == gate


def test_the_check_writes_nothing_and_refuses_what_is_no_description(client: Client) -> None:
    for wrong in ({"tada-nav": 1}, {"title": ["x"]}, {"term": {"days": "x"}}):
        assert check(client, wrong).status_code in (400, 403, 409, 422)
    assert client.post(CHECK, "{", content_type="application/json").status_code in (400, 422)


def test_the_gaps_of_a_service_are_those_of_the_gate(world: World, client: Client) -> None:
    service = world.service("benefit")
    answer = client.get("/api/v1/services/benefit/gaps")
    assert codes(answer) == {gap.code for gap in services.gaps(service, TODAY)}
    world.draft("hidden")
    assert client.get("/api/v1/services/hidden/gaps").status_code == 404
