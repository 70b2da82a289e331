"""What people mistype into an address or a form, and what an attacker would: no page breaks, nothing comes back raw.

Runs on both databases: PostgreSQL takes no NUL in a text, SQLite no number beyond 64 bits.
"""

from __future__ import annotations

import csv
import io
import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.db import transaction
from django.test import Client

from ietvars.doors.furniture import access
from ietvars.doors.furniture.licence import OPEN_DATA
from ietvars.ground.people.rules import SYSTEM, Role
from ietvars.institution.lists import actions as lists
from ietvars.institution.services.errors import NoWebAddress
from ietvars.institution.services.rules import FeeFacts, StageFacts
from ietvars.oversight.finders import actions as finders
from tests.doors.test_access_matrix import FORM, IS_API, QUERY, address
from tests.doors.town import PERIOD, service_of
from tests.world import NOW, TODAY, texts

if TYPE_CHECKING:
    from tests.doors.town import Town

pytestmark = pytest.mark.django_db

ROUTES = access.routes()
WORDS = (
    "all", "ar", "area", "atradejs", "atradums", "atvert", "finder", "holder", "iestade", "izmerits", "joma", "ka",
    "kam", "kanals", "kind", "language", "lapa", "limenis", "next", "nozare", "of_register", "opened", "pakalpojums",
    "period", "periods", "pieprasijumi", "place", "posms", "q", "raditajs", "situacija", "stavoklis", "turetajs",
    "veids", "vertejums", "with_period",
)  # fmt: skip
"""Every word that an address of this house understands."""

SCRIPT = "\"><script>alert('ietvars')</script>"
HOSTILE = {
    "nul": "a\x00b",
    "script": SCRIPT,
    "quote": "' OR 1=1 --",
    "fts": 'NEAR("a" b) OR *:^ " AND (',
    "huge number": "9" * 400,
    "beyond 64 bits": str(2**70),
    "negative": "-1",
    "other digits": "٣",
    "half a letter": "\udcff",
    "path": "../../../../etc/passwd",
    "template": "{{ 7*7 }}{% now 'Y' %}",
    "percent": "%(x)s %d %",
    "newline": "a\r\nSet-Cookie: x=1",
    "long": "ā" * 1500,
    "period": "0000",
}
ASKED = {**HOSTILE, "long": "ā" + "a" * 1499}
"""The same for the many words of one address: there each letter beyond ASCII costs six characters to decode, and an
address as long as that never comes through a server."""


FOR_PAGES_ONLY = {"script", "path", "template", "percent", "newline", "period"}
"""What no database minds, so the run on a second one leaves it out."""


def hostile(config: pytest.Config, values: dict[str, str]) -> dict[str, str]:
    left_out = FOR_PAGES_ONLY if config.getoption("--part") == "second" else set[str]()
    return {name: value for name, value in values.items() if name not in left_out}


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def readers(town: Town) -> dict[str, str]:
    """Sessions of those who can open the most."""
    found = {}
    for who in (Role.SERVICE_OWNER.value, Role.OVERSEER.value):
        client = Client()
        client.force_login(town.people[who], backend="django.contrib.auth.backends.ModelBackend")
        found[who] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return found


def browser(session: str) -> Client:
    client = Client(raise_request_exception=False)
    client.cookies[settings.SESSION_COOKIE_NAME] = session
    return client


def who_may(route: access.Route) -> str:
    is_owners = route.entry is not None and Role.SERVICE_OWNER in route.entry.roles and not route.entry.everywhere
    return Role.SERVICE_OWNER.value if is_owners else Role.OVERSEER.value


def encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


# The page of components reads nothing of its address, and is long.
GETS = [route for route in ROUTES if (not route.methods or "GET" in route.methods) and route.name != "components"]


@pytest.mark.parametrize("route", GETS, ids=[route.address or "/" for route in GETS])
def test_no_page_breaks_at_what_stands_behind_the_question_mark(
    route: access.Route, town: Town, readers: dict[str, str], pytestconfig: pytest.Config
) -> None:
    path = address(route, town, "own")
    client = browser(readers[who_may(route)])
    needed = QUERY.get(route.name, {})
    for name, value in hostile(pytestconfig, ASKED).items():
        asked: dict[str, str | bytes] = {**dict.fromkeys(WORDS, encoded(value)), **needed}
        answer = client.get(path, asked)
        assert answer.status_code < 500, f"{name}: {path}"
        assert SCRIPT not in answer.getvalue().decode(), f"{name}: {path}"
        assert "x" not in answer.cookies, f"{name}: {path}"


