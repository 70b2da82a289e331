"""From events as institutions send them to figures, verdicts and months, by the same calls as in life."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ietvars.ground.jobs import queries as jobs
from ietvars.ground.people.rules import SYSTEM
from ietvars.ground.periods import rules as periods
from ietvars.institution.cases import recomputing, refreshing
from ietvars.institution.deliveries import actions as deliveries
from ietvars.institution.deliveries import compacting, senders
from ietvars.institution.deliveries import queries as inbox
from ietvars.institution.indicators import actions as indicators
from ietvars.institution.indicators import queries as figures
from ietvars.institution.measurements import queries as measurements
from ietvars.institution.tallies import actions, queries, working
from tests.world import NOW, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lake")]


@pytest.fixture(autouse=True)
def _own_keys(settings: Any, tmp_path: Path) -> None:
    settings.PERSON_KEYS = tmp_path / "apart" / "person-keys.json"


def event(case: str, kind: str, day: date, hour: int = 12, **data: Any) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": f"{case}-{kind}",
        "source": "urn:agency:desk",
        "type": f"lv.ietvars.delivery.{kind}",
        "time": f"{day.isoformat()}T{hour:02d}:00:00+02:00",
        "subject": case,
        "data": {"service": "benefit", **data},
    }


def case(number: int, opened: date, lead: int, rating: int) -> list[dict[str, Any]]:
    """Three events of a case that was promised ten days."""
    name, done = f"case-{number}", opened + timedelta(days=lead)
    return [
        event(name, "opened", opened, channel="online", due=f"{opened + timedelta(days=10)}T23:00:00+02:00"),
        event(name, "decided", done),
        event(name, "delivered", done, 13, channel="e-address", cost_eur=12.5),
        event(name, "rated", done, 14, rating=rating, scale="1-10", method="survey"),
    ]


def two_quarters() -> list[dict[str, Any]]:
    """A quarter in which a tenth is late, and a year later one in which nearly half is."""
    chance, found, number = np.random.default_rng(3), [], 0
    for year, late in ((2025, 0.1), (2026, 0.45)):
        for month in (1, 2, 3, 4):
            for day in range(1, 26):
                number += 1
                lead = 14 if chance.random() < late else 4
                found += case(number, date(year, month, day), lead, int(chance.integers(5, 10)))
    return found


def test_events_become_figures_verdicts_and_months(world: World) -> None:
    world.code_lists()
    indicators.load_national(by=SYSTEM, now=NOW)
    service = world.service("benefit", holder="agency")
    made, _secret = senders.make(code="desk", title="Desk", body=world.body("agency"), by=SYSTEM, now=NOW)
    sender = inbox.sender_facts(made, NOW)

    answers = deliveries.receive(documents=two_quarters(), sender=sender, by=SYSTEM, now=NOW)
    assert {str(answer.status) for answer in answers} == {"accepted"}
    compacting.compact(by=SYSTEM, now=NOW)
    recomputing.recompute(by=SYSTEM, now=NOW)
    assert jobs.of_kind(working.JOB).exists(), "marts made anew ask for a counting"
    quarters = [periods.parse("2025-Q1"), periods.parse("2026-Q1")]
    actions.post(periods=quarters, by=SYSTEM, now=NOW)
    indicators.compute(period="2026-Q1", by=SYSTEM, now=NOW)

    def verdict(code: str) -> tuple[str, str]:
        (row,) = figures.comparisons("2026-Q1", "2025-Q1", codes=[code], service_ids=[service.pk]).filter(channel="")
        return row.verdict, row.reason

    assert verdict("on-time") == ("worse", "")
    assert verdict("satisfaction")[0] == "no_clear_change"
    (rating,) = [row for row in measurements.current("2026-Q1") if row.quantity == "satisfaction"]
    assert rating.scale == "0-100; survey"
    lines = {line.code: line for line in queries.service_lines(service.pk, today=date(2026, 11, 23))}
    assert [spot.n for spot in lines["on-time"].spots[:3]] == [
        sum(1 for one in two_quarters() if one["type"].endswith("delivered") and one["time"][:7] == month)
        for month in ("2025-01", "2025-02", "2025-03")
    ]

    late = event("case-1", "contested", date(2026, 2, 3))
    deliveries.receive(documents=[late], sender=sender, by=SYSTEM, now=NOW)
    compacting.compact(by=SYSTEM, now=NOW)
    refreshing.refresh(by=SYSTEM, now=NOW)
    again = {one.period: one for one in actions.post(periods=quarters, by=SYSTEM, now=NOW)}
    assert again["2025-Q1"].changed >= 1
    told = {row.quantity: row.value for row in measurements.current("2025-Q1") if not row.channel}
    assert told["contested"] == 1
