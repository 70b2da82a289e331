"""A private person finds a service, follows a life situation, and sees who answers for it."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Arrive


@pytest.mark.parametrize("question", ["pabalsti bērniem", "pabalstu berniem"])
def test_a_parent_finds_the_child_benefits_however_the_words_are_written(arrive: Arrive, question: str) -> None:
    # Given a parent on the first page
    visitor = arrive().opens("/")
    # When the parent asks in own words
    visitor.page.get_by_role("searchbox").or_(visitor.page.locator("#q")).first.fill(question)
    visitor.presses("Meklēt")
    # Then the child benefits stand there, and the life situation before them
    for benefit in ("Bērna kopšanas pabalsts", "Bērna piedzimšanas pabalsts", "Ģimenes valsts pabalsts"):
        expect(visitor.page.get_by_role("link", name=benefit, exact=True).first).to_be_visible()
    expect(visitor.page.get_by_role("heading", name="Bērns gaidāms un piedzimis")).to_be_visible()
    visitor.finds_it_accessible()


def test_ones_own_municipality_comes_first_and_the_others_fold_into_one_line(arrive: Arrive) -> None:
    visitor = arrive().opens("/pasvaldiba/")
    visitor.page.get_by_label("Pašvaldība").select_option("ogres-novads")
    visitor.presses("Atcerēties")
    visitor.opens("/meklet/?q=pabalsts+b%C4%93rnam+piedzimstot")
    own = visitor.page.locator(".iv-group").first
    expect(own).to_contain_text("Ogre")
    expect(visitor.page.locator("details.iv-more summary").first).to_contain_text(re.compile(r"vēl \d+ pašvald"))


def test_a_life_situation_leads_to_its_services_and_their_holder(arrive: Arrive) -> None:
    visitor = arrive().opens("/situacijas/child/")
    visitor.page.get_by_role("link", name="Bērna kopšanas pabalsts").first.click()
    expect(visitor.page.locator("h1")).to_have_text("Bērna kopšanas pabalsts")
    assert visitor.sees("22 darbdien")
    assert visitor.sees("298")
    visitor.page.get_by_role("link", name="Valsts sociālās apdrošināšanas aģentūra").first.click()
    expect(visitor.page.locator("h1")).to_have_text("Valsts sociālās apdrošināšanas aģentūra")


def test_the_language_switch_keeps_the_page_and_its_question(arrive: Arrive) -> None:
    visitor = arrive().opens("/meklet/?q=pensija")
    visitor.page.get_by_role("link", name="EN", exact=True).click()
    assert visitor.page.url.endswith("/en/meklet/?q=pensija")


def test_a_misspelt_question_is_answered_with_what_was_meant(arrive: Arrive) -> None:
    visitor = arrive().opens("/meklet/?q=pabalzs")
    expect(visitor.page.get_by_role("link", name="pabalsts", exact=True)).to_be_visible()
    expect(visitor.page.locator(".iv-hit").first).to_contain_text("pabalsts")


def test_a_merged_institution_keeps_its_address_and_leads_on(arrive: Arrive) -> None:
    visitor = arrive().opens("/iestades/piestatnu-birojs/")
    visitor.page.get_by_role("link", name=re.compile("Piekrastes")).first.click()
    assert visitor.page.url.endswith("/iestades/piekrastes-agentura/")


def test_sample_data_say_so_on_every_page(arrive: Arrive) -> None:
    visitor = arrive()
    for page in ("/", "/pakalpojumi/", "/ieiet/", "/en/situacijas/child/"):
        visitor.opens(page)
        expect(visitor.page.locator(".iv-sample")).to_be_visible()
