"""How are we doing, since when, why, compared with whom: a service of its owner month by month, out of its events.

Beside the counts from events stand those that the institution has reported by hand, each with its source.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ietvars.doors.furniture import days, downloads, parts, today
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
from ietvars.ground.deployment import queries as deployment
from ietvars.ground.periods import rules as periods
from ietvars.ground.terms import queries as terms
from ietvars.ground.terms.rules import pick
from ietvars.institution.cases import queries as cases
from ietvars.institution.cases.schema import Basis
from ietvars.institution.deliveries import queries as deliveries
from ietvars.institution.measurements import queries as measurements
from ietvars.institution.services import queries as services
from ietvars.institution.tallies import queries as tallies
from ietvars.institution.tallies import reasons
from ietvars.institution.tallies.lines import Line

over_own = access(over_body(*STAFF, body_from="code", body_of=holder_of))

BASES = {"izsniegts": Basis.DELIVERED, "atverts": Basis.OPENED}
PEERED = ("on-time", "case-completion", "digital-share")
"""Shares by which like services are set side by side, the first that can be."""
BY_HAND = ("requests", "results", "backlog")
SHOWN_BY_HAND = 8


@dataclass(frozen=True)
class Desk:
    """All that the page and its files show, read when it is asked for."""

    service: Any
    basis: Basis
    asked: str
    illustrative: bool

    @property
    def code(self) -> str:
        """The service's code."""
        return str(self.service.code)

    @cached_property
    def known(self) -> pages.Named:
        """Names of indicators and channels."""
        return pages.named()

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Every line of the service on the chosen basis."""
        return tallies.service_lines(self.service.pk, today=today.today(), basis=self.basis)

    @cached_property
    def line(self) -> Line:
        """The line that is looked at: the asked one, else the first that a card would show."""
        by_code = {line.code: line for line in self.lines}
        wanted = by_code.get(self.asked)
        turned = max((line for line in self.lines if line.since), key=lambda line: line.since[-1], default=None)
        return wanted or turned or next((by_code[code] for code in pages.CARDS if code in by_code), self.lines[0])

    @cached_property
    def fresh(self) -> cases.Freshness:
        """Of what state of the events."""
        return cases.freshness()

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

    @property
    def title(self) -> str:
        """The service's title."""
        return pick(self.service.title, language())

    def query(self, **changed: str) -> str:
        """The query of an address of this page; what it would show by itself is left out."""
        basis = next(name for name, one in BASES.items() if one is self.basis)
        said = {"pec": "" if self.basis is Basis.DELIVERED else basis, "raditajs": self.asked, **changed}
        text = urlencode({key: given for key, given in said.items() if given})
        return f"?{text}" if text else ""

    def href(self, indicator: str) -> str:
        """The page with one indicator looked at."""
        return f"{reverse('owners:service-deliveries', args=[self.code])}{self.query(raditajs=indicator)}#linija"

    def file(self, what: str, kind: str = "csv") -> str:
        """Address of a file of this page."""
        return f"{reverse(f'owners:service-deliveries-{kind}', args=[self.code])}{self.query(kas=what)}"

    # ---- what it is made of ------------------------------------------------------------------------------------

    def line_chart(self) -> Chart:
        """The line that is looked at."""
        return pages.line_chart(self.line, self.known, self.title, code=self.code, illustrative=self.illustrative)

    def overview(self) -> Table:
        """All lines."""
        return pages.overview(self.lines, self.known, self.href, illustrative=self.illustrative)

    def reasons(self, by: str) -> tuple[str, Table] | None:
        """Who brought the change of the line, by channel or by provider."""
        spans, amounts = pages.spans(self.line), reasons.AMOUNTS.get(self.line.code)
        if spans is None or amounts is None:
            return None

        key = "channel" if by == "channel" else "provider_id"

        def parted(span: tuple[int, int]) -> Mapping[Hashable, reasons.Amounts]:
            found: dict[Hashable, reasons.Amounts] = {}
            for row in self.cube(self.basis):
                if span[0] <= row.month <= span[1]:
                    above, below = amounts(row)
                    held = found.get(getattr(row, key), (0, 0))
                    found[getattr(row, key)] = (held[0] + above, held[1] + below)
            return found

        return pages.why_table(
            self.line,
            spans,
            parted,
            self.known.channel if by == "channel" else self._body,
            head=_("Channel") if by == "channel" else _("Provider"),
            code=f"{self.code}-{by}",
            illustrative=self.illustrative,
        )

    def _body(self, number: Any) -> str:
        return self._bodies.get(number, str(number))

    @cached_property
    def _bodies(self) -> dict[int, str]:
        return {pk: pick(name, language()) for pk, name in bodies.all_bodies().values_list("pk", "name")}

    def waiting(self) -> Figure | None:
        """Those who still wait."""
        found = tallies.waiting(self.service.pk)
        return figures.waiting_figure(found, code=self.code, csv=self.file("gaida"), illustrative=self.illustrative)

    def funnel(self) -> Chart | None:
        """Like services, about their pooled share over the last twelve settled months."""
        by_code = {line.code: line for line in self.lines}
        codes = (self.line.code, *PEERED) if self.line.code in tallies.FUNNELS else PEERED
        for code in codes:
            months = [spot.month for spot in pages.settled(by_code[code])] if code in by_code else []
            if not months:
                continue
            like = tallies.like(self.service.pk)
            found = tallies.funnel(
                code, like, since=months[max(0, len(months) - pages.YEAR)], until=months[-1], basis=by_code[code].basis
            )
            if found is not None and any(one.key == self.service.pk for one in found.peers):
                titles = services.published().filter(pk__in=like).values_list("pk", "title")
                return figures.funnel_chart(
                    found,
                    {pk: pick(title, language()) for pk, title in titles},
                    code=f"{self.code}-lidzigie",
                    title=_("%(figure)s: services of like kind") % {"figure": self.known.indicator(code)},
                    head=_("Service"),
                    own=self.service.pk,
                    illustrative=self.illustrative,
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
    basis = BASES.get(request.GET.get("pec", ""), Basis.DELIVERED)
    return Desk(service_or_404(code), basis, request.GET.get("raditajs", ""), deployment.is_sample())


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
    by_channel, by_provider = desk.reasons("channel"), desk.reasons("provider")
    spans = pages.spans(desk.line)
    flow = reverse("owners:flow", args=[code])
    chart, funnel, mix, steps = desk.line_chart(), desk.funnel(), desk.mix(), desk.steps()
    return render(
        request,
        "owners/deliveries_desk.html",
        context
        | {
            "sentence": pages.sentence(desk.lines, desk.known),
            "switch": _switch(desk),
            "fresh": pages.freshness_words(desk.fresh),
            "cards": pages.cards(desk.lines, desk.known, desk.href),
            "line": Figure(
                title=desk.known.indicator(desk.line.code),
                about=chart.finding,
                chart=chart,
                csv=desk.file("linija"),
                json=desk.file("linija", "json"),
                behind=pages.flow_link(flow),
                permanent=desk.href(desk.line.code),
                how=pages.how(desk.line, desk.known, desk.fresh),
                alone=True,
            ),
            "by_mean": desk.line.code in reasons.BY_MEAN,
            "overview": desk.overview(),
            "overview_csv": desk.file("raditaji"),
            "overview_json": desk.file("raditaji", "json"),
            "spans": spans.said if spans else "",
            "why": [one for one in (by_channel, by_provider) if one],
            "waiting": desk.waiting(),
            "funnel": pages.alone(funnel, desk.file("lidzigie"), desk.file("lidzigie", "json")),
            "mix": pages.alone(mix, desk.file("kanali"), desk.file("kanali", "json")),
            "steps": _steps(desk, steps, flow),
            "flow": flow,
            "is_illustrative": desk.illustrative,
            "data_as_of": desk.fresh.made_at,
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


def _switch(desk: Desk) -> parts.Switch:
    place = reverse("owners:service-deliveries", args=[desk.code])
    return parts.Switch(
        _("Counted by"),
        (
            parts.Option(
                _("month of the result"), f"{place}{desk.query(pec='')}", current=desk.basis is Basis.DELIVERED
            ),
            parts.Option(
                _("month of opening"), f"{place}{desk.query(pec='atverts')}", current=desk.basis is Basis.OPENED
            ),
        ),
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


_FILES: Mapping[str, Callable[[Desk], Chart | Table | None]] = {
    "linija": Desk.line_chart, "raditaji": Desk.overview, "lidzigie": Desk.funnel, "kanali": Desk.mix,
    "soli": Desk.steps,
}  # fmt: skip


def _file(request: HttpRequest, code: str) -> tuple[Chart | Table, str]:
    desk, what = _desk(request, code), request.GET.get("kas", "linija")
    made: Chart | Table | None = None
    if what in _FILES:
        # Before the first event a file is an empty table, and no fault of whoever asks for it.
        made = _FILES[what](desk) if desk.lines else desk.overview()
    if what == "gaida" and (figure := desk.waiting()) is not None:
        made = figure.chart
    if made is None:
        raise Http404
    return made, f"{code}-{what}"


@over_own
@require_GET
def page_csv(request: HttpRequest, code: str) -> HttpResponseBase:
    """A chart or table of the page as a file."""
    return downloads.csv(*_file(request, code))


@over_own
@require_GET
def page_json(request: HttpRequest, code: str) -> HttpResponse:
    """A chart or table of the page as a document."""
    return downloads.json(_file(request, code)[0])
