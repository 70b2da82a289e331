"""Suggestions while typing, facets beside each other, and what is kept of a question that nobody answers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import OperationalError
from django.test import Client

from ietvars.ground.words import actions as word_lists
from ietvars.ground.words import queries as words
from tests.world import TODAY, World, texts

pytestmark = pytest.mark.django_db

LONG_AGO = TODAY - timedelta(days=5000)


def read(client: Client, address: str) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return BeautifulSoup(answer.content, "html.parser")


def missed() -> list[tuple[str, bool, int]]:
    return [(row.text, row.is_partial, row.times) for row in words.missed_questions(since=LONG_AGO)]


def test_typing_offers_ways_to_services_and_situations(world: World, client: Client) -> None:
    world.service("passport", title="Pases izsniegšana")
    world.situation("lost", "passport", title=texts("Pazaudēta pase"))
    page = read(client, "/meklet/ieteikumi/?q=pas")
    ways = {link["href"]: link.get_text(" ", strip=True) for link in page.select("ul a")}
    assert ways == {
        "/pakalpojumi/passport/": "Pases izsniegšana",
        "/situacijas/lost/": "Pazaudēta pase dzīves situācija",
    }
    assert page.select_one("[data-say]")


def test_suggestions_say_nothing_to_a_single_letter_or_to_what_begins_no_title(world: World, client: Client) -> None:
    world.service("passport", title="Pases izsniegšana")
    for typed in ("", "p", "zzz"):
        assert read(client, f"/meklet/ieteikumi/?q={typed}").get_text(strip=True) == ""


def test_copies_of_many_municipalities_are_suggested_once(world: World, client: Client) -> None:
    template = world.template("common", title="Pabalsts bērnam piedzimstot")
    for place in ("ogre", "cesis", "liepaja"):
        world.variant(template, place)
    assert len(read(client, "/meklet/ieteikumi/?q=pabal").select("ul a")) == 1


def test_the_search_works_without_javascript(world: World, client: Client) -> None:
    world.service("passport", title="Pases izsniegšana")
    form = read(client, "/").select_one('form[role="search"]')
    assert form is not None
    assert form["action"] == "/meklet/"
    assert form.get("method", "get") == "get"
    assert form.select_one('input[name="q"]')
    assert form.select_one('button[type="submit"]')


def counts(page: BeautifulSoup) -> dict[str, int]:
    return {
        str(box.select("input")[0]["value"]): int(box.select(".iv-num")[0].get_text())
        for box in page.select(".iv-filters .iv-check")
    }


def test_a_facet_counts_what_it_would_leave_beside_the_others_that_are_on(world: World, client: Client) -> None:
    world.code_lists()
    world.service("web", title="Pabalsts tīmeklī", channels=("online",), audience=("natural-person",))
    world.service("desk", title="Pabalsts klātienē", channels=("in-person",), audience=("natural-person",))
    world.service("firm", title="Pabalsts uzņēmumam", channels=("online",), audience=("enterprise",))
    everything = counts(read(client, "/meklet/?q=pabalsts"))
    assert (everything["online"], everything["in-person"], everything["enterprise"]) == (2, 1, 1)
    narrowed = read(client, "/meklet/?q=pabalsts&kam=enterprise")
    assert "/pakalpojumi/desk/" not in str(narrowed)
    # The other group shows what is left of it; its own group shows what one could choose besides.
    assert "in-person" not in counts(narrowed)
    assert counts(narrowed)["online"] == 1
    assert counts(narrowed)["natural-person"] == 2


def test_a_question_without_answer_is_counted_by_day_and_says_so_kindly(world: World, client: Client) -> None:
    world.service("passport", title="Pases izsniegšana")
    for _ in range(3):
        page = read(client, "/meklet/?q=Kosmosa+kuģis")
    assert "Nekas nav atrasts" in page.get_text() or "neatradām" in page.get_text()
    assert missed() == [("kosmosa kuģis", False, 3)]


def test_a_question_of_which_only_some_words_were_met_is_counted_with_the_nearest_service(
    world: World, client: Client
) -> None:
    world.service("passport", title="Pases izsniegšana")
    read(client, "/meklet/?q=pase+zvaigznēs")
    (row,) = words.missed_questions(since=LONG_AGO)
    assert (row.is_partial, row.nearest) == (True, ("service", "passport"))


def test_an_answered_or_empty_or_narrowed_question_is_not_counted(world: World, client: Client) -> None:
    world.code_lists()
    world.service("passport", title="Pases izsniegšana", channels=("online",))
    for query in ("q=pase", "q=", "", "q=kosmosa+kuģis&ka=post"):
        read(client, f"/meklet/?{query}")
    assert missed() == []


def test_a_misspelt_question_is_answered_and_what_was_meant_is_offered(world: World, client: Client) -> None:
    world.service("pension", title="Vecuma pensija")
    page = read(client, "/meklet/?q=pensja")
    assert page.select_one('a[href="/pakalpojumi/pension/"]')
    assert page.select_one('a[href="/meklet/?q=pensija"]')


def test_what_has_some_words_only_stands_apart_where_others_have_all(world: World, client: Client) -> None:
    for number in range(7):
        world.service(f"bike-{number}", title=f"Skolas pabalsts velosipēdam {number}")
        world.service(f"other-{number}", title=f"Zvejas atļauja {number}")
    world.service("boat", title="Skolas pabalsts laivai")
    page = read(client, "/meklet/?q=skolas+pabalsts+velosipēdam")
    assert page.select_one('details.iv-more a[href="/pakalpojumi/boat/"]')
    assert len(page.select(".iv-group .iv-hit")) == 7
    assert "8 pakalpojumi" in page.get_text(" ", strip=True).replace("\N{NO-BREAK SPACE}", " ")


def test_what_municipalities_give_comes_first_where_it_is_the_best_answer(world: World, client: Client) -> None:
    template = world.template("common", title="Pabalsts bērnam piedzimstot")
    for place in ("ogre", "cesis"):
        world.variant(template, place)
    world.service("care", title="Pabalsts bērnam skolā")
    headings = [heading.get_text(strip=True) for heading in read(client, "/meklet/?q=pabalsts+bērnam").select("h2")]
    assert headings.index("Pašvaldībās") < headings.index("Visā valstī")


def test_nobodys_search_fails_because_a_count_could_not_be_written(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(**_: object) -> bool:
        raise OperationalError("database is locked")

    monkeypatch.setattr(word_lists, "miss", busy)
    assert client.get("/meklet/?q=kosmosa+kuģis").status_code == 200


def test_a_programme_is_given_one_hit_of_each_thing(world: World, client: Client) -> None:
    template = world.template("common", title="Pabalsts bērnam piedzimstot")
    for place in ("ogre", "cesis", "liepaja"):
        world.variant(template, place)
    found = client.get("/api/v1/search?q=pabalsts bērnam").json()["hits"]
    assert [(hit["code"], hit["copies"]) for hit in found] == [("common", 3)]
    own = client.get("/api/v1/search?q=pabalsts bērnam&place=cesis").json()["hits"]
    assert [hit["code"] for hit in own] == ["common-cesis"]
