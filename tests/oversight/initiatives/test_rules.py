"""Decisions about initiatives: the way of its states, who may do what, and what a check says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from ietvars.ground.people.rules import SYSTEM, Actor, Role, may
from ietvars.oversight.initiatives import errors, rules
from ietvars.oversight.initiatives.models import Initiative

if TYPE_CHECKING:
    from collections.abc import Callable


def test_the_table_of_states_is_complete_and_the_tables_say_the_same() -> None:
    assert set(rules.NEXT) == set(rules.State)
    assert {state.value for state in rules.State} == set(Initiative.State.values)


@pytest.mark.parametrize("current", list(rules.State))
@pytest.mark.parametrize("wanted", list(rules.State))
def test_only_the_steps_of_the_table_are_taken(current: rules.State, wanted: rules.State) -> None:
    assert may(rules.require_step, current.value, wanted) is (wanted in rules.NEXT[current])


def test_nobody_decides_about_what_he_proposed() -> None:
    anna, janis = (Actor(name, Role.OVERSEER) for name in ("anna", "janis"))
    rules.require_decider(janis, proposed_by="anna")
    with pytest.raises(errors.OwnProposal, match="Fewer forms"):
        rules.require_decider(anna, proposed_by="anna", title="Fewer forms")
    rules.require_decider(SYSTEM, proposed_by="system")


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.OVERSEER, Role.SYSTEM)])
def test_only_overseers_propose_and_decide(role: Role) -> None:
    with pytest.raises(errors.NotForYou):
        rules.require_overseer(Actor("somebody", role))


@pytest.mark.parametrize(
    ("refusal", "rule", "given"),
    [
        (errors.NothingExpected, rules.require_checkable, ("", "up")),
        (errors.NothingExpected, rules.require_checkable, ("on-time", "sideways")),
        (errors.DeadlinePassed, rules.require_deadline_ahead, (date(2026, 1, 1), date(2026, 1, 1))),
        (errors.TooEarly, rules.require_deadline_over, (date(2026, 1, 1), date(2026, 1, 1))),
        (errors.NoService, rules.require_services, ([],)),
        (errors.ReasonNeeded, rules.require_reason, ("  ",)),
        (errors.CheckTooSoon, rules.require_later_period, ("2025", "2025")),
        (errors.CheckTooSoon, rules.require_later_period, ("2025", "2024")),
        (errors.CheckTooSoon, rules.require_later_period, ("2025", "2026-Q1")),
    ],
)
def test_what_could_not_be_checked_later_is_refused(
    refusal: type[Exception], rule: Callable[..., None], given: tuple[object, ...]
) -> None:
    with pytest.raises(refusal):
        rule(*given)


@pytest.mark.parametrize(
    ("period", "after"),
    [("2025", "2026"), ("2023-24", "2024-25"), ("2025-Q4", "2026-Q1"), ("2025-12", "2026-01"), ("2025-Q1", "2025-Q2")],
)
def test_the_period_after_is_of_the_same_kind(period: str, after: str) -> None:
    from ietvars.ground.periods import rules as periods

    assert rules.next_after(periods.parse(period)).code == after


# direction | target | before | now  | clear | outcome
JUDGED = """
up   |    | 10 | 20 | yes     | reached
up   | 20 | 10 | 20 | yes     | reached
up   | 25 | 10 | 20 | yes     | moved
up   |    | 10 | 5  | yes     | opposite
up   |    | 10 | 11 | no      | not_moved
up   |    | 10 | 20 | refused | unknown
up   |    | ?  | 20 | refused | unknown
up   |    | 10 | ?  | refused | unknown
down |    | 10 | 5  | yes     | reached
down | 5  | 10 | 5  | yes     | reached
down | 4  | 10 | 5  | yes     | moved
down |    | 10 | 20 | yes     | opposite
down |    | 10 | 10 | yes     | not_moved
"""


def movement(before: str, now: str, clear: str) -> rules.Movement:
    return rules.Movement(
        baseline=None if before == "?" else Decimal(before),
        now=None if now == "?" else Decimal(now),
        is_clear={"yes": True, "no": False, "refused": None}[clear],
        reason={"yes": "", "no": "within_chance", "refused": "too_few"}[clear],
    )


@pytest.mark.parametrize("line", JUDGED.strip().splitlines())
def test_a_check_says_what_the_indicator_did_and_no_more(line: str) -> None:
    direction, target, before, now, clear, outcome = (cell.strip() for cell in line.split("|"))
    said, reason = rules.judge(
        movement(before, now, clear), rules.Direction(direction), Decimal(target) if target else None
    )
    assert said == outcome
    assert bool(reason) is (outcome == "unknown" or (outcome == "not_moved" and clear == "no") or outcome == "moved")


def test_a_baseline_restated_so_far_that_the_outcome_turns_leaves_it_unknown() -> None:
    frozen, target = movement("10", "20", "yes"), None
    assert rules.settle(frozen, movement("11", "20", "yes"), rules.Direction.UP, target)[0] == "reached"
    assert rules.settle(frozen, movement("30", "20", "yes"), rules.Direction.UP, target) == (
        "unknown",
        "baseline_restated",
    )
    assert rules.settle(frozen, None, rules.Direction.UP, target)[0] == "reached"
    assert rules.settle(frozen, movement("?", "20", "refused"), rules.Direction.UP, target)[0] == "reached"


@pytest.mark.parametrize(
    ("on", "has_figure", "is_due"),
    [
        (date(2026, 12, 31), True, False),
        (date(2027, 1, 1), True, True),
        (date(2027, 1, 1), False, False),
        (date(2027, 12, 31), False, False),
        (date(2028, 1, 1), False, True),
    ],
)
def test_the_rounds_wait_for_the_figure_but_not_for_ever(on: date, has_figure: bool, is_due: bool) -> None:
    assert rules.is_due(date(2026, 12, 31), on, has_figure=has_figure) is is_due
