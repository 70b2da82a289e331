"""The owner's pages of a round: typing in, doubts beside the form, submitting, accepting; the document of a list."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from ietvars.ground.people.models import Person
from ietvars.ground.people.rules import SYSTEM, Actor, Role
from ietvars.institution.indicators import actions as indicators
from ietvars.institution.lists import actions as lists
from ietvars.institution.measurements import queries as measurements
from ietvars.institution.rounds import actions, queries
from ietvars.institution.rounds.asking import Key
from ietvars.institution.rounds.models import Round
from ietvars.institution.rounds.typed import Typed
from tests.institution.lists.test_documents import PDF
from tests.world import NOW, World, texts

pytestmark = pytest.mark.django_db

CLOSED, ON_TIME, RATING = "benefit/closed..", "benefit/closed_on_time..", "benefit/satisfaction.."


@pytest.fixture
def opened(world: World) -> Round:
    world.code_lists()
    indicators.load_national(by=SYSTEM, now=NOW)
    world.service("benefit", holder="agency")
    world.service("card", holder="agency")
    return actions.open_round(
        period="2026-Q3",
        due=date(2027, 1, 4),
        indicators=["on-time", "satisfaction"],
        title=texts("3. ceturksnis"),
        by=SYSTEM,
        now=NOW,
    )


def browser(world: World, role: Role = Role.SERVICE_OWNER, body: str = "agency") -> Client:
    actor: Actor = world.actor(role, body)
    made = Client(SERVER_NAME="127.0.0.1")
    person = Person.objects.get(username=actor.username)
    made.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return made


def page(name: str, *more: str) -> str:
    return reverse(f"owners:{name}", args=["2026-q3", "agency", *more])


def text(answer: Any) -> str:
    return str(answer.getvalue().decode())


def figure(world: World, key: Key) -> Any:
    round = queries.by_code("2026-q3")
    assert round is not None
    grid = queries.grid(round, world.body("agency"))
    assert grid is not None
    line = grid.line("benefit")
    assert line is not None
    cell = line.cell(key)
    assert cell is not None
    return cell.figure


def test_a_form_saves_whatever_is_typed_and_says_what_is_doubtful(world: World, opened: Round) -> None:
    owner = browser(world)
    answer = owner.post(page("report-service", "benefit"), {CLOSED: "90", ON_TIME: "95", RATING: "8,4"}, follow=True)
    said = text(answer)
    assert "Saglabāts" in said
    assert "Daļa 95 ir lielāka par veselo 90" in said
    assert "trūkst atbilžu skaita vai skalas" in said
    assert figure(world, Key("closed")).number == 90


def test_saving_leads_to_the_next_service_and_from_the_last_to_the_report(world: World, opened: Round) -> None:
    owner = browser(world)
    first = owner.post(page("report-service", "benefit"), {CLOSED: "90", "tad": "nakamais"})
    assert first["Location"] == page("report-service", "card")
    last = owner.post(page("report-service", "card"), {"tad": "nakamais"})
    assert last["Location"] == page("report")


def test_doubts_are_said_live_and_nothing_is_saved(world: World, opened: Round) -> None:
    answer = browser(world).post(page("report-doubts", "benefit"), {CLOSED: "~9"}, headers={"HX-Request": "true"})
    said = text(answer)
    assert "„~9” nav skaitlis." in said
    assert "<html" not in said
    assert figure(world, Key("closed")).is_blank


def test_a_reason_that_the_form_did_not_show_stays_while_its_figure_does(world: World, opened: Round) -> None:
    owner = browser(world)
    owner.post(page("report-service", "benefit"), {CLOSED: "neattiecas: nekad"})
    assert figure(world, Key("closed")).note == "nekad"
    owner.post(page("report-table"), {CLOSED: "neattiecas"})
    assert figure(world, Key("closed")).note == "nekad"
    owner.post(page("report-service", "benefit"), {CLOSED: "neattiecas", f"p:{CLOSED}": ""})
    assert figure(world, Key("closed")).note == ""
    owner.post(page("report-service", "benefit"), {CLOSED: "neattiecas: nekad"})
    owner.post(page("report-table"), {CLOSED: "12"})
    assert figure(world, Key("closed")).note == ""


@pytest.mark.parametrize(
    "name", ["x", "benefit/closed", "benefit/../../x..", "n:benefit/closed..", "/..", "card/a..b.."]
)
def test_a_field_that_names_nothing_changes_nothing(world: World, opened: Round, name: str) -> None:
    answer = browser(world).post(page("report-service", "benefit"), {name: "1"})
    assert answer.status_code in (302, 400)
    assert figure(world, Key("closed")).is_blank


def test_a_figure_that_nobody_asked_is_refused_with_a_sentence(world: World, opened: Round) -> None:
    answer = browser(world).post(page("report-service", "benefit"), {"benefit/backlog..": "5"})
    assert answer.status_code == 400
    assert "rādījumu „backlog..” neprasa" in text(answer)


def test_what_is_typed_is_shown_as_text_and_never_as_markup(world: World, opened: Round) -> None:
    hostile = '"><script>alert(1)</script>'
    answer = browser(world).post(page("report-service", "benefit"), {CLOSED: hostile}, follow=True)
    assert "<script>alert" not in text(answer)
    assert "&lt;script&gt;" in text(answer)


def test_the_table_shows_one_indicator_and_saves_it(world: World, opened: Round) -> None:
    owner = browser(world)
    said = text(owner.get(page("report-table") + "?raditajs=satisfaction"))
    assert "n:benefit/satisfaction.." in said
    assert "benefit/closed.." not in said
    owner.post(page("report-table"), {RATING: "8,4", f"n:{RATING}": "120", f"s:{RATING}": "1-10"})
    assert (figure(world, Key("satisfaction")).n, figure(world, Key("satisfaction")).scale) == (120, "1-10")


def test_submitting_is_refused_with_what_stands_in_the_way_and_done_once_it_is_mended(
    world: World, opened: Round
) -> None:
    owner = browser(world)
    owner.post(page("report-service", "benefit"), {CLOSED: "90", ON_TIME: "95"})
    refused = owner.post(page("report-step"), {"ko": "submit"})
    assert refused.status_code == 400
    assert "Rādījumi, kādu nevar būt: 1" in text(refused)
    owner.post(page("report-service", "benefit"), {CLOSED: "95", ON_TIME: "90"})
    assert "Rādījumi ir iesniegti" in text(owner.post(page("report-step"), {"ko": "submit"}, follow=True))
    assert {row.quantity: row.value for row in measurements.current("2026-Q3") if row.value} == {
        "closed": 95,
        "closed_on_time": 90,
    }


def test_an_approver_sends_back_with_words_that_the_owner_reads_and_then_accepts(world: World, opened: Round) -> None:
    owner, approver = browser(world), browser(world, Role.LIST_APPROVER)
    owner.post(page("report-service", "benefit"), {CLOSED: "95", ON_TIME: "90"})
    owner.post(page("report-step"), {"ko": "submit"})
    assert "Uzrakstiet, kas jāmaina." in text(approver.post(page("report-step"), {"ko": "change", "why": ""}))
    approver.post(page("report-step"), {"ko": "change", "why": "Kur ir aptauja?"})
    assert "Kur ir aptauja?" in text(owner.get(page("report")))
    owner.post(page("report-step"), {"ko": "submit"})
    assert "Rādījumi ir pieņemti" in text(approver.post(page("report-step"), {"ko": "accept"}, follow=True))
    # An accepted report is only read.
    assert owner.get(page("report-service", "benefit"))["Location"] == page("report")
    assert "ir pieņemts, tāpēc rādījumi stāv" in text(owner.post(page("report-table"), {CLOSED: "1"}))


def test_an_owner_is_refused_what_an_approver_may(world: World, opened: Round) -> None:
    owner = browser(world)
    owner.post(page("report-service", "benefit"), {CLOSED: "95", ON_TIME: "90"})
    owner.post(page("report-step"), {"ko": "submit"})
    refused = owner.post(page("report-step"), {"ko": "accept"})
    assert refused.status_code == 400
    assert queries.reports(opened).get(body__code="agency").state == "submitted"


def test_the_desk_and_the_list_say_what_is_owed(world: World, opened: Round) -> None:
    owner = browser(world)
    assert "Iesniegt rādījumus: 3. ceturksnis" in text(owner.get("/darbvieta/"))
    assert "Nav iesniegts" in text(owner.get(reverse("owners:rounds")))
    cells = [Typed("benefit", Key("closed"), "95"), Typed("benefit", Key("closed_on_time"), "90")]
    actions.enter(round=opened, body=world.body("agency"), cells=cells, by=SYSTEM, now=NOW)
    actions.submit(round=opened, body=world.body("agency"), by=SYSTEM, now=NOW)
    assert "Iesniegt rādījumus:" not in text(owner.get("/darbvieta/"))
    assert "Pieņemt rādījumus: 3. ceturksnis" in text(browser(world, Role.LIST_APPROVER).get("/darbvieta/"))


def test_the_figures_go_out_as_a_file_with_their_keys(world: World, opened: Round) -> None:
    owner = browser(world)
    owner.post(page("report-service", "benefit"), {CLOSED: "=1+1"})
    said = text(owner.get(page("report-csv")))
    assert "benefit closed.." in said
    # The raw text stands inside a sentence, where no spreadsheet runs it.
    assert all(not cell.startswith("=") for line in csv.reader(io.StringIO(said)) for cell in line)


# ---- the document of a list --------------------------------------------------------------------------------------


@pytest.fixture
def submitted(world: World) -> str:
    world.service("benefit", holder="agency")
    made = world.service_list("agency", "benefit", is_published=False)
    lists.submit(service_list=made, by=world.actor(Role.SERVICE_OWNER, "agency"), now=NOW)
    return reverse("owners:list-step", args=["agency", 2026])


def approve(world: World, step: str, content: bytes, name: str = "rīkojums.pdf") -> Any:
    form = {"solis": "approve", "document_number": "1-2/26/14", "document_date": "2026-11-20"}
    file = SimpleUploadedFile(name, content, content_type="application/pdf")
    return browser(world, Role.LIST_APPROVER).post(step, {**form, "document": file}, follow=True)


def test_an_approver_attaches_the_document_and_the_owner_reads_it(world: World, submitted: str) -> None:
    said = text(approve(world, submitted, PDF))
    assert "Saraksts ir apstiprināts." in said
    assert "rīkojums.pdf" in said
    answer = browser(world).get(reverse("owners:list-document", args=["agency", 2026]))
    assert answer.content == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert "sandbox" in answer["Content-Security-Policy"]


def test_what_is_no_document_is_refused_and_the_list_stays_unapproved(world: World, submitted: str) -> None:
    said = text(approve(world, submitted, b"<html><script>1</script>"))
    assert "nav PDF, EDOC vai ASiC-E dokuments" in said
    assert "Saraksts ir apstiprināts." not in said


def test_too_large_a_document_is_refused(world: World, submitted: str, settings: Any) -> None:
    settings.DOCUMENT_BYTES = 10
    assert "lielākais atļautais" in text(approve(world, submitted, PDF))


def test_a_stranger_gets_neither_document_nor_word_of_it(world: World, submitted: str) -> None:
    approve(world, submitted, PDF)
    answer = browser(world, body="elsewhere").get(reverse("owners:list-document", args=["agency", 2026]))
    assert answer.status_code == 403
    assert b"%PDF" not in answer.content