def test_an_address_that_no_text_can_hold_is_refused_before_anything_reads_it(town: Town) -> None:
    for path in ("/meklet/?q=a%00b", "/parraudziba/atradumi/%00/digitalise/x/", "/ieiet/?next=%00"):
        answer = Client().get(path)
        assert answer.status_code == 400
        assert "<main" in answer.content.decode()
    for path in ("/api/v1/search?q=%00", "/api/v1/services/%00"):
        answer = Client().get(path)
        assert answer.status_code == 400
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["status"] == 400


def test_an_address_of_the_api_that_is_none_is_told_as_a_problem() -> None:
    answer = Client().get("/api/v1/nothing")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert "openapi.json" in answer.json()["detail"]


def test_the_same_word_a_thousand_times_is_refused_or_answered(town: Town, readers: dict[str, str]) -> None:
    for route in GETS:
        client = browser(readers[who_may(route)])
        many = "&".join(f"{word}=x" for word in ("q", "ka", "iestade", "atradejs", "lapa") for _ in range(190))
        assert client.get(f"{address(route, town, 'own')}?{many}").status_code < 500, route.address
        assert client.get(f"{address(route, town, 'own')}?{many}&{many}").status_code < 500, route.address


PLACES = (
    "/pakalpojumi/{}/",
    "/situacijas/{}/",
    "/iestades/{}/",
    "/darbvieta/pakalpojumi/{}/",
    "/darbvieta/pakalpojumi/own-service/raditaji/{}/",
    "/darbvieta/saraksti/{}/2025/",
    "/darbvieta/saraksti/own/{}/",
    "/parraudziba/iestades/{}/",
    "/parraudziba/pakalpojumi/{}/",
    "/parraudziba/pakalpojumi/own-service/raditaji/{}/",
    "/parraudziba/atradumi/{}/digitalise/own-service/",
    "/parraudziba/atradumi/2025/{}/own-service/",
    "/parraudziba/atradumi/2025/digitalise/{}/",
    "/parraudziba/iniciativas/{}/",
    "/api/v1/services/{}",
    "/api/v1/lists/own/{}",
    "/api/v1/indicators/{}",
    "/konts/oidc/{}/",
    "/konts/oidc/{}/atpakal/",
    "/static/{}",
    "/{}",
)


@pytest.mark.parametrize("place", PLACES)
def test_no_page_breaks_at_what_stands_in_its_address(place: str, town: Town, readers: dict[str, str]) -> None:
    client = browser(readers[Role.SERVICE_OWNER.value if "darbvieta" in place else Role.OVERSEER.value])
    for name, value in HOSTILE.items():
        answer = client.get(place.format(quote(encoded(value), safe="")))
        assert answer.status_code < 500, f"{name}: {place}"
        assert SCRIPT not in answer.getvalue().decode(), f"{name}: {place}"
        assert "root:" not in answer.getvalue().decode(), f"{name}: {place}"


FIELDS = (
    "approve", "capacity", "body", "check_period", "criterion", "decision", "direction", "document_date",
    "document_number", "deadline", "indicator", "kind", "lemums", "login", "next", "owner", "password", "pasvaldiba",
    "reading", "reason", "services", "target", "title", "username", "why", "answer",
)  # fmt: skip
POSTS = [route for route in GETS if not route.address.startswith(IS_API)]


@pytest.mark.parametrize("route", POSTS, ids=[route.address or "/" for route in POSTS])
def test_no_page_breaks_at_what_is_sent_to_it(
    route: access.Route, town: Town, readers: dict[str, str], pytestconfig: pytest.Config
) -> None:
    path = address(route, town, "own")
    for name, value in hostile(pytestconfig, HOSTILE).items():
        point = transaction.savepoint()
        # As a browser sends a form; the client's own way of sending one takes bytes for a list of numbers.
        sent = urlencode({**dict.fromkeys(FIELDS, encoded(value)), **FORM.get(route.name, {})})
        answer = browser(readers[who_may(route)]).post(path, sent, content_type="application/x-www-form-urlencoded")
        transaction.savepoint_rollback(point)
        assert answer.status_code < 500, f"{name}: {path}"
        assert SCRIPT not in answer.getvalue().decode(), f"{name}: {path}"
        if answer.status_code == 405:
            return


