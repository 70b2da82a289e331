"""Sheets over the database: what goes out, what a file would change, what applying writes and what it refuses."""

from __future__ import annotations

import io
import random
import re
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from django.db import IntegrityError, transaction

from ietvars.ground.people.rules import SYSTEM, Actor, Role
from ietvars.institution.indicators import actions as indicators
from ietvars.institution.measurements import queries as figures
from ietvars.institution.revisions import actions as revisions
from ietvars.institution.revisions import queries as drafts
from ietvars.institution.rounds import actions as round_actions
from ietvars.institution.rounds import queries as rounds
from ietvars.institution.services import errors as service_errors
from ietvars.institution.services import queries as catalogue
from ietvars.institution.sheets import actions, errors, layouts, queries, rules
from ietvars.institution.sheets.models import Outgoing, Sheet, SheetCell
from ietvars.institution.sheets.rules import Choice
from tests.institution.sheets import books
from tests.world import NOW, World, texts

if TYPE_CHECKING:
    from ietvars.institution.services.models import Service

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _lists(world: World) -> None:
    world.code_lists()


@pytest.fixture
def owner(world: World) -> Actor:
    return world.actor(Role.SERVICE_OWNER)


def out(by: Actor, kind: str = layouts.SERVICES, form: str = "xlsx", **said: Any) -> bytes:
    """A list as it is downloaded."""
    return queries.file_of(actions.download(kind=kind, by=by, now=NOW, **said), form)


def sent(content: bytes, by: Actor, name: str = "pakalpojumi.xlsx") -> Sheet:
    """A file sent back."""
    return actions.preview(file_name=name, content=content, by=by, now=NOW)


def told(sheet: Sheet) -> set[tuple[str, str, str]]:
    """Address, outcome and code of the refusal of every cell that the preview names."""
    return {
        (f"{rules.letters(row.place)}{row.row}", row.outcome, row.refusal.get("code", ""))
        for row in queries.cells(sheet)
    }


def outcomes(sheet: Sheet) -> dict[str, int]:
    return {name: count for name, count in queries.counts(sheet).items() if count}


def draft_of(service: Service) -> dict[str, Any]:
    found = drafts.open_of(service)
    assert found is not None
    return dict(found.description)


def edit(service: Service, **changes: Any) -> None:
    """Somebody else writes in the service's draft."""
    revision = revisions.start(service=service, by=SYSTEM, now=NOW)
    revisions.save(revision=revision, changes=changes, edition=revision.edition, by=SYSTEM, now=NOW)


# ---- the Shows ---------------------------------------------------------------------------------------------------

TEXTS = ("title_lv", "title_en", "summary_lv", "summary_en", "receives_lv", "receives_en", "apply_within_lv",
         "request_text_lv", "appeal_lv", "appeal_en")  # fmt: skip
WRONG = (
    ("area", "nav-tādas", "cell-unknown-code"),
    ("request_channels", "online; faksimils", "cell-unknown-code"),
    ("term_days", "daudz", "cell-not-a-number"),
    ("review_months", "99", "cell-not-whole"),
    ("request_url", "javascript:alert(1)", "cell-not-an-address"),
    ("summary_lv", "=HYPERLINK(1)", "cell-formula"),
)


