"""The public pages say what the rooms know, and nothing that is not published."""

from datetime import date
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from ietvars.doors.public import presenters
from ietvars.ground.people.rules import SYSTEM
from ietvars.institution.services import actions as services
from tests.world import NOW, World, texts


def read(client: Client, address: str) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return BeautifulSoup(answer.content, "html.parser")


def test_a_service_page_says_what_one_gets_how_long_and_how(world: World, client: Client) -> None:
    world.code_lists()
    world.service("benefit", receives=texts("298 € mēnesī"), term_days=22, channels=("online", "post"))
    page = read(client, "/pakalpojumi/benefit/").get_text(" ", strip=True).replace("\N{NO-BREAK SPACE}", " ")
    for told in ("298 € mēnesī", "līdz 22 darbdienām", "Bez maksas", "Internetā", "Pa pastu"):
        assert told in page


def test_a_draft_is_not_there(world: World, client: Client) -> None:
    world.draft("secret", title="Noslēpums")
    assert client.get("/pakalpojumi/secret/").status_code == 404
    assert "Noslēpums" not in read(client, "/pakalpojumi/").get_text()
    assert b"secret" not in b"".join(client.get("/pakalpojumi.csv"))


def test_a_retired_service_keeps_its_page_and_says_so(world: World, client: Client) -> None:
    world.retired("old")
    assert "vairs nesniedz" in read(client, "/pakalpojumi/old/").get_text()
    assert "/pakalpojumi/old/" not in str(read(client, "/pakalpojumi/"))


def test_a_service_that_is_not_offered_says_why(world: World, client: Client) -> None:
    template = world.template("common")
    world.variant(template, "ogre", because="Mums nav baseina.")
    assert "Mums nav baseina." in read(client, "/pakalpojumi/common-ogre/").get_text()


def test_search_folds_copies_and_puts_ones_own_municipality_first(world: World, client: Client) -> None:
    template = world.template("common", title="Pabalsts bērnam piedzimstot")
    for place in ("ogre", "cesis", "liepaja"):
        world.variant(template, place)
    folded = read(client, "/meklet/?q=pabalsts+bērnam").select("details.iv-more summary")
    assert "piedāvā vēl 3 pašvaldības" in folded[0].get_text()
    client.post("/pasvaldiba/", {"pasvaldiba": "cesis"})
    page = read(client, "/meklet/?q=pabalsts+bērnam")
    assert page.select_one('.iv-group a[href="/pakalpojumi/common-cesis/"]')
    assert "piedāvā vēl 2 pašvaldības" in page.select("details.iv-more summary")[0].get_text()


def test_filters_narrow_and_unknown_ones_are_left_out(world: World, client: Client) -> None:
    world.code_lists()
    world.service("web", title="Pabalsts tīmeklī", channels=("online",))
    world.service("desk", title="Pabalsts klātienē", channels=("in-person",))
    assert "/pakalpojumi/desk/" not in str(read(client, "/meklet/?q=pabalsts&ka=online"))
    assert "/pakalpojumi/desk/" in str(read(client, "/meklet/?q=pabalsts&ka=nonsense"))


def test_a_merged_institution_leads_to_the_one_that_took_over(world: World, client: Client) -> None:
    from ietvars.ground.bodies import actions as bodies

    old, heir = world.body("old-office"), world.body("new-office")
    world.service("benefit", holder="old-office")
    bodies.merge(predecessors=[old], successor=heir, on=date(2025, 1, 1), by=SYSTEM, now=NOW)
    page = read(client, "/iestades/old-office/")
    assert page.select_one('main a[href="/iestades/new-office/"]')
    assert read(client, "/iestades/new-office/").select_one('a[href="/pakalpojumi/benefit/"]')


def test_list_pages_keep_their_query_budget_however_long_they_are(
    world: World, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    world.code_lists()
    for number in range(12):
        world.service(f"benefit-{number}", title=f"Pabalsts {number}", holder=f"agency-{number % 4}")
    client.get("/")
    for address, budget in (("/", 16), ("/meklet/?q=pabalsts", 16), ("/pakalpojumi/", 10), ("/iestades/agency-0/", 16)):
        with django_assert_max_num_queries(budget):
            client.get(address)


def test_pages_in_english_say_no_latvian_of_ours(world: World, client: Client) -> None:
    world.service("benefit", title=texts("Pabalsts", "Benefit"))
    page = read(client, "/en/pakalpojumi/benefit/")
    assert page.find("h1").get_text(strip=True) == "Benefit"  # type: ignore[union-attr]
    assert "How it goes" in page.get_text()


# months since the review | what the visitor sees
STALE = """
0  | 12 |
11 | 12 |
12 | 12 | Nav pārskatīts 12 mēnešus
13 | 12 | Nav pārskatīts 13 mēnešus
21 | 12 | Nav pārskatīts 21 mēnesi
13 | 16 |
3  | 2  | Nav pārskatīts 3 mēnešus
"""


@pytest.mark.parametrize("row", [line for line in STALE.strip().splitlines() if line])
def test_a_description_older_than_the_owners_rhythm_is_marked(row: str) -> None:
    months, rhythm, said = (cell.strip() for cell in row.split("|"))
    today = date(2026, 11, 23)
    year, month = divmod(2026 * 12 + 10 - int(months), 12)
    service = SimpleNamespace(reviewed_on=date(year, month + 1, 1), review_months=int(rhythm))
    tag = presenters.stale_tag(service, today, "lv")
    assert (str(tag.says).replace("\N{NO-BREAK SPACE}", " ") if tag else "") == said


def test_a_withdrawn_description_says_so_and_nothing_else(world: World, client: Client) -> None:
    service = world.service("benefit", title=texts("Pabalsts"), receives=texts("200 €"))
    services.withdraw(service=service, by=SYSTEM, now=NOW, why="Summa ir nepareiza.")
    said = read(client, "/pakalpojumi/benefit/").select_one("main")
    assert said is not None
    assert "Apraksts pagaidām ir atsaukts" in said.get_text()
    assert "Summa ir nepareiza." in said.get_text()
    assert "200 €" not in said.get_text()


def test_the_language_of_a_retired_variant_does_not_break_its_siblings(world: World, client: Client) -> None:
    template = world.template("common")
    ogre, _cesis = world.variant(template, "ogre"), world.variant(template, "cesis")
    services.retire(service=ogre, by=SYSTEM, now=NOW, why="Vairs nevajag.")
    assert "/pakalpojumi/common-ogre/" not in str(read(client, "/pakalpojumi/common-cesis/").select("main"))
