"""People find what they mean, staff see what was searched in vain, and a word that was missing is found at once."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Arrive

ASKED = "sniega bildes krastmalā"
"""What nobody else asks in these journeys."""


@pytest.mark.parametrize("width", [1280, 390])
def test_typing_offers_ways_that_keys_reach(arrive: Arrive, width: int) -> None:
    # Given somebody on the first page who types without diacritics
    visitor = arrive(width=width).opens("/")
    page = visitor.page
    page.locator("#q").press_sequentially("berna kop", delay=30)
    # Then ways to what begins like this stand below the field, and readers hear how many
    offered = page.locator("#ieteikumi a")
    expect(offered.first).to_have_text("Bērna kopšanas pabalsts")
    expect(page.locator("#pazinojums")).to_contain_text("Zem lauka")
    visitor.finds_it_accessible()
    # And keys lead there: from the field over the button into the list
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(offered.first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Bērna kopšanas pabalsts")


def test_suggestions_go_away_with_the_focus(arrive: Arrive) -> None:
    page = arrive().opens("/").page
    page.locator("#q").press_sequentially("pase", delay=30)
    expect(page.locator("#ieteikumi a").first).to_be_visible()
    page.locator("h1").click()
    expect(page.locator("#ieteikumi a").first).to_be_hidden()


def test_without_javascript_one_asks_narrows_and_reads_on(arrive: Arrive) -> None:
    visitor = arrive(width=390, javascript=False).opens("/")
    page = visitor.page
    page.locator("#q").fill("bērna pabalsts")
    visitor.presses("Meklēt")
    expect(page.locator("details.iv-more summary").first).to_contain_text("Pabalsts, bērnam piedzimstot")
    page.locator(".iv-filters summary").click()
    page.get_by_label("Internetā").check()
    page.locator(".iv-filters button").click()
    assert "ka=online" in page.url
    expect(page.get_by_role("link", name="Bērna kopšanas pabalsts", exact=True).first).to_be_visible()
    sideways = page.locator("html").evaluate("html => html.scrollWidth > html.clientWidth")
    assert not sideways


@pytest.mark.parametrize("address", ["/meklet/?q=b%C4%93rna+pabalsts", "/en/meklet/?q=chld+benefit&ka=online"])
def test_the_search_page_is_accessible(arrive: Arrive, address: str) -> None:
    for width in (1280, 390):
        arrive(width=width).opens(address).finds_it_accessible()


def test_what_was_searched_in_vain_is_seen_and_a_word_added_for_it_is_found_at_once(arrive: Arrive) -> None:
    # Given a visitor who asks in a word that no service uses
    visitor = arrive().opens(f"/meklet/?q={ASKED}")
    expect(visitor.page.locator("main")).to_contain_text("atbilst")
    # When an overseer looks at what was searched in vain
    overseer = arrive(width=390).enters_as("overseer").opens("/parraudziba/meklejumi/")
    page = overseer.page
    row = page.locator("table tbody tr", has_text="sniega bildes")
    expect(row).to_be_visible()
    overseer.finds_it_accessible()
    # And says what the missing word means
    row.get_by_role("link", name="Pateikt, ko tas nozīmē").click()
    page.get_by_label("Cilvēki raksta").fill("bilžošana")
    page.locator("main form button[type=submit]").click()
    expect(page.locator("main")).to_contain_text("Ierakstiet vārdu, ko lieto pakalpojumi.")
    page.get_by_label("Pakalpojumos sauc").fill("fotogrāfija")
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("main")).to_contain_text("Turpmāk meklētājs to zina")
    expect(page.locator("table")).to_contain_text("pievienoja")
    overseer.finds_it_accessible()
    # Then the visitor finds it by that word
    visitor.opens("/meklet/?q=bil%C5%BEo%C5%A1ana")
    expect(visitor.page.get_by_role("link", name="Senas fotogrāfijas datēšana")).to_be_visible()
    # And the list of words shows it
    overseer.opens("/parraudziba/vardi/?q=bil%C5%BEo%C5%A1ana")
    expect(page.locator("table tbody tr")).to_have_count(1)
    overseer.finds_it_accessible()


def test_an_owner_sees_what_was_searched_near_the_own_services(arrive: Arrive) -> None:
    arrive().opens("/meklet/?q=apbed%C4%AB%C5%A1anas+pabalsts+astronautam")
    owner = arrive(width=390).enters_as("owner-vsaa").opens("/darbvieta/meklejumi/")
    row = owner.page.locator("table tbody tr", has_text="astronautam")
    expect(row).to_contain_text("Apbedīšanas pabalsts")
    owner.finds_it_accessible()