def test_of_a_thousand_changed_cells_thirty_wrong_and_five_conflicting_the_preview_names_exactly_these(
    world: World, owner: Actor
) -> None:
    many = [world.service(f"benefit-{number:03}") for number in range(110)]
    content = out(owner)
    chance = random.Random(1)
    rows = {row[1]: number for number, row in enumerate(_rows(content), start=1)}
    places = [(service, column) for service in many for column in TEXTS]
    chance.shuffle(places)
    changed = places[:1000]
    conflicting = [place for place in places[1000:] if place[1] in ("appeal_lv", "receives_lv")][:5]
    wrong: list[tuple[Service, str, str, str]] = []
    taken = {(service.code, column) for service, column in [*changed, *conflicting]}
    for service in many:
        column, text, code = WRONG[len(wrong) % len(WRONG)]
        if len(wrong) < 30 and (service.code, column) not in taken:
            wrong.append((service, column, text, code))
    assert (len(changed), len(wrong), len(conflicting)) == (1000, 30, 5)

    for service, column in conflicting:
        edit(service, **{column.removesuffix("_lv"): {"lv": "kolēģa teksts"}})
    new = {
        (rows[service.code], column): f"Jauns {column} {service.code}" for service, column in [*changed, *conflicting]
    }
    new |= {(rows[service.code], column): text for service, column, text, _ in wrong}
    content = books.with_cells(content, new)

    sheet = sent(content, owner)

    def at(service: Service, column: str) -> str:
        place = 1 + next(i for i, each in enumerate(layouts.LAYOUTS[layouts.SERVICES]) if each.code == column)
        return f"{rules.letters(place)}{rows[service.code]}"

    assert told(sheet) == {
        *((at(service, column), "change", "") for service, column in changed),
        *((at(service, column), "conflict", "") for service, column in conflicting),
        *((at(service, column), "refused", code) for service, column, _, code in wrong),
    }
    assert outcomes(sheet) == {"change": 1000, "conflict": 5, "refused": 30}
    assert drafts.open_of(changed[0][0]) is None or changed[0][0] in [one for one, _ in conflicting]

    done = actions.apply(sheet=sheet, choice=Choice.UNCONFLICTED, by=owner, now=NOW)
    assert done.result["cells"] == 1000
    for service, column in conflicting:
        assert draft_of(service)[column.removesuffix("_lv")]["lv"] == "kolēģa teksts"
    service, column = next((service, column) for service, column in changed if column == "title_lv")
    assert draft_of(service)["title"]["lv"] == f"Jauns title_lv {service.code}"
    assert world.again(service).title["lv"] != f"Jauns title_lv {service.code}"


def _rows(content: bytes) -> list[list[Any]]:
    sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True).worksheets[0]
    return [list(row) for row in sheet.iter_rows(values_only=True)]


