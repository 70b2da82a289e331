"""The commands indicators, compare and measure: one document or one table, and one sentence where it cannot be."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ietvars.doors.console import measuring
from ietvars.institution.services.models import Service
from tests.institution.indicators.test_computing import load, report
from tests.institution.indicators.test_definitions import PLAIN, SHARE
from tests.world import World

pytestmark = pytest.mark.django_db

OWN = {"sources": ["round"]}
"""The commands load the national set too; what the round reports is measured by the register of these tests."""

ASKED = PLAIN | OWN | {"code": "asked"}
ONLINE = SHARE | OWN | {"code": "online", "unit": "share", "direction": "up_is_better"}

KEYS = {
    "document",
    "version",
    "period",
    "filter",
    "services",
    "is_illustrative",
    "editions",
    "reported",
    "indicators",
}


def run(command: str, *args: str) -> Result:
    return CliRunner().invoke(getattr(measuring, f"{command}_command"), list(args), catch_exceptions=False)


def document(command: str, *args: str) -> dict[str, Any]:
    found = run(command, *args, "--json")
    assert found.exit_code == 0, found.stderr
    made: dict[str, Any] = json.loads(found.stdout)
    return made


@pytest.fixture
def two_years(world: World) -> tuple[Service, Service]:
    load(ASKED, ONLINE)
    one, two = world.service("one"), world.service("two")
    report("2024", {one: {"requests/online": 400, "requests/post": 600}, two: {"requests": "missing"}})
    report("2025", {one: {"requests/online": 600, "requests/post": 400}, two: {"requests": 7}})
    return one, two


def test_indicators_gives_one_document_and_nothing_else(two_years: tuple[Service, Service]) -> None:
    made = document("indicators", "--period", "2025")
    assert made.keys() == KEYS
    found = {each["code"]: each for each in made["indicators"]}
    assert found["asked"]["value"] == 1007
    assert (found["online"]["numerator"], found["online"]["denominator"]) == (600, 1000)
    assert found["online"]["coverage"]["services_expected"] == 2


def test_indicators_can_be_narrowed(two_years: tuple[Service, Service]) -> None:
    made = document("indicators", "--period", "2025", "--code", "online", "--service", "one")
    assert [(each["code"], each["value"]) for each in made["figures"]] == [("online", 0.6)]
    assert document("indicators", "--period", "2025", "--register", "nobody")["indicators"] == []


def test_indicators_shows_a_table_for_people(two_years: tuple[Service, Service]) -> None:
    found = run("indicators", "--period", "2025")
    assert "60.00 %" in found.stdout
    assert "1 of 2" in found.stdout
    assert "1,007" in found.stdout
    assert "1,000 requests" in run("indicators", "--period", "2025", "--service", "one").stdout


def test_another_reading_is_told_with_its_services(world: World) -> None:
    reading = {"code": "few", "text": {"en": "Without small ones"}, "when": {"amount": {"sum": "requests"}, "below": 9}}
    load(ONLINE | {"alternative": [reading]})
    report("2025", {world.service("small"): {"requests/online": 1, "requests/post": 2}})
    report("2025", {world.service("large"): {"requests/online": 90, "requests/post": 10}})
    found = run("indicators", "--period", "2025")
    assert "Without small ones (1) it would be 90 of 100." in found.stderr
    assert "small" in found.stderr


def test_compare_counts_services_and_verdicts(two_years: tuple[Service, Service]) -> None:
    made = document("compare", "--period", "2025", "--with", "2024")
    assert {word: made["services"][word] for word in ("kept", "gone", "new")} == {"kept": 2, "gone": 0, "new": 0}
    assert made["verdicts"]["better"] == 1
    assert made["reasons"] == {"missing_before": 1, "not_asked_now": 1, "within_chance": 1}
    assert {each["service"] for each in made["series"]} == {"one", "two"}


def test_compare_takes_last_year_when_it_is_told_no_other(two_years: tuple[Service, Service]) -> None:
    assert document("compare", "--period", "2025")["with"]["code"] == "2024"


def test_compare_can_be_narrowed(two_years: tuple[Service, Service]) -> None:
    made = document("compare", "--period", "2025", "--verdict", "better")
    assert [(each["service"], each["indicator"]) for each in made["series"]] == [("one", "online")]
    assert "services" not in document("compare", "--period", "2025", "--service", "two")


def test_compare_shows_a_table_for_people(two_years: tuple[Service, Service]) -> None:
    found = run("compare", "--period", "2025")
    assert "Services: 2 kept, 0 gone, 0 new." in found.stdout
    assert "better" in found.stdout
    assert "missing_before" in run("compare", "--period", "2025", "--service", "two").stdout


def test_measure_computes_every_period_or_the_one_it_is_told(two_years: tuple[Service, Service]) -> None:
    told = run("measure").stderr
    assert "2024: 4 figures." in told
    assert "2025: 4 figures, 4 verdicts beside 2024." in told
    assert "2024: " not in run("measure", "--period", "2025").stderr


def test_measure_says_what_to_do_when_nothing_is_reported() -> None:
    found = run("measure")
    assert (found.exit_code, "import table" in found.stderr) == (0, True)


@pytest.mark.parametrize(
    ("command", "args", "sentence"),
    [
        ("indicators", ["--period", "2031"], "Periods with figures: 2024, 2025"),
        ("indicators", ["--period", "soon"], "is no period"),
        ("indicators", ["--period", "2025", "--code", "speed"], "There are: "),
        ("indicators", ["--period", "2025", "--service", "three"], "no service with the code"),
        ("compare", ["--period", "2024"], "Say which period to compare with"),
        ("compare", ["--period", "2025", "--with", "2001"], "Nothing is reported for 2001"),
        ("measure", ["--period", "2031"], "Nothing is reported for 2031"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_exit_code_2(
    two_years: tuple[Service, Service], command: str, args: list[str], sentence: str
) -> None:
    found = run(command, *args)
    assert found.exit_code == 2
    assert found.stdout == ""
    assert sentence in found.stderr
    assert "Traceback" not in found.stderr


def test_illustrative_figures_are_called_so(world: World) -> None:
    load(ASKED)
    report("2025", {world.service(): {"requests": 5}})
    assert "illustrative" not in run("indicators", "--period", "2025").stderr
