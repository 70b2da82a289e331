"""Figures as DQV: each with its parts and its state, and what is missing never becomes zero."""

from __future__ import annotations

import pytest

from ietvars.doors.machines.feeds.cpsv_ap.exporting_writers import Format, write
from ietvars.doors.machines.feeds.dqv import exporting
from ietvars.ground.periods.errors import UnknownPeriod
from tests.doors.machines.feeds.cpsv_ap import rich
from tests.oversight.measuring import MeasuredState
from tests.world import World

pytestmark = pytest.mark.django_db

DQV = "http://www.w3.org/ns/dqv#"
OWN = "https://ietvars.example/ns#"


@pytest.fixture
def said(world: World) -> dict[str, dict[str, list[str]]]:
    """What is said of each measurement, by its IRI."""
    state = MeasuredState(world)
    one, other = world.service("one"), world.service("other")
    assert one.pk != other.pk
    state.report(
        "2025",
        one={"requests": {"in-person": 6000}, "on_time": (700, 1000)},
        other={"requests": {"in-person": "missing"}},
    )
    state.compute("2025")
    found: dict[str, dict[str, list[str]]] = {}
    for address, _classes, told in exporting.nodes(["2025"]):
        for name, value, _mark in told:
            found.setdefault(address, {}).setdefault(name.iri, []).append(value)
    return found


def measured(said: dict[str, dict[str, list[str]]], service: str, indicator: str) -> list[dict[str, list[str]]]:
    start = f"https://data.example/id/service/{service}#figure-{indicator}-"
    return [told for address, told in said.items() if address.startswith(start)]


def test_a_share_stands_with_its_parts_period_and_coverage(said: dict[str, dict[str, list[str]]]) -> None:
    (share,) = [one for one in measured(said, "one", "on-time") if f"{OWN}overChannel" not in one][:1]
    assert share[f"{DQV}value"] == ["0.7"]
    assert share[f"{OWN}numerator"] == ["700"]
    assert share[f"{OWN}denominator"] == ["1000"]
    assert share[f"{OWN}valueState"] == ["measured"]
    assert share[f"{DQV}computedOn"] == ["https://data.example/id/service/one"]
    (period,) = share["http://purl.org/dc/terms/temporal"]
    assert said[period]["http://www.w3.org/ns/dcat#startDate"] == ["2025-01-01"]
    (metric,) = share[f"{DQV}isMeasurementOf"]
    assert said[metric][f"{DQV}inDimension"]


def test_what_is_missing_has_a_state_and_no_value(said: dict[str, dict[str, list[str]]]) -> None:
    missing = [told for told in said.values() if told.get(f"{OWN}valueState", ["measured"]) != ["measured"]]
    assert missing
    assert all(f"{DQV}value" not in told for told in missing)


def test_four_formats_say_the_same(world: World) -> None:
    state = MeasuredState(world)
    world.service("one")
    state.report("2025", one={"on_time": (700, 1000)})
    state.compute("2025")
    texts = {form: "".join(write(exporting.nodes(["2025"]), form)) for form in Format}
    assert len({rich.triples(text, form) for form, text in texts.items()}) == 1
    assert exporting.size(["2025"]) == texts[Format.TURTLE].count("dqv#QualityMeasurement> ,") + texts[
        Format.TURTLE
    ].count("dqv#QualityMeasurement>,")


def test_a_period_that_is_none_is_refused(world: World) -> None:
    with pytest.raises(UnknownPeriod):
        list(exporting.nodes(["yesterday"]))
