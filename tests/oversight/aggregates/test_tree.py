"""The state read as one: sectors, coverage, counts, and the lists behind the numbers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ietvars.ground.bodies import actions as bodies
from ietvars.ground.people.rules import SYSTEM, Role, may
from ietvars.institution.indicators import actions as indicators
from ietvars.institution.indicators import definitions
from ietvars.oversight.aggregates import errors, queries, rules
from tests.world import NOW, texts

if TYPE_CHECKING:
    from tests.oversight.measuring import MeasuredState
    from tests.world import World

CALM = {"requests": 100, "time": 10, "on_time": (95, 100)}


def _settle(world: World) -> None:
    """Two ministries below the cabinet, municipalities below their group, each with services."""
    world.body("cabinet", kind="group")
    for ministry in ("welfare", "finance"):
        world.body(ministry, below="cabinet", kind="ministry")
    world.body("towns", kind="group")
    for town in ("ogre", "riga"):
        world.body(town, below="towns", kind="municipality")
    world.body("ssia", below="welfare")
    world.service("benefit", holder="ssia")
    world.service("pension", holder="ssia")
    world.service("policy", holder="welfare")
    world.service("tax", holder="finance")
    world.service("permit-ogre", holder="ogre")
    world.service("permit-riga", holder="riga")


def _shape(tree: rules.Tree) -> list[tuple[str, str, int]]:
    return [(node.level.value, node.code, node.totals.services) for node in tree.rows]


def test_a_closed_tree_shows_sectors_and_a_group_without_a_ministry_is_one_sector(state: MeasuredState) -> None:
    _settle(state.world)
    state.report("2025", benefit=CALM)
    state.compute("2025")
    tree = queries.picture("2025").tree()
    assert _shape(tree) == [("sector", "finance", 1), ("sector", "towns", 2), ("sector", "welfare", 3)]
    assert tree.whole.services == 6


def test_opening_a_sector_and_an_institution_leads_down_to_services(state: MeasuredState) -> None:
    _settle(state.world)
    state.report("2025", benefit=CALM)
    state.compute("2025")
    tree = queries.picture("2025").tree(["welfare", "welfare.ssia"])
    assert _shape(tree)[2:] == [
        ("sector", "welfare", 3),
        ("institution", "ssia", 2),
        ("service", "benefit", 1),
        ("service", "pension", 1),
        ("institution", "welfare", 1),
    ]


def test_what_is_not_measured_is_counted_beside_the_sum_and_never_as_zero(state: MeasuredState) -> None:
    _settle(state.world)
    state.report(
        "2025",
        benefit={"requests": 1200},
        pension={"requests": "missing"},
        permit_ogre={"requests": 0},
        permit_riga={"requests": "not_applicable"},
    )
    state.compute("2025")
    by_code = {node.code: node.totals for node in queries.picture("2025").tree().rows}
    welfare, towns = by_code["welfare"].requests, by_code["towns"].requests
    assert welfare is not None
    assert towns is not None
    assert (welfare.value, welfare.measured, welfare.expected) == (Decimal(1200), 1, 3)
    assert (towns.value, towns.measured, towns.expected) == (Decimal(0), 1, 1)
    finance = by_code["finance"].requests
    assert finance is not None
    assert (finance.state, finance.value) == ("missing", None)


def test_holders_count_as_having_requests_only_when_all_their_services_do(state: MeasuredState) -> None:
    _settle(state.world)
    state.report("2025", benefit={"requests": 5}, permit_ogre={"requests": 7})
    state.compute("2025")
    by_code = {node.code: node.totals for node in queries.picture("2025").tree().rows}
    assert (by_code["towns"].holders_with_requests, by_code["towns"].holders) == (1, 2)
    assert (by_code["welfare"].holders_with_requests, by_code["welfare"].holders) == (0, 2)


@pytest.mark.parametrize(
    ("measured", "expected", "said"),
    [(0, 0, "not_due"), (0, 5, "none"), (1, 5, "partly"), (5, 5, "full")],
)
def test_coverage_leaves_out_what_does_not_apply(measured: int, expected: int, said: str) -> None:
    assert rules.coverage(measured, expected) == said


def test_verdicts_are_those_of_the_headline_and_can_be_switched(state: MeasuredState) -> None:
    _settle(state.world)
    before: dict[str, Any] = {"time": 20, "on_time": (900, 1000)}
    state.report("2024", benefit=before, pension=before, tax=before)
    state.report(
        "2025",
        benefit={"time": 10, "on_time": (700, 1000)},
        pension={"time": 20, "on_time": (900, 1000)},
        tax={"time": 30, "on_time": (990, 1000)},
    )
    state.compute("2025")
    whole = queries.picture("2025").tree().whole.verdicts
    assert whole == {"better": 1, "worse": 1, "no_clear_change": 1, "changed": 0, "not_comparable": 3}
    seen = queries.picture("2025", headline="on-time")
    assert {leaf.code: leaf.verdict for leaf in seen.leaves if leaf.verdict != "not_comparable"} == {
        "benefit": "worse",
        "pension": "no_clear_change",
        "tax": "better",
    }
    reasons = {leaf.code: leaf.reason for leaf in seen.leaves}
    assert reasons["policy"] == "missing_now"


def test_every_number_leads_to_the_services_that_make_it(state: MeasuredState) -> None:
    _settle(state.world)
    state.report("2024", benefit={"time": 20}, tax={"time": 20})
    state.report("2025", benefit={"time": 10, "requests": 3}, tax={"time": 20})
    state.compute("2025")
    seen = queries.picture("2025")
    for node in seen.tree(["welfare", "towns", "finance"]).rows:
        wanted: dict[str, frozenset[str]] = {"sectors": frozenset({node.sector.code})}
        if node.institution:
            wanted["institutions"] = frozenset({node.institution.code})
        assert len(seen.behind(rules.Wanted(**wanted))) == node.totals.services
        for verdict, number in node.totals.verdicts.items():
            assert len(seen.behind(rules.Wanted(**wanted, verdicts=frozenset({verdict})))) == number
        for coverage, number in node.totals.coverage.items():
            assert len(seen.behind(rules.Wanted(**wanted, coverage=frozenset({coverage})))) == number
        assert node.totals.requests is not None
        asked = rules.Wanted(**wanted, requests=frozenset({"measured"}))
        assert len(seen.behind(asked)) == node.totals.requests.measured


def test_after_a_merger_last_years_picture_still_shows_the_old_holder(state: MeasuredState) -> None:
    world = state.world
    _settle(world)
    old, heir = world.body("old-office", below="welfare"), world.body("new-office", below="finance")
    world.service("card", holder="old-office")
    state.report("2024", card=CALM)
    bodies.merge(
        predecessors=[old], successor=heir, on=date(2025, 1, 1), document=texts("Rīkojums"), by=SYSTEM, now=NOW
    )
    state.report("2025", card=CALM)
    state.compute("2024", "2025")

    def places(period: str) -> tuple[str, str]:
        leaf = next(leaf for leaf in queries.picture(period).leaves if leaf.code == "card")
        return leaf.institution.code, leaf.sector.code

    assert places("2024") == ("old-office", "welfare")
    assert places("2025") == ("new-office", "finance")


def test_a_picture_costs_the_same_number_of_queries_for_any_state(state: MeasuredState) -> None:
    _settle(state.world)
    state.report("2024", benefit=CALM)
    state.report("2025", benefit=CALM)
    state.compute("2025")
    with CaptureQueriesContext(connection) as few:
        queries.picture("2025").tree(["welfare"])
    for number in range(20):
        state.world.service(f"more-{number}", holder="ssia")
    state.report("2025", **{f"more_{number}": CALM for number in range(20)})
    state.compute("2025")
    with CaptureQueriesContext(connection) as many:
        queries.picture("2025").tree(["welfare", "welfare.ssia", "finance", "towns"])
    assert len(many) == len(few) <= 10


def test_an_unknown_headline_is_refused_with_its_name(state: MeasuredState) -> None:
    with pytest.raises(errors.NotDefined, match="happiness"):
        queries.picture("2025", headline="happiness")


def test_before_the_first_computation_the_picture_is_empty_and_says_so(state: MeasuredState) -> None:
    _settle(state.world)
    seen = queries.picture("2025")
    assert (seen.computed, seen.leaves) == (False, ())


@pytest.mark.parametrize(
    ("role", "reads"),
    [
        (Role.OVERSEER, True),
        (Role.COORDINATOR, True),
        (Role.SERVICE_OWNER, False),
        (Role.LIST_APPROVER, False),
        (Role.CLERK, False),
        (Role.ADMINISTRATOR, False),
    ],
)
def test_overseers_and_coordinators_read_the_whole_state_wherever_they_were_appointed(
    world: World, role: Role, reads: bool
) -> None:
    assert may(rules.require_reader, world.actor(role, "some-ministry")) is reads


def test_a_body_that_ended_within_the_period_keeps_the_sector_in_which_it_ended(state: MeasuredState) -> None:
    world = state.world
    _settle(world)
    old, heir = world.body("old-office", below="welfare"), world.body("new-office", below="finance")
    world.service("card", holder="old-office")
    state.report("2024", card=CALM)
    state.compute("2024")
    bodies.merge(
        predecessors=[old], successor=heir, on=date(2024, 7, 1), document=texts("Rīkojums"), by=SYSTEM, now=NOW
    )
    leaf = next(leaf for leaf in queries.picture("2024").leaves if leaf.code == "card")
    assert (leaf.institution.code, leaf.sector.code) == ("old-office", "welfare")


ELSEWHERE = """
register = "elsewhere"
sources = ["round"]

