"""The state out of events, and releases at the overseers' desk: coverage, who does worse, holders in a funnel."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from ietvars.doors.furniture import licence
from ietvars.ground.jobs import actions as jobs
from ietvars.ground.jobs.rules import Asker
from ietvars.ground.people.rules import SYSTEM, Role
from ietvars.institution.indicators import actions as indicators
from ietvars.institution.tallies import watching
from tests.institution.tallies.laid import Case, lay
from tests.world import NOW

if TYPE_CHECKING:
    from tests.world import World

pytestmark = pytest.mark.usefixtures("lake")

PAGE = "/parraudziba/gaita/"
RELEASES = "/parraudziba/izlaides/"
HOLDERS = ("alfa", "beta", "gamma", "delta", "epsilon", "zeta")


@pytest.fixture
def delivered(world: World) -> World:
    """Six holders of one service each, of which the last turns slow in March 2026; one service is silent."""
    indicators.load_national(by=SYSTEM, now=NOW)
    cases = []
    for holder in HOLDERS:
        body = world.body(holder)
        one = world.service(f"service-{holder}", holder=holder, title=f"Pakalpojums {holder}")
        for number in range(28):
            month = 2024 * 12 + 5 + number
            first = date(month // 12, month % 12 + 1, 1)
            late = holder == "zeta" and first >= date(2026, 3, 1)
            cases += [
                Case(
                    service=one.pk,
                    opened=first + timedelta(days=at % 5),
                    lead=2 + at % 4 + (20 if late else 0),
                    channel=("online", "post")[at % 2],
                    due=4 if at % 3 else 10,
                    holder=body.pk,
                )
                for at in range(14)
            ]
    world.service("silent", holder="alfa", title="Klusais")
    lay(cases)
    taken = jobs.begin(pk=jobs.enqueue(kind=watching.JOB, arguments={}, by=SYSTEM, now=NOW).pk, by=SYSTEM, now=NOW)
    assert taken is not None
    report = watching.watch({}, Unseen(), Asker("system", "system", ""), NOW)
    jobs.finish(job=taken, report=report, by=SYSTEM, now=NOW)
    return world


class Unseen:
    """A step that nobody watches."""

    kept = None

    def __call__(self, done: int, of: int, kept: Any = None) -> None: ...


def page(client: Client, address: str = PAGE) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return BeautifulSoup(answer.content, "html.parser")


def text(soup: Any) -> str:
    return " ".join(soup.get_text(" ", strip=True).replace("\N{NO-BREAK SPACE}", " ").split())


def test_without_events_the_page_says_how_to_begin(world: World, enter: Callable[..., Client]) -> None:
    world.body("welfare", kind="ministry")
    soup = page(enter())
    assert "Vēl nav saņemts neviens notikums" in text(soup)


def test_the_page_of_the_state_names_coverage_the_worse_and_the_holders(
    delivered: World, enter: Callable[..., Client]
) -> None:
    delivered.body("welfare", kind="ministry")
    client = enter()
    soup = page(client)
    assert "6 sūta notikumus" in text(soup)
    worse = soup.select_one("#sliktak table")
    assert worse is not None
    assert "Pakalpojums zeta" in text(worse)
    assert "Pakalpojums alfa" not in text(worse)
    assert "2026. gada marts" in text(worse)
    funnel = soup.select_one("#piltuve table")
    assert funnel is not None
    assert {"No", "Līdz"} <= {text(head) for head in funnel.select("thead th")}
    for link in soup.select(".iv-figfoot a"):
        answer: Any = client.get(str(link["href"]).split("#")[0])
        assert answer.status_code == 200, link
    covered: Any = client.get(f"{PAGE[:-1]}.csv?kas=parklajums")
    assert "silent" in covered.getvalue().decode()


def test_a_release_is_made_by_one_and_published_by_another(
    delivered: World, enter: Callable[..., Client], client: Client
) -> None:
    delivered.body("welfare", kind="ministry")
    maker, other = enter(username="anna"), enter(username="juris")
    assert maker.post(RELEASES, {"period": "kaut kas"}).status_code == 400
    assert maker.post(RELEASES, {"period": "2036"}).status_code == 400
    assert maker.post(RELEASES, {"period": "2026-Q1"}).status_code == 302
    one = f"{RELEASES}2026-q1/"
    assert "Lūdziet citam pārraudzītājam" in text(page(maker, one))
    assert client.get("/raditaji/2026-q1/").status_code == 404
    assert maker.post(f"{one}solis/", {"solis": "publicet"}).status_code == 400
    assert other.post(f"{one}solis/", {"solis": "publicet"}).status_code == 302
    soup = page(client, "/raditaji/2026-q1/")
    assert "Vārdnīca" in text(soup)
    assert soup.find("a", href=licence.OPEN_DATA.address, string=licence.OPEN_DATA.name)
    files = [str(link["href"]) for link in soup.select("table a") if "/2026-q1/" in str(link["href"])]
    assert len(files) == 5
    for file in files:
        answer: Any = client.get(file)
        assert answer.status_code == 200
        assert "immutable" in answer["Cache-Control"]
        assert answer.getvalue()
    assert client.get("/raditaji/2026-q1/input.frozen").status_code == 404
    assert client.get("/raditaji/2026-q1/..%2Finput.frozen").status_code == 404


def test_a_draft_is_dropped_with_a_reason(delivered: World, enter: Callable[..., Client]) -> None:
    delivered.body("welfare", kind="ministry")
    maker = enter()
    maker.post(RELEASES, {"period": "2026-Q1"})
    step = f"{RELEASES}2026-q1/solis/"
    assert maker.post(step, {"solis": "atmest", "pamatojums": ""}).status_code == 400
    assert maker.post(step, {"solis": "atmest", "pamatojums": "Trūkst marta"}).status_code == 302
    assert "Trūkst marta" in text(page(maker, f"{RELEASES}2026-q1/"))


def test_owners_release_nothing(delivered: World, enter: Callable[..., Client]) -> None:
    client = enter(Role.SERVICE_OWNER, "alfa", "olga")
    assert client.get(RELEASES).status_code == 403
    assert client.post(RELEASES, {"period": "2026-Q1"}).status_code == 403
