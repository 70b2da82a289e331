"""What a holder sees of feedback, answers and closes; what overseers see of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.core.cache import cache
from django.test import Client

from ietvars.ground.people.rules import Role
from ietvars.institution.feedback import actions, queries, rules
from tests.world import NOW, World

pytestmark = pytest.mark.django_db

LIST, ADDRESS = "/darbvieta/atsauksmes/", "anna@piemers.lv"


@pytest.fixture(autouse=True)
def calm(settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.MAIL_GOES_OUT = True
    settings.FEEDBACK_PER_SENDER = 1000
    cache.clear()


@pytest.fixture
def town(world: World) -> World:
    world.code_lists()
    world.service("benefit", holder="agency", title="Pabalsts")
    world.service("foreign", holder="other", title="Svešs")
    return world


def enter(world: World, role: Role, body: str = "agency") -> Client:
    client = Client()
    client.force_login(world.person(role, body), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def owner(town: World) -> Client:
    return enter(town, Role.SERVICE_OWNER)


def leave(code: str = "benefit", **changed: Any) -> Any:
    plain: dict[str, Any] = {"page": f"/pakalpojumi/{code}/", "rating": 2, "service": code, "comment": "Labi"}
    return actions.leave(said=rules.Said(**{**plain, **changed}), sender="192.0.2.1", by=rules.VISITOR, now=NOW)


def read(client: Client, address: str, status: int = 200) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == status, address
    return BeautifulSoup(answer.content, "html.parser")


def words(page: BeautifulSoup) -> str:
    return page.get_text(" ", strip=True).replace("\N{NO-BREAK SPACE}", " ")


def test_an_owner_sees_the_feedback_on_services_within_reach_and_no_other(town: World, owner: Client) -> None:
    leave(comment="Kur ir veidlapa?", part="fees", found="no")
    leave("foreign", comment="Cita iestāde")
    page = words(read(owner, LIST))
    assert "Kur ir veidlapa?" in page
    assert "Cena" in page
    assert "Cita iestāde" not in page
    assert "mazāk par 10 vērtējumiem" in page


def test_before_anybody_said_anything_the_page_says_what_will_stand_there(owner: Client) -> None:
    assert "Atsauksmju vēl nav" in words(read(owner, LIST))


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("", {"viens", "divi", "trīs"}),
        ("?vertejums=1", {"viens"}),
        ("?vertejums=1&vertejums=5", {"viens", "trīs"}),
        ("?stavoklis=closed", {"trīs"}),
        ("?stavoklis=new", {"viens", "divi"}),
        ("?atradu=no", {"divi"}),
        ("?gaida=1", {"divi"}),
        ("?par=stages.request", {"viens"}),
        ("?par=fees&par=stages.request", {"viens", "divi"}),
        ("?pakalpojums=benefit", {"viens", "divi", "trīs"}),
        ("?pakalpojums=none", set()),
        ("?vertejums=9&stavoklis=x&par=y&atradu=z", {"viens", "divi", "trīs"}),
    ],
)
def test_filters_live_in_the_address_and_files_follow_them(
    town: World, owner: Client, query: str, seen: set[str]
) -> None:
    leave(comment="viens", rating=1, part="stages.request")
    leave(comment="divi", rating=3, part="fees", found="no", address=ADDRESS)
    closed = leave(comment="trīs", rating=5)
    actions.close(feedback=closed, why="Labi.", by=town.actor(Role.SERVICE_OWNER, "agency"), now=NOW)
    texts = {"viens", "divi", "trīs"}
    page = words(read(owner, LIST + query))
    assert {one for one in texts if one in page} == seen
    table = owner.get(f"/darbvieta/atsauksmes.csv{query}").getvalue().decode()
    assert {one for one in texts if one in table} == seen
    document = json.loads(owner.get(f"/darbvieta/atsauksmes.json{query}").content)
    assert {row["comment"] for row in document["feedback"]} == seen
    assert document["counts"]["total"] == len(seen)


def test_ratings_without_words_stand_aside_until_they_are_asked_for(town: World, owner: Client) -> None:
    leave(comment="Ar vārdiem")
    leave(comment="", rating=5)
    page = read(owner, LIST)
    assert len(page.select("tbody tr")) == 1
    assert len(read(owner, f"{LIST}?visas=1").select("tbody tr")) == 2
    assert json.loads(owner.get("/darbvieta/atsauksmes.json?visas=1").content)["counts"]["total"] == 2
    assert len(json.loads(owner.get("/darbvieta/atsauksmes.json").content)["feedback"]) == 1
    kept = read(owner, f"{LIST}?visas=1").select_one('.iv-filters input[type="hidden"][name="visas"]')
    assert kept is not None


def test_files_hold_no_address_and_run_no_formula(town: World, owner: Client) -> None:
    leave(comment="=HYPERLINK(1)", address=ADDRESS)
    table = owner.get("/darbvieta/atsauksmes.csv").getvalue().decode()
    assert "'=HYPERLINK(1)" in table
    assert ADDRESS not in table + owner.get("/darbvieta/atsauksmes.json").content.decode()
    assert "gAAAA" not in table


def test_an_answer_goes_out_and_is_shown_and_the_address_never_was(town: World, owner: Client) -> None:
    made = leave(comment="<b>Kur</b> ir veidlapa?", address=ADDRESS)
    place = f"{LIST}{made.pk}/"
    before = read(owner, place)
    assert before.select_one("textarea[name=atbilde]")
    assert ADDRESS not in str(before)
    assert "&lt;b&gt;Kur" in str(before)
    assert owner.post(place, {"solis": "answer", "atbilde": "Lapas apakšā."}).status_code == 302
    assert [(letter.to, "Lapas apakšā." in letter.body) for letter in mail.outbox] == [([ADDRESS], True)]
    after = read(owner, place)
    assert "Atbilde ir nosūtīta, un adrese izdzēsta." in words(after)
    assert "Lapas apakšā." in words(after)
    assert not after.select("textarea")


def test_an_empty_answer_is_shown_again(town: World, owner: Client) -> None:
    made = leave(address=ADDRESS)
    answer = owner.post(f"{LIST}{made.pk}/", {"solis": "answer", "atbilde": " "})
    assert answer.status_code == 400
    assert "Uzrakstiet atbildi." in answer.content.decode()
    assert mail.outbox == []


def test_where_no_address_was_left_it_can_only_be_closed(town: World, owner: Client) -> None:
    made = leave()
    place = f"{LIST}{made.pk}/"
    page = read(owner, place)
    assert not page.select("textarea[name=atbilde]")
    assert "nav kam atbildēt" in words(page)
    refused = owner.post(place, {"solis": "answer", "atbilde": "Jā."})
    assert refused.status_code == 400
    assert "nevienu nesasniegtu" in refused.content.decode()
    assert owner.post(place, {"solis": "close", "piezime": "Izlabojām cenu."}).status_code == 302
    assert "Izlabojām cenu." in words(read(owner, place))
    assert owner.post(place, {"solis": "reopen"}).status_code == 302
    assert queries.by_number(made.pk).state == "new"  # type: ignore[union-attr]


def test_what_was_answered_cannot_be_closed_too(town: World, owner: Client) -> None:
    made = leave(address=ADDRESS)
    place = f"{LIST}{made.pk}/"
    owner.post(place, {"solis": "answer", "atbilde": "Jā."})
    refused = owner.post(place, {"solis": "close", "piezime": "x"})
    assert refused.status_code == 400
    assert "nevar kļūt" in refused.content.decode()


def test_an_approver_reads_and_does_not_answer(town: World) -> None:
    made = leave(address=ADDRESS)
    client = enter(town, Role.LIST_APPROVER)
    page = read(client, f"{LIST}{made.pk}/")
    assert not page.select("textarea")
    refused = client.post(f"{LIST}{made.pk}/", {"solis": "answer", "atbilde": "Jā."})
    assert "Lūdziet kolēģim tur." in refused.content.decode()
    assert mail.outbox == []


def test_without_a_mail_server_the_answer_waits_and_the_page_says_so(town: World, owner: Client, settings: Any) -> None:
    settings.MAIL_GOES_OUT = False
    made = leave(address=ADDRESS)
    place = f"{LIST}{made.pk}/"
    owner.post(place, {"solis": "answer", "atbilde": "Jā."})
    page = words(read(owner, place))
    assert "To nosūtīs, tiklīdz būs pieejams pasta serveris." in page
    assert "Vēl nav nosūtīta" in page


def test_overseers_answer_for_pages_that_nobody_holds_and_read_the_rest(town: World) -> None:
    overseer = enter(town, Role.OVERSEER)
    general = leave(service="", page="/meklet/", comment="Neatradu", address=ADDRESS)
    held = leave(comment="Par pabalstu", address=ADDRESS)
    page = words(read(overseer, "/parraudziba/atsauksmes/"))
    assert "Neatradu" in page
    assert "Par pabalstu" not in page
    assert "Par pabalstu" in words(read(overseer, "/parraudziba/atsauksmes/?kur=viss"))
    assert "Neatradu" in overseer.get("/parraudziba/atsauksmes.csv").getvalue().decode()
    assert json.loads(overseer.get("/parraudziba/atsauksmes.json?kur=viss").content)["counts"]["total"] == 2
    place = f"/parraudziba/atsauksmes/{general.pk}/"
    assert overseer.post(place, {"solis": "answer", "atbilde": "Paldies."}).status_code == 302
    assert not read(overseer, f"/parraudziba/atsauksmes/{held.pk}/").select("textarea")
    refused = overseer.post(f"/parraudziba/atsauksmes/{held.pk}/", {"solis": "close", "piezime": "x"})
    assert refused.status_code == 400
    assert read(overseer, "/parraudziba/atsauksmes/99999/", 404)


def test_a_long_list_comes_page_by_page(town: World, owner: Client) -> None:
    for number in range(55):
        leave(comment=f"nr{number:02d}")
    first, second = words(read(owner, LIST)), words(read(owner, f"{LIST}?lapa=2"))
    assert "nr54" in first
    assert "nr04" not in first
    assert "nr04" in second
    assert "Vidējais vērtējums 2 no 5" in first or "2,0 no 5" in first
