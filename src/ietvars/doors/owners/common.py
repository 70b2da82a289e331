"""What the pages of this door share: the frame, the actor, the services and periods of a request."""

from typing import Any, cast

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ietvars.doors.furniture import days, frame, roles, words
from ietvars.doors.furniture.access import actor_of
from ietvars.doors.furniture.marks import Link
from ietvars.doors.furniture.parts import Option, Switch, with_query
from ietvars.doors.furniture.shown import language
from ietvars.ground.bodies import queries as bodies
from ietvars.ground.people.rules import Actor, Role
from ietvars.ground.periods import rules as periods
from ietvars.ground.terms.rules import pick
from ietvars.institution.indicators import queries as indicators
from ietvars.institution.services import queries as services

STAFF = (Role.SERVICE_OWNER, Role.LIST_APPROVER)


def actor(request: HttpRequest) -> Actor:
    """Who acts; the access declaration has made sure that there is somebody."""
    return cast("Actor", actor_of(request))


def holder_of(code: str) -> int | None:
    """Id of the body that holds a service today, for the access declaration; None when there is no such service."""
    found = services.by_code(code)
    return found.holder_id if found is not None else None


def own_frame(request: HttpRequest, section: str) -> frame.Frame:
    """The frame of this door with the current section marked."""
    who = actor(request)
    body = bodies.by_code(who.body_code)
    short = (pick(body.short, language()) or pick(body.name, language())) if body else ""
    made = frame.Frame(
        door="owners",
        name=gettext_lazy("Holder's workplace"),
        home=reverse("owners:desk"),
        who=f"{words.capital(str(roles.WORDS[who.role]))}, {short}",
        account=(Link(_("Other capacity or sign out"), f"{reverse('capacity')}?all=1"),),
        sections=(
            frame.Section("desk", _("To do"), reverse("owners:desk")),
            frame.Section("services", _("Services"), reverse("owners:services")),
            frame.Section("lists", _("Lists"), reverse("owners:lists")),
            frame.Section("rounds", _("Rounds"), reverse("owners:rounds")),
            frame.Section("deliveries", _("Events"), reverse("owners:deliveries")),
            frame.Section(
                "voices",
                _("Feedback"),
                reverse("owners:feedback"),
                under=(
                    frame.Section("feedback", _("Feedback"), reverse("owners:feedback")),
                    frame.Section("searches", _("Searches without result"), reverse("owners:searches")),
                ),
            ),
        ),
    )
    return made.at(section)


def service_or_404(code: str) -> Any:
    """A service with its holder."""
    found = services.by_code(code)
    if found is None:
        raise Http404
    return found


def chosen_period(request: HttpRequest) -> tuple[str, str, list[str]]:
    """The period of the address, what it is set beside, and all that can be chosen: years, newest last."""
    known = indicators.periods_with_figures()
    years = [code for code in known if periods.parse(code).kind in (periods.Kind.YEAR, periods.Kind.FISCAL_YEAR)]
    wanted = request.GET.get("periods", "")
    period = wanted if wanted in years else (years[-1] if years else "")
    before = (indicators.compared_with(period) or "") if period else ""
    return period, before, years


def period_switch(request: HttpRequest, period: str, years: list[str]) -> Switch:
    """The switch of periods beside h1; at most the five newest."""
    return Switch(
        _("Period"),
        tuple(
            Option(days.period_short(code, language()), with_query(request, periods=code), current=code == period)
            for code in years[-5:]
        ),
    )
