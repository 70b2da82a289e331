"""What the pages of this door share: who may enter, the frame, what an address asks for, addresses with their query."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ietvars.doors.furniture import days, frame, roles, words
from ietvars.doors.furniture.access import access, actor_of, role
from ietvars.doors.furniture.marks import Link
from ietvars.doors.furniture.parts import Option, Switch
from ietvars.doors.furniture.shown import language
from ietvars.ground.bodies import queries as bodies
from ietvars.ground.people.rules import Actor, Role
from ietvars.ground.periods import rules as periods
from ietvars.ground.terms.rules import pick
from ietvars.institution.indicators import queries as indicators
from ietvars.oversight.aggregates import rules as aggregates

readers = access(role(*sorted(aggregates.READERS - {Role.SYSTEM})))
"""Whoever the rule of the aggregates lets read the whole state."""

overseers = access(role(Role.OVERSEER))
"""Whoever may propose, decide and check; whether a step is theirs is the room's rule."""

PER_PAGE = 50
SHOWN_PERIODS = 5


def actor(request: HttpRequest) -> Actor:
    """Who acts; the access declaration has made sure that there is somebody."""
    return cast("Actor", actor_of(request))


def own_frame(request: HttpRequest, section: str, asked: "Asked | None" = None) -> frame.Frame:
    """The frame of this door with the current section marked; the period goes along from section to section."""
    who = actor(request)
    body = bodies.by_code(who.body_code)
    short = (pick(body.short, language()) or pick(body.name, language())) if body else ""
    query = asked.query() if asked else {}
    # An administrator keeps the everyday words here and reorganises; the state is not his to read.
    is_reader = who.role in aggregates.READERS
    searches = frame.Section("searches", _("Searches"), address("searches"))
    changes = frame.Section("reorganisations", _("Reorganisations"), address("reorganisations"))
    made = frame.Frame(
        door="overseers",
        name=gettext_lazy("Oversight of the state"),
        home=reverse("overseers:state" if is_reader else "overseers:searches"),
        who=f"{words.capital(str(roles.WORDS[who.role]))}, {short}",
        account=(Link(_("Other capacity or sign out"), f"{reverse('capacity')}?all=1"),),
        sections=(
            frame.Section("state", _("Overview"), address("state", **query)),
            frame.Section(
                "catalogue",
                _("Services"),
                address("services", **query),
                under=(
                    frame.Section("services", _("Services"), address("services", **query)),
                    frame.Section("canvases", _("Canvases"), address("canvases")),
                    frame.Section("linked", _("Linked data"), address("linked")),
                    *([changes] if who.role is Role.OVERSEER else []),
                ),
            ),
            frame.Section("deliveries", _("Deliveries"), address("deliveries")),
            frame.Section("findings", _("Findings"), address("findings", **query)),
            frame.Section("initiatives", _("Initiatives"), address("initiatives")),
            frame.Section("rounds", _("Rounds"), address("rounds")),
            frame.Section(
                "voices",
                _("Feedback"),
                address("feedback"),
                under=(frame.Section("feedback", _("Feedback"), address("feedback")), searches),
            ),
        ),
    )
    if not is_reader:
        made = replace(made, sections=(searches, changes) if who.role is Role.ADMINISTRATOR else (searches,))
    return made.at(section)


def address(name: str, *args: object, anchor: str = "", **query: str) -> str:
    """Address of a page of this door with its query; what is empty is left out."""
    path = reverse(f"overseers:{name}", args=args)
    text = urlencode({key: value for key, value in query.items() if value})
    return f"{path}{f'?{text}' if text else ''}{f'#{anchor}' if anchor else ''}"


@dataclass(frozen=True)
class Asked:
    """What an address asks of the state: period, what it is set beside, open rows of the tree, and the headline,
    which is empty where the address leaves it to the room.
    """

    period: str
    with_period: str
    headline: str
    opened: tuple[str, ...]
    years: tuple[str, ...]
    with_given: bool = False

    def query(self) -> dict[str, str]:
        """What links carry from page to page: only what differs from what they would show by themselves."""
        return {
            "periods": self.period,
            "ar": self.with_period if self.with_given else "",
            "raditajs": self.headline,
        }

    def tree(self, opened: tuple[str, ...] | None = None) -> dict[str, str]:
        """The same with the open rows of the tree."""
        return {**self.query(), "atvert": ",".join(self.opened if opened is None else opened)}

    def toggled(self, key: str) -> tuple[str, ...]:
        """Open rows after opening or closing one; closing a sector closes what is in it."""
        if key in self.opened:
            return tuple(one for one in self.opened if one != key and not one.startswith(f"{key}."))
        return (*self.opened, key)


def asked(request: HttpRequest) -> Asked | None:
    """What the address asks for; None while nothing was reported of any year."""
    known = indicators.periods_with_figures()
    years = [code for code in known if periods.parse(code).kind in (periods.Kind.YEAR, periods.Kind.FISCAL_YEAR)]
    if not years:
        return None
    wanted, beside = request.GET.get("periods", ""), request.GET.get("ar", "")
    period = wanted if wanted in known else years[-1]
    given = beside in known and beside != period
    return Asked(
        period=period,
        with_period=beside if given else periods.of_last_year(periods.parse(period)).code,
        headline=request.GET.get("raditajs", ""),
        opened=tuple(dict.fromkeys(key for key in request.GET.get("atvert", "").split(",") if key)),
        years=tuple(years),
        with_given=given,
    )


def period_switch(request: HttpRequest, found: Asked, kept: Mapping[str, str] | None = None) -> Switch:
    """The switch of periods beside h1; at most the newest few. What else the page shows stays as it is."""
    rest = found.tree() if kept is None else {**found.query(), **kept}
    return Switch(
        _("Period"),
        tuple(
            Option(
                days.period_short(code, language()),
                f"{request.path}?{urlencode({k: v for k, v in {**rest, 'periods': code, 'ar': ''}.items() if v})}",
                current=code == found.period,
            )
            for code in found.years[-SHOWN_PERIODS:]
        ),
    )


def page_number(request: HttpRequest, total: int) -> int:
    """The page of a long list that the address asks for, within bounds."""
    given = request.GET.get("lapa", "1")
    last = max(1, -(-total // PER_PAGE))
    return min(max(int(given), 1), last) if given.isdecimal() and len(given) < 7 else 1


def several(request: HttpRequest, name: str) -> frozenset[str]:
    """The values of a filter."""
    return frozenset(value for value in request.GET.getlist(name) if value)
