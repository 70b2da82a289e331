"""The fold at the foot of public pages: everybody can say something, nothing that tells who it was is kept or shown."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from ietvars.doors.furniture import feedback as folds
from ietvars.ground.people.rules import Role
from ietvars.institution.feedback import actions, queries, rules
from tests.world import NOW, World, texts

pytestmark = pytest.mark.django_db

CODE = "010180-12345"
PAGE = "/pakalpojumi/benefit/"


@pytest.fixture(autouse=True)
def calm(settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()


@pytest.fixture
def town(world: World) -> World:
    world.code_lists()
    world.service("benefit", title="Pabalsts")
    world.situation("child", "benefit")
    return world


def read(client: Client, address: str, status: int = 200) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == status, address
    return BeautifulSoup(answer.content, "html.parser")


def send(client: Client, **changed: Any) -> Any:
    given = {"lapa": PAGE, "vertejums": "2", **changed}
    return client.post("/atsauksme/", {name: value for name, value in given.items() if value is not None})


def newest() -> Any:
    found = queries.all_feedback().first()
    assert found is not None
    return found


# ---- where it stands --------------------------------------------------------------------------------------------

EVERYWHERE = (
    "/", "/meklet/?q=pabalsts", "/pasvaldiba/", "/pakalpojumi/", PAGE, "/situacijas/", "/situacijas/child/",
    "/iestades/", "/iestades/agency/", "/par/", "/par/pieklustamiba/", "/par/dati/", "/en/", f"/en{PAGE}",
)  # fmt: skip


@pytest.mark.parametrize("address", EVERYWHERE)
def test_every_public_page_has_the_fold_and_its_path(town: World, client: Client, address: str) -> None:
    page = read(client, address)
    (form,) = page.select("section.iv-feedback details:not([open]) > form")
    kept = form.select_one('input[name="lapa"]')
    assert kept is not None
    assert kept["value"] == address.partition("?")[0]
    assert form.select_one('input[name="csrfmiddlewaretoken"]')
    assert [one["value"] for one in form.select('input[name="vertejums"]')] == ["1", "2", "3", "4", "5"]


def test_a_page_that_is_not_there_has_the_fold_too_and_keeps_no_code_of_its_address(client: Client) -> None:
    page = read(client, f"/nekas/{CODE}/", 404)
    assert page.select_one("section.iv-feedback form")
    assert CODE not in str(page.select_one("section.iv-feedback"))


def test_pages_of_staff_and_of_sign_in_have_no_fold(town: World, client: Client) -> None:
    assert not read(client, "/ieiet/").select("section.iv-feedback")
    client.force_login(town.person(Role.SERVICE_OWNER))
    assert not read(client, "/darbvieta/").select("section.iv-feedback")


def test_only_the_page_of_a_service_asks_which_part(town: World, client: Client) -> None:
    assert len(read(client, PAGE).select('select[name="par"] option')) == 1 + len(rules.PARTS)
    assert not read(client, "/").select('select[name="par"]')


def test_every_part_every_rating_and_every_answer_has_its_words() -> None:
    assert tuple(folds.PART_WORDS) == rules.PARTS
    assert tuple(folds.RATING_WORDS) == rules.RATINGS
    assert set(folds.FOUND_WORDS) == {one.value for one in rules.Found}


def test_the_token_of_the_form_is_forgotten_with_the_browser(client: Client) -> None:
    client.get("/")
    cookie = client.cookies["csrftoken"]
    assert cookie["max-age"] == ""
    assert cookie["expires"] == ""
    assert set(client.cookies) == {"csrftoken"}


# ---- taking it --------------------------------------------------------------------------------------------------


def test_feedback_is_taken_without_signing_in_and_thanked_for(town: World, client: Client) -> None:
    answer = send(client, atradu="partly", komentars="Kur ir veidlapa?", par="stages.request")
    page = BeautifulSoup(client.get(answer["Location"]).content, "html.parser")
    assert "Paldies! Jūsu atsauksme ir saņemta." in page.get_text()
    assert page.select_one(f'main a[href="{PAGE}"]')
    made = newest()
    assert (made.service.code, made.rating, made.found, made.stage, made.comment, made.page, made.wants_answer) == (
        "benefit", 2, "partly", "request", "Kur ir veidlapa?", PAGE, False,
    )  # fmt: skip


def test_what_was_taken_out_is_told(town: World, client: Client) -> None:
    answer = send(client, komentars=f"{CODE} un 29123456", epasts="anna@piemers.lv")
    assert CODE not in answer["Location"]
    text = BeautifulSoup(client.get(answer["Location"]).content, "html.parser").get_text()
    assert "no teksta izņemts: personas kods un tālruņa numurs" in text
    assert "Atbildi saņemsiet pa e-pastu" in text


def test_with_a_script_the_thanks_come_in_place_of_the_fold(town: World, client: Client) -> None:
    given = {"lapa": PAGE, "vertejums": "5", "komentars": CODE}
    answer = client.post("/atsauksme/", given, headers={"HX-Request": "true"})
    piece = BeautifulSoup(answer.content, "html.parser")
    assert answer.status_code == 200
    assert [one.name for one in piece.find_all(recursive=False)] == ["section"]
    assert "personas kods" in piece.get_text()


def test_with_a_script_a_refusal_comes_in_place_of_the_fold_and_is_open(town: World, client: Client) -> None:
    answer = client.post("/atsauksme/", {"lapa": PAGE, "komentars": "Ok"}, headers={"HX-Request": "true"})
    piece = BeautifulSoup(answer.content, "html.parser")
    assert answer.status_code == 200  # any other would be dropped by htmx
    assert piece.select_one("details[open] .iv-gapmsg")
    assert piece.select_one('select[name="par"]')


def test_the_page_of_an_institution_is_its_own_and_search_is_nobodys(town: World, client: Client) -> None:
    send(client, lapa="/iestades/agency/")
    assert (newest().body.code, newest().service) == ("agency", None)
    send(client, lapa="/en/meklet/?q=mans+noslepums")
    assert (newest().body, newest().page, newest().language) == (None, "/meklet/", "en")


def test_a_part_is_kept_only_where_there_is_a_service(town: World, client: Client) -> None:
    send(client, lapa="/par/", par="fees")
    assert (newest().part, newest().stage) == ("", "")


def test_a_draft_is_not_given_away_by_its_feedback(town: World, client: Client) -> None:
    town.draft("secret", title="Noslēpums")
    send(client, lapa="/pakalpojumi/secret/")
    assert newest().service is None


# ---- refusing it ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "status", "says"),
    [
        ({"vertejums": None}, 400, "Izvēlieties vērtējumu no 1 līdz 5."),
        ({"vertejums": "6"}, 400, "Izvēlieties vērtējumu no 1 līdz 5."),
        ({"komentars": "a" * 2001}, 400, "drīkst būt ne vairāk par 2000"),
        ({"epasts": "anna"}, 400, "Šī nav e-pasta adrese."),
        ({"epasts": "a@b.lv\r\nBcc: c@d.lv"}, 400, "Šī nav e-pasta adrese."),
        ({"majaslapa": "http://spam.example"}, 400, "veidlapu aizpildījusi programma"),
        ({"lapa": "/darbvieta/"}, 400, "Šajā adresē nav publiskas lapas."),
        ({"lapa": "/api/v1/services"}, 400, "Šajā adresē nav publiskas lapas."),
        ({"lapa": "//spam.example/"}, 400, "Šajā adresē nav publiskas lapas."),
    ],
)
def test_what_cannot_be_taken_is_refused_by_a_sentence(
    town: World, client: Client, changed: dict[str, Any], status: int, says: str
) -> None:
    answer = send(client, **{"komentars": "Labi", **changed})
    assert answer.status_code == status
    assert says in BeautifulSoup(answer.content, "html.parser").get_text()
    assert not queries.all_feedback().exists()


def test_a_refused_text_is_shown_again_but_masked(town: World, client: Client) -> None:
    answer = send(client, komentars=f"Mans kods {CODE}", epasts="anna")
    page = BeautifulSoup(answer.content, "html.parser")
    kept = page.select_one("textarea")
    assert kept is not None
    assert kept.get_text().strip() == "Mans kods [personas kods]"
    assert CODE not in answer.content.decode()


def test_a_flood_is_refused_by_a_sentence(town: World, client: Client, settings: Any) -> None:
    settings.FEEDBACK_PER_SENDER = 2
    assert [send(client).status_code for _ in range(4)] == [302, 302, 429, 429]
    assert "Pagaidiet stundu" in BeautifulSoup(send(client).content, "html.parser").get_text()
    assert queries.all_feedback().count() == 2


def test_a_flood_through_forged_headers_is_one_sender(town: World, client: Client, settings: Any) -> None:
    settings.FEEDBACK_PER_SENDER = 1
    statuses = [
        client.post(
            "/atsauksme/", {"lapa": PAGE, "vertejums": "1"}, headers={"X-Forwarded-For": f"198.51.100.{number}"}
        ).status_code
        for number in range(3)
    ]
    assert statuses == [302, 429, 429]


def test_tags_are_shown_as_they_were_typed(town: World, client: Client) -> None:
    answer = send(client, komentars="<script>alert(1)</script><img src=x onerror=alert(1)>", epasts="anna")
    assert b"<script>alert" not in answer.content
    assert b"&lt;script&gt;alert(1)" in answer.content


def test_a_fault_of_ours_prints_nothing_that_was_typed(
    town: World, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    def broken(**given: Any) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(actions, "leave", broken)
    client = Client(raise_request_exception=False)
    with caplog.at_level(logging.DEBUG):
        answer = client.post("/atsauksme/", {"lapa": PAGE, "vertejums": "1", "komentars": CODE, "epasts": "a@b.lv"})
    assert answer.status_code == 500
    assert CODE not in answer.content.decode() + caplog.text
    assert "a@b.lv" not in answer.content.decode() + caplog.text


def test_the_report_of_a_fault_hides_the_form(town: World, rf: Any) -> None:
    from django.views.debug import SafeExceptionReporterFilter

    from ietvars.doors.public import feedback

    request = rf.get("/atsauksme/")
    request.session = {}
    feedback.page(request)
    request.method, request.POST = "POST", {"komentars": CODE}
    assert SafeExceptionReporterFilter().get_post_parameters(request) == {"komentars": "********************"}


# ---- the mean ---------------------------------------------------------------------------------------------------


def rate(*ratings: int) -> None:
    for number, rating in enumerate(ratings):
        said = rules.Said(page=PAGE, rating=rating, service="benefit")
        actions.leave(said=said, sender=f"203.0.113.{number}", by=rules.VISITOR, now=NOW)


def test_the_page_says_the_mean_only_from_ten_ratings_on_and_of_how_many(
    town: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ietvars.doors.furniture.today.today", NOW.date)
    rate(*[4] * 9)
    assert "Cilvēki to vērtē" not in read(client, PAGE).get_text()
    rate(5)
    assert "Cilvēki to vērtē ar 4,1 no 5: 10 vērtējumi gada laikā." in read(client, PAGE).get_text()
    assert "People rate it 4.1 of 5: 10 ratings in a year." in read(client, f"/en{PAGE}").get_text()


def test_programs_read_the_same_means(town: World, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ietvars.doors.furniture.today.today", NOW.date)
    town.service("permit", title=texts("Atļauja"))
    rate(*[4] * 9)
    assert client.get("/api/v1/ratings").json()["ratings"] == []
    rate(5)
    answer = client.get("/api/v1/ratings").json()
    assert [(one["service"], float(one["mean"]), one["n"]) for one in answer["ratings"]] == [("benefit", 4.1, 10)]
    assert answer["shown_from"] == 10
    assert "self-selected" in answer["method"]


def test_the_fold_leads_to_a_page_of_its_own_for_a_link(town: World, client: Client) -> None:
    page = read(client, f"{reverse('public:feedback')}?lapa={PAGE}")
    assert page.select_one("details[open] select[name=par]")
    assert read(client, f"{reverse('public:feedback')}?lapa=javascript:alert(1)").select_one('input[value="/"]')
