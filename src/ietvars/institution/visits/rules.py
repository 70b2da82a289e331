"""What a browser says of itself, read into the few classes that are counted. Pure.

The classes are those of Implementing Regulation (EU) 2020/1121, article 3, as the data collection of the gateway
names them.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Device(StrEnum):
    """Kinds of devices that are told apart."""

    PC = "pc"
    TABLET = "tablet"
    SMARTPHONE = "smartphone"
    OTHERS = "others"


UNKNOWN = ""
"""The country of a visitor when nothing that can be trusted names it."""


@dataclass(frozen=True, order=True)
class View:
    """What one opening of a page adds one to. `page` is its path without query."""

    day: date
    page: str
    device: Device
    country: str = UNKNOWN


_PROGRAM = re.compile(
    r"bot\b|bot[/;_-]|crawl|spider|slurp|preview|monitor|uptime|scrap|fetch|scan|headless|lighthouse|archiv|validator"
    r"|python|curl|wget|httpie|httpx|go-http|java/|okhttp|libwww|perl|ruby|php/|axios|node|postman|facebookexternal",
    re.IGNORECASE,
)
_TABLET = re.compile(r"ipad|tablet|kindle|silk/|playbook|android(?!.*mobile)", re.IGNORECASE)
_SMARTPHONE = re.compile(r"iphone|ipod|android.*mobile|windows phone|mobile", re.IGNORECASE)
_PC = re.compile(r"windows nt|macintosh|x11|cros|linux x86_64", re.IGNORECASE)
_OTHERS = re.compile(r"smart-?tv|television|playstation|xbox|nintendo|watch|tizen|web0s|hbbtv", re.IGNORECASE)
_COUNTRY = re.compile(r"[A-Z]{2}")
_NOWHERE = frozenset({"XX", "T1", "ZZ", "A1", "A2", "AP", "EU"})
"""What networks put where they know no country, and codes of no country."""


def is_program(browser: str) -> bool:
    """Whether a program and no person opened the page, as far as it says so. Who says nothing is a program too."""
    return not browser.strip() or bool(_PROGRAM.search(browser))


def device(browser: str) -> Device:
    """The kind of device by what the browser says of itself."""
    for kind, pattern in (
        (Device.OTHERS, _OTHERS),
        (Device.TABLET, _TABLET),
        (Device.SMARTPHONE, _SMARTPHONE),
        (Device.PC, _PC),
    ):
        if pattern.search(browser):
            return kind
    return Device.OTHERS


def country(said: str) -> str:
    """The country of a header as ISO 3166-1 alpha-2, or unknown."""
    code = said.strip().upper()
    return code if _COUNTRY.fullmatch(code) and code not in _NOWHERE else UNKNOWN
