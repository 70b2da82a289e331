"""Every page, in both languages: axe finds nothing, nothing scrolls sideways at 390 px, nothing needs JavaScript."""

import pytest

from tests.journeys.conftest import Arrive

PUBLIC = (
    "/",
    "/?kam=enterprise",
    "/meklet/?q=pabalsti+b%C4%93rniem",
    "/meklet/?q=pensija&ka=online",
    "/meklet/?q=zzzz",
    "/meklet/",
    "/pasvaldiba/",
    "/pakalpojumi/",
    "/pakalpojumi/berna-kopsanas-pabalsts/",
    "/pakalpojumi/pabalsts-bernam-piedzimstot-ogres-novads/",
    "/situacijas/",
    "/situacijas/child/",
    "/situacijas/house/",
    "/iestades/",
    "/iestades/vsaa/",
    "/iestades/piekrastes-agentura/",
    "/par/",
    "/par/paraugs/",
    "/par/pieklustamiba/",
    "/par/dati/",
    "/par/pirmkods/",
    "/api/",
    "/ieiet/",
    "/konts/ieiet/",
    "/sastavdalas",
)
OWNER = (
    "/darbvieta/",
    "/darbvieta/pakalpojumi/",
    "/darbvieta/pakalpojumi/berna-kopsanas-pabalsts/",
    "/darbvieta/pakalpojumi/berna-kopsanas-pabalsts/raditaji/time-median/",
    "/darbvieta/pakalpojumi/berna-kopsanas-pabalsts/izvertet/",
    "/darbvieta/pakalpojumi/berna-kopsanas-pabalsts/kriteriji/",
    "/darbvieta/pakalpojumi/berna-kopsanas-pabalsts/izbeigt/",
    "/darbvieta/saraksti/",
    "/darbvieta/saraksti/vsaa/2026/",
)
OVERSEER = (
    "/parraudziba/",
    "/parraudziba/?atvert=paraugs,paraugs.krastmala&raditajs=on-time",
    "/parraudziba/?periods=2024",
    "/parraudziba/pakalpojumi/?nozare=paraugs",
    "/parraudziba/pakalpojumi/?nozare=paraugs&vertejums=changed",
    "/parraudziba/iestades/paraugs/",
    "/parraudziba/iestades/krastmala/",
    "/parraudziba/pakalpojumi/apkaimes-iniciativas-grants/",
    "/parraudziba/pakalpojumi/apkaimes-iniciativas-grants/raditaji/time-median/",
    "/parraudziba/atradumi/",
    "/parraudziba/atradumi/?atradejs=worse",
    "/parraudziba/atradumi/2025/digitalise/pase/",
    "/parraudziba/iniciativas/",
    "/parraudziba/iniciativas/2025-001/",
    "/parraudziba/iniciativas/ierosinat/?periods=2025&atradejs=digitalise&atradums=pase",
)
PAGES = [
    *(("", page) for page in PUBLIC),
    *(("owner-vsaa", page) for page in OWNER),
    *(("overseer", page) for page in OVERSEER),
]
LANGUAGES = ("", "/en")


@pytest.mark.parametrize("language", LANGUAGES, ids=["lv", "en"])
@pytest.mark.parametrize(("who", "page"), PAGES)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(arrive: Arrive, who: str, page: str, language: str) -> None:
    visitor = arrive()
    if who:
        visitor.enters_as(who)
    visitor.opens(language + page).finds_it_accessible()
    visitor.page.set_viewport_size({"width": 390, "height": 800})
    wide, screen = visitor.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= screen


@pytest.mark.parametrize(("who", "page"), PAGES)
def test_a_page_says_the_same_without_javascript(arrive: Arrive, who: str, page: str) -> None:
    with_script, without = arrive(), arrive(javascript=False)
    if who:
        with_script.enters_as(who)
        without.enters_as(who)
    heading = with_script.opens(page).page.locator("h1").first.inner_text()
    assert without.opens(page).page.locator("h1").first.inner_text() == heading
    assert heading.strip()


@pytest.mark.parametrize("page", ["/pakalpojumi/tada-nav/", "/nekas/"])
def test_a_page_that_is_not_there_helps_on(arrive: Arrive, page: str) -> None:
    visitor = arrive()
    answer = visitor.page.goto(visitor.house + page)
    assert answer is not None
    assert answer.status == 404
    assert visitor.page.locator("main a").count() >= 1
    visitor.finds_it_accessible()


def test_no_page_says_a_style_or_script_inline(arrive: Arrive) -> None:
    visitor = arrive()
    told: list[str] = []
    visitor.page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
    for page in ("/", "/pakalpojumi/berna-kopsanas-pabalsts/", "/situacijas/child/"):
        visitor.opens(page)
        assert visitor.page.locator("[style], script:not([src])").count() == 0
    assert told == []


def test_the_policy_forbids_inline_styles_and_scripts(arrive: Arrive) -> None:
    visitor = arrive()
    answer = visitor.page.goto(visitor.house + "/")
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert "unsafe-inline" not in policy
    assert "default-src 'none'" in policy
