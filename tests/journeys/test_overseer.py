"""An overseer reads the state, drills to one service and back, and turns a finding into an initiative."""

import re

from playwright.sync_api import expect

from tests.journeys.conftest import Arrive


def test_an_overseer_drills_from_the_state_to_one_comparison_and_back(arrive: Arrive) -> None:
    # Given the page of the state
    overseer = arrive(javascript=False).enters_as("overseer")
    page = overseer.page
    expect(page.locator("h1")).to_contain_text("2025. gadā")
    # When the overseer opens a sector, an institution, and a service in it
    page.get_by_role("link", name="Paraugu resors").click()
    page.get_by_role("link", name="Krastmalas apkaimju aģentūra").click()
    page.get_by_role("link", name="Atļauja rīkot pasākumu krastmalā").first.click()
    # Then there is its comparison, with what stands behind each figure, and the way back
    expect(page.locator("h1")).to_contain_text("Atļauja rīkot pasākumu krastmalā")
    expect(page.locator(".iv-card").first).to_be_visible()
    page.locator(".iv-crumbs a").first.click()
    expect(page.locator("#nozares table")).to_be_visible()


def test_each_number_leads_to_its_list(arrive: Arrive) -> None:
    overseer = arrive().enters_as("overseer")
    page = overseer.page
    for label in ("Pakalpojumi", "Vērtējumi"):
        overseer.opens("/parraudziba/")
        link = page.locator(f'#nozares tr:has-text("Paraugu resors") td[data-l="{label}"] a').last
        number = int(re.sub(r"\D", "", link.inner_text()))
        link.click()
        expect(page.locator(".iv-split table tbody tr")).to_have_count(number)


def test_a_finding_becomes_an_initiative_that_another_overseer_decides(arrive: Arrive) -> None:
    # Given a finding with the figures that raised it
    overseer = (
        arrive().enters_as("overseer").opens("/parraudziba/atradumi/2025/digitalise/transportlidzekla-registracija/")
    )
    page = overseer.page
    page.get_by_role("link", name="Ierosināt iniciatīvu").click()
    # When it is proposed, first without saying why
    page.locator('[name="title"]').fill("Reģistrācija no mājām")
    page.locator('[name="owner"]').select_option(index=1)
    page.locator('[name="target"]').fill("40")
    page.locator('[name="deadline"]').fill("2027-12-31")
    page.locator('main form button[type="submit"]').click()
    expect(page.locator(".iv-refusal")).to_be_visible()
    page.locator('[name="reason"]').fill("Visi brauc uz nodaļu.")
    page.locator('main form button[type="submit"]').click()
    # Then its figures are frozen, and the proposer cannot decide
    expect(page.locator("h1")).to_have_text("Reģistrācija no mājām")
    page.locator(".iv-evidence summary").click()
    assert re.fullmatch(r"sha256 [0-9a-f]{64}", page.locator(".iv-evidence .iv-hash").inner_text())
    assert page.locator("#lemums").count() == 0
    overseer.finds_it_accessible()
    # And another overseer decides
    other = arrive(width=390).enters_as("overseer-vk").opens(page.url.removeprefix(overseer.house))
    other.page.locator('[name="why"]').fill("Vajag, un ir ar ko.")
    other.page.locator('button[value="adopt"]').click()
    expect(other.page.locator("main .iv-tag").first).to_be_visible()
    assert other.page.locator("#lemums").count() == 0
    other.finds_it_accessible()


def test_an_owner_is_refused_with_words_that_help(arrive: Arrive) -> None:
    owner = arrive().enters_as("owner-vsaa")
    answer = owner.page.goto(owner.house + "/parraudziba/")
    assert answer is not None
    assert answer.status == 403
    owner.finds_it_accessible()
