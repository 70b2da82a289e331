"""The page of linked data: validation in the background, how far it is, what it found, for whom it is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from ietvars.doors.machines.feeds.cpsv_ap import validating_catalogue
from ietvars.doors.overseers import linked
from ietvars.ground.jobs import actions, queries, working
from ietvars.ground.people.rules import SYSTEM, Role
from tests.doors.overseers.conftest import soup
from tests.world import NOW, World

Enter = Callable[..., Client]
PAGE = "/en/parraudziba/saistitie-dati/"


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    working.use(clock=lambda: NOW)
    yield
    working._Surroundings.clock = None


@pytest.fixture
def catalogue(world: World) -> World:
    world.code_lists()
    world.service("permit", title="Atļauja")
    return world


def words(page: Any) -> str:
    return " ".join(page.get_text(" ").replace("\N{NO-BREAK SPACE}", " ").split())


def work() -> None:
    job = queries.newest(linked.KIND)
    assert job is not None
    working.work.func(job.pk)


def reported(**faults: Any) -> None:
    """A validation that is done, with a report of our making."""
    actions.enqueue(kind=linked.KIND, arguments={}, by=SYSTEM, now=NOW)
    job = queries.newest(linked.KIND)
    assert job is not None
    begun = actions.begin(pk=job.pk, by=SYSTEM, now=NOW)
    assert begun is not None
    actions.finish(job=begun, report=faults, by=SYSTEM, now=NOW)


FAULT: dict[str, Any] = {
    "focus": "https://ietvars.example/id/service/permit",
    "focus_iri": "https://ietvars.example/id/service/permit",
    "path": "http://purl.org/dc/terms/title",
    "constraint": "MinCount",
    "of_class": "http://purl.org/vocab/cpsv#PublicService",
    "value": None,
    "services": ["https://ietvars.example/id/service/permit"],
    "sentence": {"lv": "Trūkst nosaukuma.", "en": "The title is missing."},
}
OTHER = {**FAULT, "constraint": "Class", "value": "<urn:x>", "sentence": {"lv": "Nav.", "en": "Is none."}}
BY_SERVICE = [{"service": FAULT["focus_iri"], "title": {"lv": "Atļauja"}, "faults": 2}]
FAULTY = {
    "conforms": False,
    "services": 1,
    "triples": 10,
    "shapes_only": {"faults": 1, "results": [FAULT], "by_service": []},
    "shapes_plus_ontology": {"faults": 2, "results": [FAULT, OTHER], "by_service": BY_SERVICE},
    "warnings": [{"focus": "urn:y", "path": "urn:z", "sentence": {"lv": "Hm.", "en": "Hm."}}],
    "warnings_counted": {"unknown-term": 1},
}


def test_the_kind_of_work_is_that_of_the_machines_door() -> None:
    assert linked.KIND == validating_catalogue.KIND


@pytest.mark.usefixtures("catalogue")
def test_a_validation_is_asked_for_shown_while_it_waits_and_told_when_it_is_done(enter: Enter) -> None:
    overseer = enter()
    assert "It has not been validated yet." in words(soup(overseer, PAGE))

    overseer.post(f"{PAGE}parbaudit/")
    page = soup(overseer, PAGE)
    assert "The work waits for its turn." in words(page)
    assert page.find("button", string="Validate the whole catalogue") is None
    overseer.post(f"{PAGE}parbaudit/")
    assert queries.of_kind(linked.KIND).count() == 1

    work()
    page = soup(overseer, PAGE)
    assert "The whole catalogue conforms to CPSV-AP 3.2.0." in words(page)
    assert page.find("progress") is None
    assert page.find("button", string="Validate the whole catalogue") is not None
    report = json.loads(overseer.get(f"{PAGE[:-1]}.json").content)
    assert report["conforms"]
    assert report["cases"][0]["services"] == 1


def test_faults_stand_once_with_the_judgements_that_have_them(enter: Enter) -> None:
    reported(**FAULTY)
    page = soup(enter(), PAGE)
    assert "has 2 faults." in words(page)
    cells = [[words(cell) for cell in row.find_all(["th", "td"])] for row in page.select("table")[1].select("tbody tr")]
    assert [(row[1], row[2], row[4]) for row in cells] == [
        ("MinCount", "The title is missing.", "both"),
        ("Class", "Is none.", "with the ontology"),
    ]
    assert page.find("a", string="permit")["href"] == "/en/parraudziba/pakalpojumi/permit/"  # type: ignore[index]
    assert "Hm." in words(page)


def test_faults_can_be_taken_along_as_a_file(enter: Enter) -> None:
    reported(**FAULTY)
    lines = enter().get(f"{PAGE[:-1]}.csv").getvalue().decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    assert "The title is missing." in lines[1]


def test_before_the_first_validation_the_files_are_empty(enter: Enter) -> None:
    overseer = enter()
    assert len(overseer.get(f"{PAGE[:-1]}.csv").getvalue().decode().splitlines()) == 1
    assert json.loads(overseer.get(f"{PAGE[:-1]}.json").content)["cases"] == []


def test_only_overseers_ask_for_a_validation(enter: Enter) -> None:
    owner = enter(Role.SERVICE_OWNER, username="owner")
    assert owner.get(PAGE).status_code == 403
    assert owner.post(f"{PAGE}parbaudit/").status_code == 403
    assert queries.newest(linked.KIND) is None


def test_a_validation_that_was_stopped_goes_on_when_told(enter: Enter) -> None:
    overseer = enter()
    overseer.post(f"{PAGE}parbaudit/")
    job = queries.newest(linked.KIND)
    assert job is not None
    overseer.post(f"/en/darbi/{job.pk}/apturet/", headers={"referer": f"http://testserver{PAGE}"})
    page = soup(overseer, PAGE)
    assert "The work was stopped at 0 of 0." not in words(page)
    assert page.find("button", string="Let it go on") is not None
    back = overseer.post(f"/en/darbi/{job.pk}/turpinat/", headers={"referer": f"http://testserver{PAGE}"})
    assert back["Location"] == f"http://testserver{PAGE}"
    assert "The work waits for its turn." in words(soup(overseer, PAGE))
