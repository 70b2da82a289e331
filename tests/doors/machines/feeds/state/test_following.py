"""What people made of the figures of a state folder: repeated after the figures, or told with the entry that failed."""

from __future__ import annotations

from pathlib import Path

import pytest

from ietvars.doors.machines.feeds.state import errors, following, reading
from ietvars.ground.people.rules import SYSTEM, Role
from ietvars.institution.indicators import actions as indicators
from ietvars.institution.services import queries as services
from ietvars.oversight.finders import queries as findings
from ietvars.oversight.initiatives import actions as initiatives
from ietvars.oversight.initiatives import queries as known
from tests.doors.machines.feeds.state.test_folders import BODIES
from tests.institution.indicators.test_computing import report
from tests.world import NOW, World

pytestmark = pytest.mark.django_db

INITIATIVE = """
[[initiative]]
kind = "formats-and-channels"
title = "Pieteikums internetā"
reason = "Visi nāk klātienē."
services = ["benefit"]
body = "agency"
owner = "owner"
period = "2024"
indicator = "digital-share"
direction = "up"
deadline = 2025-12-31
check_period = "2025"
proposed_on = 2025-03-01
proposed_by = "one"
decision = "adopted"
decided_on = 2025-03-08
decided_by = "other"
decision_why = "Tā būs ērtāk."
"""
CHECKED = """
checked_on = 2026-02-01
outcome = "reached"
"""
ANSWER = """
[[answer]]
service = "benefit"
criterion = "access"
answer = true
why = "Tuvākais birojs ir pilsētā."
by = "owner"
on = 2026-01-12
"""


@pytest.fixture
def two_years(world: World) -> World:
    """A service that half of the people requested online in 2024 and nine of ten in 2025."""
    world.code_lists()
    initiatives.load_kinds(by=SYSTEM, now=NOW)
    indicators.load_national(by=SYSTEM, now=NOW)
    world.person(Role.SERVICE_OWNER, "agency", username="owner")
    world.person(Role.OVERSEER, "agency", username="one")
    world.person(Role.OVERSEER, "agency", username="other")
    service = world.service("benefit", holder="agency")
    report("2024", {service: {"requests/online": 500, "requests/in-person": 500}})
    report("2025", {service: {"requests/online": 900, "requests/in-person": 100}})
    indicators.compute(period="2024", by=SYSTEM, now=NOW)
    return world


def look() -> None:
    indicators.compute(period="2025", by=SYSTEM, now=NOW)


def folder(place: Path, **files: str) -> Path:
    (place / "bodies.toml").write_text(BODIES, encoding="utf-8")
    for name, text in files.items():
        (place / f"{name}.toml").write_text(text, encoding="utf-8")
    return place


def test_an_initiative_goes_its_way_on_the_days_of_the_folder(two_years: World, tmp_path: Path) -> None:
    following.follow(folder=folder(tmp_path, initiatives=INITIATIVE + CHECKED), look=look, by=SYSTEM)
    (made,) = known.initiatives()
    rows = [(row.state, row.at.date().isoformat(), row.username) for row in known.states_of(made)]
    assert rows == [
        ("proposed", "2025-03-01", "one"),
        ("adopted", "2025-03-08", "other"),
        ("checked", "2026-02-01", "one"),
    ]
    assert (made.code, made.outcome) == ("2025-001", "reached")


def test_a_check_that_gives_something_else_is_a_fault_of_the_folder(two_years: World, tmp_path: Path) -> None:
    wrong = INITIATIVE + CHECKED.replace("reached", "not_moved")
    with pytest.raises(errors.OtherOutcome, match="reached"):
        following.follow(folder=folder(tmp_path, initiatives=wrong), look=look, by=SYSTEM)
    assert not known.initiatives().exists()


def test_what_an_action_refuses_is_told_with_its_entry(two_years: World, tmp_path: Path) -> None:
    same_person = INITIATIVE.replace('decided_by = "other"', 'decided_by = "one"')
    with pytest.raises(errors.NotFollowed, match=r"initiatives\.toml, initiative 1"):
        following.follow(folder=folder(tmp_path, initiatives=same_person), look=look, by=SYSTEM)
    assert not known.initiatives().exists()


def test_answers_are_given_before_the_finders_look(two_years: World, tmp_path: Path) -> None:
    seen: list[int] = []
    service = services.by_code("benefit")
    assert service is not None
    following.follow(
        folder=folder(tmp_path, criteria=ANSWER),
        look=lambda: seen.append(findings.answers_of(service.pk).count()),
        by=SYSTEM,
    )
    assert seen == [1]
    assert [(row.username, row.answer) for row in findings.answers_of(service.pk)] == [("owner", True)]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (INITIATIVE + 'finder = "worse"\n', "“finder” and “finding” belong together"),
        (INITIATIVE.partition("decision")[0] + CHECKED, "only an adopted initiative is checked"),
        (INITIATIVE.replace("2025-12-31", '"2025"'), "“deadline” must be a day"),
        (INITIATIVE + 'target = "half"\n', "“target” must be a number"),
    ],
)
def test_a_wrong_initiative_is_one_fault_with_its_place(text: str, fault: str, tmp_path: Path) -> None:
    with pytest.raises(errors.BrokenFolder) as found:
        reading.read(folder(tmp_path, initiatives=text))
    assert [fault in str(each) for each in found.value.faults] == [True]
