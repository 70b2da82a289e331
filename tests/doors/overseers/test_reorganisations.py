"""The pages of reorganisations: planning in words, deciding a split piece by piece, applying, undoing, refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from ietvars.ground.bodies import queries
from ietvars.ground.people.rules import SYSTEM, Role
from ietvars.institution.services import actions as services
from ietvars.institution.services import queries as catalogue
from tests.world import NOW, TODAY, World, texts

Enter = Callable[..., Client]
LIST = "/parraudziba/reorganizacijas/"


@pytest.fixture
def offices(world: World) -> World:
    world.body("roads", below="ministry", name=texts("Ceļu pārvalde"))
    world.body("rails", below="ministry", name=texts("Dzelzceļa pārvalde"))
    world.service("road-permit", holder="roads")
    world.service("bridge-permit", holder="roads")
    return world


def read(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, BeautifulSoup(answer.content, "html.parser").get_text(" ", strip=True)[:800]
    return BeautifulSoup(answer.content, "html.parser").get_text(" ", strip=True)


def plan(client: Client, kind: str, **said: str) -> str:
    """Plan one by the form; the address of its page."""
    answer = client.post(f"{LIST}jauna/", {"kind": kind, "on": "2026-11-01", **said})
    assert answer.status_code == 302, BeautifulSoup(answer.content, "html.parser").get_text(" ", strip=True)[:1500]
    return str(answer["Location"])


def holder(code: str) -> str:
    found = catalogue.by_code(code)
    assert found is not None
    return found.holder_code


def test_a_merger_is_planned_by_names_seen_applied_and_undone(offices: World, enter: Enter) -> None:
    client = enter()
    assert "Reorganizāciju vēl nav" in read(client.get(LIST))
    page = plan(client, "merged", old_1="Ceļu pārvalde", heir_1="rails")
    said = read(client.get(page))
    assert "Ceļu pārvalde → Dzelzceļa pārvalde" in said
    assert "Road permit" in said
    assert holder("road-permit") == "roads"
    read(client.post(f"{page}veikt/", follow=True))
    assert holder("road-permit") == "rails"
    assert "Veikta" in read(client.get(LIST))
    assert "Uzrakstiet, kāpēc" in read(client.post(f"{page}atcelt/"), 400)
    assert "Atcelts: viss atkal ir, kā bija." in read(client.post(f"{page}atcelt/", {"why": "Citādi."}, follow=True))
    assert holder("road-permit") == "roads"


def test_a_split_is_decided_piece_by_piece(offices: World, enter: Enter) -> None:
    client = enter()
    page = plan(client, "split", old_1="roads", heir_1="rails", name_lv="Tiltu pārvalde", name_en="Bridges")
    assert "To vēl nevar veikt" in read(client.get(page))
    assert "Vēl nav izlemts" in read(client.post(f"{page}veikt/"), 400)
    client.post(
        f"{page}sadalit/", {"service:bridge-permit": "tiltu-parvalde", "service:road-permit": "", "service:*": ""}
    )
    assert "bez vietas ir 1" in read(client.get(page))
    client.post(f"{page}sadalit/", {"service:*": "rails"})
    assert "To vēl nevar veikt" not in read(client.get(page))
    read(client.post(f"{page}veikt/", follow=True))
    assert (holder("road-permit"), holder("bridge-permit")) == ("rails", "tiltu-parvalde")
    founded = queries.by_code("tiltu-parvalde")
    assert founded is not None
    assert founded.name == {"lv": "Tiltu pārvalde", "en": "Bridges"}


def test_an_unknown_successor_is_refused_in_words(offices: World, enter: Enter) -> None:
    client = enter()
    page = plan(client, "split", old_1="roads", heir_1="rails", heir_2="ministry")
    assert "tā te neko nepārņem" in read(client.post(f"{page}sadalit/", {"service:road-permit": "elsewhere"}), 400)


def test_a_renaming_keeps_the_code(offices: World, enter: Enter) -> None:
    client = enter()
    page = plan(client, "renamed", old_1="roads", name_lv="Ceļu aģentūra", name_en="Roads Agency")
    read(client.post(f"{page}veikt/", follow=True))
    roads = queries.by_code("roads")
    assert roads is not None
    assert roads.name["lv"] == "Ceļu aģentūra"


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({}, "Izvēlieties, kas notiks."),
        ({"kind": "merged", "old_1": "Nezināmā", "heir_1": "rails"}, "Iestādes ar šādu nosaukumu nav."),
        ({"kind": "merged", "old_1": "roads"}, "Nosauciet, kas pārņem"),
        ({"kind": "renamed", "old_1": "roads"}, "Uzrakstiet jauno nosaukumu."),
        ({"kind": "split", "old_1": "roads", "heir_1": "rails"}, "Apvienojot ir viena pārņēmēja"),
        ({"kind": "merged", "old_1": "roads", "heir_1": "rails", "on": "2026-02-31"}, "Tas nav datums."),
    ],
)
def test_what_cannot_be_planned_is_said_and_nothing_is_lost(
    offices: World, enter: Enter, said: dict[str, str], sentence: str
) -> None:
    answer = enter().post(f"{LIST}jauna/", {"on": "2026-11-01", **said})
    assert sentence in read(answer, 400)
    if "old_1" in said:
        assert said["old_1"] in answer.content.decode()
    assert not queries.reorganisations().exists()


def test_a_plan_of_a_later_day_waits_for_it(offices: World, enter: Enter) -> None:
    client = enter()
    page = plan(client, "merged", old_1="roads", heir_1="rails", on="2027-01-01")
    assert "Tā ir spēkā no 2027-01-01" in read(client.get(page))
    assert "Tā ir spēkā no 2027-01-01" in read(client.post(f"{page}veikt/"), 400)


def test_what_was_changed_since_is_named_when_undoing(offices: World, enter: Enter) -> None:
    client = enter()
    page = plan(client, "merged", old_1="roads", heir_1="rails")
    client.post(f"{page}veikt/")
    permit = catalogue.by_codes(["road-permit"])["road-permit"]
    services.hand_over(service=permit, to=offices.body("ministry"), on=TODAY, by=SYSTEM, now=NOW)
    said = read(client.post(f"{page}atcelt/", {"why": "Citādi."}), 400)
    assert "pēc tam kas ir mainīts: road-permit" in said
    assert "Citādi." in said


def test_a_plan_is_given_up_and_stays_on_the_list(offices: World, enter: Enter) -> None:
    client = enter()
    page = plan(client, "merged", old_1="roads", heir_1="rails")
    assert "Atmesta" in read(client.post(f"{page}atteikties/", follow=True))
    assert holder("road-permit") == "roads"


def test_a_plan_that_became_impossible_says_why(offices: World, enter: Enter) -> None:
    client = enter()
    first, second = (plan(client, "merged", old_1="roads", heir_1="rails") for _ in range(2))
    client.post(f"{first}veikt/")
    assert "„roads” beidza darbu" in read(client.get(second)) or "roads" in read(client.get(second))
    assert client.post(f"{second}veikt/").status_code == 400


def test_administrators_reorganise_within_their_reach_only(offices: World, enter: Enter) -> None:
    page = plan(enter(), "merged", old_1="roads", heir_1="rails")
    near = enter(Role.ADMINISTRATOR, "ministry", "near")
    assert "Road permit" in read(near.get(page))
    assert "Ceļu pārvalde" in read(near.get(LIST))
    far = enter(Role.ADMINISTRATOR, "elsewhere", "far")
    assert "Iestādes apvieno, sadala un pārdēvē pārraudzītājs" in read(far.get(page), 403)
    assert "Ceļu pārvalde" not in read(far.get(LIST))
    assert far.post(f"{page}veikt/").status_code == 403
    assert holder("road-permit") == "roads"
    answer = far.post(f"{LIST}jauna/", {"kind": "merged", "on": "2026-11-01", "old_1": "roads", "heir_1": "rails"})
    assert "Iestādes apvieno, sadala un pārdēvē pārraudzītājs" in read(answer, 400)


def test_what_goes_where_is_a_file_too(offices: World, enter: Enter) -> None:
    client = enter()
    page = plan(client, "merged", old_1="roads", heir_1="rails")
    lines = client.get(f"{page.rstrip('/')}.csv").getvalue().decode().splitlines()
    assert "Pakalpojumi,Bridge permit,bridge-permit,Ceļu pārvalde,Dzelzceļa pārvalde" in lines
    assert "Ceļu pārvalde → Dzelzceļa pārvalde" in client.get("/parraudziba/reorganizacijas.csv").getvalue().decode()


def test_what_is_not_there_is_not_there(offices: World, enter: Enter) -> None:
    assert enter().get(f"{LIST}999/").status_code == 404


def test_names_of_markup_stay_names(offices: World, enter: Enter) -> None:
    client = enter()
    page = plan(client, "merged", old_1="roads", name_lv="<script>alert(1)</script>")
    assert "<script>alert(1)" not in client.get(page).content.decode()
