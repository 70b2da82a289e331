"""What a release hides: small counts, and so many others that an attacker with all tables finds none of them."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ietvars.institution.releases import errors, hiding, witnesses
from ietvars.institution.releases.hiding import Hidden
from ietvars.institution.releases.lattice import Counts, Lattice, Parting
from tests.institution.releases.attack import Attack

K = WIDTH = 10


def lattice(
    channels: Counts, *, kept: Counts | None = None, present: object = None, holders: tuple[str, ...] = ()
) -> Lattice:
    services, months, codes = channels.shape
    counts = np.asarray(channels, dtype=np.int64)
    there = np.ones((services, months), dtype=bool) if present is None else np.asarray(present, dtype=bool)
    partings = [Parting("channel", tuple(f"c{code}" for code in range(codes)), counts)]
    if kept is not None:
        outcome = np.stack([kept, counts.sum(axis=2) - kept], axis=2)
        partings.append(Parting("on_time", ("kept", "not"), outcome, by_outcome=True))
    return Lattice(
        services=tuple(f"s{number:04}" for number in range(services)),
        holders=holders or tuple("h" for _ in range(services)),
        months=tuple(f"m{number:02}" for number in range(months)),
        present=there,
        partings=tuple(partings),
    )


def drawn(seed: int, services: int, months: int, codes: int, cases: float, *, gaps: bool = False) -> Lattice:
    """A state at random: few services hold most cases, some months are missing, some holders have one service."""
    chance = np.random.default_rng(seed)
    like = chance.gamma(0.5, cases, size=(services, 1, 1)) * chance.dirichlet(np.ones(codes), size=services)[:, None]
    counts = chance.poisson(like * np.ones((1, months, 1)))
    present = chance.random((services, months)) < 0.8 if gaps else np.ones((services, months), dtype=bool)
    counts = np.where(present[..., None], counts, 0)
    kept = chance.binomial(counts.sum(axis=2), chance.beta(4, 1, size=(services, 1)))
    holders = tuple(f"h{chance.integers(0, 4)}" for _ in range(services))
    return lattice(counts, kept=kept, present=present, holders=holders)


def shown_by(one: Lattice, found: Hidden) -> list[tuple[Counts, Any]]:
    return [
        (one.of_holder, found.holders),
        (one.of_service, found.services),
        (one.of_month, found.months),
        *((parting.counts, found.parts[number]) for number, parting in enumerate(one.partings)),
        *((one.margin(number), found.margins[number]) for number in range(len(one.partings))),
    ]


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    services=st.integers(1, 12),
    months=st.integers(1, 6),
    codes=st.integers(1, 4),
    cases=st.sampled_from([1, 5, 20, 100, 400]),
    gaps=st.booleans(),
)
def test_nobody_finds_a_hidden_count_from_all_that_is_published(
    seed: int, services: int, months: int, codes: int, cases: float, gaps: bool
) -> None:
    one = drawn(seed, services, months, codes, cases, gaps=gaps)
    found = witnesses.hide(one, k=K, width=WIDTH)
    assert not Attack(one, found).found(WIDTH, most=15)


@pytest.mark.parametrize("seed", [1, 2])
def test_nobody_finds_one_in_a_state_of_many_services_with_its_margins_shown(seed: int) -> None:
    one = drawn(seed, 60, 6, 5, 60)
    found = witnesses.hide(one, k=K, width=WIDTH)
    assert found.has_margins
    assert not Attack(one, found).found(WIDTH, most=12)


def test_the_attack_finds_what_only_the_small_counts_hide() -> None:
    one = drawn(1, 8, 4, 3, 60)
    naive = hiding.small(one, K)
    assert Attack(one, naive).found(WIDTH)


def test_the_attack_finds_what_two_hidden_in_each_line_do_not_protect() -> None:
    # Two services, each with two hidden parts whose sum is known, and margins that leave no room: the classic trap.
    one = lattice(np.array([[[3, 40, 50]], [[30, 4, 60]]]))
    found = hiding.small(one, K)
    found.parts[0][0, 0, :2] = True
    found.parts[0][1, 0, 1:] = True
    assert Attack(one, found).found(WIDTH)
    assert not Attack(one, witnesses.hide(one, k=K, width=WIDTH)).found(WIDTH)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), cases=st.sampled_from([1, 10, 80]))
def test_no_count_below_k_is_shown_and_nought_stays_nought(seed: int, cases: float) -> None:
    one = drawn(seed, 9, 5, 4, cases, gaps=True)
    found = witnesses.hide(one, k=K, width=WIDTH)
    for counts, hidden in shown_by(one, found)[:4]:
        assert not ((counts > 0) & (counts < K) & ~hidden).any()
    outcomes, hidden = one.partings[1].counts, found.parts[1]
    assert not ((outcomes < K).any(axis=2) & (one.of_month > 0) & ~hidden.any(axis=2)).any()
    assert (hidden.all(axis=2) == hidden.any(axis=2)).all()


def test_a_nought_is_shown_and_an_outcome_of_nobody_is_not() -> None:
    counts = np.array([[[40, 0]], [[60, 50]]])
    one = lattice(counts, kept=np.array([[40], [80]]))
    found = witnesses.hide(one, k=K, width=WIDTH)
    assert not found.parts[0].any()
    assert found.parts[1][0].all()
    assert found.parts[1][1].any()  # hidden beside it, or the state's share would tell


def test_what_is_missing_is_not_hidden() -> None:
    counts = np.array([[[4, 0], [0, 0], [30, 30]], [[30, 30], [30, 30], [30, 30]]])
    one = lattice(counts, present=[[True, False, True], [True, True, True]])
    found = witnesses.hide(one, k=K, width=WIDTH)
    assert found.months[0, 0]
    assert not found.months[0, 1]
    assert not found.parts[0][0, 1].any()


def test_a_state_of_fewer_cases_than_k_shows_nothing() -> None:
    found = witnesses.hide(lattice(np.array([[[4]]])), k=K, width=WIDTH)
    assert found.state
    assert found.services.all()
    assert not found.has_margins


def test_the_same_counts_hide_the_same_cells() -> None:
    first, again = (witnesses.hide(drawn(4, 40, 6, 4, 30), k=K, width=WIDTH) for _ in range(2))
    for one, other in zip(
        (first.holders, first.services, first.months, *first.parts, *first.margins),
        (again.holders, again.services, again.months, *again.parts, *again.margins),
        strict=True,
    ):
        assert (one == other).all()


def test_of_a_nation_most_of_the_volume_stays() -> None:
    chance = np.random.default_rng(1)
    services, months = 3200, 18
    weight = 1 / np.arange(1, services + 1)
    share = chance.dirichlet(np.array([0.45, 0.05, 0.1, 0.1, 0.2, 0.07, 0.03]) * 8, size=services)
    like = (weight / weight.sum())[:, None, None] * share[:, None, :] * np.ones((1, months, 1)) / months * 14e6
    counts = chance.poisson(like).astype(np.int64)
    assert counts.size > 400_000
    one = lattice(counts, holders=tuple(f"h{number % 180}" for number in range(services)))
    found = witnesses.hide(one, k=K, width=WIDTH)
    kept = 1 - counts[found.parts[0]].sum() / counts.sum()
    primary = 1 - counts[(counts > 0) & (counts < K)].sum() / counts.sum()
    assert found.has_margins
    assert not found.margins[0].any()
    assert primary > kept > primary - 0.08


def test_hiding_more_never_shows_more() -> None:
    one = drawn(9, 30, 5, 4, 40)
    few, many = (witnesses.hide(one, k=k, width=k) for k in (5, 20))
    smaller = [flags for _counts, flags in shown_by(one, few)[:4]]
    bigger = [counts for counts, flags in shown_by(one, many)[:4] if ((counts > 0) & (counts < 20) & ~flags).any()]
    assert not bigger
    assert sum(int(flags.sum()) for flags in smaller) < sum(int(f.sum()) for _c, f in shown_by(one, many)[:4])


@pytest.mark.parametrize(
    ("fault", "wrong"),
    [
        (errors.ShapesDisagree, {"present": np.ones((3, 2), dtype=bool)}),
        (errors.CategoriesDisagree, {"services": ("s", "s")}),
        (errors.CountsImpossible, {"present": np.zeros((2, 2), dtype=bool)}),
    ],
)
def test_counts_that_cannot_be_are_refused(fault: type[Exception], wrong: dict[str, object]) -> None:
    counts = np.full((2, 2, 2), 12, dtype=np.int64)
    given: dict[str, object] = {
        "services": ("a", "b"), "holders": ("h", "h"), "months": ("m1", "m2"),
        "present": np.ones((2, 2), dtype=bool), "partings": (Parting("channel", ("x", "y"), counts),),
    }  # fmt: skip
    with pytest.raises(fault):
        Lattice(**{**given, **wrong})  # type: ignore[arg-type]


def test_parts_that_do_not_add_up_are_refused() -> None:
    counts = np.full((1, 1, 2), 12, dtype=np.int64)
    more = Parting("on_time", ("kept", "not"), counts + 1, by_outcome=True)
    with pytest.raises(errors.PartsDisagree):
        Lattice(("a",), ("h",), ("m",), np.ones((1, 1), dtype=bool), (Parting("channel", ("x", "y"), counts), more))


def test_every_small_table_by_itself_is_safe() -> None:
    for values in itertools.product((0, 1, 9, 12, 60), repeat=3):
        one = lattice(np.array([[list(values)]], dtype=np.int64))
        found = witnesses.hide(one, k=K, width=WIDTH)
        assert not Attack(one, found).found(WIDTH), values
