"""The world that other tests build on does what it says."""

from __future__ import annotations

from ietvars.institution.measurements import queries as measurements
from tests.world import World


def test_a_body_asked_for_twice_is_the_same(world: World) -> None:
    assert world.body("agency", below="ministry") == world.body("agency")


def test_a_list_is_approved_by_another_than_its_author(world: World) -> None:
    world.service("benefit")
    made = world.service_list("agency", "benefit", "Neaprakstīts pakalpojums")

    assert made.state == "published"
    assert made.author != made.approver
    assert [entry.service.code if entry.service else entry.title["lv"] for entry in made.entries.all()] == [
        "benefit",
        "Neaprakstīts pakalpojums",
    ]


def test_figures_are_told_by_service_and_quantity(world: World) -> None:
    benefit = world.service("benefit")
    edition = world.measured("2025", {benefit: {"requests": 120, "results": "missing"}})
    world.measured("2025", {benefit: {"requests": 80}}, channel="online")

    assert measurements.services_in("2025", edition.pk) == {benefit.pk}
    rows = edition.measurements.order_by("quantity", "channel").values_list("quantity", "channel", "state", "value")
    assert list(rows) == [
        ("requests", "", "measured", 120),
        ("requests", "online", "measured", 80),
        ("results", "", "missing", None),
    ]
