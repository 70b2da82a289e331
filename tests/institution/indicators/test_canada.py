"""The published answers of a real inventory, from its files and the definitions that ship beside its mapping."""

from pathlib import Path
from typing import Any

import pytest

import ietvars
from ietvars.ground.people.rules import SYSTEM
from ietvars.institution.indicators import actions, definitions, documents, queries
from tests.institution.indicators import inventory

DEFINITIONS = Path(ietvars.__file__).parent / "doors/machines/feeds/inventories/canada/indicators.toml"

pytestmark = [pytest.mark.shared, pytest.mark.django_db]


@pytest.fixture
def defined(db: None) -> definitions.Register:
    register = definitions.read(DEFINITIONS.read_text(encoding="utf-8"))
    actions.load_definitions(register=register.code, definitions=register.indicators, by=SYSTEM, now=inventory.NOW)
    return register


def _ensure(period: str) -> actions.Computed:
    return actions.ensure(period=period, by=SYSTEM, now=inventory.NOW)


def _whole(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["code"]: each for each in document["indicators"] if not each["channel"]}


def test_the_answers_of_2023_24_come_out_of_the_definitions(shared: Path, defined: definitions.Register) -> None:
    inventory.bring(shared, "new", "2023-24")
    _ensure("2023-24")
    found = _whole(documents.indicators("2023-24"))
    assert found["canada-in-scope"]["value"] == 1681
    assert found["canada-with-feedback"]["value"] == 1553
    assert found["canada-applications"]["value"] == 408_004_765

    online = found["canada-online-share-large"]
    assert (online["numerator"], online["denominator"]) == (254_219_380, 393_465_336)
    assert online["coverage"]["services_expected"] == 102
    assert online["is_lower_bound"], "one of the 102 does not say how many came online"

    fully = found["canada-fully-online-large"]
    assert (fully["numerator"], fully["denominator"]) == (48, 102)
    (reading,) = fully["alternatives"]
    assert (reading["count"], reading["numerator"], reading["denominator"]) == (12, 48, 90)
    assert len({each["code"] for each in reading["services"]}) == 12
    assert all(each["title"] for each in reading["services"])

    # The same by hand, row by row.
    table = inventory.rows(shared / inventory.FOLDER / "new-schema/2025-03-01_service.csv.gz")
    rows = [row for row in table if row["fiscal_yr"] == "2023-2024"]
    channels = [column for column, channel in inventory.NEW_CHANNELS.items() if channel]
    in_scope = [row for row in rows if {"EXTERN", "ENTERPRISE"} & set(row["service_scope"].split(","))]

    def numbers(row: dict[str, str]) -> list[float]:
        return [float(row[column]) for column in channels if row[column].replace(".", "", 1).isdigit()]

    assert found["canada-in-scope"]["value"] == len(in_scope)
    assert found["canada-applications"]["value"] == sum(sum(numbers(row)) for row in in_scope)
    large = [row for row in rows if "EXTERN" in row["service_scope"].split(",") and sum(numbers(row)) >= 45_000]
    assert found["canada-online-share-large"]["coverage"]["services_expected"] == len(large)
    by_hand = [
        row
        for row in in_scope
        if all(row[step] in {"Y", "NA"} for step in inventory.STEPS)
        and any(row[step] == "Y" for step in inventory.STEPS)
    ]
    assert found["canada-fully-online"]["numerator"] == len(by_hand)


@pytest.mark.once
def test_services_come_and_go_nothing_missing_is_a_zero_and_a_restated_year_is_named(
    shared: Path, defined: definitions.Register
) -> None:
    for period in ("2017-18", "2018-19", "2019-20"):
        inventory.bring(shared, "old", period)
    for period, other, expected in (("2018-19", "2017-18", (311, 23, 939)), ("2019-20", "2018-19", (1068, 182, 163))):
        assert _ensure(period).with_period == other
        made = documents.comparison(period, other)
        assert tuple(made["services"][word] for word in ("kept", "gone", "new")) == expected
    (online,) = (
        each
        for each in documents.comparison("2018-19", "2017-18")["reported"]["now"]
        if (each["quantity"], each["channel"]) == ("requests", "online")
    )
    assert (online["measured"], online["missing"]) == (609, 641)
    zeros = queries.figures("2018-19", codes=["canada-applications"]).filter(channel="online", value=0).count()
    said = inventory.rows(shared / inventory.FOLDER / "old-schema/2018-2019_services.csv.gz")
    in_scope = ("extern", "enterprise")
    assert zeros == sum(
        row["online_applications"].strip() in {"0", "0.0"}
        and any(part.strip().casefold() in in_scope for part in row["external_internal"].split(","))
        for row in said
    )

    # A later edition of 2018-19 restates it.
    before = documents.comparison("2019-20", "2018-19")["reasons"]
    assert inventory.bring_infobase(shared, 2018) == 1244
    _ensure("2019-20")
    after = documents.comparison("2019-20", "2018-19")
    assert "restated" not in before
    restated = [each for each in after["series"] if each["reason"] == "restated"]
    assert restated
    assert all((each["before"]["restated"] or each["now"]["restated"]) for each in restated)
    turned = [
        each
        for each in queries.figures("2018-19", codes=["canada-applications"]).filter(channel="online", is_restated=True)
        if each.restated[0]["before"]["state"] == "missing" and each.restated[0]["now"]["value"] == 0
    ]
    assert turned
    assert not any(each["verdict"] in {"better", "worse", "changed"} for each in restated)
