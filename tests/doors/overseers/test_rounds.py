"""The overseers' pages of rounds: opening, exempting, accepting, and what is doubtful in a whole period."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client
from django.urls import reverse

from ietvars.doors.console import main
from ietvars.ground.people.models import Person
from ietvars.ground.people.rules import SYSTEM, Role
from ietvars.institution.indicators import actions as indicators
from ietvars.institution.rounds import actions, queries
from ietvars.institution.rounds.asking import Key
from ietvars.institution.rounds.typed import Typed
from ietvars.institution.services import queries as services
from tests.world import NOW, World

pytestmark = pytest.mark.django_db

OPEN = {"period": "2026-Q3", "due": "2031-01-04", "indicators": ["on-time", "satisfaction"]}


@pytest.fixture
def state(world: World) -> World:
    world.code_lists()
    indicators.load_national(by=SYSTEM, now=NOW)
    world.service("benefit", holder="agency", title="Pabalsts")
    world.service("card", holder="office", title="Karte")
    return world


def browser(world: World, role: Role = Role.OVERSEER) -> Client:
    made = Client(SERVER_NAME="127.0.0.1")
    person = Person.objects.get(username=world.actor(role, "chancellery").username)
    made.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return made


def text(answer: Any) -> str:
    return str(answer.getvalue().decode()).replace("\N{NO-BREAK SPACE}", " ")


def opened(overseer: Client, **more: Any) -> str:
    answer = overseer.post(reverse("overseers:round-open"), {**OPEN, **more})
    assert answer.status_code == 302, text(answer)
    return str(answer["Location"])


def test_an_overseer_opens_a_round_and_sees_who_has_reported(state: World) -> None:
    overseer = browser(state)
    said = text(overseer.get(opened(overseer)))
    assert "Iesniegušas iestādes: 0 no 2." in said
    assert "Agency" in said
    assert "Office" in said


def test_a_round_can_ask_some_institutions_only(state: World) -> None:
    overseer = browser(state)
    said = text(overseer.get(opened(overseer, bodies=["office"])))
    assert "Iesniegušas iestādes: 0 no 1." in said


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"due": "2020-01-01"}, "Termiņš 2020-01-01 ir par agru"),
        ({"period": "rudens"}, "rudens"),
        ({"indicators": []}, "Izvēlieties vismaz vienu rādītāju."),
    ],
)
def test_a_round_that_cannot_be_is_refused_with_its_reason(state: World, changed: dict[str, Any], says: str) -> None:
    answer = browser(state).post(reverse("overseers:round-open"), {**OPEN, **changed})
    assert answer.status_code == 400
    assert says in text(answer)
    assert not queries.rounds().exists()


def test_exemptions_are_given_and_lifted(state: World) -> None:
    overseer = browser(state)
    place = opened(overseer)
    manage = reverse("overseers:round-manage", args=["2026-q3"])
    told = {"ko": "exempt", "service": "card", "quantity": "satisfaction", "effect": "excuse", "reason": "Nav aptaujas"}
    overseer.post(manage, told)
    assert "Karte: apmierinātības vērtējums" in text(overseer.get(place))
    without = overseer.post(manage, {**told, "reason": ""})
    assert without.status_code == 400
    row = queries.exemptions(queries.rounds().get()).get()
    overseer.post(manage, {"ko": "lift", "kuru": str(row.pk)})
    assert "Izņēmumu nav." in text(overseer.get(place))


def test_a_round_is_closed_and_opened_again(state: World) -> None:
    overseer = browser(state)
    opened(overseer)
    manage = reverse("overseers:round-manage", args=["2026-q3"])
    assert "Kārta ir slēgta." in text(overseer.post(manage, {"ko": "close"}, follow=True))
    assert "Kārta „2026-q3” ir slēgta." in text(overseer.post(manage, {"ko": "close"}))
    assert "Kārta atkal ir atvērta." in text(overseer.post(manage, {"ko": "reopen"}, follow=True))
    assert overseer.post(manage, {"ko": "burn"}).status_code == 404


def test_a_report_is_read_with_its_doubts_and_accepted(state: World) -> None:
    overseer = browser(state)
    opened(overseer)
    made, body = queries.rounds().get(), state.body("agency")
    cells = [
        Typed("benefit", Key("closed"), "90"),
        Typed("benefit", Key("closed_on_time"), "80"),
        Typed("benefit", Key("satisfaction"), "8,4", n="12", scale="1-10", note="Tikai divpadsmit atbildēja."),
    ]
    actions.enter(round=made, body=body, cells=cells, by=SYSTEM, now=NOW)
    actions.submit(round=made, body=body, by=SYSTEM, now=NOW)
    place = reverse("overseers:report", args=["2026-q3", "agency"])
    said = text(overseer.get(place))
    assert "Vidējais no 12 atbildēm" in said
    assert "Tikai divpadsmit atbildēja." in said
    assert "Vienā teikumā pasakiet, kāpēc" in text(overseer.post(place, {"ko": "change", "why": " "}))
    assert "Rādījumi ir pieņemti." in text(overseer.post(place, {"ko": "accept"}, follow=True))


def test_a_coordinator_reads_and_decides_nothing(state: World) -> None:
    opened(browser(state))
    coordinator = browser(state, Role.COORDINATOR)
    place = reverse("overseers:round", args=["2026-q3"])
    said = text(coordinator.get(place))
    assert "Pievienot izņēmumu" not in said
    assert coordinator.post(reverse("overseers:round-manage", args=["2026-q3"]), {"ko": "close"}).status_code == 403
    assert (
        coordinator.post(reverse("overseers:report", args=["2026-q3", "agency"]), {"ko": "accept"}).status_code == 400
    )


# ---- a whole period ----------------------------------------------------------------------------------------------


@pytest.fixture
def doubted(state: World) -> World:
    found = services.by_codes(["benefit", "card"])
    state.measured("2025", {found["benefit"]: {"closed": 10, "closed_on_time": 11}, found["card"]: {"closed": 5}})
    indicators.ensure(period="2025", by=SYSTEM, now=NOW)
    return state


def test_doubts_of_a_period_are_counted_by_rule_and_lead_to_the_services(doubted: World) -> None:
    overseer = browser(doubted)
    place = reverse("overseers:doubts")
    said = text(overseer.get(place))
    assert "šaubas ir par 1 no 2 pakalpojumiem" in said
    assert "Daļa 11 ir lielāka par veselo 10" in said
    narrowed = text(overseer.get(place + "?likums=share-over-whole"))
    assert reverse("overseers:service", args=["benefit"]) in narrowed
    assert "Šaubu nav" in text(overseer.get(place + "?likums=bulk-closed"))
    assert "Daļa 11" in text(overseer.get(reverse("overseers:doubts-csv")))
    assert json.loads(text(overseer.get(reverse("overseers:doubts-json"))))["rows"]


def test_a_state_without_figures_has_no_doubts(state: World) -> None:
    assert "Vēl nekas nav izmērīts" in text(browser(state).get(reverse("overseers:doubts")))


def test_the_command_prints_the_same_as_one_document(doubted: World) -> None:
    ran = CliRunner().invoke(main.cli, ["check", "figures", "--period", "2025", "--json"])
    assert ran.exit_code == 0, ran.stderr
    made = json.loads(ran.stdout)
    assert made["document"] == "ietvars/figure-checks"
    (finding,) = made["findings"]
    assert (finding["service"], finding["holder"], finding["rule"], finding["figure"]) == (
        "benefit",
        "agency",
        "share-over-whole",
        "closed_on_time..",
    )
    assert {each["code"]: each["services"] for each in made["rules"]}["share-over-whole"] == 1
    unknown = CliRunner().invoke(main.cli, ["check", "figures", "--period", "1999"])
    assert unknown.exit_code == 2
    assert CliRunner().invoke(main.cli, ["check", "figures", "--period", "2025", "--rule", "luck"]).exit_code == 2
