"""An overseer merges two institutions of the state and takes it back; an owner looks after texts and links."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.conftest import Arrive, Visitor


def plans(overseer: Visitor, kind: str, **said: str) -> None:
    overseer.opens("/parraudziba/reorganizacijas/").presses("Plānot reorganizāciju")
    overseer.page.locator(f'input[value="{kind}"]').check()
    for name, text in {"on": "2026-11-01", **said}.items():
        overseer.page.locator(f'[name="{name}"]').fill(text)
    overseer.presses("Skatīt, kas kur nonāktu")


def test_a_merger_is_seen_done_met_by_visitors_and_undone(arrive: Arrive) -> None:
    # Given an overseer who plans a merger without any script
    overseer = arrive(javascript=False).enters_as("overseer")
    page = overseer.page
    plans(overseer, "merged", old_1="Krastmalas apkaimju aģentūra", heir_1="Valsts ieņēmumu dienests")
    # Then all that would go over is seen before anything changes
    expect(page.locator("h1")).to_contain_text("Krastmalas apkaimju aģentūra →")
    assert overseer.sees("Atļauja rīkot pasākumu krastmalā")
    address = page.url.removeprefix(overseer.house)
    reader = arrive().enters_as("overseer").opens(address).finds_it_accessible()
    visitor = arrive().opens("/pakalpojumi/")
    # When it is applied
    overseer.presses("Veikt")
    assert overseer.sees("Izdarīts.")
    reader.opens(address).finds_it_accessible()
    # Then visitors read the successor
    visitor.opens("/meklet/?q=pasākums+krastmalā")
    visitor.page.get_by_role("link", name="Atļauja rīkot pasākumu krastmalā").first.click()
    expect(visitor.page.locator("main")).not_to_contain_text("Krastmalas apkaimju aģentūra")
    # And when it is undone, first without saying why, everything is as before
    overseer.opens(address)
    page.get_by_role("button", name="Atcelt").click()
    assert overseer.sees("Uzrakstiet, kāpēc")
    page.locator('[name="why"]').fill("Lēma citādi.")
    page.get_by_role("button", name="Atcelt").click()
    assert overseer.sees("Atcelts: viss atkal ir, kā bija.")
    visitor.page.reload()
    expect(visitor.page.locator("main")).to_contain_text("Krastmalas apkaimju aģentūra")


def test_a_split_is_decided_on_a_telephone(arrive: Arrive) -> None:
    overseer = arrive(width=390).enters_as("overseer")
    page = overseer.page
    plans(overseer, "split", old_1="pmlp", heir_1="pmlp", name_lv="Migrācijas dienests")
    expect(page.locator(".iv-note").first).to_contain_text("To vēl nevar veikt.")
    for rest in page.locator('select[id^="rest-"]').all():
        rest.select_option(label="Pilsonības un migrācijas lietu pārvalde")
    page.locator('select[id^="to-service-"]').first.select_option(label="Migrācijas dienests")
    overseer.presses("Saglabāt")
    expect(page.get_by_role("button", name="Veikt")).to_be_visible()
    overseer.finds_it_accessible()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    overseer.presses("Atmest plānu")
    assert overseer.sees("Plāns atmests.")


def test_an_owner_sees_what_readers_stumble_over(arrive: Arrive) -> None:
    # Given the owner of the tax services
    owner = arrive().enters_as("owner-vid").opens("/darbvieta/pakalpojumi/")
    page = owner.page
    # When he looks at the quality of texts and links
    owner.presses("Tekstu un saišu kvalitāte")
    expect(page.locator("#saites")).to_contain_text("Saites vēl nav pārbaudītas.")
    expect(page.locator("mark").first).to_be_visible()
    owner.finds_it_accessible()
    # Then he can narrow it, and sees the same on the page of one service, also on a telephone
    page.locator('input[value="abbreviation"]').check()
    page.get_by_role("button", name="Parādīt").click()
    assert set(page.locator("#teksti mark").all_inner_texts()) <= {"EDS", "EORI", "CITES", "BIS"}
    page.locator("#teksti table a").first.click()
    expect(page.locator("mark").first).to_be_visible()
    owner.finds_it_accessible()
    narrow = arrive(width=390).enters_as("owner-vid").opens("/darbvieta/kvalitate/")
    assert narrow.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    narrow.finds_it_accessible()
