"""The Canadian editions one after the other: states stay apart, services come and go, a restatement is named.

The data lie beside the checkout and are never copied; where they are absent these tests are skipped and say so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from ietvars.doors.machines.feeds.inventories import bringing, reading
from ietvars.ground.people.rules import SYSTEM
from ietvars.institution.measurements import queries as measured
from ietvars.institution.services import queries as services
from tests.doors.machines.feeds.inventories.tables import NOW

# Small tables go through the same importer on both databases (test_bringing.py); these are large.
pytestmark = [pytest.mark.django_db, pytest.mark.shared, pytest.mark.once]

CANADA = "data/gc-service-inventory"
YEARS = ("2017-2018", "2018-2019", "2019-2020")


def bring(mapping: str, *paths: Path, edition: str, only: tuple[str, ...] = ()) -> bringing.Run:
    return bringing.bring(reading.load(mapping), paths, by=SYSTEM, now=NOW, edition=edition, only=only)


@contextmanager
def for_the_whole_module(blocker: Any) -> Iterator[None]:
    """A transaction that all tests of the module look into, and that leaves nothing behind."""
    with blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def runs(shared: Path, django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, bringing.Run]]:
    """Canada: three old yearly editions, the normalised year 2018 over them, and the new edition of 2023-24."""
    folder = shared / CANADA
    with for_the_whole_module(django_db_blocker):
        found = {}
        for year in YEARS:
            kinds = ("services", "standards") if year == YEARS[0] else ("services",)
            files = (folder / "old-schema" / f"{year}_{kind}.csv.gz" for kind in kinds)
            found[year] = bring("canada", *files, edition=year)
        normalised = folder / "infobase-normalised/service-reports.csv.gz"
        found["infobase"] = bring("canada", normalised, edition="infobase-2018", only=("2018-19",))
        found["new"] = bring("canada", *sorted((folder / "new-schema").glob("*.csv.gz")), edition="2025-03-01")
        yield found


def states(run: bringing.Run, cell: str) -> dict[str, int]:
    found: dict[str, int] = run.document["measurements"]["by_cell"][cell]
    return found


# ---- Canada ------------------------------------------------------------------------------------------------------


def test_every_row_of_the_new_edition_comes_in(runs: dict[str, bringing.Run]) -> None:
    document = runs["new"].document
    assert {each["table"]: (each["rows"], each["taken"]) for each in document["files"]} == {
        "services": (1721, 1721),
        "standards": (2341, 2341),
    }
    assert {code: each["services"] for code, each in document["periods"].items()} == {
        "2022-23": 5,
        "2023-24": 1715,
        "2024-25": 1,
    }
    assert all(each["unknown_columns"] == [] for each in document["files"])


def test_missing_not_applicable_and_zero_stay_apart(runs: dict[str, bringing.Run]) -> None:
    assert states(runs["new"], "requests/online") == {
        "measured": 481 + 478,
        "missing": 247,
        "not_applicable": 515,
        "of_which_zero": 478,
    }
    assert states(runs["2018-2019"], "requests/online") == {"measured": 609, "missing": 641, "of_which_zero": 292}


def test_the_totals_of_the_new_edition_equal_the_sums_of_their_channels(runs: dict[str, bringing.Run]) -> None:
    assert "total-differs" not in runs["new"].document["faults"]["by_reason"]
    total = sum(row.value or 0 for row in measured.current("2023-24", quantities=["requests"]))
    assert total > 408_004_765


def test_the_sources_own_words_on_standards_are_kept(runs: dict[str, bringing.Run]) -> None:
    claimed = Counter(row.claimed for period in ("2022-23", "2023-24") for row in measured.results(period))
    assert claimed == {"met": 1306, "not-met": 473, "not_applicable": 562}
    above = runs["new"].document["faults"]["by_reason"]["met-above-total"]
    with_cases = [row for row in measured.results("2023-24") if "met-above-total" in row.faults and row.total]
    assert (above, len(with_cases)) == (9, 6)


def test_the_two_numbers_that_stand_twice_in_2017_18_are_faults_of_their_rows(runs: dict[str, bringing.Run]) -> None:
    run = runs["2017-2018"]
    twice = [fault for fault in run.faults if fault.reason == "second-row"]
    assert [(fault.raw, fault.line, fault.first) for fault in twice] == [("1548", 232, 231), ("1464", 289, 285)]
    assert run.document["periods"]["2017-18"]["services"] == 334
    unnamed = [fault for fault in run.faults if fault.reason == "unknown-service"]
    assert {fault.raw for fault in unnamed} == {"1491"}
    assert len(unnamed) == 9


def test_what_the_old_form_did_not_ask_is_not_missing(runs: dict[str, bringing.Run]) -> None:
    assert states(runs["2019-2020"], "requests/email") == {"not_asked": 1231}
    assert states(runs["2018-2019"], "requests/phone") == {"missing": 1250}


@pytest.mark.parametrize(
    ("before", "now", "kept", "gone", "new"),
    [("2017-18", "2018-19", 311, 23, 939), ("2018-19", "2019-20", 1068, 182, 163)],
)
def test_services_come_and_go(
    runs: dict[str, bringing.Run], before: str, now: str, kept: int, gone: int, new: int
) -> None:
    one, other = measured.services_in(before), measured.services_in(now)
    assert (len(one & other), len(one - other), len(other - one)) == (kept, gone, new)


def test_one_service_changed_its_institution_between_the_first_editions(runs: dict[str, bringing.Run]) -> None:
    assert runs["2018-2019"].document["services"]["handed_over"] == ["1941"]
    assert runs["2019-2020"].document["services"]["handed_over"] == []


def test_the_normalised_tables_restate_2018_19_and_each_lost_gap_is_named(runs: dict[str, bringing.Run]) -> None:
    told = runs["infobase"].document["restatement"]["2018-19"]
    assert told["restates"] == ["2018-2019"]
    assert (told["services"]["kept"], told["services"]["gone"], told["services"]["new"]) == (1244, 6, 0)
    assert told["services"]["gone_list"] == ["1362", "1363", "1448", "1625", "1826", "1845"]
    (online,) = [
        each
        for each in told["figures"]["changed"]
        if each["channel"] == "online" and each["change"] == "missing → zero"
    ]
    assert online["count"] == len(online["services"]) == 635
    now = [row for row in measured.current("2018-19", quantities=["requests"]) if row.channel == "online"]
    lost = [row for row in now if row.value == 0 and row.before is not None and row.before.state == "missing"]
    assert len(lost) == 635
    numbers = {pk: number for number, pk in services.by_identifier("ca-service-id").items()}
    assert {numbers[row.service_id] for row in lost} == set(online["services"])


def test_the_six_that_the_normalised_tables_lost_still_stand_with_their_first_figures(
    runs: dict[str, bringing.Run],
) -> None:
    assert len(measured.services_in("2018-19")) == 1250
    numbers = services.by_identifier("ca-service-id")
    assert numbers["1362"] in {row.service_id for row in measured.current("2018-19")}


def test_importing_any_edition_again_changes_nothing(runs: dict[str, bringing.Run], shared: Path) -> None:
    before = measured.editions().count()
    files = sorted((shared / CANADA / "new-schema").glob("*.csv.gz"))
    assert bring("canada", *files, edition="2025-03-01").is_new is False
    assert measured.editions().count() == before
