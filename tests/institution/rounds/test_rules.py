"""Who may do what in a round, whom an exemption reaches, when somebody is reminded, what is asked, what is typed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ietvars.ground.people.rules import Actor, Role
from ietvars.institution.indicators import definitions, queries
from ietvars.institution.rounds import asking, errors, rules, typed
from ietvars.institution.rounds.asking import Key
from ietvars.institution.rounds.rules import Exempted, Reminder, State

DUE = date(2026, 12, 4)


def test_every_state_has_a_way_on_and_none_leads_back_to_silence() -> None:
    assert set(rules.NEXT) == set(State)
    assert all(onward for onward in rules.NEXT.values())
    assert State.NOT_REPORTED not in {state for onward in rules.NEXT.values() for state in onward}
    assert set(rules.WAITING) == {State.NOT_REPORTED, State.CHANGE_REQUESTED}


def test_what_is_accepted_cannot_be_submitted_over() -> None:
    with pytest.raises(errors.WrongReportState):
        rules.require_step("accepted", State.SUBMITTED)


def _actor(role: Role, username: str = "anna", reach: frozenset[int] = frozenset({1})) -> Actor:
    return Actor(username=username, role=role, body_id=1, reach=reach)


@pytest.mark.parametrize(
    ("role", "username", "reach", "refusal"),
    [
        (Role.OVERSEER, "anna", {9}, None),
        (Role.LIST_APPROVER, "anna", {1}, None),
        (Role.LIST_APPROVER, "anna", {2}, errors.NotYourReport),
        (Role.OVERSEER, "reporter", {1}, errors.OwnReport),
        (Role.LIST_APPROVER, "reporter", {1}, errors.OwnReport),
        (Role.SERVICE_OWNER, "anna", {1}, errors.NotAnAccepter),
        (Role.SYSTEM, "system", set(), None),
    ],
)
def test_a_report_is_accepted_by_another(
    role: Role, username: str, reach: set[int], refusal: type[Exception] | None
) -> None:
    actor = _actor(role, username, frozenset(reach))
    if refusal is None:
        rules.require_accepter(actor, 1, "reporter", "Aģentūra")
    else:
        with pytest.raises(refusal):
            rules.require_accepter(actor, 1, "reporter", "Aģentūra")


# ---- exemptions --------------------------------------------------------------------------------------------------

BODY, SERVICE, OTHER = 1, 10, 11
EVERYTHING = Exempted(True, "all", None, None, "cost_total")
OF_BODY = Exempted(False, "this one can", BODY)
OF_SERVICE = Exempted(True, "this is new", None, SERVICE)
ONE_FIGURE = Exempted(False, "but this is known", None, SERVICE, "requests")

# told                                        service  quantity      excused
REACH = (
    ((),                                      SERVICE, "requests",   False),
    ((EVERYTHING,),                           SERVICE, "cost_total", True),
    ((EVERYTHING,),                           SERVICE, "requests",   False),
    ((EVERYTHING, OF_BODY),                   SERVICE, "cost_total", False),
    ((EVERYTHING, OF_BODY, OF_SERVICE),       SERVICE, "cost_total", True),
    ((EVERYTHING, OF_BODY, OF_SERVICE),       OTHER,   "cost_total", False),
    ((OF_SERVICE, ONE_FIGURE),                SERVICE, "requests",   False),
    ((OF_SERVICE, ONE_FIGURE),                SERVICE, "results",    True),
)  # fmt: skip


@pytest.mark.parametrize(("told", "service", "quantity", "excused"), REACH)
def test_the_narrowest_word_wins_in_both_directions(
    told: tuple[Exempted, ...], service: int, quantity: str, excused: bool
) -> None:
    assert rules.is_excused(told, BODY, service, quantity) is excused
    assert rules.is_excused(tuple(reversed(told)), BODY, service, quantity) is excused


def test_an_exemption_of_another_body_reaches_nobody_here() -> None:
    assert rules.exemption([Exempted(True, "x", body_id=2)], BODY, SERVICE, "requests") is None


# ---- reminders ---------------------------------------------------------------------------------------------------

# on                  sent already                       sends
REMINDED = (
    (date(2026, 11, 19), (),                             None),
    (date(2026, 11, 20), (),                             Reminder.TWO_WEEKS),
    (date(2026, 11, 28), ("two-weeks",),                 None),
    (date(2026, 12, 1),  ("two-weeks",),                 Reminder.THREE_DAYS),
    (date(2026, 12, 4),  ("two-weeks", "three-days"),    None),
    (date(2026, 12, 5),  ("two-weeks", "three-days"),    Reminder.OVERDUE),
    (date(2026, 12, 30), ("overdue",),                   None),
    (date(2026, 12, 30), (),                             Reminder.OVERDUE),
)  # fmt: skip


@pytest.mark.parametrize(("on", "sent", "kind"), REMINDED)
def test_each_reminder_goes_once_and_an_overslept_one_never(
    on: date, sent: tuple[str, ...], kind: Reminder | None
) -> None:
    assert rules.reminder(DUE, on, sent) == kind


def test_figures_of_a_period_are_not_due_before_it_has_ended() -> None:
    with pytest.raises(errors.DueTooEarly):
        rules.require_due(date(2026, 9, 30), period_end=date(2026, 9, 30), on=date(2026, 8, 1))
    rules.require_due(date(2026, 10, 1), period_end=date(2026, 9, 30), on=date(2026, 8, 1))


# ---- what is asked -----------------------------------------------------------------------------------------------


def _national(*codes: str) -> list[definitions.Indicator]:
    newest = {one.code: one for one in queries.shipped().indicators}
    return [newest[code] for code in codes]


def test_channels_are_asked_where_a_definition_counts_by_channel_and_a_total_may_stay_empty() -> None:
    asked = asking.asked(asking.needs(_national("digital-share", "throughput")), {"request": ("online", "post")})
    assert [(str(one.key), one.is_optional) for one in asked] == [
        ("requests.request.online", False),
        ("requests.request.post", False),
        ("requests.request.", True),
        ("results..", False),
    ]


def test_a_service_without_channels_is_asked_its_total() -> None:
    (only,) = asking.asked(asking.needs(_national("digital-share")), {})
    assert (str(only.key), only.is_optional) == ("requests.request.", False)


def test_one_quantity_of_several_indicators_is_one_question() -> None:
    found = {(need.quantity, need.stage): need for need in asking.needs(_national("cases", "demand", "cost-per-case"))}
    assert set(found) == {("requests", "request"), ("cost_total", ""), ("results", "")}
    assert found["requests", "request"].indicators == ("cases", "demand")
    assert found["requests", "request"].is_whole
    assert not found["cost_total", ""].is_whole


def test_a_rating_is_asked_with_its_answers_and_a_median_with_its_spread() -> None:
    means = {need.quantity: need.mean for need in asking.needs(_national("satisfaction", "time-median", "time-p90"))}
    assert means == {"satisfaction": "mean", "time_to_result_median": "median", "time_to_result_p90": ""}


def test_hours_are_asked_at_the_request_where_a_definition_slices_by_stage() -> None:
    assert {(need.quantity, need.stage) for need in asking.needs(_national("availability"))} == {
        ("agreed_hours", "request"),
        ("downtime_hours", "request"),
    }


def test_part_and_whole_of_a_share_are_known() -> None:
    assert asking.pairs(_national("on-time", "digital-share", "satisfaction")) == (
        asking.Pair(Key("closed_on_time"), Key("closed")),
    )


def test_every_national_indicator_asks_something() -> None:
    silent = [one.code for one in queries.shipped().indicators if not asking.needs([one])]
    assert silent == []


# ---- what is typed -----------------------------------------------------------------------------------------------

# typed                                state             number         note
READ = (
    ("",                                 "missing",        None,          ""),
    ("   ",                              "missing",        None,          ""),
    ("0",                                "measured",       Decimal(0),    ""),
    ("12 400",                           "measured",       Decimal(12400), ""),
    ("8,4",                              "measured",       Decimal("8.4"), ""),
    ("8.4",                              "measured",       Decimal("8.4"), ""),
    ("0,125",                            "measured",       Decimal("0.125"), ""),
    ("1,500",                            "unreadable",     None,          ""),
    ("1.500",                            "unreadable",     None,          ""),
    ("-5",                               "measured",       Decimal(-5),   ""),
    ("~17",                              "unreadable",     None,          ""),
    ("12 %",                             "unreadable",     None,          ""),
    ("neattiecas",                       "not_applicable", None,          ""),
    ("Neattiecas: nav e-pakalpojuma",    "not_applicable", None,          "nav e-pakalpojuma"),
    ("nejautāts",                        "not_asked",      None,          ""),
    ("trūkst: sistēma mainīta",          "missing",        None,          "sistēma mainīta"),
    ("plkst. 12:30",                     "unreadable",     None,          ""),
)  # fmt: skip


@pytest.mark.parametrize(("text", "state", "number", "note"), READ)
def test_a_typed_text_is_read_into_one_of_five_states(text: str, state: str, number: Decimal | None, note: str) -> None:
    figure = typed.read(typed.Typed("benefit", Key("requests"), text))
    assert (figure.state, figure.number, figure.note) == (state, number, note)
    assert (figure.raw != "") == (state == "unreadable")


def test_what_is_unreadable_beside_a_mean_makes_all_of_it_unreadable() -> None:
    figure = typed.read(typed.Typed("benefit", Key("satisfaction"), "8,4", n="daudz", scale="1–10"), is_mean=True)
    assert figure.state == "unreadable"
    assert "daudz" in figure.raw
    good = typed.read(typed.Typed("benefit", Key("satisfaction"), "8,4", n="120", scale="1–10"), is_mean=True)
    assert (good.number, good.n, good.scale) == (Decimal("8.4"), 120, "1-10")


@given(st.decimals(min_value=-(10**9), max_value=10**9, allow_nan=False, places=4))
def test_what_is_written_reads_back_as_the_same_figure(number: Decimal) -> None:
    figure = typed.Figure("measured", number)
    again = typed.read(typed.Typed("benefit", Key("cost_total"), typed.written(figure, {})))
    assert (again.state, again.number) == ("measured", number)


@given(st.text(max_size=80))
def test_no_text_is_ever_lost_or_taken_for_zero(text: str) -> None:
    figure = typed.read(typed.Typed("benefit", Key("requests"), text))
    if figure.state == "unreadable":
        assert figure.raw
    if figure.number == 0:
        assert "0" in text
