"""The whole product, started as people start it, with the sample state on a database of its own.

Journeys talk to it through a real browser only. Each begins with fresh cookies; what one changes, none reads.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page

from tests.houses import IETVARS, PATIENCE, House, copied, free_port, served

AXE = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]},
    "resultTypes": ["violations"],
}
FAULTS = "options => axe.run(options).then(found => found.violations)"
"""Only faults are fetched: telling each node of what is well, out of the browser, takes longer than looking."""


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
def started(kind: House, folder: Path, port: int, **more: str) -> Iterator[Running]:
    """The product on a copy of an installation, as people start it; gone when the block ends."""
    with copied(kind, folder) as house, served(house, port, **more) as environment:
        yield Running(f"http://127.0.0.1:{port}", environment)


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory, sampled: House) -> Iterator[str]:
    """Address of the running product with the sample state."""
    with started(sampled, tmp_path_factory.mktemp("house"), free_port()) as running:
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
        self.page.evaluate(AXE_SCRIPT)
        faults = [
            f"{one['id']}: {one['help']}: {[node['target'] for node in one['nodes']][:3]}"
            for one in self.page.evaluate(FAULTS, AXE)
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
