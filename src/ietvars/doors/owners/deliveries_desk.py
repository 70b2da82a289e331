"""How are we doing, since when, why, compared with whom: a service of its owner month by month, out of its events.

Beside the counts from events stand those that the institution has reported by hand, each with its source.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ietvars.doors.furniture import days, delivery_desk, downloads, parts, today
from ietvars.doors.furniture import delivery_figures as figures
from ietvars.doors.furniture import delivery_pages as pages
from ietvars.doors.furniture.access import access, over_body
from ietvars.doors.furniture.charts import Chart
from ietvars.doors.furniture.figures import Figure
from ietvars.doors.furniture.frame import crumbs
from ietvars.doors.furniture.marks import Link, State, Value
from ietvars.doors.furniture.shown import language
from ietvars.doors.furniture.tables import Column, Row, Table
from ietvars.doors.owners.common import STAFF, holder_of, own_frame, service_or_404
from ietvars.ground.bodies import queries as bodies
from ietvars.ground.periods import rules as periods
from ietvars.ground.terms import queries as terms
from ietvars.ground.terms.rules import pick
from ietvars.institution.cases import queries as cases
from ietvars.institution.cases.schema import Basis
from ietvars.institution.deliveries import queries as deliveries
from ietvars.institution.measurements import queries as measurements
from ietvars.institution.services import queries as services
from ietvars.institution.tallies import queries as tallies
from ietvars.institution.tallies.lines import Line

over_own = access(over_body(*STAFF, body_from="code", body_of=holder_of))

BY_HAND = ("requests", "results", "backlog")
SHOWN_BY_HAND = 8


@dataclass(frozen=True)
class Desk(delivery_desk.Desk):
    """The desk of one service."""

    service: Any

    route: ClassVar[str] = "owners:service-deliveries"

    @property
    def code(self) -> str:
        """The service's code."""
        return str(self.service.code)

    @property
    def title(self) -> str:
        """The service's title."""
        return pick(self.service.title, language())

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Every line of the service on the chosen basis."""
        return tallies.service_lines(self.service.pk, today=today.today(), basis=self.basis)

    def place(self, kind: str = "") -> str:
        """Address of the page of this service, or of its files of a kind."""
        return reverse(f"{self.route}-{kind}" if kind else self.route, args=[self.code])

    def files(self) -> dict[str, delivery_desk.Make]:
        """Besides what every desk gives: like services, steps, and those who wait."""
        return {
            **super().files(),
            "lidzigie": self.funnel,
            "soli": self.steps,
            "gaida": self._waiting_curve,
        }

    @cached_property
    def _cubes(self) -> dict[Basis, list[cases.Month]]:
        return {}

    def cube(self, basis: Basis) -> list[cases.Month]:
        """Sums of the service by month, channel and provider: read once, and added up for each part of the page."""
        if basis not in self._cubes:
            self._cubes[basis] = cases.months(
                [self.service.pk], basis=basis, by=("channel", "provider"), quantiles=False
            )
        return self._cubes[basis]

    # ---- what it is made of ------------------------------------------------------------------------------------

    def reasons(self, by: str) -> tuple[str, Table] | None:
        """Who brought the change of the line, by channel or by provider."""

        def rows(since: int, until: int) -> Iterable[cases.Month]:
            return (row for row in self.cube(self.basis) if since <= row.month <= until)

        if by == "channel":
            return self.why(rows, "channel", self.known.channel, head=_("Channel"), code=f"{self.code}-{by}")
        return self.why(rows, "provider_id", self._body, head=_("Provider"), code=f"{self.code}-{by}")

    def _body(self, number: Any) -> str:
        return self._bodies.get(number, str(number))

    @cached_property
    def _bodies(self) -> dict[int, str]:
        return {pk: pick(name, language()) for pk, name in bodies.all_bodies().values_list("pk", "name")}

    def waiting(self) -> Figure | None:
        """Those who still wait."""
        found = tallies.waiting(self.service.pk)
        return figures.waiting_figure(found, code=self.code, csv=self.file("gaida"), illustrative=self.illustrative)

    def _waiting_curve(self) -> Chart | None:
        figure = self.waiting()
        return figure.chart if figure else None

    def funnel(self, most: int | None = None) -> Chart | None:
        """Like services, about their pooled share over the last twelve settled months; at `most` so many of them."""
        like = tallies.like(self.service.pk)
        for line, since, until in self.shares():
            found = tallies.funnel(line.code, like, since=since, until=until, basis=line.basis)
            if found is not None and any(one.key == self.service.pk for one in found.peers):
                shown: list[Any] = [one.key for one in figures.drawn(found.peers, self.service.pk, most)]
                titles = services.published().filter(pk__in=shown).values_list("pk", "title")
                return figures.funnel_chart(
                    found,
                    {pk: pick(title, language()) for pk, title in titles},
                    code=f"{self.code}-lidzigie",
                    title=_("%(figure)s: services of like kind") % {"figure": self.known.indicator(line.code)},
                    head=_("Service"),
                    own=self.service.pk,
                    illustrative=self.illustrative,
                    most=most,
                )
        return None

    def mix(self) -> Chart | None:
        """Requests by channel."""
        return figures.mix_chart(self.cube(Basis.OPENED), self.known, code=self.code, illustrative=self.illustrative)

    def steps(self) -> Chart | None:
        """How far cases came that opened in the last twelve months."""
        months = [spot.month for spot in self.lines[0].spots]
        since = months[max(0, len(months) - pages.YEAR)]
        begun = sum(row.cases for row in self.cube(Basis.OPENED) if row.month >= since)
        names = {one.pk: pick(one.title, language()) or one.code for one in deliveries.steps([self.service.pk])}
        found = cases.steps([self.service.pk], since=since)
        return figures.steps_chart(found, begun, names, code=self.code, illustrative=self.illustrative)

    def by_hand(self) -> Table | None:
        """What was reported by hand, beside what events say of the same period."""
        rows = [
            row for row in measurements.cells(self.service.pk, BY_HAND)
            if not row.channel and not row.stage and row.edition.source != "deliveries"
        ]  # fmt: skip
        if not rows:
            return None
        counted = self._counted()
        labels = terms.labels("quantities")["quantities"]
        said = language()
        return Table(
            code=f"{self.code}-ar-roku",
            caption=_("Reported by hand, beside events"),
            columns=(
                Column(_("Period"), "period"),
                Column(_("Quantity"), "quantity"),
                Column(_("Reported"), "reported", values=True),
                Column(_("From events"), "events", values=True),
                Column(_("Source"), "source"),
            ),
            rows=tuple(
                Row(
                    (
                        days.period_short(row.period, said),
                        pick(labels.get(row.quantity, {}), said) or row.quantity,
                        Value(row.value) if row.value is not None else Value(state=State(row.state), raw=row.raw),
                        self._of_period(counted, row.quantity, row.period),
                        f"{row.edition.code}",
                    )
                )
                for row in rows[:SHOWN_BY_HAND]
            ),
            scroll=_("Reported by hand, beside events"),
            illustrative=self.illustrative,
        )

    def _counted(self) -> Mapping[str, Mapping[int, int]]:
        found: dict[str, dict[int, int]] = defaultdict(dict)
        for basis, quantity, column in (
            (Basis.OPENED, "requests", "cases"),
            (Basis.DELIVERED, "results", "delivered"),
        ):
            for row in self.cube(basis):
                found[quantity][row.month] = found[quantity].get(row.month, 0) + getattr(row, column)
        return found

    def _of_period(self, counted: Mapping[str, Mapping[int, int]], quantity: str, period: str) -> Value:
        span = periods.parse(period)
        first, last = (day.year * 100 + day.month for day in (span.start, span.end))
        known = counted.get(quantity, {})
        wanted = [number for month, number in known.items() if first <= month <= last]
        if not wanted or min(known) > first:
            return Value(state=State.MISSING if quantity in counted else State.NOT_ASKED)
        return Value(sum(wanted))


def _desk(request: HttpRequest, code: str) -> Desk:
    return Desk(*delivery_desk.asked_of(request), service_or_404(code))


@over_own
@require_GET
def page(request: HttpRequest, code: str) -> HttpResponse:
    """The page of a service; where no events came it says how to begin."""
    desk = _desk(request, code)
    context: dict[str, Any] = {
        "frame": own_frame(request, "services"),
        "title": desk.title,
        "holder": pick(desk.service.holder_name, language()),
        "service": desk.service,
        "crumbs": crumbs(
            (_("Services"), reverse("owners:services")),
            (desk.title, reverse("owners:service", args=[code])),
            _("How are we doing"),
        ),
        "by_hand": desk.by_hand(),
    }
    if not desk.lines:
        return render(request, "owners/deliveries_desk.html", context | {"empty": _empty()})
    flow = reverse("owners:flow", args=[code])
    return render(
        request,
        "owners/deliveries_desk.html",
        context
        | desk.context(behind=pages.flow_link(flow))
        | {
            "why": [one for one in (desk.reasons("channel"), desk.reasons("provider")) if one],
            "waiting": desk.waiting(),
            "funnel": desk.alone(desk.funnel(figures.DRAWN), "lidzigie"),
            "steps": _steps(desk, desk.steps(), flow),
            "flow": flow,
        },
    )


def _steps(desk: Desk, chart: Chart | None, flow: str) -> Figure | None:
    if chart is None:
        return None
    return Figure(
        title=chart.title,
        about=chart.finding,
        chart=chart,
        csv=desk.file("soli"),
        json=desk.file("soli", "json"),
        behind=pages.flow_link(flow),
    )


def _empty() -> parts.Empty:
    return parts.Empty(
        _("No events have come of this service yet"),
        _(
            "Once your system sends an event for each step of a case, this page shows how long people wait, since when "
            "and why, and nobody fills in tables. Until then counts can be reported in rounds."
        ),
        action=Link(_("How to send events"), reverse("public:data")),
        level=2,
    )


@over_own
@require_GET
def page_csv(request: HttpRequest, code: str) -> HttpResponseBase:
    """A chart or table of the page as a file."""
    return downloads.csv(*_desk(request, code).asked_file(request))


@over_own
@require_GET
def page_json(request: HttpRequest, code: str) -> HttpResponse:
    """A chart or table of the page as a document."""
    return downloads.json(_desk(request, code).asked_file(request)[0])
