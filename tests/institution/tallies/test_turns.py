"""Change points: a hundred unchanged series stay silent, a planted step is found with its month and its size."""

import numpy as np
import pytest

from ietvars.institution.tallies import turns
from ietvars.institution.tallies.turns import Kind

MONTHS = np.arange(60)
SEASON = 0.3 * np.sin(2 * np.pi * MONTHS / 12)


def counts(seed: int, months: int = 24, *, step: float = 0.0, at: int = 60, scatter: float = 0.05) -> turns.Series:
    chance = np.random.default_rng(seed)
    level = np.log(400) + SEASON + step * (at <= MONTHS) + chance.normal(0, scatter, 60)
    return turns.Series(kind=Kind.COUNT, first_month=1, n=chance.poisson(np.exp(level))[:months].tolist())


def shares(seed: int, months: int = 24, *, step: float = 0.0, at: int = 60) -> turns.Series:
    chance = np.random.default_rng(seed)
    n = chance.poisson(300, 60) + 20
    level = 1.4 + step * (at <= MONTHS) + chance.normal(0, 0.05, 60)
    hits = chance.binomial(n, 1 / (1 + np.exp(-level)))
    return turns.Series(kind=Kind.SHARE, first_month=4, n=n[:months].tolist(), hits=hits[:months].tolist())


def times(seed: int, *, step: float = 0.0, at: int = 60, months: int = 24) -> turns.Series:
    chance = np.random.default_rng(seed)
    n: list[float] = []
    total: list[float] = []
    squares: list[float] = []
    for month in range(months):
        leads = chance.normal(2.5 + step * (month >= at), 0.7, 150)
        for sums, value in ((n, leads.size), (total, leads.sum()), (squares, (leads**2).sum())):
            sums.append(float(value))
    return turns.Series(kind=Kind.LOG_MEAN, first_month=1, n=n, total=total, squares=squares)


@pytest.mark.parametrize("months", [24, 29, 36])
def test_of_a_thousand_unchanged_series_at_most_about_ten_turn(months: int) -> None:
    alarms = sum(bool(turns.find(made(seed, months)).turns) for seed in range(500) for made in (counts, shares))
    assert alarms <= 16, "1 % of 1,000 and two standard errors"


@pytest.mark.parametrize("months", [12, 18])
def test_a_year_and_a_half_of_shares_is_as_quiet(months: int) -> None:
    assert sum(bool(turns.find(shares(seed, months)).turns) for seed in range(500)) <= 10


def test_a_step_is_found_where_it_was_planted_and_its_interval_holds_its_size() -> None:
    found = [turns.find(counts(seed, step=0.3, at=14)) for seed in range(60)]
    one = [each.turns[0] for each in found if len(each.turns) == 1]
    assert len(one) >= 54
    assert sum(abs(turn.at - 14) <= 1 for turn in one) >= 50
    assert sum(turn.low <= np.exp(0.3) <= turn.high for turn in one) >= 46
    assert all(turn.change == pytest.approx(turn.after / turn.before) for turn in one)


def test_a_fall_of_a_share_is_said_in_points() -> None:
    found = turns.find(shares(3, step=-0.9, at=12))
    (turn,) = found.turns
    assert turn.at == 12
    assert turn.before == pytest.approx(0.80, abs=0.03)
    assert turn.change == pytest.approx(turn.after - turn.before)
    assert turn.low < turn.change < turn.high < 0


def test_times_that_grow_by_a_quarter_are_seen_as_a_ratio() -> None:
    (turn,) = turns.find(times(1, step=0.25, at=10)).turns
    assert turn.at == 10
    assert turn.low < np.exp(0.25) < turn.high


def test_two_steps_are_two_turns() -> None:
    chance = np.random.default_rng(5)
    level = np.log(500) + 0.4 * (MONTHS[:48] >= 16) - 0.5 * (MONTHS[:48] >= 34) + SEASON[:48]
    series = turns.Series(kind=Kind.COUNT, first_month=1, n=chance.poisson(np.exp(level)).tolist())
    assert [turn.at for turn in turns.find(series).turns] == pytest.approx([16, 34], abs=1)


def test_a_season_alone_is_no_turn_however_strong() -> None:
    chance = np.random.default_rng(6)
    strong = chance.poisson(np.exp(np.log(300) + 4 * SEASON[:24])).tolist()
    assert not turns.find(turns.Series(kind=Kind.COUNT, first_month=1, n=strong)).turns


def test_short_and_thin_series_are_silent_and_say_why() -> None:
    assert turns.find(counts(1, 23)).silence is turns.Silence.TOO_SHORT
    assert turns.find(shares(1, 11)).silence is turns.Silence.TOO_SHORT
    few = turns.Series(kind=Kind.COUNT, first_month=1, n=[1] * 24)
    assert turns.find(few).silence is turns.Silence.TOO_FEW
    gap = turns.Series(kind=Kind.SHARE, first_month=1, n=[50] * 11 + [0], hits=[40] * 11 + [0])
    assert turns.find(gap).silence is turns.Silence.TOO_FEW


def test_series_that_never_move_have_no_turn() -> None:
    assert not turns.find(turns.Series(kind=Kind.COUNT, first_month=1, n=[100] * 30)).turns
    flat = turns.Series(kind=Kind.SHARE, first_month=1, n=[100] * 14, hits=[100] * 14)
    assert not turns.find(flat).turns


def test_among_many_series_only_what_chance_does_not_give_stands() -> None:
    unchanged = [turns.find(counts(seed)) for seed in range(300)]
    planted = [turns.find(counts(seed, step=0.4, at=12)) for seed in range(30)]
    settled = turns.settle([*unchanged, *planted])
    assert sum(bool(each.turns) for each in settled[:300]) <= 2
    assert sum(bool(each.turns) for each in settled[300:]) >= 28
    assert all(after.p == before.p for before, after in zip([*unchanged, *planted], settled, strict=True))