def test_a_body_that_is_no_form_is_refused_or_answered(town: Town, readers: dict[str, str]) -> None:
    for route in POSTS:
        path = address(route, town, "own")
        for kind, body in (("multipart/form-data; boundary=x", b"--x\r\n"), ("application/json", b"[" * 9000)):
            point = transaction.savepoint()
            answer = browser(readers[who_may(route)]).generic("POST", path, body, content_type=kind)
            transaction.savepoint_rollback(point)
            assert answer.status_code < 500, path


# ---- what stands in the database already ------------------------------------------------------------------------

FORMULA = "=HYPERLINK(1)"


def poison(town: Town) -> None:
    """Write what an attacker would into every text that a body may write."""
    bad = texts(f"{FORMULA}{SCRIPT}", f"{FORMULA}{SCRIPT}")
    entry = {"title": bad}
    world = town.world
    body = world.body("poisoned", below="own", name=bad, short=texts("=1+1"))
    said: dict[str, Any] = {
        "summary": bad,
        "receives": bad,
        "eligibility": {"lv": [SCRIPT], "en": [SCRIPT]},
        "evidence": (entry,),
        "outputs": (entry,),
        "legal_acts": ({"title": bad, "url": f"https://example.org/{SCRIPT}"},),
        "apply_within": bad,
        "appeal": bad,
        "fees": (FeeFacts("request", text=bad),),
        "stages": {
            name: StageFacts(text=bad, url=f"https://example.org/{SCRIPT}", channels=("online",))
            for name in ("request", "execution", "receipt")
        },
    }
    service = world.service("poisoned-service", holder=body.code, title=bad, **said)
    for position in ("own", "below"):
        world.draft(service_of(position), holder=position, title=bad, **said)
    world.tie(service, "requires", town.services["own"])
    world.situation("poisoned", "poisoned-service", service_of("own"), title=bad, summary=bad)
    lists.draft(
        body=body,
        year=2026,
        title=bad,
        entries=[lists.Entry(title=bad), lists.Entry(service)],
        by=SYSTEM,
        author="service-owner",
        now=NOW,
    )
    town.propose(f"{FORMULA}{SCRIPT}", service, "own")
    finders.look(period=PERIOD, by=SYSTEM, now=NOW, on=TODAY)


def cells(text: str) -> list[str]:
    return [cell for line in csv.reader(io.StringIO(text.removeprefix("\ufeff"))) for cell in line]


def test_what_was_written_to_do_harm_is_shown_as_text(town: Town, readers: dict[str, str]) -> None:
    poison(town)
    seen = 0
    pages = {address(route, town, "own"): readers[who_may(route)] for route in GETS}
    pages |= {
        "/pakalpojumi/poisoned-service/": "",
        "/situacijas/poisoned/": "",
        "/iestades/poisoned/": "",
        "/meklet/?q=hyperlink": "",
        "/darbvieta/saraksti/poisoned/2026/": readers[Role.SERVICE_OWNER.value],
        "/darbvieta/saraksti/poisoned/2026.csv": readers[Role.SERVICE_OWNER.value],
        "/darbvieta/pakalpojumi/poisoned-service/": readers[Role.SERVICE_OWNER.value],
        "/parraudziba/iestades/poisoned/": readers[Role.OVERSEER.value],
        "/parraudziba/?atvert=above,above.poisoned": readers[Role.OVERSEER.value],
    }
    for path, session in pages.items():
        answer = browser(session).get(path, QUERY.get(path.rsplit("/", 1)[-1], {}))
        text = answer.getvalue().decode()
        assert answer.status_code in (200, 302, 303, 405, 422), path
        seen += "HYPERLINK" in text
        if answer["Content-Type"].startswith("text/html"):
            assert "<script>alert" not in text, path
            for link in BeautifulSoup(text, "html.parser").select("[href],[action],[src]"):
                where = str(link.get("href") or link.get("action") or link.get("src") or "#")
                assert where.startswith(("/", "#", "?", "https://example.org/", OPEN_DATA.address)), f"{path}: {where}"
        elif answer["Content-Type"].startswith("text/csv"):
            assert not [cell for cell in cells(text) if cell.startswith(("=", "@", "+"))], path
    assert seen > 15, "The poison is hardly anywhere, so this saw nothing."


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "//example.org", "ftp://example.org", "x"])
def test_a_link_that_is_no_web_address_is_not_taken(link: str, town: Town) -> None:
    with pytest.raises(NoWebAddress):
        town.world.draft("linked", holder="own", stages={"request": StageFacts(url=link)})
    with pytest.raises(NoWebAddress):
        town.world.draft("linked", holder="own", legal_acts=({"title": texts("Likums"), "url": link},))
