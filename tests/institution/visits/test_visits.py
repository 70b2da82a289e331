"""Page views: what counts, what a browser is taken for, and how counts add up on the database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ietvars.ground.people.rules import SYSTEM
from ietvars.institution.visits import actions, queries, rules
from tests.world import NOW, TODAY

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile Safari/604.1"
ANDROID = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120 Mobile Safari"
TABLET = "Mozilla/5.0 (Linux; Android 13; SM-X700) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120 Safari/537.36"
IPAD = "Mozilla/5.0 (iPad; CPU OS 16_0 like Mac OS X) AppleWebKit/605.1.15 Version/16.0 Mobile Safari/604.1"
LINUX = "Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) AppleWebKit/605.1.15 Version/17.0 Safari/605.1.15"
TELEVISION = "Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) AppleWebKit/537.36 Version/6.0 TV Safari/537.36"


@pytest.mark.parametrize(
    ("browser", "device"),
    [
        (WINDOWS, "pc"),
        (LINUX, "pc"),
        (MAC, "pc"),
        (IPHONE, "smartphone"),
        (ANDROID, "smartphone"),
        (TABLET, "tablet"),
        (IPAD, "tablet"),
        (TELEVISION, "others"),
        ("Lynx/2.8", "others"),
    ],
)
def test_a_browser_is_one_of_four_kinds_of_devices(browser: str, device: str) -> None:
    assert rules.device(browser).value == device
    assert not rules.is_program(browser)


@pytest.mark.parametrize(
    "browser",
    [
        "",
        "  ",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (compatible; bingbot/2.0)",
        "curl/8.5.0",
        "python-requests/2.31",
        "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/120.0",
        "facebookexternalhit/1.1",
        "UptimeRobot/2.0",
    ],
)
def test_programs_do_not_count(browser: str) -> None:
    assert rules.is_program(browser)


@pytest.mark.parametrize(
    ("said", "country"),
    [("LV", "LV"), ("lv ", "LV"), ("GR", "GR"), ("XX", ""), ("T1", ""), ("", ""), ("LVA", ""), ("<b>", ""), ("ĀĒ", "")],
)
def test_a_country_is_two_letters_or_unknown(said: str, country: str) -> None:
    assert rules.country(said) == country


def view(day: date = TODAY, page: str = "/", device: rules.Device = rules.Device.PC, country: str = "") -> rules.View:
    return rules.View(day, page, device, country)


@pytest.mark.django_db
def test_views_of_the_same_kind_add_up() -> None:
    actions.add(views={view(): 2, view(page="/par/"): 1}, by=SYSTEM, now=NOW)
    actions.add(views={view(): 3, view(country="LV"): 1, view(day=TODAY + timedelta(days=1)): 7}, by=SYSTEM, now=NOW)
    found = [(one.page, one.country, one.device, one.n) for one in queries.between(TODAY, TODAY)]
    assert found == [("/", "", "pc", 5), ("/", "LV", "pc", 1), ("/par/", "", "pc", 1)]
    assert sum(one.n for one in queries.between(TODAY, TODAY + timedelta(days=1))) == 14
    assert queries.began() == TODAY


@pytest.mark.django_db
def test_before_anything_is_counted_there_is_no_first_day() -> None:
    assert queries.began() is None
    assert list(queries.between(TODAY, TODAY)) == []
