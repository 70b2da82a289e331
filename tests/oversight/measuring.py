"""Reports figures of services and has them computed, by the same actions that people and imports use.

    state.report("2025", benefit=dict(requests=6000, time=14, on_time=(95, 100)))
    state.compute("2025")

A report of a period is one edition; a second one of the same period restates the first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from ietvars.ground.people.rules import SYSTEM
from ietvars.ground.periods import rules as periods
from ietvars.institution.indicators import actions as indicators
from ietvars.institution.measurements import actions as measurements
from ietvars.institution.measurements import rules as reported
from ietvars.institution.measurements.models import Edition
from ietvars.institution.services import queries as services
from ietvars.oversight.initiatives import actions as initiatives
from tests.world import NOW, World

STATES = ("missing", "not_applicable", "not_asked", "unreadable")


class MeasuredState:
    """A world whose services are measured."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.editions = 0
        self.is_illustrative = False
        world.code_lists()
        indicators.load_national(by=SYSTEM, now=NOW)
        initiatives.load_kinds(by=SYSTEM, now=NOW)

    def report(self, period: str, **said: Mapping[str, Any]) -> Edition:
        """An edition about a period: service code (with _ for -) to what was counted of it.

        `requests` a number or a state, or channel to number; `time` the median of 400 cases in working days;
        `on_time` (kept, closed); `satisfaction` the mean of 400 answers on a scale from 1 to 10.
        """
        self.editions += 1
        now = NOW + timedelta(minutes=self.editions)
        text = f"{period} {sorted(said.items())} {self.editions}"
        edition = measurements.open_edition(
            source="round",
            code=f"{period} {self.editions}",
            title={"lv": "Kārta", "en": "Round"},
            content_hash=hashlib.sha256(text.encode()).hexdigest(),
            is_illustrative=self.is_illustrative,
            by=SYSTEM,
            now=now,
        )
        when = periods.parse(period)
        found = []
        for name, quantities in said.items():
            service = services.by_code(name.replace("_", "-"))
            assert service is not None, name
            holder = services.holder_on(service, when.end) or services.holder_on(service, NOW.date())
            assert holder is not None, name
            found += self._cells(service.pk, holder.pk, when, quantities)
        measurements.record(edition=edition, measurements=found, by=SYSTEM, now=now)
        return edition

    def compute(self, *found: str) -> None:
        """Figures and comparisons of some periods, each beside the year before where that was reported."""
        for period in found:
            indicators.ensure(period=period, by=SYSTEM, now=NOW)

    def _cells(
        self, service: int, holder: int, when: periods.Period, said: Mapping[str, Any]
    ) -> list[reported.MeasurementFacts]:
        cells: list[reported.MeasurementFacts] = []

        def cell(quantity: str, what: Any, **more: Any) -> None:
            state = what if what in STATES else "measured"
            number = None if state != "measured" else Decimal(str(what))
            cells.append(
                reported.MeasurementFacts(
                    service_id=service,
                    holder_id=holder,
                    period=when,
                    quantity=quantity,
                    said=reported.Said(state, number, "?" if state == "unreadable" else ""),
                    is_illustrative=self.is_illustrative,
                    **more,
                )
            )

        for quantity, what in said.items():
            if quantity == "requests":
                by_channel = what if isinstance(what, Mapping) else {"in-person": what}
                for channel, number in by_channel.items():
                    cell("requests", number, stage="request", channel=channel)
            elif quantity == "time":
                cell("time_to_result_median", what, n=400, spread=Decimal(4), spread_kind="iqr")
            elif quantity == "on_time":
                cell("closed_on_time", what[0])
                cell("closed", what[1])
            elif quantity == "satisfaction":
                cell("satisfaction", what, n=400, spread=Decimal(2), spread_kind="sd", scale="1-10")
            else:
                cell(quantity, what)
        return cells
