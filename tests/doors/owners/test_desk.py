"""The desk and the lists of owners and approvers: what waits, what may be done, what is refused and how."""

from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from ietvars.ground.people.models import Person
from ietvars.ground.people.rules import Role
from ietvars.institution.lists import actions as lists
from ietvars.institution.lists import queries as list_queries
from ietvars.institution.lists.models import ServiceList
from ietvars.institution.services import queries as services
from tests.world import NOW, World, texts


@pytest.fixture
def owner(world: World, client: Client) -> Person:
    """The service owner of the agency, signed in."""
    person = world.person(Role.SERVICE_OWNER, username="owner")
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return person


def read(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return BeautifulSoup(answer.content, "html.parser").get_text(" ", strip=True).replace("\N{NO-BREAK SPACE}", " ")


def submitted(world: World) -> ServiceList:
    made = lists.draft(
        body=world.body("agency"),
        year=2026,
        title=texts("Saraksts"),
        entries=[lists.Entry(world.service("benefit"))],
        by=world.actor(Role.SERVICE_OWNER, username="owner"),
        now=NOW,
    )
    return lists.submit(service_list=made, by=world.actor(Role.SERVICE_OWNER, username="owner"), now=NOW)


def test_nothing_waits_when_nothing_is_due(owner: Person, client: Client) -> None:
    assert "Pašlaik jums nav darāmu darbu." in read(client, "/darbvieta/")


def test_a_description_of_long_ago_is_overdue(world: World, owner: Person, client: Client) -> None:
    world.service("benefit", title="Vecais pabalsts", reviewed_on=date(2024, 1, 1))
    page = read(client, "/darbvieta/")
    assert "Nokavēts" in page
    assert "Vecais pabalsts" in page


def test_confirming_a_description_takes_it_off_the_desk(world: World, owner: Person, client: Client) -> None:
    world.service("benefit", reviewed_on=date(2024, 1, 1))
    assert client.post("/darbvieta/pakalpojumi/benefit/apstiprinat/").status_code == 302
    assert "Pašlaik jums nav darāmu darbu." in read(client, "/darbvieta/")


def test_only_services_within_reach_are_listed(world: World, owner: Person, client: Client) -> None:
    world.service("mine", title="Mans pabalsts")
    world.service("foreign", holder="elsewhere", title="Svešs pabalsts")
    page = read(client, "/darbvieta/pakalpojumi/")
    assert "Mans pabalsts" in page
    assert "Svešs pabalsts" not in page
    assert client.get("/darbvieta/pakalpojumi/foreign/").status_code == 403


def test_ending_a_service_needs_a_reason_and_names_what_breaks(world: World, owner: Person, client: Client) -> None:
    world.service("benefit")
    world.situation("child", "benefit", title=texts("Bērns piedzimis"))
    assert "Bērns piedzimis" in read(client, "/darbvieta/pakalpojumi/benefit/izbeigt/")
    assert client.post("/darbvieta/pakalpojumi/benefit/izbeigt/", {"why": " "}).status_code == 400
    assert client.post("/darbvieta/pakalpojumi/benefit/izbeigt/", {"why": "Nevajag."}).status_code == 302
    found = services.by_code("benefit")
    assert found is not None
    assert found.state == "retired"


def test_an_author_sees_no_button_to_approve_and_is_refused_if_asked_anyway(
    world: World, owner: Person, client: Client
) -> None:
    submitted(world)
    page = read(client, "/darbvieta/saraksti/agency/2026/")
    assert "Šo sarakstu rakstījāt jūs" in page
    asked = {"solis": "approve", "document_number": "1", "document_date": "2026-11-01"}
    answer = client.post("/darbvieta/saraksti/agency/2026/solis/", asked)
    assert answer.status_code == 400
    found = list_queries.by_body_and_year("agency", 2026)
    assert found is not None
    assert found.state == "submitted"


def test_an_approver_approves_by_document(world: World, client: Client) -> None:
    submitted(world)
    client.force_login(world.person(Role.LIST_APPROVER), backend="django.contrib.auth.backends.ModelBackend")
    address = "/darbvieta/saraksti/agency/2026/solis/"
    without = client.post(address, {"solis": "approve", "document_number": "", "document_date": "not a day"})
    assert without.status_code == 400
    assert "Ierakstiet dokumenta numuru." in without.content.decode()
    done = client.post(address, {"solis": "approve", "document_number": "1-2/3", "document_date": "2026-11-01"})
    assert done.status_code == 302
    found = list_queries.by_body_and_year("agency", 2026)
    assert found is not None
    assert (found.state, found.document_number) == ("approved", "1-2/3")


def test_what_is_sent_back_says_why(world: World, client: Client) -> None:
    submitted(world)
    client.force_login(world.person(Role.LIST_APPROVER), backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post("/darbvieta/saraksti/agency/2026/solis/", {"solis": "send_back", "why": "Trūkst divu."})
    assert answer.status_code == 302
    assert "Trūkst divu." in read(client, "/darbvieta/saraksti/agency/2026/")


def test_a_step_that_nobody_knows_is_not_there(world: World, owner: Person, client: Client) -> None:
    submitted(world)
    assert client.post("/darbvieta/saraksti/agency/2026/solis/", {"solis": "burn"}).status_code == 404


def test_without_figures_the_page_says_what_will_stand_there(world: World, owner: Person, client: Client) -> None:
    world.service("benefit")
    assert "Mērījumu vēl nav" in read(client, "/darbvieta/pakalpojumi/benefit/")
