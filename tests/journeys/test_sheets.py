"""An owner takes the list of services away as a spreadsheet, sends it back, sees each change, and writes it."""

from pathlib import Path

from playwright.sync_api import expect

from tests.institution.sheets import books
from tests.journeys.conftest import Arrive, Visitor

DESK = "/darbvieta/izklajlapas/"


def downloads(owner: Visitor) -> bytes:
    """The workbook of services, as the button gives it."""
    with owner.page.expect_download() as coming:
        owner.page.locator('form:has(input[value="services"])').get_by_role("button", name="Lejupielādēt XLSX").click()
    assert coming.value.suggested_filename.startswith("pakalpojumi-")
    return Path(coming.value.path()).read_bytes()


def sends(owner: Visitor, content: bytes, folder: Path, name: str) -> None:
    """Send a file back and look at the preview."""
    path = folder / name
    path.write_bytes(content)
    owner.opens(DESK)
    owner.page.get_by_label("Izklājlapa", exact=True).set_input_files(path)
    owner.presses("Rādīt, kas mainītos")
    expect(owner.page.locator("h1")).to_have_text(name)


def test_an_owner_sends_a_spreadsheet_back_and_nothing_is_overwritten(arrive: Arrive, tmp_path: Path) -> None:
    # Given an owner at a telephone, without scripts, who has downloaded the list
    owner = arrive(width=390, javascript=False).enters_as("owner-nvd").opens("/darbvieta/pakalpojumi/")
    owner.presses("Augšupielādēt izklājlapu")
    owner.page.wait_for_url(f"**{DESK}")
    content = downloads(owner)
    # When a first file comes back, its one change is seen and written
    sends(owner, books.with_cells(content, {(2, "title_lv"): "Kolēģa nosaukums"}), tmp_path, "pirmais.xlsx")
    expect(owner.page.locator(".iv-lead").first).to_contain_text("1 izmaiņa. Vēl nekas nav ierakstīts.")
    expect(owner.page.locator("td ins").first).to_contain_text("Kolēģa")
    owner.presses("Ierakstīt 1 izmaiņu")
    expect(owner.page.locator("body")).to_contain_text("Izmaiņas ir ierakstītas.")
    # And a second one of the same download, with a change, a conflict and a formula
    told = {(2, "title_lv"): "Mans nosaukums", (3, "summary_lv"): "Īsāk un skaidrāk.", (4, "appeal_lv"): "=1+1"}
    sends(owner, books.with_cells(content, told), tmp_path, "otrais.xlsx")
    # Then the preview names exactly these, each with its address
    table = owner.page.get_by_role("table")
    expect(table.locator("tbody tr")).to_have_count(3)
    expect(table.get_by_role("row").filter(has_text="E2")).to_contain_text("Kolēģa nosaukums")
    expect(table.get_by_role("row").filter(has_text="Konflikts")).to_have_count(1)
    expect(table.get_by_role("row").filter(has_text="Šūnā ir formula.")).to_have_count(1)
    # And what others wrote is left alone, unless one says so
    owner.presses("Ierakstīt 1 izmaiņu bez konflikta")
    expect(owner.page.locator("body")).to_contain_text("Šūnas: 1.")
    owner.page.locator("main .iv-panel a").first.click()
    expect(owner.page.locator("h1")).to_be_visible()
    sends(owner, books.with_cells(content, told), tmp_path, "otrais.xlsx")
    expect(owner.page.get_by_role("row").filter(has_text="Jau tā ir")).to_have_count(1)
    expect(owner.page.get_by_role("row").filter(has_text="Kolēģa nosaukums")).to_have_count(1)


def test_the_pages_of_spreadsheets_are_accessible(arrive: Arrive, tmp_path: Path) -> None:
    owner = arrive().enters_as("owner-lad").opens(DESK)
    owner.finds_it_accessible()
    told = {(2, "title_lv"): "Mans nosaukums", (3, "area"): "nav-tādas"}
    sends(owner, books.with_cells(downloads(owner), told), tmp_path, "faila nosaukums.xlsx")
    owner.finds_it_accessible()
    owner.page.get_by_role("link", name="Noraidītas 1").click()
    expect(owner.page.get_by_role("table").locator("tbody tr")).to_have_count(1)
    owner.presses("Atlikt")
    expect(owner.page.locator("body")).to_contain_text("Fails ir atlikts.")
    owner.finds_it_accessible()
