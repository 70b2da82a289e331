"""Pure decisions about services."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ietvars.ground.people.rules import SYSTEM, Actor, Role, may
from ietvars.institution.canvases.requirements import Gap
from ietvars.institution.canvases.rules import Level
from ietvars.institution.services import errors, rules
from ietvars.institution.services.models import Service, Stage
from ietvars.institution.services.rules import Held, State
from tests.world import facts, texts

# States


def test_the_table_of_states_is_complete() -> None:
    assert set(rules.NEXT) == set(State)
    assert set().union(*rules.NEXT.values()) <= set(State)


def test_the_table_of_states_and_the_stages_are_those_of_the_tables() -> None:
    assert [state.value for state in State] == Service.State.values
    assert list(rules.STAGES) == Stage.Name.values


@pytest.mark.parametrize("before", list(State))
@pytest.mark.parametrize("wanted", list(State))
def test_only_changes_in_the_table_are_let_through(before: State, wanted: State) -> None:
    assert may(rules.require_next, "benefit", before, wanted) == (wanted in rules.NEXT[before])


def test_every_state_has_its_sentence() -> None:
    assert set(rules.NOT_NOW) == set(State)


# Who may change a service: role x reach


@pytest.mark.parametrize(
    ("role", "own", "below", "foreign"),
    [
        (Role.SERVICE_OWNER, True, True, False),
        (Role.LIST_APPROVER, False, False, False),
        (Role.COORDINATOR, False, False, False),
        (Role.OVERSEER, False, False, False),
        (Role.CLERK, False, False, False),
        (Role.ADMINISTRATOR, True, True, False),
        (Role.SYSTEM, True, True, True),
    ],
)
def test_owners_change_services_of_their_body_and_of_those_below(
    role: Role, own: bool, below: bool, foreign: bool
) -> None:
    actor = Actor(username="anna", role=role, body_id=1, reach=frozenset({1, 2}))
    assert [may(rules.require_owner, actor, body) for body in (1, 2, 3)] == [own, below, foreign]


def test_a_service_without_a_holder_is_nobodys_own() -> None:
    owner = Actor(username="anna", role=Role.SERVICE_OWNER, body_id=1, reach=frozenset({1}))
    assert not may(rules.require_owner, owner, None)
    assert may(rules.require_owner, SYSTEM, None)


# Gaps


def _gap(code: str, level: Level) -> Gap:
    return Gap(code=code, part="summary", level=level, sentence="Say it.")


def test_an_open_gap_that_blocks_refuses_with_all_gaps() -> None:
    found = (_gap("one", Level.NON_WAIVABLE), _gap("two", Level.MANDATORY), _gap("three", Level.DESIRABLE))
    with pytest.raises(errors.NotReady, match="2 requirements are open") as refused:
        rules.require_whole("benefit", found)
    assert [gap.code for gap in refused.value.facts["gaps"]] == ["one", "two"]


def test_a_desirable_gap_does_not_refuse() -> None:
    rules.require_whole("benefit", (_gap("three", Level.DESIRABLE),))


def test_a_mandatory_gap_can_be_waived_and_a_non_waivable_one_cannot() -> None:
    rules.require_whole("benefit", (_gap("two", Level.MANDATORY),), waived=("two",))
    with pytest.raises(errors.NotReady):
        rules.require_whole("benefit", (_gap("one", Level.NON_WAIVABLE),), waived=("one",))


# The review rhythm


@pytest.mark.parametrize(
    ("on", "months", "day"),
    [
        (date(2026, 11, 1), 12, date(2025, 11, 1)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2028, 3, 31), 1, date(2028, 2, 29)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2026, 12, 31), -2, date(2027, 2, 28)),
    ],
)
def test_months_are_counted_by_the_calendar(on: date, months: int, day: date) -> None:
    assert rules.months_before(on, months) == day


def test_a_description_is_overdue_after_the_rhythm_its_owner_picked() -> None:
    reviewed = date(2026, 6, 1)
    assert not rules.is_overdue(reviewed, 5, date(2026, 11, 1))
    assert rules.is_overdue(reviewed, 5, date(2026, 11, 2))
    assert not rules.is_overdue(reviewed, 16, date(2026, 11, 2))
    assert rules.is_overdue(None, 16, date(2026, 11, 2))


@pytest.mark.parametrize(("months", "is_let"), [(0, False), (1, True), (16, True), (17, False)])
def test_the_rhythm_is_one_to_sixteen_months(months: int, is_let: bool) -> None:
    assert may(rules.require_rhythm, months) == is_let


# Local services


def test_a_local_service_inherits_what_it_does_not_say() -> None:
    common = facts("Pabalsts", receives=texts("nauda"), providers=("group", "library"))

    local = rules.inherit(common, {"receives": texts("200 €")}, template_holder="group", holder="riga")

    assert local.receives["lv"] == "200 €"
    assert local.title == common.title
    assert local.stages["request"].providers == ("riga", "library")


def test_a_stage_of_its_own_replaces_that_stage_only() -> None:
    common = facts(channels=("online",))
    own_stage = rules.StageFacts(channels=("post",))

    local = rules.inherit(common, {"stages": {"request": own_stage}}, template_holder="g", holder="riga")

    assert local.stages["request"] == own_stage
    assert local.stages["receipt"] == common.stages["receipt"]


def test_numbers_in_other_registers_are_not_inherited() -> None:
    common = facts(identifiers=(("latvija.lv", "1"),))
    assert rules.inherit(common, {}, template_holder="g", holder="riga").identifiers == ()


@pytest.mark.parametrize("name", ["kind", "area", "holder", "nonsense"])
def test_a_local_service_cannot_have_its_own(name: str) -> None:
    with pytest.raises(errors.UnknownField, match=f"“{name}”"):
        rules.inherit(facts(), {name: "x"}, template_holder="g", holder="riga")


def test_what_a_local_service_says_itself_can_be_told() -> None:
    own = {"receives": texts("200 €"), "stages": {"request": rules.StageFacts(channels=("post",))}}
    assert rules.own_fields(own) == ["receives", "stages.request"]


# Holders over time

DAY = date(2018, 4, 1)
YEAR = timedelta(days=365)
Row = tuple[int, int | None, int | None]


@pytest.mark.parametrize(
    ("before", "told", "after"),
    [
        pytest.param([], (1, 0, None), [(1, 0, None)], id="first word"),
        pytest.param([], (1, 0, 1), [(1, 0, None)], id="the last known holder holds until something else is said"),
        pytest.param([(1, 0, None)], (1, 1, None), [(1, 0, None)], id="the same holder again"),
        pytest.param([(1, 0, None)], (2, 1, None), [(1, 0, 1), (2, 1, None)], id="another holder from then on"),
        pytest.param([(1, 1, None)], (1, 0, 1), [(1, 0, None)], id="the same holder earlier"),
        pytest.param([(1, 1, None)], (2, 0, 1), [(2, 0, 1), (1, 1, None)], id="another holder earlier"),
        pytest.param([(1, 0, None)], (2, 1, 2), [(1, 0, 1), (2, 1, 2), (1, 2, None)], id="another holder in between"),
        pytest.param([(1, 0, 1), (2, 1, None)], (1, 1, None), [(1, 0, None)], id="the newer word wins"),
        pytest.param([(1, None, None)], (2, 1, None), [(1, None, 1), (2, 1, None)], id="held for ever before"),
    ],
)
def test_a_source_says_who_held_a_service(
    before: list[Row], told: tuple[int, int, int | None], after: list[Row]
) -> None:
    """Numbers are years after the first day; an end is the day before that year begins."""
    holder, since, until = told
    found = rules.witness([_held(*row) for row in before], holder, DAY + YEAR * since, _end(until))
    assert list(found) == [_held(*row) for row in after]


def _held(holder: int, since: int | None, until: int | None) -> Held:
    return Held(holder, None if since is None else DAY + YEAR * since, _end(until))


def _end(year: int | None) -> date | None:
    return None if year is None else DAY + YEAR * year - timedelta(days=1)


_DAYS = st.integers(0, 60)
_WORDS = st.lists(st.tuples(st.integers(1, 3), _DAYS, st.one_of(st.none(), st.integers(0, 20))), min_size=1, max_size=8)


def _said(words: list[tuple[int, int, int | None]]) -> tuple[Held, ...]:
    held: tuple[Held, ...] = ()
    for holder, since, length in words:
        start = DAY + timedelta(days=since)
        held = rules.witness(held, holder, start, None if length is None else start + timedelta(days=length))
    return held


@given(_WORDS)
def test_holders_over_time_never_overlap_and_one_end_is_open(words: list[tuple[int, int, int | None]]) -> None:
    held = _said(words)

    assert [entry.until for entry in held].count(None) == 1
    assert held[-1].until is None
    for one, other in itertools.pairwise(held):
        assert one.until is not None
        assert other.since is not None
        assert one.until < other.since
        assert one.holder != other.holder or one.until + timedelta(days=1) < other.since


@given(_WORDS)
def test_the_last_word_wins_for_its_days_and_saying_it_again_changes_nothing(
    words: list[tuple[int, int, int | None]],
) -> None:
    held = _said(words)
    holder, since, length = words[-1]
    for day in range(since, since + (30 if length is None else length + 1)):
        assert rules.holder_on(held, DAY + timedelta(days=day)) == holder
    assert _said([*words, words[-1]]) == held


@given(_WORDS)
def test_holders_over_time_equal_those_of_a_slow_diary(words: list[tuple[int, int, int | None]]) -> None:
    """The naive twin keeps a diary of each single day."""
    diary: dict[int, int] = {}
    for holder, since, length in words:
        # An open word reaches past all days that are asked for.
        for day in range(since, 200 if length is None else since + length + 1):
            diary[day] = holder
        last = max(diary)
        for day in range(last + 1, 200):
            diary[day] = diary[last]
    held = _said(words)
    assert {day: rules.holder_on(held, DAY + timedelta(days=day)) for day in range(100)} == {
        day: diary.get(day) for day in range(100)
    }
