"""Where a report contradicts itself, and how one figure of two editions is set side by side."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ietvars.ground.people.rules import SYSTEM, Actor, Role
from ietvars.institution.measurements import errors, rules

ABSENT = "-"

CASES = """
target  met   total  performance  claimed   written   found
0.8     8     10     0.8          met       fraction  nothing
0.8     7     10     0.7          not-met   fraction  nothing
0.8     8     10     -            -         fraction  nothing
0.8     12    10     1.2          met       fraction  met-above-total
0.8     12    10     -            -         fraction  met-above-total
0.8     94    0      -            -         fraction  met-above-total
0.8     -     -      1.2          -         fraction  share-above-whole
0.8     7     10     0.7          met       fraction  claim-contradicts-its-numbers
0.8     9     10     0.9          not-met   fraction  claim-contradicts-its-numbers
0.8     0     0      -            not-met   fraction  claim-without-cases
0.8     0     0      -            met       fraction  claim-without-cases
0.8     0     0      -            -         fraction  nothing
0.8     8     10     0.806        -         fraction  nothing
0.8     8     10     0.75         -         fraction  performance-differs-from-its-numbers
80      8     10     -            -         fraction  percent-and-fraction-mixed
1       8     10     -            -         fraction  nothing
0.01    8     10     -            -         percent   percent-and-fraction-mixed
0.02    8     10     -            -         percent   nothing
0       8     10     -            -         percent   nothing
0.8     8     10     0.008        -         percent   percent-and-fraction-mixed
0.8     8     10     80           -         fraction  percent-and-fraction-mixed
-       8     10     -            met       fraction  nothing
0.8     8     -      -            met       fraction  nothing
"""
"""Shares stand as shares of 1, whichever way their source writes them."""


def said(text: str) -> rules.Said:
    return rules.UNSAID if text == ABSENT else rules.Said("measured", Decimal(text), text)


@pytest.mark.parametrize("line", CASES.strip().splitlines()[1:])
def test_contradictions_are_named(line: str) -> None:
    target, met, total, performance, claimed, written, found = line.split()
    named = rules.contradictions(
        target=said(target),
        met=said(met),
        total=said(total),
        performance=said(performance),
        claimed="" if claimed == ABSENT else claimed,
        is_percent=written == "percent",
    )
    assert list(named) == ([] if found == "nothing" else [found])


NUMBERS = st.decimals(0, 1000, places=2)


@given(met=NUMBERS, total=NUMBERS, target=st.decimals(0, 1, places=2))
def test_a_report_that_follows_from_its_numbers_contradicts_nothing(
    met: Decimal, total: Decimal, target: Decimal
) -> None:
    met, total = sorted((met, total))
    share = met / total if total else None
    found = rules.contradictions(
        target=rules.Said("measured", target),
        met=rules.Said("measured", met),
        total=rules.Said("measured", total),
        performance=rules.UNSAID if share is None else rules.Said("measured", share),
        claimed="" if share is None else "met" if share >= target else "not-met",
    )
    assert found == ()


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (("missing", None), ("measured", Decimal(0)), "missing → zero"),
        (("missing", None), ("measured", Decimal(3)), "missing → measured"),
        (("measured", Decimal(3)), ("measured", Decimal(4)), "measured → another value"),
        (("measured", Decimal(3)), ("measured", Decimal(0)), "measured → zero"),
        (("measured", Decimal(0)), ("missing", None), "zero → missing"),
        (("not_applicable", None), ("missing", None), "not_applicable → missing"),
        (("measured", Decimal(3)), ("measured", Decimal("3.0000000001")), ""),
        (("missing", None), ("missing", None), ""),
    ],
)
def test_a_change_between_editions_has_a_name(
    before: tuple[str, Decimal | None], after: tuple[str, Decimal | None], change: str
) -> None:
    assert rules.change(before, after) == change


FIGURE = st.one_of(
    st.sampled_from(sorted(set(rules.STATES) - {"measured"})).map(lambda state: (state, None)),
    NUMBERS.map(lambda number: ("measured", number)),
)


@given(before=FIGURE, after=FIGURE)
def test_there_is_a_change_exactly_where_the_figures_differ(
    before: tuple[str, Decimal | None], after: tuple[str, Decimal | None]
) -> None:
    assert (rules.change(before, after) == "") == (before == after)


def test_only_those_who_reach_every_holder_may_report() -> None:
    owner = Actor(username="anna", role=Role.SERVICE_OWNER, body_id=1, reach=frozenset({1, 2}))
    clerk = Actor(username="juris", role=Role.CLERK, body_id=1, reach=frozenset({1, 2}))
    rules.require_reporter(owner, [1, 2])
    rules.require_reporter(SYSTEM, [1, 2, 3])
    for actor, holders in ((owner, [1, 3]), (clerk, [1])):
        with pytest.raises(errors.NotForYou):
            rules.require_reporter(actor, holders)
