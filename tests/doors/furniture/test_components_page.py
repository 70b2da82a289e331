"""The page of all components in a real browser: no accessibility fault, no sideways scrolling, no script needed."""

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from ietvars.doors import furniture

BUILT = Path(furniture.__file__).parent / "static" / "ietvars" / "ietvars.css"

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not BUILT.exists(), reason="the front end is not built: make front"),
]

LANGUAGES = {"lv": "/sastavdalas", "en": "/en/sastavdalas"}
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}


@pytest.fixture
def told(page: Page) -> list[str]:
    """What the browser complains of: errors of the console, and files that did not come."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("requestfailed", lambda request: said.append(f"failed: {request.url}"))
    return said


def faults(page: Page) -> list[Any]:
    found = Axe().run(page, options=RULES)
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found.response["violations"]]


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing(page: Page, live_server: LiveServer, told: list[str], language: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{live_server.url}{LANGUAGES[language]}")
    assert faults(page) == []
    assert told == []


def test_axe_finds_nothing_when_everything_is_open(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/sastavdalas")
    for summary in page.locator("details > summary:visible").all():
        summary.click()
    assert page.locator("details[open] dl").count() > 4
    assert faults(page) == []


@pytest.mark.parametrize("width", [320, 390, 640, 800, 1000, 1280])
def test_the_page_never_scrolls_sideways(page: Page, live_server: LiveServer, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{live_server.url}/en/sastavdalas")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_one_drawing_of_each_chart_is_shown_and_its_text_keeps_its_size(page: Page, live_server: LiveServer) -> None:
    for width, which in ((1280, "wide"), (390, "narrow")):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{live_server.url}/sastavdalas")
        shown = page.locator("svg.iv-chart:visible")
        assert {shown.nth(at).get_attribute("data-w") for at in range(shown.count())} == {which}
        heights = page.eval_on_selector_all(
            f'svg.iv-chart[data-w="{which}"] text', "all => all.map(one => one.getBoundingClientRect().height)"
        )
        # 13 px text is 15 to 18 px high; a drawing stretched over the page would show it larger.
        assert all(12 <= height <= 19 for height in heights)


def test_no_drawing_is_cut_off(page: Page, live_server: LiveServer) -> None:
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{live_server.url}/sastavdalas")
        beyond = page.eval_on_selector_all(
            "svg.iv-chart text",
            """all => all.filter(one => one.getClientRects().length).filter(one => {
                const inside = one.closest("svg.iv-chart").getBoundingClientRect(), own = one.getBoundingClientRect();
                return own.left < inside.left - 2 || own.right > inside.right + 2;
            }).map(one => one.textContent)""",
        )
        assert beyond == []


def test_everything_works_without_javascript(new_context: Any, live_server: LiveServer) -> None:
    page: Page = new_context(java_script_enabled=False).new_page()
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto(f"{live_server.url}/sastavdalas?period=2025")
    page.get_by_text("Filtri (1)").click()
    expect(page.get_by_label("Uzņēmumam")).to_be_visible()
    page.get_by_text("Kā aprēķināts").first.click()
    expect(page.get_by_text("16 763 slēgtas lietas").first).to_be_visible()
    page.locator(".iv-lang").get_by_role("link").click()
    expect(page).to_have_url(f"{live_server.url}/en/sastavdalas?period=2025")
    expect(page.get_by_role("heading", level=1)).to_have_text("Components and states")


def test_the_keyboard_reaches_the_content_first(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/sastavdalas")
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="Pāriet uz saturu")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()


def test_small_targets_are_large_enough(page: Page, live_server: LiveServer) -> None:
    """Buttons, navigation and summaries are at least 36 px high, nothing that stands alone is under 24."""
    page.goto(f"{live_server.url}/sastavdalas")

    def heights(selector: str) -> list[float]:
        found = page.eval_on_selector_all(selector, "all => all.map(one => one.getBoundingClientRect().height)")
        return [float(height) for height in found if height]

    assert min(heights(".ds-button, .iv-nav a, .iv-switch a")) >= 36
    assert min(heights("summary, .iv-lang a, .iv-figfoot a, .iv-chips a, .iv-pages a")) >= 24
