"""Every route x everybody x every body: who may enter gets in, nobody else does, and nothing of others shows.

Generated from the declarations that the routes carry, in the small state of town.py. A route that is added later is
tried by itself; if this test cannot fill its address, it says what it lacks.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from ietvars.doors.furniture import access
from ietvars.doors.furniture.access import Entry, Kind, Route
from ietvars.doors.machines.feeds.cpsv_ap.exporting import addresses
from ietvars.doors.machines.feeds.hsds import exporting as hsds
from ietvars.ground.audit import queries as audit
from ietvars.ground.people.rules import Role
from tests.doors.town import (
    BEFORE,
    CAPACITIES,
    COMMON,
    IN_REACH,
    INDICATOR,
    PERIOD,
    POSITIONS,
    PUBLISHED,
    RELEASE,
    ROUND,
    SECRET,
    SITUATION,
    UNPUBLISHED,
    WORD,
    case_of,
    draft_of,
    service_of,
)

if TYPE_CHECKING:
    from tests.doors.town import Town

pytestmark = [pytest.mark.django_db, pytest.mark.once]

ROUTES = access.routes()
VISITOR = "visitor"
EVERYBODY = (VISITOR, *CAPACITIES)
IS_API = "api/v1/"

# ---- addresses --------------------------------------------------------------------------------------------------


def where(town: Town, position: str) -> dict[tuple[str, str], str]:
    """What stands in an address at a parameter, by the word before it; "" before it means anywhere."""
    finder, key = town.findings[position]
    return {
        ("pakalpojumi", "code"): service_of(position),
        ("services", "code"): service_of(position),
        ("iestades", "code"): position,
        ("bodies", "code"): position,
        ("saraksti", "body"): position,
        ("lists", "body_code"): position,
        ("situacijas", "code"): SITUATION,
        ("situations", "code"): SITUATION,
        ("service", "code"): service_of(position),
        ("body", "code"): position,
        ("situation", "code"): SITUATION,
        ("term", "scheme"): "channels",
        ("<slug:scheme>", "code"): "online",
        ("canvas", "code"): "benefit",
        ("canvases", "code"): "benefit",
        ("sagataves", "code"): "benefit",
        ("jauna", "path"): "fees",
        ("gadijumi", "case"): case_of(position),
        ("kopigie", "code"): COMMON,
        ("<slug:code>", "number"): "1",
        ("", "suffix"): "ttl",
        ("", "form"): "xes",
        ("", "identity"): str(hsds.identity(addresses().service(service_of(position)))),
        ("izklajlapas", "number"): str(town.sheets[position]),
        ("atsauksmes", "number"): str(town.feedback[position]),
        ("atteiktie", "number"): str(town.refused[position]),
        ("vardi", "number"): str(town.words),
        ("darbi", "pk"): str(town.jobs[position]),
        ("kartas", "round"): ROUND,
        ("iestades", "body"): position,
        ("iniciativas", "code"): town.initiatives[position],
        ("izlaides", "code"): RELEASE,
        ("raditaji", "code"): RELEASE,
        ("", "name"): "figures.csv",
        ("reorganizacijas", "number"): str(town.reorganisations[position]),
        ("", "indicator"): INDICATOR,
        ("", "period"): PERIOD,
        ("", "finder"): finder,
        ("", "key"): key,
    }


OF_NO_BODY = {"path", "indicator", "period", "finder", "year", "round", "scheme", "suffix", "form", "name"}

# What an operation must be asked besides its address.
QUERY = {
    "search": {"q": "pabalsts"},
    "service_figures": {"period": PERIOD},
    "service_comparison": {"period": PERIOD, "with_period": BEFORE},
}
# What a form must say to be more than an unknown word.
FORM = {
    "bulk": {"step": "confirm"},
    "draft-step": {"step": "comment", "why": "Labi."},
    "deliveries-sender": {"ko": "make", "title": "Programma", "code": "programma", "body": "own"},
    "deliveries-one": {"ko": "drop", "why": "x"},
    "feedback-one": {"solis": "close", "piezime": "Labots."},
    "releases": {"period": "2026-Q2"},
    "release-step": {"solis": "publicet"},
    "list-step": {"solis": "reopen"},
    "report-step": {"ko": "submit"},
    "report": {"ko": "change", "why": "Pārbaudiet."},
    "round-manage": {"ko": "close"},
    "sheets-download": {"forma": "csv"},
    "enter-sample": {"username": "clerk"},
}

_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


class UnknownParameter(Exception):
    """The address of a route cannot be filled."""


def parameters(route: Route) -> list[tuple[str, str]]:
    """The parameters of an address, each with the word before it."""
    found = []
    for match in _PARAMETER.finditer(route.address):
        before = [part for part in route.address[: match.start()].split("/") if part]
        found.append((before[-1] if before else "", match[1]))
    return found


def address(route: Route, town: Town, position: str) -> str:
    """The address of a route for the things of one body."""
    path = route.address
    known = where(town, position)
    known["", "year"] = str(PUBLISHED if route.address.startswith(IS_API) else UNPUBLISHED)
    for before, name in parameters(route):
        value = known.get((before, name)) or known.get(("", name))
        if value is None:
            raise UnknownParameter(
                f"The route {route.address} ({route.view}) has the parameter “{name}” after “{before}”, and this test "
                "does not know what stands there. Say it in where(), so that nobody gets in where he may not."
            )
        path = _PARAMETER.sub(value, path, count=1)
    return f"/{path}"


def positions(route: Route) -> tuple[str, ...]:
    """The bodies by which the address of a route can differ."""
    return POSITIONS if any(name not in OF_NO_BODY for _, name in parameters(route)) else ("own",)


# ---- what should be, and what is --------------------------------------------------------------------------------

IN, SIGN_IN, CHOOSE, REFUSED = "let in", "sent to sign-in", "sent to choose a capacity", "refused"


def expected(entry: Entry, who: str, position: str) -> str:
    """What the declaration promises to somebody for the things of a body."""
    if entry.kind is Kind.ANYONE:
        return IN
    if who == VISITOR or entry.kind is Kind.PROGRAM:
        return SIGN_IN
    if entry.kind is Kind.SIGNED_IN:
        return IN
    if who in ("nobody", "undecided"):
        return CHOOSE
    role = Role(who)
    if role not in entry.roles:
        return REFUSED
    if entry.kind is Kind.OVER_BODY and role not in entry.everywhere and position not in IN_REACH:
        return REFUSED
    return IN


@dataclass(frozen=True)
class Seen:
    """An answer as a person meets it."""

    outcome: str
    status: int
    text: str


def seen(answer: Any, *, is_api: bool) -> Seen:
    """Read an answer. A page of the door's refusal is told from a refusal of a room by its title."""
    text = answer.getvalue().decode()
    outcome = IN
    if is_api and answer.status_code in (401, 403):
        outcome = SIGN_IN if answer.status_code == 401 else REFUSED
        if gettext("Choose in which capacity you act, then ask again.") in text:
            outcome = CHOOSE
    elif answer.status_code == 302 and "?next=" in answer["Location"]:
        # Without the way back it is where the page itself sends on.
        place = answer["Location"].partition("?")[0]
        outcome = {reverse("staff"): SIGN_IN, reverse("capacity"): CHOOSE}.get(place, IN)
    elif answer.status_code == 403 and gettext("You cannot open this page") in text:
        outcome = REFUSED
    return Seen(outcome, answer.status_code, text)


