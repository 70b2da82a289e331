"""How is the state doing, since when, why, compared with whom: month by month, out of the events of all services.

Holders stand in a funnel, never in a league without intervals. Coverage comes first: which services send events, which
are only counted by hand, which are silent.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ietvars.doors.furniture import days, delivery_desk, downloads, parts, readings, today
from ietvars.doors.furniture import delivery_figures as figures
from ietvars.doors.furniture import delivery_pages as pages
from ietvars.doors.furniture.charts import Chart, PartOf, PartsOfWhole
from ietvars.doors.furniture.frame import crumbs
from ietvars.doors.furniture.marks import Link
from ietvars.doors.furniture.shown import language
from ietvars.doors.furniture.tables import Cell, Column, Row, Table
from ietvars.doors.overseers.common import address, own_frame, readers
from ietvars.ground.bodies import queries as bodies
from ietvars.ground.terms.rules import pick
from ietvars.institution.cases import queries as cases
from ietvars.institution.cases.schema import Basis, Scope
from ietvars.institution.deliveries import queries as deliveries
from ietvars.institution.measurements import queries as measurements
from ietvars.institution.services import queries as services
from ietvars.institution.tallies import peers, watching
from ietvars.institution.tallies import queries as tallies
from ietvars.institution.tallies.lines import Line

MOST_NAMED = 12


@dataclass(frozen=True)
class Desk(delivery_desk.Desk):
    """The desk of the whole state."""

    route: ClassVar[str] = "overseers:deliveries"

    @property
    def code(self) -> str:
        """The state is called so in files."""
        return "valsts"

    @property
    def title(self) -> str:
        """The state."""
        return _("The state")

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Every line of the state."""
        return tallies.scope_lines(Scope.STATE, today=today.today(), basis=self.basis)

    def files(self) -> dict[str, delivery_desk.Make]:
        """Besides what every desk gives: holders, services that do worse, coverage."""
        return {
            **super().files(),
            "piltuve": self.funnel,
            "sliktak": self.worse,
            "parklajums": self.covered_table,
        }

    @cached_property
    def bodies(self) -> dict[int, tuple[str, str]]:
        """Id to code and name of each body."""
        said = language()
        return {
            pk: (code, pick(name, said)) for pk, code, name in bodies.all_bodies().values_list("pk", "code", "name")
        }

    @cached_property
    def services(self) -> dict[int, tuple[str, str, str]]:
        """Id to code, title and holder of each published service."""
        said = language()
        found = services.published().with_holder().only("pk", "code", "title")
        return {one.pk: (one.code, pick(one.title, said), pick(one.holder_name or {}, said)) for one in found}

    # ---- what it is made of ------------------------------------------------------------------------------------

    def reasons(self, scope: Scope) -> tuple[str, Table] | None:
        """Who brought the change of the line: holders or channels."""

        def rows(since: int, until: int) -> Iterable[cases.Month]:
            return cases.state_months(basis=self.basis, scope=scope, since=since, until=until, monthly=False)

        if scope is Scope.CHANNEL:
            return self.why(rows, "channel", self.known.channel, head=_("Channel"), code="valsts-kanali")
        return self.why(rows, "holder_id", self._holder, head=_("Holder"), code="valsts-turetaji")

    def _holder(self, number: Any) -> str:
        return self.bodies.get(number, ("", str(number)))[1]

    def funnel(self, most: int | None = None) -> Chart | None:
        """Holders about their pooled share."""
        for line, since, until in self.shares():
            sort = tallies.FUNNELS[line.code]
            rows = cases.state_months(basis=line.basis, scope=Scope.HOLDER, since=since, until=until, monthly=False)
            found = peers.funnel([_peer(row, sort.hits, sort.n) for row in rows])
            if found is not None:
                return figures.funnel_chart(
                    found,
                    {pk: name for pk, (_code, name) in self.bodies.items()},
                    code="valsts-piltuve",
                    title=_("%(figure)s: holders side by side") % {"figure": self.known.indicator(line.code)},
                    head=_("Holder"),
                    href=lambda key: address("body", self.bodies[key][0]) if key in self.bodies else "",
                    illustrative=self.illustrative,
                    most=most,
                )
        return None

    @cached_property
    def covered(self) -> dict[str, frozenset[int]]:
        """Published services by what is known of them: events, counts by hand only, nothing."""
        every = frozenset(services.published().values_list("pk", flat=True))
        events = tallies.services_with_cases() & every
        counted = frozenset(measurements.newest_periods(every)) & every - events
        return {"events": events, "counts": counted, "nothing": every - events - counted}

    def coverage(self) -> PartsOfWhole:
        """How full the picture is."""
        found = self.covered
        told = _("Of %(all)s services %(events)s send events.") % {
            "all": sum(map(len, found.values())), "events": len(found["events"]),
        }  # fmt: skip
        return PartsOfWhole(
            code="valsts-parklajums",
            title=_("How full the picture is"),
            finding=told,
            unit=_("services"),
            parts=(
                PartOf(_("send events"), len(found["events"]), "f1"),
                PartOf(_("are counted by hand only"), len(found["counts"]), "f-soft"),
                PartOf(_("nothing is known of"), len(found["nothing"]), "f-none"),
            ),
        )

    def covered_table(self) -> Table:
        """Each service and what is known of it."""
        said = {
            "events": _("send events"), "counts": _("are counted by hand only"), "nothing": _("nothing is known of"),
        }  # fmt: skip
        return Table(
            code="valsts-parklajums",
            caption=_("How full the picture is"),
            columns=(Column(_("Service"), "service"), Column(_("Title"), "title"), Column(_("What is known"), "known")),
            rows=tuple(
                Row((self.services[pk][0], self.services[pk][1], said[what]))
                for what, found in self.covered.items()
                for pk in sorted(found)
            ),
        )

    def worse(self) -> Table | None:
        """Services of which a figure is clearly worse, the newest first, with since when."""
        found = [
            one
            for one in watching.turned() or ()
            if one.service_id in self.services and self.known.is_better(one.code, one.after - one.before) is False
        ]
        if not found:
            return None
        return Table(
            code="valsts-sliktak",
            caption=_("Services that do worse"),
            columns=(
                Column(_("Service"), "service"),
                Column(_("Figure"), "figure"),
                Column(_("Before"), "before", values=True),
                Column(_("Now"), "now", values=True),
                Column(_("Since when"), "since"),
            ),
            rows=tuple(
                Row(
                    (
                        Cell(
                            self.services[one.service_id][1],
                            href=address("flow", self.services[one.service_id][0]),
                            under=self.services[one.service_id][2],
                        ),
                        Cell(self.known.indicator(one.code), under=readings.unit(one.unit)),
                        pages.unit_value(one.unit, round(one.before, 3)),
                        pages.unit_value(one.unit, round(one.after, 3)),
                        pages.month_words(one.since),
                    )
                )
                for one in found
            ),
            scroll=_("Services that do worse"),
            illustrative=self.illustrative,
        )

    def mix(self) -> Chart | None:
        """Requests by channel."""
        rows = cases.state_months(basis=Basis.OPENED, scope=Scope.CHANNEL)
        return figures.mix_chart(rows, self.known, code="valsts", illustrative=self.illustrative)

    def senders(self) -> Table | None:
        """Who sends, and when he last did."""
        rows = [
            Row(
                (
                    Cell(one.title, under=one.code),
                    self.bodies.get(one.body_id, ("", ""))[1],
                    days.moment_in_table(one.last_used_at, language()) if one.last_used_at else _("never yet"),
                    _("withdrawn") if one.revoked_at else _("open"),
                )
            )
            for one in deliveries.senders()
        ]
        if not rows:
            return None
        return Table(
            code="valsts-sutitaji",
            caption=_("Who sends events"),
            columns=(
                Column(_("Sender"), "sender"),
                Column(_("Institution"), "body"),
                Column(_("Last call"), "last"),
                Column(_("Access"), "access"),
            ),
            rows=tuple(rows),
            scroll=_("Who sends events"),
        )


