"""The desk and the lists of owners and approvers: what waits, what may be done, what is refused and how."""

from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ietvars.ground.people.models import Person
from ietvars.ground.people.rules import SYSTEM, Role
from ietvars.institution.canvases import actions as canvases
from ietvars.institution.canvases import queries as known_canvases
from ietvars.institution.lists import actions as lists
from ietvars.institution.lists import queries as list_queries
from ietvars.institution.lists.models import ServiceList
from ietvars.institution.revisions import actions as drafts
from ietvars.institution.revisions import queries as known_drafts
from ietvars.institution.revisions.models import Revision
from ietvars.institution.services import queries as services
from tests.world import NOW, TODAY, World, texts

BACKEND = "django.contrib.auth.backends.ModelBackend"


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


# ---- drafts and canvases on the desk -----------------------------------------------------------------------------


def begun(world: World, title: str = "Jaunais pabalsts", by: str = "colleague") -> Revision:
    """A new service that somebody has begun from a canvas and not written in since."""
    canvases.load_shipped(by=SYSTEM, now=NOW)
    colleague = world.actor(Role.SERVICE_OWNER, username=by)
    version = known_canvases.current("benefit")
    return drafts.create(canvas=version, holder=world.body(), title=texts(title), by=colleague, now=NOW)


def rows(client: Client) -> list[Any]:
    """The rows of the desk."""
    return list(BeautifulSoup(client.get("/darbvieta/").content, "html.parser").select(".iv-due > li"))


def test_a_service_that_a_colleague_has_only_begun_waits_with_its_open_requirements(
    world: World, owner: Person, client: Client
) -> None:
    draft = begun(world)
    blocking = sum(1 for gap in known_drafts.gaps(draft, TODAY) if gap.blocks)
    page = read(client, "/darbvieta/")
    assert "Pabeigt melnrakstu „Jaunais pabalsts”" in page
    assert f"Nav izpildītas {blocking} prasības." in page
    assert '/darbvieta/pakalpojumi/jaunais-pabalsts/melnraksts/"' in client.get("/darbvieta/").content.decode()


def test_a_draft_that_only_began_and_misses_nothing_is_no_work(world: World, owner: Person, client: Client) -> None:
    drafts.start(service=world.service("benefit"), by=world.actor(Role.SERVICE_OWNER, username="owner"), now=NOW)
    assert "Pašlaik jums nav darāmu darbu." in read(client, "/darbvieta/")


def test_a_submitted_draft_waits_for_another_person_only(world: World, client: Client) -> None:
    draft = drafts.start(service=world.service("benefit"), by=world.actor(Role.SERVICE_OWNER), now=NOW)
    drafts.submit(revision=draft, by=world.actor(Role.SERVICE_OWNER), now=NOW)
    client.force_login(world.person(Role.LIST_APPROVER), backend=BACKEND)
    assert "Apstiprināt melnrakstu" in read(client, "/darbvieta/")
    client.force_login(world.person(Role.LIST_APPROVER, "elsewhere"), backend=BACKEND)
    assert "Apstiprināt melnrakstu" not in read(client, "/darbvieta/")


def test_every_row_has_one_button(world: World, owner: Person, client: Client) -> None:
    begun(world)
    world.service("benefit", reviewed_on=date(2024, 1, 1))
    found = rows(client)
    assert len(found) == 2
    assert [len(row.select("a.ds-button, button")) for row in found] == [1, 1]


@pytest.mark.parametrize("who", [Role.SERVICE_OWNER, Role.LIST_APPROVER])
def test_the_desk_asks_no_more_when_more_drafts_wait(who: Role, world: World, client: Client) -> None:
    client.force_login(world.person(who, username="desk"), backend=BACKEND)

    def asked() -> int:
        client.get("/darbvieta/")
        with CaptureQueriesContext(connection) as found:
            assert client.get("/darbvieta/").status_code == 200
        return len(found)

    def more(count: int) -> None:
        author = world.actor(Role.SERVICE_OWNER, username="author")
        for number in range(count):
            code = f"{who.value}-{count}-{number}"
            begun(world, f"Jauns {code}")
            draft = drafts.start(service=world.service(code), by=author, now=NOW)
            drafts.comment(revision=draft, part="", text="Labi.", by=author, now=NOW)
            drafts.submit(revision=draft, by=author, now=NOW)

    more(2)
    few = asked()
    more(6)
    assert asked() == few
    assert few <= 35
