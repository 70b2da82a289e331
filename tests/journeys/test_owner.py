"""An owner reads the yearly comparison and writes the review; an approver approves, the author cannot."""

import re

from playwright.sync_api import expect

from tests.journeys.conftest import Arrive


def test_an_owner_is_led_from_the_desk_to_the_review(arrive: Arrive) -> None:
    # Given the owner of services that became worse
    owner = arrive().enters_as("owner-krastmala")
    expect(owner.page.locator("h1")).to_have_text("Kas jādara")
    # When the owner follows the first button about what became worse, and writes how it is to be read
    owner.page.get_by_role("link", name="Rakstīt izvērtējumu").or_(
        owner.page.get_by_role("button", name="Rakstīt izvērtējumu")
    ).first.click()
    owner.presses("Saglabāt izvērtējumu")
    expect(owner.page.locator("body")).to_contain_text("Uzrakstiet, kā saprotat skaitļus.")
    owner.page.get_by_label("Kā jūs saprotat šos skaitļus?").fill("Divi darbinieki slimoja visu pavasari.")
    owner.page.get_by_label("Uzlabot pašu spēkiem").check()
    owner.presses("Saglabāt izvērtējumu")
    # Then it stands with the figures, and with the fingerprint by which they can be checked
    expect(owner.page.locator("#izvertejums")).to_contain_text("Divi darbinieki slimoja visu pavasari.")
    owner.page.locator("#izvertejums summary").click()
    fingerprint = owner.page.locator("#izvertejums .iv-hash").inner_text()
    assert re.fullmatch(r"[0-9a-f]{64}", fingerprint)
    owner.finds_it_accessible()


def test_every_number_leads_to_what_made_it(arrive: Arrive) -> None:
    owner = arrive().enters_as("owner-vsaa")
    owner.opens("/darbvieta/pakalpojumi/berna-kopsanas-pabalsts/")
    owner.page.locator("#visi table a").first.click()
    expect(owner.page.get_by_role("heading", name="Kas iesniegts").first).to_be_visible()
    owner.page.locator("details.iv-how summary").first.click()
    expect(owner.page.locator(".iv-defs").first).to_contain_text("Skaitītājs")
    expect(owner.page.locator(".iv-defs").first).to_contain_text("Segums")


def test_an_approver_approves_what_an_author_cannot(arrive: Arrive) -> None:
    # Given a submitted list, seen by its author
    author = arrive().enters_as("owner-ur").opens("/darbvieta/saraksti/ur/2026/")
    assert author.sees("Šo sarakstu rakstījāt jūs")
    assert author.page.get_by_role("button", name="Apstiprināt", exact=True).count() == 0
    # When the approver approves it without a document, it is refused; with one it is done
    approver = arrive().enters_as("approver-ur").opens("/darbvieta/saraksti/ur/2026/")
    approver.page.get_by_role("button", name="Apstiprināt", exact=True).click()
    expect(approver.page.locator("body")).to_contain_text("Ierakstiet dokumenta numuru.")
    approver.page.get_by_label("Dokumenta numurs").fill("1-2/26/77")
    approver.page.get_by_label("Dokumenta datums").fill("2026-11-20")
    approver.page.get_by_role("button", name="Apstiprināt", exact=True).click()
    # Then the list is approved
    expect(approver.page.locator("body")).to_contain_text("Saraksts ir apstiprināts.")


def test_an_owner_of_another_institution_is_refused_with_words_that_help(arrive: Arrive) -> None:
    owner = arrive().enters_as("owner-vsaa")
    answer = owner.page.goto(owner.house + "/darbvieta/saraksti/ur/2026/")
    assert answer is not None
    assert answer.status == 403
    assert owner.sees("pieder citai iestādei") or owner.sees("cita")
    owner.finds_it_accessible()