def _peer(row: cases.Month, hits: str, n: str) -> peers.Peer:
    of = row.delivered + row.dropped if n == "ended" else getattr(row, n)
    return peers.Peer(row.holder_id, min(getattr(row, hits), of), of)


def _desk(request: HttpRequest) -> Desk:
    return Desk(*delivery_desk.asked_of(request))


@readers
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The page of the state; where no events came it says how to begin."""
    desk = _desk(request)
    context: dict[str, Any] = {
        "frame": own_frame(request, "deliveries"),
        "crumbs": crumbs((_("The state"), address("state")), _("Deliveries")),
        "coverage": desk.coverage(),
        "senders": desk.senders(),
    }
    if not desk.lines:
        empty = parts.Empty(
            _("No events have come yet"),
            _("Once institutions send events, the state stands here month by month: since when, and why."),
            action=Link(_("How to send events"), reverse("public:data")),
            level=2,
        )
        return render(request, "overseers/deliveries.html", context | {"empty": empty})
    worse = desk.worse()
    return render(
        request,
        "overseers/deliveries.html",
        context
        | desk.context()
        | {
            "why": [one for one in (desk.reasons(Scope.HOLDER), desk.reasons(Scope.CHANNEL)) if one],
            "funnel": desk.alone(desk.funnel(figures.DRAWN), "piltuve"),
            "worse": pages.first_rows(worse, MOST_NAMED),
            "worse_count": len(worse.rows) if worse else 0,
            "worse_csv": desk.file("sliktak"),
            "coverage_csv": desk.file("parklajums"),
        },
    )


@readers
@require_GET
def page_csv(request: HttpRequest) -> HttpResponseBase:
    """A chart or table of the page as a file."""
    return downloads.csv(*_desk(request).asked_file(request))


@readers
@require_GET
def page_json(request: HttpRequest) -> HttpResponse:
    """A chart or table of the page as a document."""
    return downloads.json(_desk(request).asked_file(request)[0])
