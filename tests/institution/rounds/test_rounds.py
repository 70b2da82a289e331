"""A round from opening to acceptance: what is asked, typed, submitted as an edition, restated, never overwritten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from ietvars.ground.audit import queries as audit
from ietvars.ground.bodies.models import Body
from ietvars.ground.jobs import queries as jobs
from ietvars.ground.jobs import working
from ietvars.ground.people.rules import SYSTEM, Actor, Role
from ietvars.ground.periods import rules as periods
from ietvars.institution.indicators import actions as indicators
from ietvars.institution.indicators import queries as figures
from ietvars.institution.measurements import queries as measurements
from ietvars.institution.rounds import actions, errors, looking, queries, rules
from ietvars.institution.rounds.asking import Key
from ietvars.institution.rounds.models import Exemption, Report, Round
from ietvars.institution.rounds.typed import Typed
from ietvars.institution.services.models import Service
from tests.world import NOW, World, texts

pytestmark = pytest.mark.django_db

DUE = date(2026, 12, 4)
ONLINE, IN_PERSON = Key("requests", "request", "online"), Key("requests", "request", "in-person")
TOTAL = Key("requests", "request")
CLOSED, ON_TIME, RATING = Key("closed"), Key("closed_on_time"), Key("satisfaction")


@dataclass
class Place:
    """An agency with a service, an open round, and its people."""

    world: World
    body: Body
    service: Service
    round: Round
    overseer: Actor
    owner: Actor
    approver: Actor

    def types(self, said: dict[Key, str], note: str = "", now: datetime = NOW, **more: str) -> actions.Entered:
        cells = [Typed(self.service.code, key, text, note=note, **more) for key, text in said.items()]
        return actions.enter(round=self.round, body=self.body, cells=cells, by=self.owner, now=now)

    def submits(self, now: datetime = NOW) -> Report:
        return actions.submit(round=self.round, body=self.body, by=self.owner, now=now)

    @property
    def report(self) -> Report:
        found = queries.report(self.round, self.body)
        assert found is not None
        return found

    @property
    def grid(self) -> queries.Grid:
        found = queries.grid(self.round, self.body)
        assert found is not None
        return found


@pytest.fixture
def place(world: World) -> Place:
    world.code_lists()
    indicators.load_national(by=SYSTEM, now=NOW)
    service = world.service("benefit", holder="agency")
    overseer = world.actor(Role.OVERSEER, "ministry")
    return Place(
        world=world,
        body=world.body("agency"),
        service=service,
        round=actions.open_round(
            period="2026-Q3",
            due=DUE,
            indicators=["digital-share", "on-time", "satisfaction"],
            title=texts("3. ceturksnis"),
            by=overseer,
            now=NOW,
        ),
        overseer=overseer,
        owner=world.actor(Role.SERVICE_OWNER, "agency"),
        approver=world.actor(Role.LIST_APPROVER, "agency"),
    )


GOOD = {ONLINE: "700", IN_PERSON: "300", ON_TIME: "900", CLOSED: "950"}


def test_what_is_submitted_is_measured_by_the_worker(place: Place) -> None:
    place.types(GOOD)
    place.submits()
    job = jobs.newest("measure")
    assert job is not None
    assert job.arguments == {"period": "2026-Q3"}
    assert not figures.figures("2026-Q3").exists()
    working.use(clock=lambda: NOW)
    working.work.func(job.pk)
    assert figures.figures("2026-Q3").filter(service=place.service, state="measured").exists()


# ---- opening -----------------------------------------------------------------------------------------------------


def test_a_round_asks_every_holder_of_a_published_service(place: Place) -> None:
    place.world.draft("unwritten", holder="silent")
    assert [row.body.code for row in queries.reports(place.round)] == ["agency"]
    assert place.round.code == "2026-q3"


def test_only_an_overseer_opens_a_round(place: Place) -> None:
    with pytest.raises(errors.NotAnOverseer):
        actions.open_round(period="2026-Q2", due=DUE, indicators=["on-time"], title=texts("x"), by=place.owner, now=NOW)


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"period": "2026-Q3"}, errors.RoundExists),
        ({"due": date(2026, 11, 23)}, errors.DueTooEarly),
        ({"period": "2026", "due": date(2026, 12, 31)}, errors.DueTooEarly),
        ({"indicators": []}, errors.NothingToAsk),
        ({"indicators": ["luck"]}, errors.UnknownIndicator),
    ],
)
def test_a_round_that_cannot_be_is_refused(place: Place, changed: dict[str, object], refusal: type[Exception]) -> None:
    plain = {"period": "2026-Q2", "due": DUE, "indicators": ["on-time"], "title": texts("x"), "bodies": None}
    with pytest.raises(refusal):
        actions.open_round(**{**plain, **changed}, by=place.overseer, now=NOW)  # type: ignore[arg-type]


def test_a_round_that_asks_nobody_is_refused(place: Place) -> None:
    with pytest.raises(errors.NobodyToAsk):
        actions.open_round(
            period="2026-Q2", due=DUE, indicators=["on-time"], title=texts("x"),
            bodies=[place.world.body("ministry")], by=place.overseer, now=NOW,
        )  # fmt: skip


# ---- typing ------------------------------------------------------------------------------------------------------


def test_the_grid_asks_what_the_definitions_need_of_the_channels_there_are(place: Place) -> None:
    (line,) = place.grid.lines
    assert [str(cell.key) for cell in line.cells] == [
        "requests.request.online",
        "requests.request.in-person",
        "requests.request.",
        "closed_on_time..",
        "closed..",
        "satisfaction..",
    ]
    assert place.grid.columns == tuple(cell.key for cell in line.cells)
    assert line.coverage == (0, 5)


def test_figures_are_kept_as_typed_and_only_the_given_cells_change(place: Place) -> None:
    assert place.types({ONLINE: "700", CLOSED: "~17"}) == actions.Entered(2, 0, 0)
    assert place.types({ONLINE: "700", CLOSED: ""}) == actions.Entered(0, 1, 1)
    (line,) = place.grid.lines
    assert line.cell(ONLINE).figure.number == 700  # type: ignore[union-attr]
    assert line.cell(CLOSED).figure.is_blank  # type: ignore[union-attr]
    assert line.coverage == (1, 5)


def test_a_figure_that_nobody_asked_is_refused_and_nothing_is_kept(place: Place) -> None:
    with pytest.raises(errors.NotAsked):
        place.types({ONLINE: "1", Key("backlog"): "5"})
    assert place.grid.coverage == (0, 5)


@pytest.mark.parametrize("role", [Role.OVERSEER, Role.LIST_APPROVER])
def test_only_a_service_owner_of_the_institution_types(place: Place, role: Role) -> None:
    for by in (place.world.actor(role, "agency"), place.world.visitor()):
        with pytest.raises((errors.NotAReporter, errors.NotYourReport)):
            actions.enter(round=place.round, body=place.body, cells=[], by=by, now=NOW)


def test_the_last_period_stands_beside(place: Place) -> None:
    place.world.measured("2026-Q2", {place.service: {"closed": 940}})
    place.world.measured("2026-Q1", {place.service: {"closed": 1, "closed_on_time": "not_asked"}})
    (line,) = place.grid.lines
    last = line.cell(CLOSED).last  # type: ignore[union-attr]
    assert last is not None
    assert (last.period, last.figure.number) == ("2026-Q2", 940)
    assert line.cell(ON_TIME).last is None  # type: ignore[union-attr]


# ---- submitting --------------------------------------------------------------------------------------------------


def test_what_is_submitted_is_an_edition_in_which_blank_is_missing(place: Place) -> None:
    place.types(GOOD)
    report = place.submits()
    said = {Key(r.quantity, r.stage, r.channel): (r.state, r.value) for r in measurements.current("2026-Q3")}
    assert said == {
        ONLINE: ("measured", 700),
        IN_PERSON: ("measured", 300),
        ON_TIME: ("measured", 900),
        CLOSED: ("measured", 950),
        RATING: ("missing", None),
    }
    assert (report.state, report.edition.source, report.edition.code) == (  # type: ignore[union-attr]
        "submitted", "round", "2026-q3/agency/1",
    )  # fmt: skip


def test_indicators_see_what_was_submitted(place: Place) -> None:
    place.types(GOOD)
    place.types({RATING: "8,4"}, n="120", scale="1-10", spread="1,5")
    place.submits()
    indicators.ensure(period="2026-Q3", by=SYSTEM, now=NOW)
    codes = {row.pk: row.code for row in figures.all_definitions()}
    found = {
        codes[row.definition_id]: row.value for row in figures.figures("2026-Q3") if row.channel == "" and row.value
    }
    assert (found["digital-share"], round(found["on-time"], 4)) == (Decimal("0.7"), Decimal("0.9474"))
    assert round(found["satisfaction"], 1) == Decimal("82.2")


def test_a_later_submission_restates_the_first_and_overwrites_nothing(place: Place) -> None:
    place.types(GOOD)
    place.submits()
    place.types({CLOSED: "960"}, now=NOW + timedelta(hours=1))
    report = place.submits(now=NOW + timedelta(hours=1))
    (closed,) = [row for row in measurements.current("2026-Q3") if row.quantity == "closed"]
    assert (closed.value, closed.before and closed.before.value) == (960, 950)
    assert report.submissions == 2
    assert [row.state for row in report.rows.all()] == ["submitted", "submitted"]


def test_an_empty_report_is_refused(place: Place) -> None:
    with pytest.raises(errors.NothingSaid):
        place.submits()


def test_errors_block_and_leave_nothing_behind(place: Place) -> None:
    place.types({**GOOD, ON_TIME: "951"})
    with pytest.raises(errors.ErrorsRemain):
        place.submits()
    assert place.report.state == "not-reported"
    assert not measurements.current("2026-Q3")


def test_a_warning_wants_a_reason(place: Place) -> None:
    place.world.measured("2026-Q2", {place.service: {"closed": 95}})
    place.types(GOOD)
    place.types({CLOSED: "950"})
    with pytest.raises(errors.WarningsWithoutReason):
        place.submits()
    place.types({CLOSED: "950"}, note="No aprīļa pabalstu saņem visi.")
    assert place.submits().state == "submitted"
    edition = place.report.edition
    assert edition is not None
    assert edition.report["notes"][0]["note"] == "No aprīļa pabalstu saņem visi."


def test_not_applicable_needs_a_reason(place: Place) -> None:
    place.types({**GOOD, RATING: "neattiecas"})
    found = looking.report(place.grid)["benefit"]
    assert [one.code for one in found] == ["not-applicable-without-reason"]
    place.types({RATING: "neattiecas: nevienu neaptaujāja"})
    assert looking.report(place.grid)["benefit"] == ()


def test_a_holder_of_the_period_that_the_reporter_cannot_act_for_leaves_the_figures_to_his_own(place: Place) -> None:
    place.types(GOOD)
    place.submits()
    assert {row.holder_id for row in measurements.current("2026-Q3")} == {place.body.pk}


# ---- exemptions --------------------------------------------------------------------------------------------------


def test_what_is_excused_is_not_asked_and_counts_for_nothing(place: Place) -> None:
    actions.exempt(
        round=place.round, quantity="satisfaction", reason="Aptauja ir gadā reizi.", by=place.overseer, now=NOW
    )
    assert place.grid.coverage == (0, 4)
    place.types(GOOD)
    place.submits()
    (rating,) = [row for row in measurements.current("2026-Q3") if row.quantity == "satisfaction"]
    assert rating.state == "not_asked"
    (progress,) = queries.progress(place.round)
    assert (progress.said, progress.asked, progress.services) == (4, 4, 1)


def test_an_exemption_can_be_taken_back_for_one_service(place: Place) -> None:
    other = place.world.service("card", holder="agency")
    actions.exempt(round=place.round, body=place.body, reason="Jauna sistēma.", by=place.overseer, now=NOW)
    actions.exempt(
        round=place.round, service=other, is_excused=False, reason="Šo skaita citur.", by=place.overseer, now=NOW
    )
    assert {line.service.code: line.coverage[1] for line in place.grid.lines} == {"benefit": 0, "card": 5}


def test_a_second_word_about_one_target_replaces_the_first(place: Place) -> None:
    for excused in (True, False):
        actions.exempt(round=place.round, body=place.body, is_excused=excused, reason="x", by=place.overseer, now=NOW)
    assert [row.is_excused for row in queries.exemptions(place.round)] == [False]
    actions.lift(exemption=Exemption.objects.get(), by=place.overseer, now=NOW)
    assert not queries.exemptions(place.round).exists()


def test_an_exemption_needs_an_overseer_a_reason_and_a_target_of_the_round(place: Place) -> None:
    given = {"round": place.round, "now": NOW}
    with pytest.raises(errors.NotAnOverseer):
        actions.exempt(**given, body=place.body, reason="x", by=place.owner)  # type: ignore[arg-type]
    with pytest.raises(errors.WithoutReason):
        actions.exempt(**given, body=place.body, reason=" ", by=place.overseer)  # type: ignore[arg-type]
    for target in (
        {},
        {"quantity": "backlog"},
        {"body": place.world.body("ministry")},
        {"service": place.world.service("stranger", holder="elsewhere")},
    ):
        with pytest.raises(errors.ExemptionUnknownTarget):
            actions.exempt(**given, reason="x", by=place.overseer, **target)  # type: ignore[arg-type]


# ---- the other person --------------------------------------------------------------------------------------------


def test_a_report_goes_back_and_forth_until_another_accepts_it(place: Place) -> None:
    place.types(GOOD)
    place.submits()
    actions.request_change(report=place.report, why="Kur ir apmierinātība?", by=place.overseer, now=NOW)
    assert queries.due([place.body.pk], DUE)[0].is_returned
    place.types({RATING: "8,4"}, n="120", scale="1-10", now=NOW + timedelta(hours=1))
    place.submits(now=NOW + timedelta(hours=1))
    actions.accept(report=place.report, by=place.approver, now=NOW + timedelta(hours=2))
    assert [(row.state, row.why) for row in place.report.rows.all()] == [
        ("submitted", ""),
        ("change-requested", "Kur ir apmierinātība?"),
        ("submitted", ""),
        ("accepted", ""),
    ]
    assert queries.due([place.body.pk], DUE) == []
    with pytest.raises(errors.AlreadyAccepted):
        place.types({CLOSED: "1"})
    with pytest.raises(errors.WrongReportState):
        place.submits()


def test_a_reporter_never_accepts_himself_and_the_database_says_so_too(place: Place) -> None:
    both = place.world.actor(Role.LIST_APPROVER, "agency", username=place.owner.username)
    place.types(GOOD)
    place.submits()
    with pytest.raises(errors.OwnReport):
        actions.accept(report=place.report, by=both, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.update(accepter=place.owner.username)


def test_what_was_not_submitted_cannot_be_accepted(place: Place) -> None:
    with pytest.raises(errors.WrongReportState):
        actions.accept(report=place.report, by=place.overseer, now=NOW)


def test_nothing_moves_in_a_closed_round_until_it_is_reopened(place: Place) -> None:
    actions.close_round(round=place.round, by=place.overseer, now=NOW)
    assert queries.due([place.body.pk], DUE) == []
    for step in (
        lambda: place.types(GOOD),
        place.submits,
        lambda: actions.close_round(round=place.round, by=place.overseer, now=NOW),
    ):
        with pytest.raises(errors.RoundClosed):
            step()
    actions.reopen_round(round=place.round, by=place.overseer, now=NOW)
    assert place.types(GOOD).written == 4


# ---- reminders ---------------------------------------------------------------------------------------------------


def test_each_reminder_is_sent_once_and_again_only_if_sending_failed(place: Place) -> None:
    sent: list[str] = []

    def send(report: Report, kind: rules.Reminder) -> int:
        sent.append(f"{report.body.code} {kind}")
        return 1

    def broken(report: Report, kind: rules.Reminder) -> int:
        raise OSError("no post office")

    for on in (date(2026, 11, 19), date(2026, 11, 20), date(2026, 11, 21), date(2026, 12, 1)):
        actions.remind(on=on, send=send, by=SYSTEM, now=NOW)
    with pytest.raises(OSError, match="post office"), transaction.atomic():
        actions.remind(on=date(2026, 12, 5), send=broken, by=SYSTEM, now=NOW)
    actions.remind(on=date(2026, 12, 5), send=send, by=SYSTEM, now=NOW)
    actions.remind(on=date(2026, 12, 6), send=send, by=SYSTEM, now=NOW)
    assert sent == ["agency two-weeks", "agency three-days", "agency overdue"]


def test_who_has_submitted_is_not_reminded(place: Place) -> None:
    place.types(GOOD)
    place.submits()
    assert actions.remind(on=date(2026, 12, 5), send=lambda *_: 1, by=SYSTEM, now=NOW) == []


# ---- over a whole period -----------------------------------------------------------------------------------------


def test_the_rules_look_at_everything_that_was_reported_of_a_period(place: Place) -> None:
    place.world.measured("2025", {place.service: {"closed": 10, "closed_on_time": 11}})
    looked = looking.period(periods.parse("2025"))
    assert looked.services == 1
    assert [one.code for one in looked.findings[place.service.pk]] == ["share-over-whole"]
    assert looked.holders == {place.service.pk: place.body.pk}


def test_months_tell_when_a_register_was_cleaned_up(place: Place) -> None:
    for month in range(1, 13):
        place.world.measured(
            f"2025-{month:02}", {place.service: {"closed": 900 if month == 12 else 10}}, edition=f"m{month}"
        )
    place.world.measured("2025", {place.service: {"closed": 1010}})
    looked = looking.period(periods.parse("2025"))
    assert "bulk-closed" in [one.code for one in looked.findings[place.service.pk]]


def test_every_step_leaves_its_row_in_the_audit(place: Place) -> None:
    place.types(GOOD)
    place.submits()
    actions.accept(report=place.report, by=place.overseer, now=NOW)
    said = [row.action for row in audit.latest() if row.action.startswith("rounds.")]
    assert set(said) == {"rounds.open", "rounds.enter", "rounds.submitted", "rounds.accepted"}
