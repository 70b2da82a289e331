"""Which openings of a page count, and that counting never stands in the way of a page."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from ietvars.doors.furniture import visits
from ietvars.ground.people.rules import Role
from ietvars.institution.visits import actions, queries, rules
from tests.world import World

pytestmark = pytest.mark.django_db

BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36"


@pytest.fixture(autouse=True)
def tally(monkeypatch: pytest.MonkeyPatch, settings: Any) -> visits.Tally:
    """A tally of this test alone, which writes only when told to."""
    settings.VISITS_EVERY = 3600
    made = visits.Tally()
    monkeypatch.setattr(visits, "tally", made)
    return made


def opens(address: str, client: Client | None = None, **headers: str) -> int:
    named = {"User-Agent": BROWSER, **{name.replace("_", "-"): said for name, said in headers.items()}}
    status: int = (client or Client()).get(address, headers=named).status_code
    return status


def counted(tally: visits.Tally) -> list[tuple[str, str, str, int]]:
    return sorted((view.page, view.device.value, view.country, n) for view, n in tally.views.items())


def test_what_people_open_counts_by_page(world: World, tally: visits.Tally) -> None:
    for address in ("/", "/?kam=enterprise", "/en/", "/par/"):
        assert opens(address) == 200
    assert counted(tally) == [("/", "pc", "", 2), ("/en/", "pc", "", 1), ("/par/", "pc", "", 1)]


def test_programs_staff_files_parts_and_missing_pages_do_not_count(world: World, tally: visits.Tally) -> None:
    owner = Client()
    owner.force_login(world.person(Role.SERVICE_OWNER))
    opens("/", User_Agent="Googlebot/2.1")
    opens("/", User_Agent="")
    opens("/", owner)
    opens("/", HX_Request="true")
    opens("/", Sec_Purpose="prefetch;prerender")
    for address in ("/pakalpojumi.csv", "/pakalpojumi/none/", "/ieiet/", "/api/v1/services", "/atsauksme/"):
        opens(address)
    Client().post("/pasvaldiba/", {}, headers={"User-Agent": BROWSER})
    assert counted(tally) == []


def test_a_visitor_with_a_session_counts_as_one_without(world: World, tally: visits.Tally) -> None:
    visitor = Client()
    visitor.post("/pasvaldiba/", {"pasvaldiba": "none"})
    opens("/", visitor)
    assert counted(tally) == [("/", "pc", "", 1)]


def test_a_country_counts_only_when_a_header_is_trusted(world: World, tally: visits.Tally, settings: Any) -> None:
    opens("/", CF_IPCountry="LV")
    settings.VISITS_COUNTRY_HEADER = "CF-IPCountry"
    opens("/", CF_IPCountry="EE")
    opens("/", CF_IPCountry="<script>")
    assert counted(tally) == [("/", "pc", "", 2), ("/", "pc", "EE", 1)]


def test_counts_are_written_when_it_is_time_and_not_at_each_page(
    world: World, tally: visits.Tally, settings: Any, django_assert_num_queries: Any
) -> None:
    today = timezone.localdate()
    for _ in range(5):
        opens("/par/")
    assert list(queries.between(today, today)) == []
    settings.VISITS_EVERY = 0
    opens("/par/")
    assert [(one.page, one.n) for one in queries.between(today, today)] == [("/par/", 6)]
    assert counted(tally) == []


def test_what_cannot_be_written_is_kept_and_the_page_is_shown(
    world: World, tally: visits.Tally, settings: Any, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    settings.VISITS_EVERY = 0

    def locked(**given: Any) -> None:
        raise DatabaseError("database is locked")

    with monkeypatch.context() as patched:
        patched.setattr(actions, "add", locked)
        assert opens("/par/") == 200
    assert counted(tally) == [("/par/", "pc", "", 1)]
    assert "could not be written" in caplog.text
    opens("/par/")
    assert counted(tally) == []


def test_a_flood_of_pages_fills_no_memory(tally: visits.Tally) -> None:
    for number in range(visits.MOST + 50):
        tally.add(rules.View(timezone.localdate(), f"/{number}/", rules.Device.PC))
    assert len(tally.views) == visits.MOST
