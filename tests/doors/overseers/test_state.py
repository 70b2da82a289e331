"""The national page: it drills from the state to one service and back, and each number leads to its list."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from bs4 import Tag
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ietvars.ground.people.rules import Role
from tests.doors.overseers.conftest import soup

if TYPE_CHECKING:
    from tests.oversight.measuring import MeasuredState
    from tests.world import World

Enter = Callable[..., Client]
STATE = "/parraudziba/"


def rows(page: Tag, table: str = "#nozares table") -> dict[str, Tag]:
    """Rows of a table by the words of their heading."""
    found = {}
    for row in page.select(f"{table} tbody tr"):
        head = row.select_one("th")
        assert head is not None
        name = head.select_one("a") or head
        found[next(name.stripped_strings)] = row
    return found


def href(row: Tag, label: str) -> str:
    link = row.select_one(f'td[data-l="{label}"] a')
    assert link is not None, label
    return str(link["href"])


def test_the_page_opens_with_a_sentence_that_one_could_repeat(state: MeasuredState, enter: Enter) -> None:
    lead = soup(enter(), STATE).select_one(".iv-lead")
    assert lead is not None
    assert lead.get_text() == "1 pakalpojums kļuvis labāks, 1 sliktāks. Par 2 pateikt nevar."
    english = soup(enter(), f"/en{STATE}").select_one(".iv-lead")
    assert english is not None
    assert english.get_text() == "1 service has become better, 1 worse. Of 2 nothing can be said."


def test_the_tree_opens_and_closes_by_its_address_alone(state: MeasuredState, enter: Enter) -> None:
    client = enter()
    page = soup(client, STATE)
    assert list(rows(page)) == ["Finance", "Welfare"]
    open_sector = rows(page)["Welfare"].select_one("th a")
    assert open_sector is not None
    page = soup(client, str(open_sector["href"]))
    assert [row.select_one("th a").contents[0].get_text() for row in page.select("#nozares tbody tr")] == [  # type: ignore[union-attr]
        "Finance",
        "Welfare",
        "Ssia",
        "Welfare",
    ]
    open_body = rows(page)["Ssia"].select_one("th a")
    assert open_body is not None
    page = soup(client, str(open_body["href"]))
    assert {"Benefit", "Pension"} <= set(rows(page))
    to_service = rows(page)["Benefit"].select_one("th a")
    assert to_service is not None
    page = soup(client, str(to_service["href"]))
    assert "Benefit" in page.select_one("h1").get_text()  # type: ignore[union-attr]
    back = page.select_one(".iv-crumbs a")
    assert back is not None
    assert list(rows(soup(client, str(back["href"])))) == ["Finance", "Welfare"]


def test_each_number_of_the_tree_leads_to_a_list_of_that_many(state: MeasuredState, enter: Enter) -> None:
    client = enter()
    page = soup(client, f"{STATE}?atvert=welfare,finance")
    counted = 0
    for row in page.select("#nozares table tr"):
        cells = [row.select_one('td[data-l="Pakalpojumi"] a'), *row.select('td[data-l="Vērtējumi"] a')]
        for link in (cell for cell in cells if cell is not None):
            number = int(link.get_text())
            listed = soup(client, str(link["href"]))
            assert len(listed.select(".iv-split table tbody tr")) == number, link["href"]
            counted += 1
    assert counted > 8
    for link in page.select(".iv-cover .iv-legend a"):
        listed = soup(client, str(link["href"]))
        assert len(listed.select(".iv-split table tbody tr")) == int(link.get_text())


def test_the_headline_can_be_switched_and_stays_in_the_address(state: MeasuredState, enter: Enter) -> None:
    page = soup(enter(), f"{STATE}?raditajs=on-time")
    lead = page.select_one(".iv-lead")
    assert lead is not None
    assert lead.get_text() == "0 pakalpojumu kļuvuši labāki, 0 sliktāki. Par 2 pateikt nevar."
    assert "raditajs=on-time" in href(rows(page)["Welfare"], "Pakalpojumi")
    changed = soup(enter(), f"{STATE}?raditajs=demand").select_one(".iv-lead")
    assert changed is not None
    assert changed.get_text().startswith("Skaidri mainījušies 0 pakalpojumu.")
    assert enter().get(f"{STATE}?raditajs=luck").status_code == 404


def test_a_sum_says_of_how_many_it_is(state: MeasuredState, enter: Enter) -> None:
    cell = rows(soup(enter(), STATE))["Welfare"].select_one('td[data-l="Pieprasījumi"]')
    assert cell is not None
    assert cell.get_text(" ").replace("\N{NO-BREAK SPACE}", " ").split() == "12 000 2 no 3 pakalpojumiem".split()


def test_findings_stand_with_their_ground_and_lead_to_their_list(state: MeasuredState, enter: Enter) -> None:
    client = enter()
    page = soup(client, STATE)
    found = {row.select_one("th a").get_text(): row for row in page.select("table")[1].select("tbody tr")}  # type: ignore[union-attr]
    assert "Regulation" not in page.get_text()
    row = found["Jāvērtē elektronizācija"]
    assert "Nr. 402 (2017), 3. punkts" in row.get_text()
    listed = soup(client, str(row.select_one("th a")["href"]))  # type: ignore[index]
    assert [link.get_text() for link in listed.select(".iv-split table th a")] == ["Benefit"]


def test_the_whole_tree_comes_as_files(state: MeasuredState, enter: Enter) -> None:
    client = enter()
    text = b"".join(client.get(f"{STATE}valsts.csv")).decode()
    assert "Benefit" in text
    assert text.count("\n") == 2 + 3 + 4 + 1 + 1  # sectors, institutions, services, the whole, the head
    document = json.loads(client.get(f"{STATE}valsts.json").content)
    assert (document["document"], document["whole"]["services"]) == ("ietvars/state", 4)
    assert document["whole"]["coverage"] == {"full": 0, "partly": 3, "none": 1, "not_due": 0}


@pytest.mark.parametrize("address", ["pakalpojumi.csv", "iestades/ssia.csv", "pakalpojumi/benefit.csv", "atradumi.csv"])
def test_every_table_comes_as_csv_and_json(state: MeasuredState, enter: Enter, address: str) -> None:
    client = enter()
    lines = b"".join(client.get(f"{STATE}{address}?periods=2025")).decode().splitlines()
    assert len(lines) > 1
    assert json.loads(client.get(f"{STATE}{address.replace('.csv', '.json')}?periods=2025").content)


def test_an_institution_shows_each_indicator_by_its_rule(state: MeasuredState, enter: Enter) -> None:
    page = soup(enter(), f"{STATE}iestades/ssia/")
    found = rows(page, "section:nth-of-type(1) table")
    assert "Laiks līdz rezultātam, mediāna" in found
    assert "12 000" in found["Pieprasījumi"].get_text().replace("\N{NO-BREAK SPACE}", " ")
    assert "viena skaitļa nav" in page.get_text()
    assert enter().get(f"{STATE}iestades/nowhere/").status_code == 404


def test_a_sector_and_the_ministry_in_it_are_two_pages(state: MeasuredState, enter: Enter) -> None:
    client = enter()
    sector, ministry = (
        soup(client, f"{STATE}iestades/welfare/"),
        soup(client, f"{STATE}iestades/welfare/?limenis=iestade"),
    )
    assert "Pension" in sector.get_text()
    assert "Pension" not in ministry.get_text()
    assert "Silent" in ministry.get_text()


def test_before_anything_is_measured_the_pages_say_what_will_be_here(world: World, enter: Enter) -> None:
    for address in (STATE, f"{STATE}pakalpojumi/", f"{STATE}atradumi/"):
        page = soup(enter(), address)
        assert page.select_one(".iv-empty") is not None
    assert soup(enter(), f"{STATE}iniciativas/").select_one(".iv-empty") is not None


def test_a_list_that_nobody_fits_helps_to_widen_it(state: MeasuredState, enter: Enter) -> None:
    page = soup(enter(), f"{STATE}pakalpojumi/?nozare=finance&vertejums=worse")
    assert page.select_one(".iv-empty a") is not None
    assert len(page.select(".iv-chips a, .iv-chip")) >= 2


@pytest.mark.parametrize("role", [Role.SERVICE_OWNER, Role.LIST_APPROVER, Role.CLERK, Role.ADMINISTRATOR])
def test_other_capacities_are_refused_with_who_may(state: MeasuredState, enter: Enter, role: Role) -> None:
    page = soup(enter(role, username=role.value), STATE, status=403)
    assert "pārraudzītājs" in page.get_text()


def test_an_overseer_of_one_ministry_sees_the_whole_state(state: MeasuredState, enter: Enter) -> None:
    assert set(rows(soup(enter(body="finance", username="zane"), STATE))) == {"Finance", "Welfare"}


def test_a_visitor_is_sent_to_sign_in(state: MeasuredState) -> None:
    assert Client().get(STATE).status_code == 302


def test_pages_cost_a_fixed_number_of_queries(state: MeasuredState, enter: Enter) -> None:
    client = enter()
    addresses = (STATE, f"{STATE}pakalpojumi/", f"{STATE}iestades/welfare/", f"{STATE}atradumi/")

    def cost() -> list[int]:
        counts = []
        for address in addresses:
            with CaptureQueriesContext(connection) as asked:
                client.get(address)
            counts.append(len(asked))
        return counts

    cost()
    before = cost()
    for number in range(12):
        state.world.service(f"more-{number}", holder="ssia")
    state.report("2025", **{f"more_{number}": {"requests": 7000, "time": 9} for number in range(12)})
    state.compute("2025")
    assert cost() == before
    assert max(before) <= 32
