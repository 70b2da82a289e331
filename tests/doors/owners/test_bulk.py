"""One step for several services, and common services: each done or refused by itself, and both answers told."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from ietvars.ground.people.rules import Role
from ietvars.institution.revisions import actions, queries
from ietvars.institution.services import queries as services
from tests.world import NOW, World, texts

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"
PAGE = "/darbvieta/vairaki/"


@pytest.fixture
def owner(world: World, client: Client) -> Client:
    client.force_login(world.person(Role.SERVICE_OWNER, username="anna"), backend=BACKEND)
    return client


def said(answer: Any, place: str = "main") -> str:
    found = BeautifulSoup(answer.content, "html.parser").select_one(place)
    return found.get_text(" ", strip=True).replace("\N{NO-BREAK SPACE}", " ") if found is not None else ""


def approved(world: World, code: str) -> None:
    """A service with an approved draft that says something else."""
    writer = world.actor(Role.SERVICE_OWNER, username="anna")
    draft = actions.start(service=world.service(code, title=f"Pabalsts {code}"), by=writer, now=NOW)
    actions.save(revision=draft, changes={"receives": texts("5 €")}, edition=draft.edition, by=writer, now=NOW)
    draft = actions.submit(revision=draft, by=writer, now=NOW)
    actions.approve(revision=draft, by=world.actor(Role.LIST_APPROVER, username="juris"), now=NOW)


def test_what_can_be_published_is_and_the_other_is_refused_with_its_sentence(world: World, owner: Client) -> None:
    approved(world, "first")
    world.service("second", title="Otrais")
    answer = owner.post(PAGE, {"step": "publish", "service": ["first", "second"]})
    assert answer.status_code == 200
    assert "Pabalsts first" in said(answer, "[role=status]")
    assert "Otrais : Pakalpojumam „Otrais” nav apstiprināta melnraksta." in said(answer, ".iv-refusal")
    assert "Pabalsts first" not in said(answer, ".iv-refusal")
    assert queries.open_of(services.by_codes(["first"])["first"]) is None


def test_where_everything_is_refused_the_answer_is_no_success(world: World, owner: Client) -> None:
    world.service("second")
    answer = owner.post(PAGE, {"step": "take", "service": "second"})
    assert answer.status_code == 400
    assert said(answer, "[role=status]") == ""


def test_services_of_others_are_refused_one_by_one(world: World, owner: Client) -> None:
    world.service("mine", title="Mans")
    world.service("foreign", holder="elsewhere", title="Svešs")
    answer = owner.post(PAGE, {"step": "withdraw", "why": "Likums beidzies.", "service": ["mine", "foreign"]})
    assert "Mans" in said(answer, "[role=status]")
    assert "Svešs" in said(answer, ".iv-refusal")
    found = services.by_codes(["mine", "foreign"])
    assert (found["mine"].state, found["foreign"].state) == ("withdrawn", "published")


def test_a_rhythm_and_a_person_are_assigned(world: World, owner: Client) -> None:
    world.service("mine")
    sent = {"step": "assign", "service": "mine", "responsible": "anna", "months": "6"}
    assert owner.post(PAGE, sent).status_code == 200
    found = services.by_codes(["mine"])["mine"]
    assert (found.responsible, found.review_months) == ("anna", 6)


def test_each_kind_of_work_has_its_list_and_an_unknown_one_none(world: World, owner: Client) -> None:
    approved(world, "first")
    world.service("second", title="Otrais")
    page = said(owner.get(f"{PAGE}?darbs=apstiprinati"))
    assert "Pabalsts first" in page
    assert "Otrais" not in page
    assert owner.get(f"{PAGE}?darbs=nekas").status_code == 404
    assert owner.post(PAGE, {"step": "burn"}).status_code == 404
    assert "Otrais" in owner.get("/darbvieta/vairaki.csv").getvalue().decode()


def test_a_common_service_is_offered_or_declined_with_a_reason(world: World, owner: Client) -> None:
    world.template("common", title="Kopīgs pabalsts")
    assert "Kopīgs pabalsts" in said(owner.get("/darbvieta/kopigie/"))
    offered = owner.post("/darbvieta/kopigie/common/sniegt/")
    assert offered["Location"] == "/darbvieta/pakalpojumi/common-agency/melnraksts/"
    assert owner.get(offered["Location"]).status_code == 200
    assert owner.post("/darbvieta/kopigie/common/nesniegt/", {"why_lv": " "}).status_code == 400
    told = {"why_lv": "Mums nav bērnudārza.", "why_en": "We have no kindergarten."}
    assert owner.post("/darbvieta/kopigie/common/nesniegt/", told).status_code == 302
    assert "Mums nav bērnudārza." in said(owner.get("/darbvieta/kopigie/"))
    assert "Mums nav bērnudārza." in said(Client().get("/pakalpojumi/common-agency/"))
    assert owner.post("/darbvieta/kopigie/nav-tada/sniegt/").status_code == 404