[[indicator]]
code = "elsewhere-asked"
version = 1
valid_from = 2010-01-01
name = { lv = "Prasīts", en = "Asked" }
source = { lv = "Cits reģistrs", en = "Another register" }
unit = "requests"
kind = "count"
direction = "none"
aggregation = "sum"
stage = "request"
value = { sum = "requests" }

[[indicator]]
code = "elsewhere-kept"
version = 1
valid_from = 2010-01-01
name = { lv = "Ievērots", en = "Kept" }
source = { lv = "Cits reģistrs", en = "Another register" }
unit = "share"
kind = "share"
direction = "up_is_better"
aggregation = "pooled"
numerator = { sum = "closed_on_time" }
denominator = { sum = "closed" }
"""


def test_a_period_of_which_only_an_inventory_speaks_is_seen_by_its_definitions(state: MeasuredState) -> None:
    made = definitions.read(ELSEWHERE)
    indicators.load_definitions(register=made.code, definitions=made.indicators, by=SYSTEM, now=NOW)
    state.world.service("benefit", holder="ssia")
    state.world.service("described-here-only", holder="ssia")
    state.report("2025", benefit={"requests": 7, "on_time": (9, 10), "time": 3})
    state.compute("2025")
    seen = queries.picture("2025")
    assert (seen.register, seen.headline.code) == ("elsewhere", "elsewhere-kept")
    (node,) = seen.tree().rows
    assert node.totals.requests is not None
    assert (node.totals.requests.value, node.totals.coverage["full"]) == (7, 1)
