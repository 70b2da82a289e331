"""The page frame's words: doors, their sections, breadcrumbs, languages. It must not read the database."""

from dataclasses import dataclass, replace

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse, translate_url
from django.utils.translation import gettext_lazy as _

from ietvars.doors.furniture.marks import Link, Words
from ietvars.doors.furniture.shown import language


@dataclass(frozen=True)
class Section:
    """One section link of a working door; `count` is shown beside it when something waits there.

    `under` are the lists of a section that holds several; the first leads to the same place as the section itself.
    """

    code: str
    says: Words
    href: str
    count: int | None = None
    current: bool = False
    under: "tuple[Section, ...]" = ()

    def at(self, code: str) -> "Section":
        """The same section, marked where it or one of those under it is the current one."""
        under = tuple(one.at(code) for one in self.under)
        return replace(self, under=under, current=self.code == code or any(one.current for one in under))


@dataclass(frozen=True)
class Frame:
    """The frame of a door. The public one has no name, no sections and nobody acting.

    `door` styles the page (public, owners, coordinators, overseers, clerks). `who` is the capacity line, e.g. "Service
    owner, VSAA"; `account` are links for the person (another capacity, sign out).
    """

    door: str = "public"
    name: Words = ""
    home: str = "/"
    who: Words = ""
    account: tuple[Link, ...] = ()
    sections: tuple[Section, ...] = ()
    staff: Link | None = None

    def at(self, code: str) -> "Frame":
        """The same frame with the section `code` marked as the current one."""
        return replace(self, sections=tuple(one.at(code) for one in self.sections))

    @property
    def under(self) -> "Section | None":
        """The current section where it holds several lists."""
        return next((one for one in self.sections if one.current and one.under), None)


@dataclass(frozen=True)
class Crumb:
    """A step of the path to this page; the last one has no `href`."""

    says: Words
    href: str = ""


def crumbs(*steps: tuple[Words, str] | Words) -> tuple[Crumb, ...]:
    """Build breadcrumbs: crumbs(("State", "/valsts"), "Welfare")."""
    return tuple(Crumb(*step) if isinstance(step, tuple) else Crumb(step) for step in steps)


@dataclass(frozen=True)
class Language:
    """One language of the switch; it keeps the page and its query."""

    code: str
    short: str
    name: str
    href: str
    current: bool


_LANGUAGES = (("lv", "LV", "Latviešu"), ("en", "EN", "English"))


def languages(request: HttpRequest) -> tuple[Language, ...]:
    """The language switch of this page. The address of the same page comes from the URL patterns."""
    here = request.get_full_path()
    return tuple(
        Language(code, short, name, translate_url(here, code), code == language()) for code, short, name in _LANGUAGES
    )


def place(name: str, *args: object, **kwargs: object) -> str:
    """Address of a named page, or an empty text when no such page is mounted."""
    try:
        return reverse(name, args=args or None, kwargs=kwargs or None)
    except NoReverseMatch:
        return ""


_FOOTER: tuple[tuple[Words, str], ...] = (
    (_("About Ietvars"), "public:about"),
    (_("Accessibility"), "public:accessibility"),
    (_("Open data"), "public:data"),
    (_("API"), "machines:guide"),
    (_("Source code (EUPL-1.2)"), "public:source"),
    (_("For staff of institutions"), "staff"),
)


def footer() -> tuple[Link, ...]:
    """The links of the footer, as far as their pages are mounted."""
    found = ((says, place(name)) for says, name in _FOOTER)
    return tuple(Link(says, href) for says, href in found if href)
