"""What all tests share: what the machine has, what is skipped without it, and how the browser is started.

Data for tests is made by actions in tests/world.py, not here.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from django.db import connection, connections
from django.utils import translation
from playwright.sync_api import Playwright

from tests import machine
from tests.houses import prepared, sampled  # noqa: F401 - fixtures of all tests

if TYPE_CHECKING:
    from tests.world import World

# Playwright keeps an event loop in the thread that also asks the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

# Two slow cores say nothing about a rule, so no example has a deadline.
hypothesis.settings.register_profile("ietvars", deadline=None, print_blob=True)
hypothesis.settings.load_profile("ietvars")

CHROMIUM_SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    """What `tools/run_tests.py` asks of its two runs."""
    parser.addoption(
        "--part",
        choices=("whole", "first", "second"),
        default="whole",
        help="second: leave out what says the same on every database, tests that use none and those marked `once`;"
        " first: leave out those marked `apart`, which the second does, having less to do",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what drives the browser or reads the collected data, and skip what this machine cannot run."""
    part = config.getoption("--part")
    if part != "whole":
        kept = [item for item in items if (_is_of_second(item) if part == "second" else not _is_apart(item))]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
        items[:] = kept
    without_browser = pytest.mark.skip(reason=f"no Chromium: {machine.HOW_TO_GET_CHROMIUM}")
    without_shared = pytest.mark.skip(reason=f"no collected data: {machine.HOW_TO_GET_SHARED}")
    without_postgres = pytest.mark.skip(reason="says something about PostgreSQL only, and this run is on SQLite")
    for item in items:
        fixtures: set[str] = set(getattr(item, "fixturenames", ()))
        if "page" in fixtures or "browser" in fixtures:
            item.add_marker(pytest.mark.journey)
        if "shared" in fixtures:
            item.add_marker(pytest.mark.shared)
        if item.get_closest_marker("journey") and machine.chromium() is None:
            item.add_marker(without_browser)
        if item.get_closest_marker("shared") and machine.shared() is None:
            item.add_marker(without_shared)
        if item.get_closest_marker("postgres") and connection.vendor != "postgresql":
            item.add_marker(without_postgres)


def _is_apart(item: pytest.Item) -> bool:
    return item.get_closest_marker("apart") is not None


def _is_of_second(item: pytest.Item) -> bool:
    return _is_apart(item) or (_asks_the_database(item) and not item.get_closest_marker("once"))


def _asks_the_database(item: pytest.Item) -> bool:
    """Journeys and installations (tests/houses.py) ask the product, which asks a database of its own of this kind."""
    if item.path.parent.name == "journeys":
        return True
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(
        item.get_closest_marker("django_db") or fixtures & {"db", "transactional_db", "live_server", "prepared"}
    )


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of collected data beside the checkout; a test that asks for it is skipped where it is absent."""
    folder = machine.shared()
    assert folder is not None
    return folder


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium instead of one that playwright would download; it reaches loopback only."""
    return {**browser_type_launch_args, "executable_path": machine.chromium(), "args": CHROMIUM_SWITCHES}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A visitor with a Latvian browser on a laptop."""
    return {**browser_context_args, "locale": "lv-LV", "viewport": {"width": 1280, "height": 900}}


@pytest.fixture(scope="session")
def playwright(playwright: Playwright) -> Iterator[Playwright]:
    """Beside playwright's loop Django keeps connections of its own; when it stops, nobody reaches them any more.

    They are closed before, since PostgreSQL drops no database that somebody holds.
    """
    yield playwright
    connections.close_all()


@pytest.fixture(autouse=True)
def latvian() -> Iterator[None]:
    """Every test begins in the first language, whatever an answer in English has left behind in this thread."""
    with translation.override("lv"):
        yield


@pytest.fixture(autouse=True)
def _codes_of_this_test() -> None:
    """What a process remembers of codes for some seconds must not pass from one test's database to the next."""
    from ietvars.institution.deliveries import queries as deliveries
    from ietvars.institution.quality import queries as quality
    from ietvars.institution.revisions import queries as revisions

    for room in (quality, revisions):
        room.forget()
    deliveries.forget_known()


@pytest.fixture
def lake(settings: Any, tmp_path: Path) -> Path:
    """A lake of this test's own."""
    settings.LAKE = tmp_path / "lake"
    return tmp_path / "lake"


@pytest.fixture
def world(db: None) -> World:
    """A small world built by actions; see tests/world.py."""
    from tests.world import World  # tables exist only once Django is set up

    return World()