# ---- what goes out -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["xlsx", "csv"])
@pytest.mark.parametrize("language", ["lv", "en"])
@pytest.mark.parametrize("kind", [layouts.SERVICES, layouts.MEASUREMENTS])
def test_what_went_out_and_came_back_changes_nothing(
    world: World, owner: Actor, form: str, language: str, kind: str
) -> None:
    service = world.service(
        "benefit",
        title={"lv": "=HYPERLINK(1)", "en": "'=x"},
        summary={"lv": "-pirmais\n+otrais\r\n@trešais", "en": "\tx"},
        keywords={"lv": ["bērns", "a;b"]},
        evidence=({"code": "id", "title": {"lv": "pase | cita"}, "held_by": "x"},),
    )
    told_figures: dict[str, Any] = {
        "requests": 12,
        "share": "0.333333",
        "time": "missing",
        "closed": "not_applicable",
        "backlog": 0,
    }
    world.measured("2025", {service: {key: value for key, value in told_figures.items() if key != "share"}})
    world.measured("2025", {service: {"share": Decimal("0.333333")}}, edition="second")
    content = out(owner, kind, form, language=language)
    assert outcomes(sent(content, owner)) == {}


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_no_cell_of_what_goes_out_is_a_formula(world: World, owner: Actor, form: str) -> None:
    dangerous = ["=1+1", "+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "＝1"]
    for number, text in enumerate(dangerous):
        world.service(f"s{number}", title={"lv": text, "en": text}, summary={"lv": text})
    content = out(owner, form=form)
    if form == "csv":
        cells = [cell for row in books.csv_rows(content)[1:] for cell in row]
    else:
        assert not re.search(rb"<f[ >/]", books.parts_of(content)["xl/worksheets/sheet1.xml"])
        cells = [str(cell) for row in _rows(content)[1:] for cell in row if cell is not None]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝"))] == []
    assert sum(cell.startswith("'") for cell in cells) >= 3 * len(dangerous)


def test_a_workbook_explains_its_columns_and_offers_the_codes(world: World, owner: Actor) -> None:
    world.service()
    book: Any = openpyxl.load_workbook(io.BytesIO(out(owner)))
    assert book.sheetnames == ["Pakalpojumi", "Paskaidrojumi", "Kodi"]
    explained = {row[1] for row in book["Paskaidrojumi"].iter_rows(values_only=True)}
    assert {each.code for each in layouts.LAYOUTS[layouts.SERVICES]} <= explained
    codes = {(row[0], row[1]) for row in book["Kodi"].iter_rows(values_only=True)}
    assert {("channels", "online"), ("areas", "benefits"), ("bodies", "agency")} <= codes
    offered = {str(each.sqref): each.formula1 for each in book["Pakalpojumi"].data_validations.dataValidation}
    area = next(cell.column_letter for cell in book["Pakalpojumi"][1] if "[area]" in str(cell.value))
    first, last = re.findall(r"\d+", offered[f"{area}2" if f"{area}2" in offered else f"{area}2:{area}2"])
    assert {book["Kodi"].cell(row, 1).value for row in range(int(first), int(last) + 1)} == {"areas"}


def test_an_owner_downloads_what_is_his_and_an_overseer_the_state(world: World) -> None:
    world.service("own")
    world.body("office", below="agency")
    owner = world.actor(Role.SERVICE_OWNER)
    world.service("below", holder="office")
    world.service("foreign", holder="elsewhere")
    world.retired("old")
    assert {row[1] for row in books.csv_rows(out(owner, form="csv"))[1:]} == {"own", "below"}
    overseer = world.actor(Role.OVERSEER, "ministry-of-all")
    assert {row[1] for row in books.csv_rows(out(overseer, form="csv"))[1:]} == {"own", "below", "foreign"}
    assert {row[1] for row in books.csv_rows(out(owner, form="csv", codes=["below"]))[1:]} == {"below"}
    with pytest.raises(errors.NotYourSheet):
        out(world.actor(Role.CLERK))
    with pytest.raises(errors.NothingToDownload):
        out(world.visitor())


def test_a_new_period_goes_out_with_empty_cells_for_what_was_reported_before(world: World, owner: Actor) -> None:
    service = world.service()
    world.measured("2024", {service: {"requests": 5, "closed": 4}})
    rows = books.csv_rows(out(owner, layouts.MEASUREMENTS, "csv", periods_wanted=["2025"]))
    assert [(row[1], row[5], row[9]) for row in rows[1:]] == [("2025", "closed", ""), ("2025", "requests", "")]


# ---- services: drafts, conflicts, rights -------------------------------------------------------------------------


def test_changes_of_services_become_drafts_and_what_people_read_stays(world: World, owner: Actor) -> None:
    service = world.service(title=texts("Vecais"), keywords={"lv": ["a"], "en": ["b"]})
    told_cells = {
        (2, "title_lv"): "Jaunais",
        (2, "keywords_lv"): "bērns; pabalsts",
        (2, "request_channels"): "online; post",
        (2, "fees"): "request | 14,23 | EUR | nodeva",
        (2, "term_days"): 20,
        (2, "review_months"): 6,
    }
    sheet = sent(books.with_cells(out(owner), told_cells), owner)
    assert outcomes(sheet) == {"change": 6}
    done = actions.apply(sheet=sheet, choice=Choice.ALL, by=owner, now=NOW)
    assert (done.state, done.result["drafts"], done.result["rhythms"]) == ("applied", ["benefit"], 1)
    described = draft_of(service)
    assert described["title"] == {"lv": "Jaunais", "en": "Vecais (en)"}
    assert described["keywords"] == {"lv": ["bērns", "pabalsts"], "en": ["b"]}
    assert described["stages.request.channels"] == ["online", "post"]
    assert described["fees"] == [{"stage": "request", "amount": "14.23", "currency": "EUR", "text": {"lv": "nodeva"}}]
    assert described["term"] == {"immediate": False, "days": 20}
    again = world.again(service)
    assert (again.title["lv"], again.term_days, again.review_months) == ("Vecais", 10, 6)


def test_a_conflict_shows_all_three_values_and_is_left_alone_unless_asked_for(world: World, owner: Actor) -> None:
    service = world.service(title=texts("Vecais"))
    content = out(owner)
    edit(service, title=texts("Kolēģa"))
    content = books.with_cells(content, {(2, "title_lv"): "Mans", (2, "summary_lv"): "Īsāk."})
    sheet = sent(content, owner)
    cell = queries.cells(sheet, outcomes=["conflict"]).get()
    assert (cell.was, cell.now, cell.becomes) == ("Vecais", "Kolēģa", "Mans")
    actions.apply(sheet=sheet, choice=Choice.UNCONFLICTED, by=owner, now=NOW)
    assert (draft_of(service)["title"]["lv"], draft_of(service)["summary"]["lv"]) == ("Kolēģa", "Īsāk.")
    # The same file again: what was written is so already, the conflict is still there, and can now be taken.
    again = sent(content, owner)
    assert outcomes(again) == {"same": 1, "conflict": 1}
    actions.apply(sheet=again, choice=Choice.ALL, by=owner, now=NOW)
    assert draft_of(service)["title"]["lv"] == "Mans"


def test_what_another_wrote_in_the_other_language_of_the_same_part_is_no_conflict_and_stays(
    world: World, owner: Actor
) -> None:
    service = world.service(title=texts("Vecais", "Old"))
    content = out(owner)
    edit(service, title={"lv": "Vecais", "en": "New"})
    sheet = sent(books.with_cells(content, {(2, "title_lv"): "Jaunais"}), owner)
    assert outcomes(sheet) == {"change": 1}
    actions.apply(sheet=sheet, choice=Choice.ALL, by=owner, now=NOW)
    assert draft_of(service)["title"] == {"lv": "Jaunais", "en": "New"}


def test_rows_of_others_are_refused_and_nothing_of_them_is_shown(world: World, owner: Actor) -> None:
    world.service("a-own")
    world.service("b-foreign", holder="elsewhere", title=texts("Svešais"))
    everything = out(SYSTEM)
    content = books.with_cells(everything, {(2, "title_lv"): "Jauns", (3, "title_lv"): "Jauns"})
    sheet = sent(content, owner)
    assert {(row.key, row.outcome, row.refusal.get("code", "")) for row in queries.cells(sheet)} == {
        ("a-own", "change", ""),
        ("b-foreign", "refused", "cell-foreign-row"),
    }
    assert "Svešais" not in str(queries.document(sheet))
    actions.apply(sheet=sheet, choice=Choice.ALL, by=owner, now=NOW)
    foreign = catalogue.by_code("b-foreign")
    assert foreign is not None
    assert drafts.open_of(foreign) is None


def test_a_description_that_waits_for_approval_is_refused_until_it_is_a_draft_again(world: World, owner: Actor) -> None:
    service = world.service(legal_acts=({"title": texts("Likums"), "url": "https://likumi.lv/1"},))
    content = out(owner)
    revision = revisions.start(service=service, by=owner, now=NOW)
    type(revision).objects.filter(pk=revision.pk).update(state="submitted")
    sheet = sent(books.with_cells(content, {(2, "title_lv"): "Jauns"}), owner)
    assert told(sheet) == {("E2", "refused", "cell-locked-row")}
    with pytest.raises(errors.NothingToApply):
        actions.apply(sheet=sheet, choice=Choice.ALL, by=owner, now=NOW)


def test_42_municipal_copies_of_one_service_are_told_apart(world: World) -> None:
    template = world.template()
    local = [world.variant(template, f"novads-{number:02}") for number in range(42)]
    content = out(SYSTEM)
    rows = {row[1]: number for number, row in enumerate(_rows(content), start=1)}
    sheet = sent(
        books.with_cells(content, {(rows[each.code], "summary_lv"): f"Šeit {each.code}" for each in local}), SYSTEM
    )
    assert outcomes(sheet) == {"change": 42}
    actions.apply(sheet=sheet, choice=Choice.ALL, by=SYSTEM, now=NOW)
    assert {draft_of(each)["summary"]["lv"] for each in local} == {f"Šeit {each.code}" for each in local}


def test_rows_of_several_downloads_may_be_put_together_and_each_is_compared_with_its_own(
    world: World, owner: Actor
) -> None:
    world.service("one")
    world.service("two")
    first = books.csv_rows(out(owner, form="csv", codes=["one"]))
    edit(catalogue.by_codes(["two"])["two"], title=texts("Kolēģa"))
    second = books.csv_rows(out(owner, form="csv", codes=["two"]))
    first[1][4], second[1][4] = "Pirmais", "Otrais"
    sheet = sent(books.as_csv([*first, second[1]]), owner)
    assert outcomes(sheet) == {"change": 2}


# ---- figures -----------------------------------------------------------------------------------------------------


def by_cell(period: str, service: Service) -> dict[str, tuple[str, Any]]:
    return {row.quantity: (row.state, row.value) for row in figures.current(period, service_ids=[service.pk])}


@pytest.fixture
def measured(world: World) -> Service:
    service = world.service()
    world.measured("2025", {service: {"requests": 100, "closed": 90, "backlog": "missing"}})
    return service


def test_figures_become_an_edition_beside_the_earlier_ones(world: World, owner: Actor, measured: Service) -> None:
    rows = books.csv_rows(out(owner, layouts.MEASUREMENTS, "csv"))
    for row in rows[1:]:
        row[9] = {"requests": "120", "closed": "neattiecas", "backlog": "0"}[row[5]]
    sheet = sent(books.as_csv(rows, "cp1257", ";"), owner, "merijumi.csv")
    assert outcomes(sheet) == {"change": 3}
    done = actions.apply(sheet=sheet, choice=Choice.ALL, by=owner, now=NOW)
    assert by_cell("2025", measured) == {
        "requests": ("measured", 120),
        "closed": ("not_applicable", None),
        "backlog": ("measured", 0),
    }
    edition = figures.edition(actions.SOURCE, done.result["edition"])
    assert edition is not None
    assert edition.content_hash == sheet.sha
    assert figures.cells(measured.pk, ["requests"]).count() == 2


def test_a_figure_that_another_edition_restated_meanwhile_is_a_conflict(
    world: World, owner: Actor, measured: Service
) -> None:
    rows = books.csv_rows(out(owner, layouts.MEASUREMENTS, "csv"))
    later = World(NOW + timedelta(hours=1))
    later.measured("2025", {measured: {"requests": 111, "closed": 95}}, edition="second")
    for row in rows[1:]:
        row[9] = {"requests": "120", "closed": "95", "backlog": ""}[row[5]] or row[9]
    sheet = sent(books.as_csv(rows), owner)
    assert {(row.key.split("|")[2], row.outcome) for row in queries.cells(sheet)} == {
        ("requests", "conflict"),
        ("closed", "same"),
    }


def test_figures_of_a_new_period_can_be_filled_in(world: World, owner: Actor, measured: Service) -> None:
    rows = books.csv_rows(out(owner, layouts.MEASUREMENTS, "csv", periods_wanted=["2026"]))
    for row in rows[1:]:
        row[9] = {"requests": "1 200", "closed": "1100,5", "backlog": ""}[row[5]]
    sheet = sent(books.as_csv(rows, delimiter=";"), owner)
    actions.apply(sheet=sheet, choice=Choice.ALL, by=owner, now=NOW)
    assert by_cell("2026", measured)["requests"] == ("measured", 1200)
    assert measured.pk in figures.services_in("2026")
    assert indicators.ensure(period="2026", by=SYSTEM, now=NOW).period == "2026"


def test_a_number_of_answers_alone_keeps_the_figure(world: World, owner: Actor) -> None:
    service = world.service()
    world.measured("2025", {service: {"satisfaction": 8}}, n=30, spread=Decimal(1), spread_kind="sd", scale="1-10")
    rows = books.csv_rows(out(owner, layouts.MEASUREMENTS, "csv"))
    rows[1][10] = "45"
    actions.apply(sheet=sent(books.as_csv(rows), owner), choice=Choice.ALL, by=owner, now=NOW)
    (row,) = figures.current("2025", service_ids=[service.pk])
    assert (row.value, row.n, row.spread, row.scale) == (8, 45, 1, "1-10")


# ---- rounds ------------------------------------------------------------------------------------------------------


@pytest.fixture
def asked(world: World) -> Any:
    """A round that asks the agency of one service."""
    world.code_lists()
    indicators.load_national(by=SYSTEM, now=NOW)
    world.service("benefit")
    return round_actions.open_round(
        period="2026-Q3",
        due=NOW.date() + timedelta(days=30),
        indicators=["digital-share", "on-time", "satisfaction"],
        title=texts("3. ceturksnis"),
        by=world.actor(Role.OVERSEER, "ministry"),
        now=NOW,
    )


def answers(world: World, asked: Any) -> dict[str, Any]:
    grid = rounds.grid(asked, world.body("agency"))
    assert grid is not None
    return {str(cell.key): cell.figure for line in grid.lines for cell in line.cells}


def test_answers_to_a_round_come_by_spreadsheet_and_are_submitted_by_a_person(
    world: World, asked: Any, owner: Actor
) -> None:
    report = (asked.code, "agency")
    content = out(owner, layouts.ROUNDS, "csv", report=report)
    rows = books.csv_rows(content)
    place = {head.split("[")[1].rstrip("]"): number for number, head in enumerate(rows[0])}
    by_quantity = {(row[place["quantity"]], row[place["channel"]]): row for row in rows[1:]}
    assert len(by_quantity) == len(rows) - 1
    mean = next(row for row in rows[1:] if row[place["mean"]] == "jā")
    plain = [row for row in rows[1:] if row[place["mean"]] == "nē"]
    mean[place["value"]], mean[place["n"]], mean[place["scale"]] = "7,1234", "120", "1-10"
    plain[0][place["value"]] = "1 200"
    plain[1][place["value"]], plain[1][place["note"]] = "neattiecas", "Nav e-pakalpojuma."
    plain[2][place["n"]] = "5"
    sheet = sent(books.as_csv(rows), owner)
    assert outcomes(sheet) == {"change": 6, "refused": 1}
    assert {row.refusal["code"] for row in queries.cells(sheet, outcomes=["refused"])} == {"cell-not-a-mean"}
    actions.apply(sheet=sheet, choice=Choice.ALL, by=owner, now=NOW)
    found = [figure for figure in answers(world, asked).values() if not figure.is_blank]
    assert {(figure.state, figure.number, figure.n, figure.scale, figure.note) for figure in found} == {
        ("measured", Decimal("7.1234"), 120, "1-10", ""),
        ("measured", Decimal(1200), None, "", ""),
        ("not_applicable", None, None, "", "Nav e-pakalpojuma."),
    }
    assert rounds.report(asked, world.body("agency")).state == "not-reported"  # type: ignore[union-attr]
    assert outcomes(sent(books.as_csv(rows), owner)) == {"same": 6, "refused": 1}
    again = out(owner, layouts.ROUNDS, report=report)
    assert outcomes(sent(again, owner)) == {}


def test_an_answer_with_three_decimals_stays_what_it_is_and_one_can_be_taken_back(
    world: World, asked: Any, owner: Actor
) -> None:
    report = (asked.code, "agency")
    rows = books.csv_rows(out(owner, layouts.ROUNDS, "csv", report=report))
    rows[1][10] = "12,3450"
    actions.apply(sheet=sent(books.as_csv(rows), owner), choice=Choice.ALL, by=owner, now=NOW)
    assert [figure.number for figure in answers(world, asked).values() if figure.number] == [Decimal("12.345")]
    rows = books.csv_rows(out(owner, layouts.ROUNDS, "csv", report=report))
    assert rows[1][10] == "12.345"
    rows[1][10] = ""
    actions.apply(sheet=sent(books.as_csv(rows), owner), choice=Choice.ALL, by=owner, now=NOW)
    assert all(figure.is_blank for figure in answers(world, asked).values())


def test_answers_of_others_and_of_a_closed_round_are_refused(world: World, asked: Any, owner: Actor) -> None:
    rows = books.csv_rows(out(owner, layouts.ROUNDS, "csv", report=(asked.code, "agency")))
    rows[1][10] = "5"
    assert told(sent(books.as_csv(rows), world.visitor())) == {("K2", "refused", "cell-foreign-row")}
    with pytest.raises(errors.NothingToDownload):
        out(world.visitor(), layouts.ROUNDS, report=(asked.code, "agency"))
    round_actions.close_round(round=asked, by=world.actor(Role.OVERSEER, "ministry"), now=NOW)
    assert told(sent(books.as_csv(rows), owner)) == {("K2", "refused", "cell-closed-report")}


# ---- steps -------------------------------------------------------------------------------------------------------


@pytest.fixture
def sheet(world: World, owner: Actor) -> Sheet:
    world.service("one")
    world.service("two")
    return sent(books.with_cells(out(owner), {(2, "title_lv"): "Pirmais", (3, "title_lv"): "Otrais"}), owner)


def test_applying_twice_is_refused(sheet: Sheet, owner: Actor) -> None:
    actions.apply(sheet=sheet, choice=Choice.ALL, by=owner, now=NOW)
    with pytest.raises(errors.AlreadyApplied, match="2026-11-23"):
        actions.apply(sheet=sheet, choice=Choice.ALL, by=owner, now=NOW)
    with pytest.raises(errors.AlreadyApplied):
        actions.drop(sheet=sheet, by=owner, now=NOW)


def test_what_was_put_aside_cannot_be_applied_and_can_be_sent_again(sheet: Sheet, owner: Actor) -> None:
    actions.drop(sheet=sheet, by=owner, now=NOW)
    with pytest.raises(errors.AlreadyDropped):
        actions.apply(sheet=sheet, choice=Choice.ALL, by=owner, now=NOW)


def test_a_change_between_preview_and_applying_is_noticed_and_shown(sheet: Sheet, owner: Actor) -> None:
    one = catalogue.by_codes(["one"])["one"]
    edit(one, title=texts("Kolēģa"))
    with pytest.raises(errors.ChangedMeanwhile, match="1 cells"):
        actions.apply(sheet=sheet, choice=Choice.ALL, by=owner, now=NOW)
    assert outcomes(sheet) == {"change": 1, "conflict": 1}
    assert queries.cells(sheet, outcomes=["conflict"]).get().now == "Kolēģa"
    assert drafts.open_of(catalogue.by_codes(["two"])["two"]) is None
    sheet.refresh_from_db()
    assert sheet.state == "previewed"
    actions.apply(sheet=sheet, choice=Choice.UNCONFLICTED, by=owner, now=NOW)
    assert draft_of(one)["title"]["lv"] == "Kolēģa"


def test_applying_is_all_or_nothing(sheet: Sheet, owner: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    save, calls = revisions.save, []

    def fail_at_the_second(**said: Any) -> Any:
        calls.append(said)
        if len(calls) == 2:
            raise service_errors.NotYours
        return save(**said)

    monkeypatch.setattr(revisions, "save", fail_at_the_second)
    with pytest.raises(service_errors.NotYours):
        actions.apply(sheet=sheet, choice=Choice.ALL, by=owner, now=NOW)
    assert [drafts.open_of(one) for one in catalogue.by_codes(["one", "two"]).values()] == [None, None]
    sheet.refresh_from_db()
    assert sheet.state == "previewed"


def test_the_same_file_sent_42_times_has_one_preview(world: World, owner: Actor) -> None:
    world.service()
    content = books.with_cells(out(owner), {(2, "title_lv"): "Jauns"})
    assert len({sent(content, owner).pk for _ in range(42)}) == 1
    assert SheetCell.objects.count() == 1
    other = world.actor(Role.SERVICE_OWNER, username="colleague")
    assert sent(content, other).pk != Sheet.objects.get(made_by=owner.username).pk


def test_only_owners_send_sheets_back(world: World, owner: Actor, sheet: Sheet) -> None:
    content = out(owner)
    for role in (Role.LIST_APPROVER, Role.OVERSEER, Role.COORDINATOR, Role.CLERK):
        somebody = world.actor(role)
        with pytest.raises(errors.NotYourSheet):
            sent(content, somebody)
        with pytest.raises(errors.NotYourSheet):
            actions.apply(sheet=sheet, choice=Choice.ALL, by=somebody, now=NOW)


def test_downloads_are_forgotten_and_their_files_are_then_refused(world: World, owner: Actor, sheet: Sheet) -> None:
    content = out(owner)
    later = NOW + timedelta(days=200)
    assert actions.forget(older_than_days=300, by=SYSTEM, now=later) == 0
    assert actions.forget(older_than_days=180, by=SYSTEM, now=later) == 2
    assert not Outgoing.objects.exists()
    assert not Sheet.objects.filter(state="previewed").exists()
    with pytest.raises(errors.NothingKnown):
        sent(content, owner)


def test_services_and_figures_in_one_file_are_refused(world: World, owner: Actor) -> None:
    service = world.service()
    world.measured("2025", {service: {"requests": 1}})
    services, measures = (books.csv_rows(out(owner, kind, "csv")) for kind in (layouts.SERVICES, layouts.MEASUREMENTS))
    with pytest.raises(errors.TwoKinds):
        sent(books.as_csv([*services, *measures[1:]]), owner)


def test_the_database_forbids_two_open_previews_of_one_file_and_an_end_without_its_day(sheet: Sheet) -> None:
    same = {"sha": sheet.sha, "made_by": sheet.made_by, "capacity": sheet.capacity, "kind": "services", "made_at": NOW}
    with pytest.raises(IntegrityError), transaction.atomic():
        Sheet.objects.create(file_name="x", **same)
    with pytest.raises(IntegrityError), transaction.atomic():
        Sheet.objects.filter(pk=sheet.pk).update(state="applied")
