"""Services are counted by the year: in a month only those that reported are looked at, and nobody owes one."""

from __future__ import annotations

import pytest

from ietvars.institution.indicators import queries
from tests.institution.indicators.test_computing import compute, load, report, verdict
from tests.institution.indicators.test_definitions import PLAIN
from tests.world import World

pytestmark = pytest.mark.django_db


def test_a_silent_service_is_a_gap_in_a_year_and_none_in_a_month(world: World) -> None:
    load(PLAIN)
    counted, silent = world.service("counted"), world.service("silent")
    report("2025", {counted: {"requests": 5000}})
    report("2025-03", {counted: {"requests": 400}})
    compute("2025")
    compute("2025-03")
    in_year = {row.service_id: row.state for row in queries.figures("2025", codes=["demand"])}
    in_month = {row.service_id: row.state for row in queries.figures("2025-03", codes=["demand"])}
    assert in_year == {counted.pk: "measured", silent.pk: "missing"}
    assert in_month == {counted.pk: "measured"}


def test_a_month_that_a_service_skipped_is_missing_and_the_service_is_not_new(world: World) -> None:
    load(PLAIN)
    skips, steady = world.service("skips"), world.service("steady")
    report("2024-03", {steady: {"requests": 400}})
    report("2025-03", {steady: {"requests": 400}, skips: {"requests": 300}})
    compute("2025-03")
    assert verdict(skips) == ("not_comparable", "missing_before")
    assert verdict(steady)[0] == "no_clear_change"
