"""What visitors of a state folder said: taken by the action of the form, marked as invented, refused with its place."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

import ietvars
from ietvars.doors.machines.feeds.state import errors, hearing
from ietvars.ground.people.rules import SYSTEM
from ietvars.institution.feedback import queries
from tests.world import World

pytestmark = pytest.mark.django_db

SHIPPED = Path(ietvars.__file__).parent / "sample_state"


@pytest.fixture(autouse=True)
def calm(settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()


def hear(folder: Path, text: str) -> None:
    (folder / "feedback.toml").write_text(text, encoding="utf-8")
    hearing.hear(folder=folder, by=SYSTEM)


def test_what_was_said_is_masked_marked_and_dated(world: World, tmp_path: Path) -> None:
    world.service("benefit")
    hear(
        tmp_path,
        '[[feedback]]\nservice = "benefit"\non = 2026-11-10\nrating = 2\nfound = "no"\npart = "fees"\n'
        'comment = "Kods 010180-12345"\nclosed = "Izlabots."\n'
        '[[feedback]]\npage = "/meklet/"\non = 2026-11-12\nratings = [5, 4, 3]\n',
    )
    said, *bare = queries.between(date(2026, 11, 10), date(2026, 11, 12)).order_by("at")
    assert (said.comment, said.part, said.state, said.is_illustrative) == (
        "Kods [personas kods]", "fees", "closed", True,
    )  # fmt: skip
    assert sorted((row.at.day, row.rating, row.state, row.page) for row in bare) == [
        (10, 5, "counted", "/meklet/"), (11, 4, "counted", "/meklet/"), (12, 3, "counted", "/meklet/"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[feedback]]\nservice = "none"\non = 2026-11-10\nrating = 2', "none is missing or unknown"),
        ('[[feedback]]\npage = "/"\nrating = 2', "'on' is missing or unknown"),
        ('[[feedback]]\npage = "/"\non = 2026-11-10\nrating = 9', "1 to 5"),
        ('[[feedback]]\npage = "/"\non = 2026-11-10\nrating = 3\naddress = "a@b.lv"', "address is missing or unknown"),
        ("[[feedback", "not TOML"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_its_place(world: World, tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(errors.NotTaken, match=says):
        hear(tmp_path, text)


def test_a_folder_without_the_file_has_no_feedback(tmp_path: Path) -> None:
    hearing.hear(folder=tmp_path, by=SYSTEM)
    assert not queries.all_feedback().exists()


def test_nobody_of_the_shipped_state_can_be_answered_or_recognised() -> None:
    text = (SHIPPED / "feedback.toml").read_text(encoding="utf-8")
    assert "@" not in text
    assert "address" not in text
