"""Tables that name services of this catalogue by their codes: figures come in, and the catalogue stays as it is."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ietvars.doors.machines.feeds.inventories import bringing, errors, mapping, reading
from ietvars.ground.people.rules import SYSTEM
from ietvars.institution.measurements import queries as measured
from ietvars.institution.services import queries as services
from tests.doors.machines.feeds.inventories import tables as made
from tests.world import World

pytestmark = pytest.mark.django_db


def own(**changes: Any) -> mapping.Inventory:
    """A mapping whose rows are services of this catalogue."""
    plain = made.document(catalogue=True, **changes)
    for word in ("scheme", "prefix", "bodies"):
        del plain[word]
    return reading.read(plain)


def bring(path: Path, inventory: mapping.Inventory) -> bringing.Run:
    return bringing.bring(inventory, [path], edition="first", by=SYSTEM, now=made.NOW)


def test_figures_of_a_known_code_come_in_and_its_words_and_holder_stay(world: World, tmp_path: Path) -> None:
    service = world.service("benefit", holder="agency")
    path = made.write(tmp_path / "a.csv", [made.row("benefit", body="Another", name="Another name")])
    bring(path, own())
    found = services.by_code("benefit")
    assert found is not None
    assert (found.title, found.holder_code) == (service.title, "agency")
    cells = {(cell.service_id, cell.channel): cell.value for cell in measured.current("2024")}
    assert cells == {(service.pk, "online"): Decimal(1), (service.pk, "post"): Decimal(2)}


def test_an_unknown_code_is_a_fault_of_its_row_and_makes_nothing(world: World, tmp_path: Path) -> None:
    world.service("benefit")
    run = bring(made.write(tmp_path / "a.csv", [made.row("benefit"), made.row("benefti")]), own())
    assert [(fault.reason, fault.raw) for fault in run.faults] == [("unknown-service", "benefti")]
    assert list(services.all_services().values_list("code", flat=True)) == ["benefit"]


@pytest.mark.parametrize("is_illustrative", [True, False])
def test_a_mapping_says_whether_its_figures_are_illustrative(
    world: World, tmp_path: Path, is_illustrative: bool
) -> None:
    world.service("benefit")
    bring(made.write(tmp_path / "a.csv", [made.row("benefit")]), own(illustrative=is_illustrative))
    assert {cell.is_illustrative for cell in measured.current("2024")} == {is_illustrative}


def test_a_mapping_of_the_catalogue_has_no_numbers_of_another_register() -> None:
    with pytest.raises(errors.UnknownKey):
        reading.read(made.document(catalogue=True))