def strangers_words(entry: Entry, who: str, outcome: str) -> set[str]:
    """Words that must not stand in an answer to somebody."""
    everything = {*WORD.values(), *SECRET.values()}
    if outcome != IN:
        return everything
    if entry.kind in (Kind.ANYONE, Kind.SIGNED_IN):
        return set(SECRET.values())
    if who in CAPACITIES and Role(who) in (Role.SERVICE_OWNER, Role.LIST_APPROVER):
        return {words[position] for words in (WORD, SECRET) for position in POSITIONS if position not in IN_REACH}
    return set()


@contextmanager
def undoing() -> Iterator[None]:
    """Undo what a request did, so that the next one finds the town as it was."""
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Thousands of refusals are no news for a log."""
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def sessions(town: Town) -> dict[str, str]:
    """The session of each who has signed in."""
    made = {}
    for username, person in town.people.items():
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        made[username] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return made


def ask(session: str | None, method: str, path: str, route: Route) -> Any:
    """Ask once, in a browser that knows nothing but its session."""
    client = Client(raise_request_exception=False, SERVER_NAME="127.0.0.1")
    if session is not None:
        client.cookies[settings.SESSION_COOKIE_NAME] = session
    if method == "GET":
        return client.get(path, QUERY.get(route.name, {}))
    assert method == "POST", f"{route.address} takes {method}, which this test does not know how to send."
    return client.post(path, FORM.get(route.name, {}))


def methods(route: Route) -> tuple[str, ...]:
    """Operations of the API say their methods; a page is asked both ways."""
    return tuple(route.methods) or ("GET", "POST")


def names(routes: tuple[Route, ...]) -> list[str]:
    return [f"{route.address or '/'} {route.view.removeprefix('ietvars.doors.')}" for route in routes]


# ---- the matrix -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("route", ROUTES, ids=names(ROUTES))
def test_who_may_enter_gets_in_and_nobody_else(route: Route, town: Town, sessions: dict[str, str]) -> None:
    faults: list[str] = []
    answered: set[int] = set()
    with translation.override("lv"):
        for position in positions(route):
            path = address(route, town, position)
            for who in EVERYBODY:
                for method in methods(route):
                    got, found = tried(route, method, path, who, position, sessions.get(who))
                    faults += [f"{method} {path} as {who}: {fault}" for fault in found]
                    if got.outcome == IN:
                        answered.add(got.status)
    assert not faults, "\n".join(faults)
    if route.entry and route.entry.kind is Kind.PROGRAM:
        assert not answered, f"{route.address} let in somebody by his session."
        return
    assert answered - {403, 404, 405}, f"{route.address} let nobody do anything, so this test saw nothing of it."


def tried(route: Route, method: str, path: str, who: str, position: str, session: str | None) -> tuple[Seen, list[str]]:
    """Ask, undo, and name what is wrong with the answer."""
    assert route.entry is not None, f"{route.address} does not say who may enter."
    wanted = expected(route.entry, who, position)
    before = audit.latest().count()
    with undoing():
        got = seen(ask(session, method, path, route), is_api=route.address.startswith(IS_API))
        after = audit.latest().count()
    faults = []
    if got.outcome != wanted:
        faults.append(f"{got.outcome} ({got.status}) instead of {wanted}")
    if got.status >= 500 or (got.status == 404 and wanted == IN):
        faults.append(f"answered {got.status}")
    if told := sorted(word for word in strangers_words(route.entry, who, got.outcome) if word in got.text):
        faults.append(f"shows {', '.join(told)}")
    if after != before and (method == "GET" or got.outcome != IN):
        faults.append("something was done")
    return got, faults


OVER_SERVICE = tuple(
    route for route in ROUTES if route.entry and route.entry.kind is Kind.OVER_BODY and route.entry.body_from == "code"
)


@pytest.mark.parametrize("route", OVER_SERVICE, ids=names(OVER_SERVICE))
def test_a_strangers_draft_is_as_closed_as_what_he_has_published(
    route: Route, town: Town, sessions: dict[str, str]
) -> None:
    path = address(route, town, "foreign").replace(service_of("foreign"), draft_of("foreign"))
    assert draft_of("foreign") in path
    with translation.override("lv"):
        for who in (VISITOR, Role.SERVICE_OWNER.value, Role.LIST_APPROVER.value):
            for method in methods(route):
                _, faults = tried(route, method, path, who, "foreign", sessions.get(who))
                assert not faults


TABLES = ("owners:services", "owners:services-csv", "owners:services-json", "owners:lists")


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("who", [Role.SERVICE_OWNER, Role.LIST_APPROVER])
def test_tables_hold_everything_within_reach(name: str, who: Role, town: Town, sessions: dict[str, str]) -> None:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = sessions[who.value]
    text = client.get(reverse(name)).getvalue().decode()
    assert all(words[position] in text for words in (WORD, SECRET) for position in IN_REACH)


@pytest.mark.parametrize("address", ["/pakalpojumi/{}/", "/api/v1/services/{}"])
def test_a_draft_does_not_exist_for_the_public(address: str, town: Town, sessions: dict[str, str]) -> None:
    for who in EVERYBODY:
        client = Client()
        if who in sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = sessions[who]
        answer = client.get(address.format(draft_of("own")))
        assert answer.status_code == 404
        assert SECRET["own"] not in answer.content.decode()


@pytest.mark.parametrize("question", [SECRET["own"], SECRET["own"][:6], "melnraksts"])
def test_search_and_suggestions_know_nothing_of_drafts(question: str, town: Town) -> None:
    for path in ("/meklet/", "/meklet/ieteikumi/", "/en/meklet/", "/api/v1/search"):
        text = Client().get(path, {"q": question}).content.decode()
        assert not [word for word in SECRET.values() if word in text.replace(question, "")]


def test_a_parameter_that_this_test_does_not_know_is_named(town: Town) -> None:
    new = Route("darbvieta/lietas/<slug:thing>/", "thing", "ietvars.doors.owners.things.thing", None)
    with pytest.raises(UnknownParameter, match="parameter “thing” after “lietas”"):
        address(new, town, "own")


def test_every_kind_of_declaration_and_every_role_is_tried() -> None:
    assert {route.entry.kind for route in ROUTES if route.entry} == set(Kind)
    outcomes = {expected(route.entry, who, "foreign") for route in ROUTES if route.entry for who in EVERYBODY}
    assert outcomes == {IN, SIGN_IN, CHOOSE, REFUSED}
    assert set(EVERYBODY) > {role.value for role in Role if role is not Role.SYSTEM}


# ---- forms ------------------------------------------------------------------------------------------------------

PAGES = tuple(route for route in ROUTES if not route.methods)
ACTING = (Role.SERVICE_OWNER.value, Role.LIST_APPROVER.value, Role.OVERSEER.value)


@pytest.mark.parametrize("who", ACTING)
def test_nothing_is_done_without_the_token_of_a_form(who: str, town: Town, sessions: dict[str, str]) -> None:
    before = audit.latest().count()
    with translation.override("lv"):
        for route in PAGES:
            client = Client(enforce_csrf_checks=True)
            client.cookies[settings.SESSION_COOKIE_NAME] = sessions[who]
            answer = client.post(address(route, town, "own"), FORM.get(route.name, {}))
            assert answer.status_code == 403, route.address
            assert gettext("The form was not sent") in answer.getvalue().decode(), route.address
    assert audit.latest().count() == before


STEPS = ("apstiprinat/", "solis/", "meklet/", "lemt/", "virzit/", "vadit/", "parbaudit/", "paraugs/")


@pytest.mark.parametrize("ending", STEPS)
def test_a_step_cannot_be_taken_by_a_link(ending: str, town: Town, sessions: dict[str, str]) -> None:
    asked = {"solis": "reopen", "why": "x", "lemums": "adopt", "username": "clerk"}
    ours = [one for one in PAGES if one.address.endswith(ending) and not one.address.startswith(("meklet", "par/"))]
    assert ours
    for session in sessions.values():
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = session
        for route in ours:
            assert client.get(address(route, town, "own"), asked).status_code in (302, 403, 405), route.address
        assert client.cookies[settings.SESSION_COOKIE_NAME].value == session
