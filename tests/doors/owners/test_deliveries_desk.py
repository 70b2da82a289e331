"""A service of its owner out of events: the sentence, the cards, why, peers, files; and the page before any event."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from ietvars.ground.people.rules import SYSTEM, Role
from ietvars.institution.indicators import actions as indicators
from tests.institution.tallies.laid import Case, lay
from tests.world import NOW

if TYPE_CHECKING:
    from ietvars.ground.people.models import Person
    from ietvars.institution.services.models import Service
    from tests.world import World

pytestmark = pytest.mark.usefixtures("lake")

BACKEND = "django.contrib.auth.backends.ModelBackend"
PAGE = "/darbvieta/pakalpojumi/benefit/gaita/"
TURN = date(2026, 3, 1)


@pytest.fixture
def service(world: World) -> Service:
    """A service of the agency."""
    indicators.load_national(by=SYSTEM, now=NOW)
    return world.service("benefit", holder="agency", title="Pabalsts")


@pytest.fixture
def owner(world: World, client: Client) -> Person:
    """Its owner, signed in."""
    person = world.person(Role.SERVICE_OWNER, username="owner")
    client.force_login(person, backend=BACKEND)
    return person


def deliver(service: Service, *, slower: bool = True) -> None:
    """Two years and a half of cases; from March 2026 on those by post take twenty days longer."""
    cases = []
    for number in range(28):
        month = 2024 * 12 + 5 + number
        first = date(month // 12, month % 12 + 1, 1)
        for at in range(24):
            channel = ("online", "post")[at % 2]
            late = slower and first >= TURN and channel == "post"
            cases.append(
                Case(
                    service=service.pk,
                    opened=first + timedelta(days=at % 5),
                    lead=2 + at % 4 + (20 if late else 0),
                    channel=channel,
                    due=10,
                    rating=60 + at % 5,
                )
            )
    lay(cases)


def page(client: Client, address: str = PAGE) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return BeautifulSoup(answer.content, "html.parser")


def text(soup: Any) -> str:
    return " ".join(soup.get_text(" ", strip=True).replace("\N{NO-BREAK SPACE}", " ").split())


def test_without_events_the_page_says_how_to_begin(service: Service, owner: Person, client: Client) -> None:
    soup = page(client)
    assert "vēl nav saņemts neviens notikums" in text(soup)
    assert soup.select_one(".iv-empty a")
    assert client.get(f"{PAGE[:-1]}.csv").status_code == 200


def test_the_page_says_since_when_and_who_brought_it(service: Service, owner: Person, client: Client) -> None:
    deliver(service)
    soup = page(client)
    lead = soup.select_one(".iv-lead")
    assert lead is not None
    assert "kopš 2026. gada marta" in text(lead)
    why = soup.select_one("#kapec")
    assert why is not None
    assert "Visvairāk ietekmēja: post" in text(why)


def test_a_figure_stands_beside_the_month_and_the_year_before(service: Service, owner: Person, client: Client) -> None:
    deliver(service, slower=False)
    soup = page(client)
    table = soup.select_one("#visi table")
    assert table is not None
    heads = [text(head) for head in table.select("thead th")]
    assert heads[:4] == ["Rādījums", "Jaunākais mēnesis", "Mēnesi iepriekš", "Pirms gada"]
    assert "Nav skaidru izmaiņu" in text(table)
    assert "līmenis nav skaidri mainījies" in text(soup.select_one(".iv-lead"))


def test_every_chart_has_a_table_a_file_and_a_way_to_what_made_it(
    service: Service, owner: Person, client: Client
) -> None:
    deliver(service)
    soup = page(client)
    figures = soup.select("figure.iv-fig")
    assert figures
    for figure in figures:
        section = figure.find_parent("section")
        assert section is not None
        assert section.select_one("table"), text(figure)[:60]
        link = figure.select_one(".iv-figfoot a")
        assert link is not None
        answer: Any = client.get(str(link["href"]))
        assert answer.status_code == 200
        assert answer["Content-Type"].startswith("text/csv")
        assert answer.getvalue()
    assert soup.select_one('#linija .iv-figfoot a[href$="/plusma/"]')
    assert soup.select_one("#linija details.iv-how dl")


def test_the_basis_is_in_the_address_and_shows_open_cases(service: Service, owner: Person, client: Client) -> None:
    deliver(service)
    soup = page(client, f"{PAGE}?pec=atverts&raditajs=time-median")
    assert "Vēl atvērtas" in text(soup.select_one("#linija"))
    told = client.get(f"{PAGE[:-1]}.json?pec=atverts&raditajs=time-median&kas=linija").json()
    assert told["kind"] == "turning-line"
    assert told["series"][0]["points"]


def test_a_wrong_indicator_in_the_address_falls_back_and_breaks_nothing(
    service: Service, owner: Person, client: Client
) -> None:
    deliver(service, slower=False)
    page(client, f"{PAGE}?raditajs=nezinams&pec=nekas")
    assert client.get(f"{PAGE[:-1]}.csv?kas=nezinams").status_code == 404


def test_an_owner_elsewhere_and_a_visitor_do_not_enter(service: Service, world: World, client: Client) -> None:
    assert client.get(PAGE).status_code == 302
    world.body("elsewhere")
    client.force_login(world.person(Role.SERVICE_OWNER, "elsewhere", username="other"), backend=BACKEND)
    assert client.get(PAGE).status_code == 403


def test_the_page_asks_the_database_no_more_when_there_are_more_cases(
    service: Service, owner: Person, client: Client, django_assert_max_num_queries: Any
) -> None:
    deliver(service)
    page(client)
    with django_assert_max_num_queries(36):
        page(client)
