"""An owner follows the flow of a service from the map to one case; without JavaScript the same stands in words."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.conftest import Arrive

FLOW = "/darbvieta/pakalpojumi/berna-kopsanas-pabalsts/plusma/"


def test_an_owner_goes_from_the_map_to_one_case(arrive: Arrive) -> None:
    # Given the owner of a service whose events have come in
    owner = arrive().enters_as("owner-vsaa").opens("/darbvieta/pakalpojumi/berna-kopsanas-pabalsts/")
    owner.presses("Skatīt plūsmu")
    # Then the flow is drawn, and stands as a table too
    expect(owner.page.locator("[data-flow] canvas").first).to_be_visible()
    expect(owner.page.locator("#parejas tbody tr").first).to_be_visible()
    owner.finds_it_accessible()
    # When a number of a passage is followed, and one of its cases
    number = owner.page.locator("#parejas tbody a").first
    cases = number.inner_text()
    number.click()
    expect(owner.page.locator(".iv-lead")).to_contain_text(cases)
    owner.finds_it_accessible()
    owner.page.locator("tbody a").first.click()
    # Then the case is told event by event, and names nobody
    expect(owner.page.locator("h1")).to_have_text(re.compile(r"^Gadījums [0-9a-f]{16}$"))
    owner.finds_it_accessible()


def test_without_javascript_the_commonest_way_stands_in_words(arrive: Arrive) -> None:
    owner = arrive(javascript=False).enters_as("owner-vsaa").opens(f"{FLOW}?dala=70")
    expect(owner.page.locator(".iv-flowmain")).to_contain_text("Biežākais ceļš:")
    assert owner.page.locator("[data-flow]").is_hidden()
    owner.page.get_by_role("link", name="90 %").click()
    expect(owner.page.locator("#parejas tbody tr").first).to_be_visible()


def test_the_map_scrolls_in_its_own_box_on_a_narrow_screen(arrive: Arrive) -> None:
    owner = arrive(width=390).enters_as("owner-vsaa").opens(FLOW)
    expect(owner.page.locator("[data-flow] canvas").first).to_be_visible()
    assert owner.page.evaluate("document.documentElement.scrollWidth") == 390
    owner.finds_it_accessible()
