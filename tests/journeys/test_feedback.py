"""A visitor says what was wrong, with a personal code in it; the holder sees it masked and answers by a letter."""

from __future__ import annotations

import email
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage, Message
from email.policy import default
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.houses import House, free_port
from tests.journeys.conftest import Running, Visitor, started

PAGE = "/pakalpojumi/berna-kopsanas-pabalsts/"
CODE, ADDRESS = "010180-12345", "anna@piemers.example"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, sampled: House) -> Iterator[Running]:
    """The product behind a proxy, with letters that become files and views that are written at each page."""
    folder = tmp_path_factory.mktemp("house-with-letters")
    with started(
        sampled,
        folder,
        free_port(),
        IETVARS_MAIL=f"file://{folder / 'letters'}",
        IETVARS_VISITS_EVERY="0",
        IETVARS_PROXIES="1",
    ) as found:
        yield found


def come(browser: Browser, running: Running, *, width: int = 1280, javascript: bool = True) -> Visitor:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, locale="lv-LV", java_script_enabled=javascript
    )
    return Visitor(context.new_page(), running.address)


def letters(running: Running) -> list[Message]:
    folder = Path(running.environment["IETVARS_VAR"]) / "letters"
    return [email.message_from_bytes(path.read_bytes(), policy=default) for path in sorted(folder.glob("*"))]


def says(visitor: Visitor, *, rating: int, comment: str, address: str = "") -> None:
    visitor.page.locator(".iv-feedback summary").click()
    visitor.page.locator(f'.iv-rate label:has(input[value="{rating}"])').click()
    visitor.page.get_by_label("Kas būtu jāuzlabo?").fill(comment)
    visitor.page.get_by_label("Jūsu e-pasts").fill(address)


def _look(visitor: Visitor, *, javascript: bool) -> None:
    # axe itself is a script.
    if javascript:
        visitor.finds_it_accessible()


@pytest.mark.parametrize(("width", "javascript"), [(1280, True), (390, False)])
def test_what_a_visitor_says_reaches_the_holder_masked_and_the_answer_goes_back(
    browser: Browser, running: Running, width: int, javascript: bool
) -> None:
    # Given a visitor who did not understand a page, at a desk or on a telephone without scripts
    sent_before = len(letters(running))
    visitor = come(browser, running, width=width, javascript=javascript).opens(PAGE)
    expect(visitor.page.locator(".iv-feedback form")).not_to_be_visible()
    # When the visitor says so with a personal code and a telephone number in it, and wants an answer
    question = f"Nesapratu, kur jāpiesakās ({width}). Mans kods {CODE}, tālrunis 29123456. <b>Paldies</b>"
    says(visitor, rating=2, comment=question, address=ADDRESS)
    visitor.page.get_by_label("Par ko ir jūsu atsauksme?").select_option("stages.request")
    _look(visitor, javascript=javascript)
    visitor.presses("Nosūtīt atsauksmi")
    # Then the visitor is thanked and told what was taken out
    expect(visitor.page.get_by_text("Paldies! Jūsu atsauksme ir saņemta.").first).to_be_visible()
    expect(visitor.page.get_by_text("personas kods un tālruņa numurs").first).to_be_visible()
    _look(visitor, javascript=javascript)

    # And the holder finds it masked, as text, on the list and on its page
    holder = come(browser, running, width=width, javascript=javascript).enters_as("owner-vsaa")
    holder.opens("/darbvieta/atsauksmes/?gaida=1")
    row = holder.page.locator("tr", has_text=f"jāpiesakās ({width})")
    expect(row).to_contain_text("Mans kods [personas kods], tālrunis [tālrunis]. <b>Paldies</b>")
    expect(row).to_contain_text("Pieteikšanās")
    _look(holder, javascript=javascript)
    row.get_by_role("link").first.click()
    assert not holder.sees(CODE)
    assert not holder.sees(ADDRESS)
    # When the holder answers
    holder.page.get_by_label("Jūsu atbilde").fill("Pieteikties var portālā, saite ir lapas augšā.")
    _look(holder, javascript=javascript)
    holder.presses("Nosūtīt atbildi")
    # Then one letter goes to the visitor, and the address is gone
    expect(holder.page.get_by_text("Atbilde ir nosūtīta, un adrese izdzēsta.")).to_be_visible()
    sent = letters(running)[sent_before:]
    assert len(sent) == 1
    (letter,) = sent
    assert isinstance(letter, EmailMessage)
    text = letter.get_content()
    assert letter["To"] == ADDRESS
    assert "saite ir lapas augšā" in text
    assert "[personas kods]" in text
    assert CODE not in text


def test_what_was_said_and_seen_goes_out_in_the_files_of_the_gateway(browser: Browser, running: Running) -> None:
    visitor = come(browser, running).opens(PAGE)
    # The browser of these tests says that it is a program; a visitor's does not.
    visitor.page.context.set_extra_http_headers({"User-Agent": "Mozilla/5.0 (Windows NT 10.0; rv:120.0) Firefox/120.0"})
    visitor.opens(PAGE)
    says(visitor, rating=5, comment="")
    visitor.presses("Nosūtīt atsauksmi")
    expect(visitor.page.get_by_text("Paldies!").first).to_be_visible()
    done = running.command("export", "sdg", "--kind", "feedback", "--period", "2026", "--address", "https://a.example")
    assert done.returncode == 0, done.stderr
    sources = {one["source"]: one["rating"] for one in json.loads(done.stdout)["feedbacks"]}
    assert sources[f"https://a.example{PAGE}"] in (2, 5)
    assert CODE not in done.stdout
    seen = running.command(
        "export",
        "sdg",
        "--kind",
        "information-statistics",
        "--period",
        f"{datetime.now(tz=UTC):%Y}",
        "--address",
        "https://a.example",
    )
    assert seen.returncode == 0, seen.stderr
    (page,) = (one for one in json.loads(seen.stdout)["sources"] if one["sourceUrl"] == f"https://a.example{PAGE}")
    assert page["statistics"] == [{"nbVisits": 1, "originatingCountry": "ZZ", "deviceType": "PC"}]


def test_a_flood_is_refused_and_the_text_stays(browser: Browser, running: Running) -> None:
    visitor = come(browser, running, javascript=False)
    # Of another address than the visitors above, as a proxy in front would say it.
    visitor.page.context.set_extra_http_headers({"X-Forwarded-For": "198.51.100.7"})
    for _ in range(12):
        visitor.opens(PAGE)
        says(visitor, rating=1, comment="Vēlreiz")
        visitor.presses("Nosūtīt atsauksmi")
    assert visitor.sees("Pagaidiet stundu un nosūtiet vēlreiz.")
    expect(visitor.page.get_by_label("Kas būtu jāuzlabo?")).to_have_value("Vēlreiz")
