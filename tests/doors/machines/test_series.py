"""The series of a service by the API: own services for their owner, all for overseers, none for visitors."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from ietvars.ground.people.rules import Role
from ietvars.institution.services.models import Service
from tests.institution.tallies.laid import Case, lay
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lake")]

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def service(world: World) -> Service:
    found = world.service("benefit")
    lay(
        [
            *(Case(found.pk, date(2026, month, day), lead=4, due=9) for month in range(1, 9) for day in range(1, 13)),
            *(Case(found.pk, date(2026, 9, day), lead=None, channel="post") for day in range(1, 13)),
        ]
    )
    return found


def enter(world: World, client: Client, role: Role, body: str = "agency") -> None:
    client.force_login(world.person(role, body), backend=BACKEND)


def test_an_overseer_reads_months_turns_and_the_wait(world: World, client: Client, service: Service) -> None:
    enter(world, client, Role.OVERSEER)
    answer = client.get("/api/v1/services/benefit/series", {"basis": "opened"})
    assert answer.status_code == 200
    made = answer.json()
    assert (made["document"], made["basis"], made["input"]["watermark"]) == ("ietvars/series", "opened", 1)
    lines = {line["indicator"]: line for line in made["lines"]}
    assert [month["n"] for month in lines["demand"]["months"]] == [12] * 9
    assert lines["demand"]["silence"] == "too_short"
    assert lines["on-time"]["months"][0] == {
        "month": "2026-01", "value": 1.0, "numerator": 12, "n": 12, "cases": 12, "open": 0, "is_over": True,
        "is_settled": True,
    }  # fmt: skip
    assert not lines["on-time"]["months"][-1]["is_settled"]
    assert made["waiting"]["open"] == 12
    assert made["waiting"]["curve"]["median"]["days"] in range(2, 6)
    assert made["peers"] == []


def test_a_channel_narrows_all_of_it(world: World, client: Client, service: Service) -> None:
    enter(world, client, Role.OVERSEER)
    made = client.get("/api/v1/services/benefit/series", {"basis": "opened", "channel": "post"}).json()
    assert [month["n"] for line in made["lines"] if line["indicator"] == "demand" for month in line["months"]] == [12]
    assert client.get("/api/v1/services/benefit/series", {"channel": "horse"}).status_code == 422


def test_nobody_else_reads_it(world: World, client: Client, service: Service) -> None:
    assert client.get("/api/v1/services/benefit/series").status_code == 401
    enter(world, client, Role.SERVICE_OWNER, "other")
    assert client.get("/api/v1/services/benefit/series").status_code in {403, 404}


def test_an_unknown_service_has_no_series(world: World, client: Client) -> None:
    enter(world, client, Role.OVERSEER)
    assert client.get("/api/v1/services/none/series").status_code == 404
