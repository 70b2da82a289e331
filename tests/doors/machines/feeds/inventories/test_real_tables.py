"""Real inventories, as their publishers wrote them: what SOURCE.md counts beside them comes out again, row by row.

The data lie beside the checkout and are never copied; where they are absent these tests are skipped and say so.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from ietvars.doors.machines.feeds.inventories import bringing, reading
from ietvars.ground.people.rules import SYSTEM
from ietvars.institution.measurements import queries as measured
from tests.doors.machines.feeds.inventories.tables import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.shared]

CANADA = "data/gc-service-inventory"


def bring(mapping: str, *paths: Path, edition: str, only: tuple[str, ...] = ()) -> bringing.Run:
    return bringing.bring(reading.load(mapping), paths, by=SYSTEM, now=NOW, edition=edition, only=only)


# ---- Canada ------------------------------------------------------------------------------------------------------


@pytest.mark.once
def test_the_pilot_year_and_the_quarters_come_in(shared: Path) -> None:
    folder = shared / CANADA / "old-schema"
    pilot = bring("canada", folder / "2016-2017_services.csv.gz", edition="2016-2017")
    assert pilot.document["periods"]["2016-17"]["services"] == 345
    assert [fault.raw for fault in pilot.faults] == ["1548", "1464"]
    quarters = bring("canada", folder / "2017-2018_quarterly_service-std.csv.gz", edition="quarters")
    assert {code: each["standard_results"] for code, each in quarters.document["periods"].items()} == {
        "2017-Q2": 506,
        "2017-Q3": 506,
        "2017-Q4": 506,
        "2018-Q1": 506,
    }


@pytest.mark.once
def test_the_computed_tables_come_in_for_the_services_that_are_known(shared: Path) -> None:
    folder = shared / CANADA
    computed = [folder / f"indicators/2025-03-01_{name}.csv.gz" for name in ("si_vol", "ss_tml_perf_vol")]
    run = bring("canada", *computed, folder / "dictionary/2025-03-01_sid_list.csv.gz", edition="computed")
    assert {each["table"]: (each["rows"], each["left_out"]) for each in run.document["files"]} == {
        "volumes by channel": (7380, 0),
        "timeliness by channel": (5848, 0),
        "list of service numbers": (2506, 0),
    }
    assert list(run.document["periods"]) == ["2018-19", "2019-20", "2020-21", "2021-22", "2022-23", "2023-24"]


@pytest.mark.once
def test_the_normalised_tables_stand_alone_with_the_list_of_service_numbers(shared: Path) -> None:
    folder = shared / CANADA
    normalised = sorted((folder / "infobase-normalised").glob("*.csv.gz"))
    run = bring("canada", *normalised, folder / "dictionary/2025-03-01_sid_list.csv.gz", edition="normalised")
    assert {code: each["services"] for code, each in run.document["periods"].items()} == {
        "2018-19": 1244,
        "2019-20": 1282,
        "2020-21": 1426,
        "2021-22": 1610,
        "2022-23": 1637,
    }
    assert {each["table"]: each["footer"] for each in run.document["files"]}["list of service numbers"] is True
    assert not any(fault.file == "service-reports.csv.gz" for fault in run.faults)
    # As SOURCE.md counts them: 108 contradict their own target, 2,311 and 315 claim something of no case at all; 128
    # more of those have no target either.
    assert run.document["faults"]["by_reason"]["claim-contradicts-its-numbers"] == 108
    assert run.document["faults"]["by_reason"]["claim-without-cases"] == 2311 + 315 + 128
    without_cases = [row for code, _ in measured.periods() for row in measured.results(code) if row.total == 0]
    assert all("claim-without-cases" in row.faults for row in without_cases)


# ---- United Kingdom ----------------------------------------------------------------------------------------------


def test_both_british_tables_say_the_same_and_come_in_as_one(shared: Path) -> None:
    files = sorted((shared / "data/uk-transactions").glob("*.csv.gz"))
    run = bring("united-kingdom", *files, edition="2018")
    assert run.document["services"]["new"] == 367
    assert [fault.reason for fault in run.faults] == []
    cells = run.document["measurements"]["by_cell"]
    assert cells["requests_in_12_months"]["measured"] > 5_000
    assert "2014-Q4" in run.document["periods"]
    assert all(each["unknown_columns"] == [] for each in run.document["files"])


# ---- Estonia -----------------------------------------------------------------------------------------------------


@pytest.mark.once
def test_the_estonian_catalogue_keeps_its_gaps_and_refuses_what_cannot_be_read(shared: Path) -> None:
    files = sorted((shared / "data/ee-service-catalogue").glob("*.csv.gz"))
    run = bring("estonia", *files, edition="2016-08")
    assert run.document["services"]["new"] == 1745
    assert run.document["faults"]["by_reason"] == {
        "ambiguous-scale": 5,
        "out-of-range": 1,
        "value-without-period": 268,
    }
    by_state = run.document["measurements"]["by_state"]
    assert by_state["measured"] + by_state["unreadable"] == 1204 - 268
    (below,) = [fault for fault in run.faults if fault.reason == "out-of-range"]
    assert (below.raw, below.column) == ("-37.5", "value")
    kept = [row for row in measured.current("2015") if row.state == "unreadable"]
    assert "-37.5" in {row.raw for row in kept}
