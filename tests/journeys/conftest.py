"""The whole product, started as people start it, with the sample state on a database of its own.

Journeys talk to it through a real browser only. Each begins with fresh cookies; what one changes, none reads.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

PATIENCE = 420
"""Seconds until the sample state is loaded, on a machine that is busy with other things."""

IETVARS = shutil.which("ietvars") or str(Path(sys.executable).with_name("ietvars"))

AXE = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]}}


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@contextmanager
def _database(folder: Path) -> Iterator[str]:
    """A database of the kind this run tests, for the started product alone."""
    given = os.environ.get("DATABASE_URL", "")
    if not given.startswith("postgres"):
        yield f"sqlite:///{folder / 'journeys.sqlite3'}"
        return
    parts = urlsplit(given)
    name = f"journeys_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(given, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    yield urlunsplit(parts._replace(path=f"/{name}"))
    with psycopg.connect(given, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text(encoding="utf-8")[-3000:]
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.5)
    raise AssertionError(f"No answer in {PATIENCE} s: {log.read_text(encoding='utf-8')[-3000:]}")


@dataclass(frozen=True)
class Running:
    """A product that was started, and the environment in which its commands meet the same database."""

    address: str
    environment: dict[str, str]

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the product beside it."""
        return subprocess.run(
            [IETVARS, *words], env=self.environment, capture_output=True, text=True, check=False, timeout=PATIENCE
        )


@contextmanager
def started(folder: Path, port: int, **more: str) -> Iterator[Running]:
    """The product in a folder and on a database of its own, as people start it; gone when the block ends."""
    log = folder / "log"
    with _database(folder) as url, log.open("wb") as told:
        environment = {
            **os.environ,
            "DATABASE_URL": url,
            "IETVARS_VAR": str(folder),
            "IETVARS_SECRET_KEY": "only for journeys",
            "PORT": str(port),
            **more,
        }
        environment.pop("DJANGO_SETTINGS_MODULE", None)
        process = subprocess.Popen([IETVARS, "run"], env=environment, stdout=told, stderr=told)
        try:
            _wait(f"http://127.0.0.1:{port}/", process, log)
            yield Running(f"http://127.0.0.1:{port}", environment)
        finally:
            process.terminate()
            process.wait(timeout=30)


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the running product with the sample state."""
    with started(tmp_path_factory.mktemp("house"), free_port()) as running:
        yield running.address


@dataclass
class Visitor:
    """Somebody at a browser."""

    page: Page
    house: str

    def opens(self, address: str) -> Visitor:
        """Go to a page of the house; it must be there."""
        answer = self.page.goto(self.house + address)
        assert answer is not None
        assert answer.status < 400, f"{address}: {answer.status}"
        return self

    def enters_as(self, username: str) -> Visitor:
        """Enter as a sample person with one click."""
        self.opens("/ieiet/")
        self.page.locator(f'form:has(input[value="{username}"]) button').first.click()
        return self

    def sees(self, text: str) -> bool:
        """Whether the page says it."""
        return text in self.page.locator("body").inner_text()

    def presses(self, name: str) -> Visitor:
        """Press the button or link of that name."""
        self.page.get_by_role("button", name=name).or_(self.page.get_by_role("link", name=name)).first.click()
        return self

    def finds_it_accessible(self) -> Visitor:
        """Let axe look at the page; it must find nothing."""
        found = Axe().run(self.page, options=AXE)
        faults = [
            f"{one['id']}: {one['help']}: {[node['target'] for node in one['nodes']][:3]}"
            for one in found.response["violations"]
        ]
        assert faults == [], f"{self.page.url}: {faults}"
        return self


Arrive = Callable[..., Visitor]


@pytest.fixture
def arrive(browser: Browser, house: str) -> Iterator[Arrive]:
    """Let somebody come with a fresh browser: `arrive(width=390, javascript=False)`."""
    contexts = []

    def come(*, width: int = 1280, javascript: bool = True) -> Visitor:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, locale="lv-LV", java_script_enabled=javascript
        )
        contexts.append(context)
        return Visitor(context.new_page(), house)

    yield come
    for context in contexts:
        context.close()
