"""What was counted from events speaks before what was reported, and both stand side by side."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ietvars.ground.bodies import queries as bodies
from ietvars.ground.people.rules import SYSTEM
from ietvars.ground.periods import rules as periods
from ietvars.institution.indicators import actions as indicators
from ietvars.institution.indicators import queries as figures
from ietvars.institution.measurements import actions, queries, rules
from ietvars.institution.services.models import Service
from tests.world import NOW, World

pytestmark = pytest.mark.django_db

Said = dict[tuple[str, str], int | None]


@pytest.fixture
def service(world: World) -> Service:
    indicators.load_national(by=SYSTEM, now=NOW)
    return world.service("benefit")


def say(
    service: Service, source: str, code: str, said: Said, period: str = "2025", scatter: float | None = None
) -> None:
    edition = actions.open_edition(source=source, code=code, title={}, content_hash=code, by=SYSTEM, now=NOW)
    actions.record(
        edition=edition,
        measurements=[
            rules.MeasurementFacts(
                service.pk,
                bodies.by_code("agency").pk,  # type: ignore[union-attr]
                periods.parse(period),
                quantity,
                rules.Said("not_asked") if number is None else rules.Said("measured", Decimal(number)),
                channel=channel,
                scatter=scatter,
            )
            for (quantity, channel), number in said.items()
        ],
        by=SYSTEM,
        now=NOW,
    )


def spoken(period: str = "2025") -> dict[tuple[str, str], tuple[Decimal | None, Decimal | None]]:
    return {
        (row.quantity, row.channel): (row.value, row.other.value if row.other else None)
        for row in queries.current(period)
    }


def test_counted_cases_speak_and_the_report_stands_beside(service: Service) -> None:
    say(service, rules.COUNTED, "a", {("requests", ""): 120})
    say(service, "round", "b", {("requests", ""): 100, ("agreed_hours", ""): 8760})
    assert spoken() == {("requests", ""): (120, 100), ("agreed_hours", ""): (8760, None)}


def test_all_channels_of_a_quantity_come_from_one_source(service: Service) -> None:
    say(service, "round", "a", {("requests", ""): 100, ("requests", "phone"): 40})
    say(service, rules.COUNTED, "b", {("requests", ""): 120, ("requests", "online"): 120})
    assert spoken() == {("requests", ""): (120, 100), ("requests", "online"): (120, None)}


def test_what_events_never_carry_is_left_to_the_report(service: Service) -> None:
    say(service, "round", "a", {("satisfaction", ""): 8})
    say(service, rules.COUNTED, "b", {("satisfaction", ""): None, ("cost_total", ""): None})
    (rating,) = [row for row in queries.current("2025") if row.quantity == "satisfaction"]
    assert (rating.value, rating.is_counted) == (8, False)
    (cost,) = [row for row in queries.current("2025") if row.quantity == "cost_total"]
    assert (cost.state, cost.is_counted) == ("not_asked", True)


def test_late_events_are_counted_again_and_restate_nothing(service: Service) -> None:
    say(service, rules.COUNTED, "a", {("requests", ""): 120, ("results", ""): 90})
    say(service, rules.COUNTED, "b", {("requests", ""): 121})
    rows = {row.quantity: row for row in queries.current("2025")}
    assert {name: row.value for name, row in rows.items()} == {"requests": 121, "results": 90}
    assert all(row.before is None for row in rows.values())


def verdict(service: Service, code: str) -> tuple[str, str]:
    (row,) = figures.comparisons("2025", "2024", codes=[code], service_ids=[service.pk]).filter(channel="")
    return row.verdict, row.reason


def test_a_year_counted_is_not_set_beside_a_year_reported(service: Service) -> None:
    say(service, "round", "a", {("closed", ""): 1000, ("closed_on_time", ""): 700}, "2024")
    say(service, rules.COUNTED, "b", {("closed", ""): 1000, ("closed_on_time", ""): 900}, "2025")
    indicators.compute(period="2025", by=SYSTEM, now=NOW)
    assert verdict(service, "on-time") == ("not_comparable", "source_changed")
    (now,) = figures.figures("2025", codes=["on-time"])
    assert now.counted == "all"


def test_days_that_scatter_make_the_same_difference_less_certain(service: Service) -> None:
    say(service, rules.COUNTED, "a", {("closed", ""): 1000, ("closed_on_time", ""): 800}, "2024", scatter=1.0)
    say(service, rules.COUNTED, "b", {("closed", ""): 1000, ("closed_on_time", ""): 850}, "2025", scatter=1.0)
    indicators.compute(period="2025", by=SYSTEM, now=NOW)
    assert verdict(service, "on-time") == ("better", "")
    say(service, rules.COUNTED, "c", {("closed", ""): 1000, ("closed_on_time", ""): 850}, "2025", scatter=9.0)
    indicators.compute(period="2025", by=SYSTEM, now=NOW)
    assert verdict(service, "on-time") == ("no_clear_change", "within_chance")
