"""The page frame: language switch, door, sample banner, footer; and what stands where an answer failed."""

from datetime import UTC, datetime
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpResponse
from django.shortcuts import render
from django.test import Client, RequestFactory
from django.utils import translation

from ietvars.doors.furniture import frame, pages, parts
from ietvars.doors.furniture.marks import Link
from ietvars.ground.deployment import queries as deployment

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.doors.furniture.example_urls")]


def soup(answer: Any) -> BeautifulSoup:
    return BeautifulSoup(answer.content, "html.parser")


def page(address: str = "/open?lapa=2", language: str = "lv", **context: Any) -> BeautifulSoup:
    with translation.override(language):
        request = RequestFactory().get(address)
        return soup(render(request, "ietvars/base.html", context))


def test_the_page_says_its_language_its_door_and_its_scheme() -> None:
    shown = page(frame=frame.Frame(door="owners"))
    assert shown.html is not None
    assert shown.body is not None
    assert (shown.html["lang"], shown.html["data-color-scheme"], shown.body["data-door"]) == ("lv", "light", "owners")
    assert page("/en/open", "en").html["lang"] == "en"  # type: ignore[index]
    assert page().body["data-door"] == "public"  # type: ignore[index]


def test_nothing_on_the_page_needs_an_inline_style_or_script() -> None:
    shown = page(sample_state=True)
    assert not shown.select("[style], style, script:not([src])")
    assert not [name for tag in shown.find_all(True) for name in tag.attrs if name.startswith("on")]


def test_the_skip_link_comes_first_and_leads_to_main() -> None:
    shown = page()
    first = shown.select_one("body > *")
    assert first is not None
    assert first["href"] == "#saturs"
    assert shown.main is not None
    assert shown.main["id"] == "saturs"


@pytest.mark.parametrize(
    ("address", "language", "other"),
    [("/open?lapa=2&q=b%C4%93rns", "lv", "/en/open?lapa=2&q=b%C4%93rns"), ("/en/open?lapa=2", "en", "/open?lapa=2")],
)
def test_the_language_switch_keeps_the_page_and_its_query(address: str, language: str, other: str) -> None:
    shown = page(address, language)
    assert [link["href"] for link in shown.select(".iv-lang a")] == [other]
    current = shown.select_one(".iv-lang [aria-current]")
    assert current is not None
    assert current["lang"] == language
    assert shown.select("link[rel=alternate]")[0]["href"] == other


