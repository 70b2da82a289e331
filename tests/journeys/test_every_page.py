"""Every page, in both languages: axe finds nothing, nothing scrolls sideways at 390 px, nothing needs JavaScript."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.journeys.conftest import Arrive, Visitor

pytestmark = pytest.mark.once

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
    "/par/raditaji/",
    "/raditaji/",
    "/par/pirmkods/",
    "/atsauksme/?lapa=/pakalpojumi/berna-kopsanas-pabalsts/",
    "/atsauksme/paldies/?lapa=/&izmests=personal-code,telephone&atbilde=1",
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
    "/darbvieta/pakalpojumi/berna-kopsanas-pabalsts/gaita/",
    "/darbvieta/pakalpojumi/berna-kopsanas-pabalsts/plusma/",
    "/darbvieta/pakalpojumi/berna-kopsanas-pabalsts/plusma/?dala=70&kartot=mediana",
    "/darbvieta/pakalpojumi/berna-kopsanas-pabalsts/plusma/blakus/",
    "/darbvieta/pakalpojumi/berna-kopsanas-pabalsts/plusma/soli/",
    "/darbvieta/pakalpojumi/berna-kopsanas-pabalsts/plusma/gadijumi/",
    "/darbvieta/pakalpojumi/berna-kopsanas-pabalsts/izvertet/",
    "/darbvieta/pakalpojumi/berna-kopsanas-pabalsts/kriteriji/",
    "/darbvieta/pakalpojumi/berna-kopsanas-pabalsts/izbeigt/",
    "/darbvieta/jauns/",
    "/darbvieta/vairaki/",
    "/darbvieta/vairaki/?darbs=sagatave",
    "/darbvieta/kopigie/",
    "/darbvieta/pakalpojumi/vecuma-pensija/melnraksts/",
    "/darbvieta/pakalpojumi/apbedisanas-pabalsts/melnraksts/skatit/",
    "/darbvieta/pakalpojumi/berna-kopsanas-pabalsts/melnraksts/",
    "/darbvieta/pakalpojumi/berna-kopsanas-pabalsts/melnraksts/sagatave/",
    "/darbvieta/pakalpojumi/berna-kopsanas-pabalsts/melnraksts/sagatave/?sagatave",
    "/darbvieta/pakalpojumi/berna-kopsanas-pabalsts/vesture/",
    "/darbvieta/kvalitate/",
    "/darbvieta/pakalpojumi/berna-kopsanas-pabalsts/kvalitate/",
    "/darbvieta/saraksti/",
    "/darbvieta/saraksti/vsaa/2026/",
    "/darbvieta/kartas/",
    "/darbvieta/kartas/2026-q3/iestades/vsaa/",
    "/darbvieta/atsauksmes/",
    "/darbvieta/atsauksmes/?visas=1",
    "/darbvieta/atsauksmes/11/",
)
OVERSEER = (
    "/parraudziba/",
    "/parraudziba/?atvert=paraugs,paraugs.krastmala&raditajs=on-time",
    "/parraudziba/?periods=2024",
    "/parraudziba/pakalpojumi/?nozare=paraugs",
    "/parraudziba/pakalpojumi/?nozare=paraugs&vertejums=changed",
    "/parraudziba/sagataves/",
    "/parraudziba/sagataves/benefit/",
    "/parraudziba/reorganizacijas/",
    "/parraudziba/reorganizacijas/jauna/",
    "/parraudziba/iestades/paraugs/",
    "/parraudziba/iestades/krastmala/",
    "/parraudziba/pakalpojumi/apkaimes-iniciativas-grants/",
    "/parraudziba/pakalpojumi/apkaimes-iniciativas-grants/raditaji/time-median/",
    "/parraudziba/gaita/",
    "/parraudziba/izlaides/",
    "/parraudziba/atradumi/",
    "/parraudziba/atradumi/?atradejs=worse",
    "/parraudziba/atradumi/2025/digitalise/pase/",
    "/parraudziba/iniciativas/",
    "/parraudziba/iniciativas/2025-001/",
    "/parraudziba/kartas/",
    "/parraudziba/kartas/jauna/",
    "/parraudziba/kartas/2026-q3/",
    "/parraudziba/kartas/2026-q3/iestades/krastmala/",
    "/parraudziba/saubas/",
    "/parraudziba/saubas/?likums=zero-after-many",
    "/parraudziba/atsauksmes/",
    "/parraudziba/atsauksmes/?kur=viss&visas=1",
    "/parraudziba/iniciativas/ierosinat/?periods=2025&atradejs=digitalise&atradums=pase",
)
PAGES = [
    *(("", page) for page in PUBLIC),
    *(("owner-vsaa", page) for page in OWNER),
    *(("overseer", page) for page in OVERSEER),
]
LANGUAGES = ("", "/en")


Stand = Callable[..., Visitor]


@pytest.fixture(scope="module")
def stand(browser: Browser, house: str) -> Iterator[Stand]:
    """Somebody who has come and entered already; reading pages changes nothing, so one browser serves for all."""
    known: dict[tuple[str, bool], Visitor] = {}

    def find(who: str, *, javascript: bool = True) -> Visitor:
        if (who, javascript) not in known:
            context = browser.new_context(
                viewport={"width": 1280, "height": 900}, locale="lv-LV", java_script_enabled=javascript
            )
            visitor = Visitor(context.new_page(), house)
            known[who, javascript] = visitor.enters_as(who) if who else visitor
        return known[who, javascript]

    yield find
    for visitor in known.values():
        visitor.page.context.close()


@pytest.mark.parametrize("language", LANGUAGES, ids=["lv", "en"])
@pytest.mark.parametrize(("who", "page"), PAGES)
def test_a_page_is_accessible_fits_a_telephone_and_needs_no_script(
    stand: Stand, who: str, page: str, language: str
) -> None:
    visitor = stand(who)
    visitor.page.set_viewport_size({"width": 1280, "height": 900})
    visitor.opens(language + page).finds_it_accessible()
    heading = visitor.page.locator("h1").first.inner_text()
    visitor.page.set_viewport_size({"width": 390, "height": 800})
    wide, screen = visitor.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= screen
    # One language is enough to see that nothing hangs on a script.
    if not language:
        assert stand(who, javascript=False).opens(page).page.locator("h1").first.inner_text() == heading
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
        # A block of data is no script: nothing of it is run, and the policy says nothing against it.
        assert visitor.page.locator("[style], script:not([src]):not([type='application/ld+json'])").count() == 0
    assert told == []


def test_the_policy_forbids_inline_styles_and_scripts(arrive: Arrive) -> None:
    visitor = arrive()
    answer = visitor.page.goto(visitor.house + "/")
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert "unsafe-inline" not in policy
    assert "default-src 'none'" in policy
