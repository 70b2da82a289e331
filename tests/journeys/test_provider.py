"""Somebody comes through a real OpenID Connect provider: first without rights, then with a capacity.

The provider is the certified npm `oidc-provider`, run by the Node of the venv; tests/doors/entrance tries the answers
that a well-behaved provider never gives.
"""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

import pytest
from playwright.sync_api import Browser, Page

from tests.houses import House, free_port
from tests.journeys.conftest import Running, started

FOLDER = Path(__file__).with_name("provider")
TOOLS = Path(sys.executable).parent
NODE_PATH = f"{TOOLS}{os.pathsep}{os.environ.get('PATH', '')}"
SUBJECT = "010180-12345"


def _installed() -> str:
    """Install the provider as its lock says, once for each lock; what went wrong, or nothing."""
    lock = hashlib.sha256((FOLDER / "package-lock.json").read_bytes()).hexdigest()
    stamp = FOLDER / "node_modules" / ".installed"
    if stamp.is_file() and stamp.read_text(encoding="ascii") == lock:
        return ""
    command = [str(TOOLS / "npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    try:
        done = subprocess.run(
            command,
            cwd=FOLDER,
            env={**os.environ, "PATH": NODE_PATH},
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as fault:
        return str(fault)
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["npm ci failed"])[0]
    stamp.write_text(lock, encoding="ascii")
    return ""


@dataclass(frozen=True)
class Place:
    """A house whose settings name the provider."""

    house: Running
    issuer: str


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5):
            return True
    except (URLError, OSError):
        return False


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, prepared: House) -> Iterator[Place]:
    """The provider and an empty house, both started."""
    if fault := _installed():
        pytest.skip(f"the OpenID Connect provider cannot be installed with npm, which needs network ({fault})")
    port, own = free_port(), free_port()
    issuer = f"http://localhost:{own}"
    environment = {
        **os.environ,
        "PATH": NODE_PATH,
        "ISSUER": issuer,
        "CLIENT": "ietvars",
        "SECRET": "a secret between the two",
        "BACK": f"http://127.0.0.1:{port}/konts/oidc/lvp/atpakal/",
    }
    provider = subprocess.Popen(
        [str(TOOLS / "node"), "server.mjs"],
        cwd=FOLDER,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        # The venv's node is a Python program that starts the real one; both must end.
        start_new_session=True,
    )
    try:
        assert provider.stdout is not None
        assert any("ready" in line for line in provider.stdout)
        assert _answers(f"{issuer}/.well-known/openid-configuration")
        with started(
            prepared,
            tmp_path_factory.mktemp("empty"),
            port,
            IETVARS_SAMPLE="0",
            IETVARS_OIDC_ID="lvp",
            IETVARS_OIDC_NAME="Valsts pieslēgšanās",
            IETVARS_OIDC_ISSUER=issuer,
            IETVARS_OIDC_CLIENT_ID=environment["CLIENT"],
            IETVARS_OIDC_CLIENT_SECRET=environment["SECRET"],
        ) as house:
            yield Place(house, issuer)
    finally:
        os.killpg(provider.pid, signal.SIGTERM)
        provider.communicate(timeout=30)


def comes(browser: Browser, place: Place, *, javascript: bool = True) -> Page:
    """With a fresh browser: press the provider's button, sign in there, agree, come back."""
    page = browser.new_context(locale="lv-LV", java_script_enabled=javascript).new_page()
    page.goto(f"{place.house.address}/ieiet/")
    page.get_by_role("button", name="Valsts pieslēgšanās").click()
    page.wait_for_url(f"{place.issuer}/**")
    page.locator("input[name=login]").fill(SUBJECT)
    page.locator("input[name=password]").fill("anything")
    page.get_by_role("button").first.click()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(f"{place.house.address}/**")
    return page


def test_a_person_comes_through_a_provider_gets_a_capacity_and_acts(browser: Browser, place: Place) -> None:
    page = comes(browser, place)
    assert "Jums te vēl nav statusa" in page.locator("main").inner_text()
    refused = page.goto(f"{place.house.address}/parraudziba/")
    assert refused is not None
    assert page.url.startswith(f"{place.house.address}/ieiet/kapacitate/")

    given = place.house.command(
        *("people", "add", "anna", "--role", "overseer", "--body", "mk", "--new-body", "Ministru kabinets"),
        *("--provider", "lvp", "--subject", SUBJECT),
    )
    assert given.returncode == 0, given.stderr
    assert "Known already" in given.stderr

    # An overseer needs a second factor where a password alone vouches for him; here the provider does.
    page = comes(browser, place, javascript=False)
    assert page.url == f"{place.house.address}/parraudziba/"
    frame = page.locator("body").inner_text()
    assert "Pārraudzītājs" in frame

    listed = place.house.command("people", "list")
    assert SUBJECT not in listed.stdout
    assert listed.stdout.count("overseer at mk") == 1

    page.goto(f"{place.house.address}/konts/iziet/")
    page.locator("main").get_by_role("button").first.click()
    page.goto(f"{place.house.address}/parraudziba/")
    assert page.url.startswith(f"{place.house.address}/ieiet/?next=")
