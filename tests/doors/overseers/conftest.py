"""A small measured state and the people who oversee it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from ietvars.ground.people.rules import SYSTEM, Role

if TYPE_CHECKING:
    from tests.oversight.measuring import MeasuredState
    from tests.world import World

Page = Callable[..., BeautifulSoup]


@pytest.fixture
def state(world: World) -> MeasuredState:
    """Two sectors with services: one better, one worse, one that cannot be compared, one without any figure."""
    from ietvars.oversight.finders import actions as finders
    from tests.oversight.measuring import MeasuredState
    from tests.world import NOW, TODAY

    state = MeasuredState(world)
    world.body("cabinet", kind="group")
    world.body("welfare", below="cabinet", kind="ministry")
    world.body("finance", below="cabinet", kind="ministry")
    world.body("ssia", below="welfare")
    world.service("pension", holder="ssia")
    world.service("benefit", holder="ssia", channels=("in-person",))
    world.service("silent", holder="welfare")
    world.service("tax", holder="finance")
    was = {"requests": 6000, "time": 20, "on_time": (900, 1000)}
    state.report("2024", pension=was, benefit=was)
    state.report("2025", pension={**was, "time": 10}, benefit={**was, "time": 30}, tax=was)
    state.compute("2025")
    finders.look(period="2025", by=SYSTEM, now=NOW, on=TODAY)
    return state


@pytest.fixture
def enter(world: World) -> Callable[..., Client]:
    """A client that acts in a role for a body."""

    def entered(role: Role = Role.OVERSEER, body: str = "welfare", username: str = "anna") -> Client:
        client = Client()
        client.force_login(world.person(role, body, username=username))
        return client

    return entered


def soup(client: Client, address: str, status: int = 200) -> BeautifulSoup:
    """The page at an address, which must answer so."""
    answer = client.get(address)
    assert answer.status_code == status, address
    return BeautifulSoup(answer.content, "html.parser")