def test_the_sample_banner_comes_first_and_only_in_the_sample_state(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not page().select(".iv-sample")
    monkeypatch.setattr(deployment, "is_sample", lambda: True)
    banner = page().select(".iv-sample")
    assert [one.get_text(" ", strip=True).split(".")[0] for one in banner] == ["Parauga dati"]


def test_a_working_door_shows_its_name_the_acting_person_and_its_sections() -> None:
    sections = (frame.Section("desk", "Kas jādara", "/d", count=7), frame.Section("list", "Pakalpojumi", "/p", count=0))
    made = frame.Frame("owners", "Turētāja darbvieta", "/d", "Īpašniece, VSAA", (Link("Iziet", "/out"),), sections)
    shown = page(frame=made.at("list"))
    header = shown.header
    assert header is not None
    assert "Turētāja darbvieta" in header.get_text()
    assert "Īpašniece, VSAA" in header.get_text()
    assert [link.get_text("|") for link in shown.select(".iv-nav a")] == ["Kas jādara|7", "Pakalpojumi"]
    assert [link.get("aria-current") for link in shown.select(".iv-nav a")] == [None, "page"]


def test_a_section_with_several_lists_shows_them_below_and_marks_both() -> None:
    under = (frame.Section("feedback", "Atsauksmes", "/a"), frame.Section("searches", "Meklējumi", "/m"))
    sections = (frame.Section("desk", "Kas jādara", "/d"), frame.Section("voices", "Atsauksmes", "/a", under=under))
    made = frame.Frame("owners", "Darbvieta", "/d", sections=sections)
    shown = page(frame=made.at("searches"))
    assert [link.get("aria-current") for link in shown.select(".iv-nav a")] == [None, "page"]
    assert [link.get("aria-current") for link in shown.select(".iv-subnav a")] == [None, "page"]
    assert not page(frame=made.at("desk")).select(".iv-subnav")


def test_the_last_breadcrumb_is_where_we_are_and_no_link() -> None:
    items = page(crumbs=frame.crumbs(("Valsts", "/valsts"), ("Nozare", "/n"))).select(".iv-crumbs li")
    assert [bool(item.a) for item in items] == [True, False]
    assert items[-1]["aria-current"] == "page"


def test_the_footer_says_how_fresh_the_data_are() -> None:
    at = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
    footer = page(data_as_of=at).footer
    assert footer is not None
    assert "Skaitļi atjaunoti 2026. gada 20. novembrī plkst. 6.00." in footer.get_text()
    assert "Skaitļi" not in page().footer.get_text()  # type: ignore[union-attr]


def test_pages_of_a_list_keep_the_rest_of_the_query() -> None:
    request = RequestFactory().get("/open?q=x&lapa=2")
    made = parts.pages(request, number=2, per_page=20, total=93)
    assert (made.last, made.before, made.after) == (5, "/open?q=x", "/open?q=x&lapa=3")
    assert parts.pages(request, number=5, per_page=20, total=93).after == ""
    assert "nav" not in str(parts.pages(request, number=1, per_page=20, total=20))
    assert parts.with_query(RequestFactory().get("/open?a=1"), a=None) == "/open"


FAILURES = {
    "/nowhere": (404, "Šādas lapas nav", "There is no such page"),
    "/breaks": (500, "Mūsu pusē radās kļūme", "Something broke on our side"),
}


@pytest.mark.parametrize(("address", "said"), FAILURES.items())
def test_a_failure_helps_in_both_languages(address: str, said: tuple[int, str, str]) -> None:
    client = Client(raise_request_exception=False)
    for prefix, words in (("", said[1]), ("/en", said[2])):
        answer = client.get(f"{prefix}{address}")
        assert answer.status_code == said[0]
        shown = soup(answer)
        assert [one.get_text() for one in shown.select("h1")] == [words]
        assert shown.select("main a")


def test_the_page_after_a_fault_asks_no_database(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        answer = pages.broken(RequestFactory().get("/x"))
    assert answer.status_code == 500


def test_the_page_after_a_fault_comes_even_when_its_template_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("templates are gone")

    monkeypatch.setattr(pages, "render_to_string", fail)
    with translation.override("lv"):
        answer = pages.broken(RequestFactory().get("/x"))
    assert (answer.status_code, "radās kļūme" in answer.content.decode()) == (500, True)


@pytest.mark.parametrize(
    ("answer", "status", "title"),
    [
        (lambda request: pages.forbidden(request, PermissionDenied()), 403, "Šo lapu jūs atvērt nevarat"),
        (lambda request: pages.not_understood(request, SuspiciousOperation()), 400, "Nevarējām nolasīt nosūtīto"),
        (pages.form_expired, 403, "Veidlapa netika nosūtīta"),
    ],
)
def test_a_refused_request_is_told_what_to_do(answer: Any, status: int, title: str) -> None:
    with translation.override("lv"):
        shown: HttpResponse = answer(RequestFactory().get("/x"))
    assert shown.status_code == status
    alert = soup(shown).select_one('[role="alert"]')
    assert alert is not None
    assert alert.h1 is not None
    assert alert.h1.get_text() == title
    assert len(alert.select("p")) >= 1


def test_a_form_without_its_token_gets_the_page_that_explains_it(settings: Any) -> None:
    settings.CSRF_FAILURE_VIEW = "ietvars.doors.furniture.pages.form_expired"
    answer = Client(enforce_csrf_checks=True).post("/open")
    assert answer.status_code == 403
    assert "Nekas nav saglabāts" in answer.content.decode()
