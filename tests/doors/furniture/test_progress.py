"""Work in the background on a page: asked anew by htmx, by a link without JavaScript, and closed to others."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from ietvars.ground.jobs import actions, queries, rules
from ietvars.ground.jobs.models import Job
from ietvars.ground.people import queries as people
from ietvars.ground.people.rules import SYSTEM, Role
from tests.world import NOW, World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "_functions", {"nothing": dict})


@pytest.fixture
def owner(world: World) -> Client:
    return entered(world, Role.SERVICE_OWNER, "anna")


def entered(world: World, role: Role, username: str) -> Client:
    client = Client()
    client.force_login(world.person(role, username=username))
    return client


@pytest.fixture
def job(world: World, owner: Client) -> Job:
    """Work that Anna asked for, at 12 of 253."""
    person = people.by_username("anna")
    assert person is not None
    made = actions.enqueue(kind="nothing", arguments={}, by=people.acting(person) or SYSTEM, now=NOW)
    begun = actions.begin(pk=made.pk, by=SYSTEM, now=NOW)
    assert begun is not None
    actions.tell_progress(job=begun, done=12, of=253, kept=None, by=SYSTEM, now=NOW)
    return begun


def part(client: Client, job: Job, **headers: str) -> tuple[Any, BeautifulSoup]:
    answer = client.get(f"/en/darbi/{job.pk}/", headers=headers)
    return answer, BeautifulSoup(answer.content, "html.parser")


def test_a_page_asks_anew_by_itself_and_gets_the_part_alone(owner: Client, job: Job) -> None:
    answer, page = part(owner, job, **{"HX-Request": "true"})
    assert page.find("html") is None
    box = page.find("div")
    assert box is not None
    assert (box["hx-get"], box["hx-trigger"]) == (f"/en/darbi/{job.pk}/", "every 2s")
    assert "Done: 12 of 253." in page.get_text()
    bar = page.find("progress")
    assert bar is not None
    assert (bar["max"], bar["value"]) == ("253", "12")
    assert "HX-Refresh" not in answer


def test_without_javascript_a_link_asks_anew(owner: Client, job: Job) -> None:
    _, page = part(owner, job)
    link = page.find("a", string="Refresh")
    assert link is not None
    assert link["href"] == ""
    assert page.find("html") is not None


def test_when_the_work_has_ended_the_page_is_loaded_anew_and_asks_no_more(owner: Client, job: Job) -> None:
    actions.finish(job=job, report={}, by=SYSTEM, now=NOW)
    answer, page = part(owner, job, **{"HX-Request": "true"})
    assert answer["HX-Refresh"] == "true"
    assert "hx-get" not in str(page)


def test_work_that_failed_says_why_in_the_language_of_the_page(owner: Client, job: Job) -> None:
    from ietvars.ground.jobs import errors

    actions.fail(job=job, refusal=errors.Broken(), by=SYSTEM, now=NOW)
    assert "The work broke off unexpectedly." in part(owner, job)[1].get_text()
    latvian = owner.get(f"/darbi/{job.pk}/").content.decode()
    assert "Darbs negaidīti pārtrūka." in latvian
    assert "Turpināt darbu" in latvian


def test_work_of_others_is_closed_and_what_is_not_there_is_not_found(world: World, owner: Client, job: Job) -> None:
    stranger = entered(world, Role.SERVICE_OWNER, "oskars")
    for address in (f"/darbi/{job.pk}/", f"/darbi/{job.pk}/apturet/"):
        assert stranger.get(address).status_code in (403, 405)
        assert stranger.post(address).status_code in (403, 405)
    assert owner.get("/darbi/999999/").status_code == 404
    assert entered(world, Role.OVERSEER, "olga").get(f"/darbi/{job.pk}/").status_code == 200


def test_the_buttons_stop_the_work_and_let_it_go_on(owner: Client, job: Job) -> None:
    answer = owner.post(f"/darbi/{job.pk}/apturet/", headers={"referer": "https://elsewhere.example/"})
    assert answer["Location"] == f"/darbi/{job.pk}/"
    assert _state(job) == "stopped"
    owner.post(f"/darbi/{job.pk}/turpinat/")
    assert _state(job) == "queued"


def _state(job: Job) -> str:
    found = queries.by_pk(job.pk)
    assert found is not None
    return found.state
