"""A round, told whole: an owner types figures in, mends what cannot be, explains what is doubtful and submits; another
person sends it back; the owner submits again; an overseer accepts. The journey prints what it cost in keys and pages.
"""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.conftest import Arrive, Visitor

REPORT = "/darbvieta/kartas/2026-q3/iestades/piekrastes-agentura/"


def _owner(arrive: Arrive, **how: object) -> Visitor:
    """The owner of the coastal agency, who holds two capacities and takes the first."""
    owner = arrive(**how).enters_as("owner-piekraste")
    owner.page.get_by_role("button", name="Pakalpojuma īpašnieks").first.click()
    return owner


def test_a_round_goes_from_the_desk_to_acceptance(arrive: Arrive) -> None:
    keys = 0

    # Given an owner whose desk says that figures are due
    owner = _owner(arrive)
    owner.page.get_by_role("link", name="Ierakstīt rādījumus").or_(
        owner.page.get_by_role("button", name="Ierakstīt rādījumus")
    ).first.click()
    expect(owner.page.locator("h1")).to_have_text("2026. gada 3. ceturksnis")
    owner.finds_it_accessible()

    # When what is typed cannot be, the page says so at once, before anything is saved
    owner.page.get_by_role("link", name="Laivas piestātnes vietas noma", exact=True).first.click()
    doubts = owner.page.locator("#saubas")
    expect(doubts).to_contain_text("Daļa 412 ir lielāka par veselo 391")
    field = owner.page.get_by_label("Solītajā termiņā pabeigtie gadījumi")
    field.fill("371")
    field.press("Tab")
    keys += 4
    expect(doubts).not_to_contain_text("Daļa 412")
    expect(doubts).to_contain_text("Vidējais no 12 atbildēm")
    owner.finds_it_accessible()

    # And a doubtful figure is explained beside it, and Enter leads to the next service
    reason = doubts.get_by_label("Iemesls").first
    reason.fill("Aptauju sāka tikai septembrī.")
    reason.press("Enter")
    keys += len("Aptauju sāka tikai septembrī.") + 1
    expect(owner.page.locator("h1")).to_have_text("Privātas signāluguns saskaņošana")
    owner.page.get_by_role("button", name="Saglabāt, nākamais pakalpojums").click()
    expect(owner.page.locator("h1")).to_have_text("Viesu piestātnes rezervācija")
    owner.page.get_by_label("Nepabeigtie gadījumi perioda beigās").fill("40")
    owner.page.get_by_role("button", name="Saglabāt, nākamais pakalpojums").click()
    owner.page.get_by_label("Izsniegtie rezultāti", exact=True).fill("neattiecas: rezultāts ir pats remonts")
    owner.page.get_by_role("button", name="Saglabāt un pabeigt").click()
    keys += 2 + len("neattiecas: rezultāts ir pats remonts") + 3

    # Then nothing stands in the way
    expect(owner.page.locator("aside")).to_contain_text("Nekas netraucē.")
    owner.page.get_by_role("button", name="Iesniegt", exact=True).click()
    expect(owner.page.locator("body")).to_contain_text("Rādījumi ir iesniegti.")

    # The reporter has no button to accept
    assert owner.page.get_by_role("button", name="Pieņemt", exact=True).count() == 0

    # The approver of the sector sends it back with words, and the owner finds them on the desk
    approver = arrive().enters_as("approver-paraugs").opens(REPORT)
    approver.page.get_by_text("Lūgt labot").click()
    approver.page.get_by_label("Kas jāmaina?").fill("Kāpēc aptaujāti tikai 12?")
    approver.page.get_by_role("button", name="Nosūtīt atpakaļ").click()
    expect(approver.page.locator("body")).to_contain_text("Pārskats ir nosūtīts atpakaļ")
    owner.opens("/darbvieta/")
    owner.presses("Skatīt jautājumu")
    expect(owner.page.locator("body")).to_contain_text("Kāpēc aptaujāti tikai 12?")
    owner.page.get_by_role("button", name="Iesniegt", exact=True).click()

    # An overseer sees how far everybody has come, reads the report with its doubts, and accepts it
    overseer = arrive().enters_as("overseer").opens("/parraudziba/kartas/2026-q3/")
    expect(overseer.page.locator("main")).to_contain_text(re.compile(r"Iesniegušas iestādes: \d+\sno\s10\."))
    overseer.finds_it_accessible()
    overseer.page.get_by_role("link", name="Piekrastes signālu un piestātņu aģentūra").click()
    expect(overseer.page.locator("#saubas")).to_contain_text("Aptauju sāka tikai septembrī.")
    overseer.finds_it_accessible()
    overseer.page.get_by_role("button", name="Pieņemt rādījumus").click()
    expect(overseer.page.locator("body")).to_contain_text("Rādījumi ir pieņemti.")
    print(f"\nround: 4 services mended and submitted with {keys} keystrokes over 9 pages")


def test_a_round_is_filled_in_on_a_telephone_without_javascript(arrive: Arrive) -> None:
    owner = arrive(width=390, javascript=False).enters_as("owner-lad")
    owner.opens("/darbvieta/kartas/2026-q3/iestades/lad/tabula/?raditajs=throughput")
    fields = owner.page.locator(".iv-numtable input.iv-num")
    fields.nth(0).fill("120")
    fields.nth(1).fill("nezinu")
    owner.presses("Saglabāt")
    expect(owner.page.locator("body")).to_contain_text("„nezinu” nav skaitlis.")
    assert fields.nth(0).input_value() == "120"
    # axe is a script itself, so the same pages are looked at with scripts on
    arrive(width=390).enters_as("owner-lad").opens(
        "/darbvieta/kartas/2026-q3/iestades/lad/tabula/?raditajs=throughput"
    ).finds_it_accessible()


def test_the_signed_document_goes_in_and_comes_out_again(arrive: Arrive, tmp_path: object) -> None:
    owner = arrive().enters_as("owner-vsaa").opens("/darbvieta/saraksti/vsaa/2026/")
    owner.page.get_by_text("Pievienot datni").click()
    pdf = b"%PDF-1.7\n%%EOF\n"
    owner.page.locator('input[type="file"]').set_input_files(
        {"name": "rīkojums.pdf", "mimeType": "application/pdf", "buffer": pdf}
    )
    owner.page.get_by_role("button", name="Pievienot", exact=True).click()
    expect(owner.page.locator("body")).to_contain_text("Dokuments ir pievienots.")
    with owner.page.expect_download() as download:
        owner.page.get_by_role("link", name="rīkojums.pdf").click()
    assert download.value.path().read_bytes() == pdf
    owner.finds_it_accessible()
