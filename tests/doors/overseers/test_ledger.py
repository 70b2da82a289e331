"""From a finding to an initiative, its decision and its check, as overseers walk it; nothing needs JavaScript."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from ietvars.ground.people.rules import SYSTEM, Role
from ietvars.institution.services import queries as services
from ietvars.oversight.finders import actions as finders
from ietvars.oversight.initiatives import queries
from tests.doors.overseers.conftest import soup
from tests.world import NOW, TODAY

if TYPE_CHECKING:
    from tests.oversight.measuring import MeasuredState

Enter = Callable[..., Client]
# In English, whose sentences are the message ids; that Latvian is complete is tried elsewhere.
FINDINGS, LEDGER = "/en/parraudziba/atradumi/", "/en/parraudziba/iniciativas/"
WORSE = f"{FINDINGS}2025/worse/benefit/"
PROPOSE = f"{LEDGER}ierosinat/?periods=2025&atradejs=worse&atradums=benefit"

FILLED = {
    "kind": "efficient-process",
    "title": "Pabalsts ātrāk",
    "reason": "Cilvēki gaida mēnesi.",
    "services": "benefit",
    "body": "ssia",
    "owner": "janis",
    "indicator": "time-median",
    "direction": "down",
    "target": "20",
    "deadline": "2026-12-31",
    "check_period": "2026",
}


@pytest.fixture
def overseers(state: MeasuredState, enter: Enter) -> tuple[Client, Client]:
    """Two overseers: who proposes, and who decides."""
    return enter(username="anna"), enter(username="janis")


def words(page: Any) -> str:
    return " ".join(page.get_text(" ").replace("\N{NO-BREAK SPACE}", " ").split())


def only() -> Any:
    return queries.initiatives().get()


def test_a_finding_says_its_ground_and_the_figures_that_raised_it(overseers: tuple[Client, Client]) -> None:
    page = soup(overseers[0], WORSE)
    said = words(page)
    assert "The state's service framework" in said
    assert "20 working days" in said or "2024: 20" in said
    assert "time-median v1" in said
    assert page.select_one(f'a[href^="{LEDGER}ierosinat/"]') is not None


def test_findings_are_narrowed_by_finder_and_holder(overseers: tuple[Client, Client]) -> None:
    anna, _ = overseers
    every = soup(anna, FINDINGS).select(".iv-split table tbody tr")
    worse = soup(anna, f"{FINDINGS}?atradejs=worse").select(".iv-split table tbody tr")
    of_finance = soup(anna, f"{FINDINGS}?turetajs=finance")
    assert (len(every), len(worse)) == (3, 1)
    assert of_finance.select_one(".iv-empty") is not None
    assert (
        json.loads(anna.get("/en/parraudziba/atradumi.json?atradejs=worse").content)["findings"][0]["key"] == "benefit"
    )


def test_an_unknown_finding_is_no_page(overseers: tuple[Client, Client]) -> None:
    assert overseers[0].get(f"{FINDINGS}2025/worse/nothing/").status_code == 404
    assert overseers[0].get(f"{FINDINGS}2025/guess/benefit/").status_code == 404


def test_looking_again_says_what_came_and_went(overseers: tuple[Client, Client], state: MeasuredState) -> None:
    state.report("2025", silent={"requests": 3})
    state.compute("2025")
    page = overseers[0].post(f"{FINDINGS}meklet/?periods=2025", follow=True)
    assert "1 gone" in page.content.decode()


def test_the_form_comes_filled_with_what_the_finding_knows(overseers: tuple[Client, Client]) -> None:
    page = soup(overseers[0], PROPOSE)

    def chosen(name: str) -> str:
        option = page.select_one(f'select[name="{name}"] option[selected]')
        return str(option["value"]) if option else ""

    assert (chosen("kind"), chosen("body"), chosen("indicator"), chosen("check_period")) == (
        "efficient-process",
        "ssia",
        "time-median",
        "2026",
    )
    assert page.select_one('input[name="direction"][value="down"][checked]') is not None
    assert page.select_one('textarea[name="services"]').get_text().strip() == "benefit"  # type: ignore[union-attr]


def test_a_proposal_is_frozen_and_waits_for_another_overseer(overseers: tuple[Client, Client]) -> None:
    anna, janis = overseers
    answer = anna.post(PROPOSE, FILLED, follow=True)
    made = only()
    assert answer.redirect_chain == [(f"{LEDGER}{made.code}/", 302)]
    own, others = soup(anna, f"{LEDGER}{made.code}/"), soup(janis, f"{LEDGER}{made.code}/")
    assert "Another overseer decides about it" in words(own)
    assert own.select_one("#lemums") is None
    assert others.select_one("#lemums form") is not None
    assert "to fall from 30 working days to at most 20 working days by 31 December 2026" in words(others)


def test_the_frozen_document_has_the_fingerprint_that_the_page_shows(overseers: tuple[Client, Client]) -> None:
    anna, _ = overseers
    anna.post(PROPOSE, FILLED)
    made = only()
    digest = hashlib.sha256(anna.get(f"{LEDGER}{made.code}/pieradijumi.json").content).hexdigest()
    assert digest in soup(anna, f"{LEDGER}{made.code}/").select_one(".iv-hash").get_text()  # type: ignore[union-attr]


def test_evidence_stays_beside_todays_figures_after_the_data_came_anew(
    overseers: tuple[Client, Client], state: MeasuredState
) -> None:
    anna, _ = overseers
    anna.post(PROPOSE, FILLED)
    before = anna.get(f"{LEDGER}{only().code}/pieradijumi.json").content
    state.report("2025", benefit={"time": 33})
    state.compute("2025")
    page = soup(anna, f"{LEDGER}{only().code}/")
    cells = [cell.get_text() for cell in page.select(".iv-evidence tbody td")]
    assert (cells[0], cells[1]) == ("30", "33")
    assert "Later edition: round 2025 3" in cells[2]
    assert anna.get(f"{LEDGER}{only().code}/pieradijumi.json").content == before
    assert "the same, nothing was changed" in words(page)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"title": ""}, "Give it a name"),
        ({"services": "nothing"}, "There is no service “nothing”"),
        ({"target": "daudz"}, "It must be a number"),
        ({"deadline": "2020-01-01"}, "is already over"),
        ({"direction": ""}, "Choose which way"),
    ],
)
def test_what_cannot_be_proposed_is_said_and_the_text_is_kept(
    overseers: tuple[Client, Client], changed: dict[str, str], said: str
) -> None:
    answer = overseers[0].post(PROPOSE, {**FILLED, **changed})
    text = answer.content.decode()
    assert answer.status_code == 400
    assert said in text
    assert "Cilvēki gaida mēnesi." in text
    assert not queries.initiatives().exists()


def test_a_share_is_written_in_percent_and_kept_as_a_part(overseers: tuple[Client, Client]) -> None:
    filled = {**FILLED, "indicator": "on-time", "direction": "up", "target": "95,5 %"}
    overseers[0].post(PROPOSE, filled)
    assert float(only().target) == 0.955


def test_another_overseer_adopts_and_after_the_deadline_the_check_is_frozen(
    overseers: tuple[Client, Client], state: MeasuredState, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, janis = overseers
    anna.post(PROPOSE, FILLED)
    code = only().code
    refused = anna.post(f"{LEDGER}{code}/lemt/", {"why": "Pati.", "lemums": "adopt"})
    assert refused.status_code == 400
    assert "Ask another overseer" in refused.content.decode()
    assert janis.post(f"{LEDGER}{code}/lemt/", {"why": "", "lemums": "adopt"}).status_code == 400
    janis.post(f"{LEDGER}{code}/lemt/", {"why": "Vajag.", "lemums": "adopt"})
    assert only().state == "adopted"
    early = janis.post(f"{LEDGER}{code}/parbaudit/")
    assert early.status_code == 400
    state.report("2026", benefit={"time": 12})
    state.compute("2026")
    monkeypatch.setattr("ietvars.doors.furniture.today.today", lambda: date(2027, 2, 1))
    assert soup(janis, f"{LEDGER}{code}/").select_one('form[action$="/parbaudit/"]') is not None
    janis.post(f"{LEDGER}{code}/parbaudit/")
    page = words(soup(janis, f"{LEDGER}{code}/"))
    assert (only().state, only().outcome) == ("checked", "reached")
    assert "stood at 30 working days when it was frozen, and in 2026 at 12 working days" in page


def test_a_coordinator_reads_and_has_no_buttons(overseers: tuple[Client, Client], enter: Enter) -> None:
    overseers[0].post(PROPOSE, FILLED)
    coordinator = enter(Role.COORDINATOR, username="koordinators")
    for address in (WORSE, FINDINGS, LEDGER, f"{LEDGER}{only().code}/"):
        page = soup(coordinator, address)
        assert page.select("main form[method=post]") == []
        assert page.select(f'main a[href*="{LEDGER}ierosinat/"]') == []
    assert coordinator.get(PROPOSE).status_code == 403
    assert coordinator.post(f"{LEDGER}{only().code}/lemt/", {"why": "x", "lemums": "adopt"}).status_code == 403
    assert coordinator.post(f"{FINDINGS}meklet/").status_code == 403


def test_answers_to_the_criteria_stand_at_the_finding(overseers: tuple[Client, Client], state: MeasuredState) -> None:
    owner = state.world.actor(Role.SERVICE_OWNER, "ssia")
    service = services.by_code("benefit")
    assert service is not None
    assert "Nobody has answered yet" in words(soup(overseers[0], f"{FINDINGS}2025/digitalise/benefit/"))
    finders.answer(service=service, criterion="access", answer=True, why="Tālu jābrauc.", by=owner, now=NOW, on=TODAY)
    finders.look(period="2025", by=SYSTEM, now=NOW, on=TODAY)
    assert "Tālu jābrauc." in words(soup(overseers[0], f"{FINDINGS}2025/digitalise/benefit/"))


def test_the_ledger_is_narrowed_by_state_and_comes_as_files(overseers: tuple[Client, Client]) -> None:
    anna, janis = overseers
    for title in ("Pirmā", "Otrā"):
        anna.post(PROPOSE, {**FILLED, "title": title})
    janis.post(f"{LEDGER}{queries.initiatives()[0].code}/lemt/", {"why": "Nē.", "lemums": "reject"})
    rows = soup(anna, f"{LEDGER}?stavoklis=rejected").select("table tbody tr")
    assert [row.select_one("th a").get_text() for row in rows] == ["Otrā"]  # type: ignore[union-attr]
    assert json.loads(anna.get("/parraudziba/iniciativas.json").content) == json.loads(
        json.dumps(queries.document(), default=str)
    )
    assert "Pirmā" in b"".join(anna.get("/parraudziba/iniciativas.csv")).decode()
