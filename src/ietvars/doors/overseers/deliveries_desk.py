"""How is the state doing, since when, why, compared with whom: month by month, out of the events of all services.

Holders stand in a funnel, never in a league without intervals. Coverage comes first: which services send events, which
are only counted by hand, which are silent.
"""

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

from ietvars.doors.furniture import days, downloads, parts, readings, today
from ietvars.doors.furniture import delivery_figures as figures
from ietvars.doors.furniture import delivery_pages as pages
from ietvars.doors.furniture.charts import Chart, PartOf, PartsOfWhole
from ietvars.doors.furniture.figures import Figure
from ietvars.doors.furniture.frame import crumbs
from ietvars.doors.furniture.marks import Link
from ietvars.doors.furniture.shown import language
from ietvars.doors.furniture.tables import Cell, Column, Row, Table
from ietvars.doors.overseers.common import address, own_frame, readers
from ietvars.ground.bodies import queries as bodies
from ietvars.ground.deployment import queries as deployment
from ietvars.ground.terms.rules import pick
from ietvars.institution.cases import queries as cases
from ietvars.institution.cases.schema import Basis, Scope
from ietvars.institution.deliveries import queries as deliveries
from ietvars.institution.measurements import queries as measurements
from ietvars.institution.services import queries as services
from ietvars.institution.tallies import lines, peers, reasons, watching
from ietvars.institution.tallies import queries as tallies
from ietvars.institution.tallies.lines import Line

BASES = {"izsniegts": Basis.DELIVERED, "atverts": Basis.OPENED}
PEERED = ("on-time", "case-completion", "digital-share")
MOST_NAMED = 12
_SHARES = {sort.code: (sort.hits, sort.n) for sort in lines.SORTS if sort.hits}


@dataclass(frozen=True)
class Desk:
    """All that the page and its files show, read when it is asked for."""

    basis: Basis
    asked: str
    illustrative: bool

    @cached_property
    def known(self) -> pages.Named:
        """Names of indicators and channels."""
        return pages.named()

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Every line of the state."""
        return tallies.scope_lines(Scope.STATE, today=today.today(), basis=self.basis)

    @cached_property
    def line(self) -> Line:
        """The line that is looked at."""
        by_code = {line.code: line for line in self.lines}
        turned = max((line for line in self.lines if line.since), key=lambda line: line.since[-1], default=None)
        first = next((by_code[code] for code in pages.CARDS if code in by_code), self.lines[0])
        return by_code.get(self.asked) or turned or first

    @cached_property
    def fresh(self) -> cases.Freshness:
        """Of what state of the events."""
        return cases.freshness()

    @cached_property
    def months(self) -> list[int]:
        """The last twelve settled months of the line."""
        return [spot.month for spot in pages.settled(self.line)][-pages.YEAR :]

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

    def query(self, **changed: str) -> str:
        """The query of an address of this page."""
        said = {"pec": "" if self.basis is Basis.DELIVERED else "atverts", "raditajs": self.asked, **changed}
        text = urlencode({key: given for key, given in said.items() if given})
        return f"?{text}" if text else ""

    def href(self, indicator: str) -> str:
        """The page with one indicator looked at."""
        return f"{reverse('overseers:deliveries')}{self.query(raditajs=indicator)}#linija"

    def file(self, what: str, kind: str = "csv") -> str:
        """Address of a file of this page."""
        return f"{reverse(f'overseers:deliveries-{kind}')}{self.query(kas=what)}"

    # ---- what it is made of ------------------------------------------------------------------------------------

    def line_chart(self) -> Chart:
        """The line that is looked at."""
        return pages.line_chart(self.line, self.known, _("The state"), code="valsts", illustrative=self.illustrative)

    def overview(self) -> Table:
        """All lines."""
        return pages.overview(self.lines, self.known, self.href, illustrative=self.illustrative)

    def reasons(self, scope: Scope) -> tuple[str, Table] | None:
        """Who brought the change of the line."""
        spans, amounts = pages.spans(self.line), reasons.AMOUNTS.get(self.line.code)
        if spans is None or amounts is None:
            return None

        def parted(span: tuple[int, int]) -> Mapping[Hashable, reasons.Amounts]:
            rows = cases.state_months(basis=self.basis, scope=scope, since=span[0], until=span[1], monthly=False)
            by_channel = scope is Scope.CHANNEL
            return {(row.channel if by_channel else row.holder_id): amounts(row) for row in rows}

        def name(key: Any) -> str:
            if scope is Scope.CHANNEL:
                return self.known.channel(key)
            return self.bodies.get(key, ("", str(key)))[1]

        head = _("Channel") if scope is Scope.CHANNEL else _("Holder")
        code = "valsts-kanali" if scope is Scope.CHANNEL else "valsts-turetaji"
        return pages.why_table(self.line, spans, parted, name, head=head, code=code, illustrative=self.illustrative)

    def funnel(self) -> Chart | None:
        """Holders about their pooled share."""
        by_code = {line.code: line for line in self.lines}
        for code in (self.line.code, *PEERED):
            months = [spot.month for spot in pages.settled(by_code[code])][-pages.YEAR :] if code in by_code else []
            if code not in _SHARES or not months:
                continue
            hits, n = _SHARES[code]
            rows = cases.state_months(
                basis=by_code[code].basis, scope=Scope.HOLDER, since=months[0], until=months[-1], monthly=False
            )
            found = peers.funnel([_peer(row, hits, n) for row in rows])
            if found is not None:
                return figures.funnel_chart(
                    found,
                    {pk: name for pk, (_code, name) in self.bodies.items()},
                    code="valsts-piltuve",
                    title=_("%(figure)s: holders side by side") % {"figure": self.known.indicator(code)},
                    head=_("Holder"),
                    href=lambda key: address("body", self.bodies[key][0]) if key in self.bodies else "",
                    illustrative=self.illustrative,
                )
        return None

    @cached_property
    def covered(self) -> dict[str, frozenset[int]]:
        """Published services by what is known of them: events, counts by hand only, nothing."""
        rows = cases.months(by=("service",), monthly=False, quantiles=False)
        events = frozenset(row.service_id for row in rows if row.service_id) & self.services.keys()
        counted = frozenset(measurements.newest_periods(self.services)) & self.services.keys() - events
        return {"events": events, "counts": counted, "nothing": frozenset(self.services) - events - counted}

    def coverage(self) -> PartsOfWhole:
        """How full the picture is."""
        found = self.covered
        told = _("Of %(all)s services %(events)s send events.") % {
            "all": len(self.services), "events": len(found["events"]),
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
    basis = BASES.get(request.GET.get("pec", ""), Basis.DELIVERED)
    return Desk(basis, request.GET.get("raditajs", ""), deployment.is_sample())


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
    chart, funnel, mix, spans = desk.line_chart(), desk.funnel(), desk.mix(), pages.spans(desk.line)
    worse = desk.worse()
    return render(
        request,
        "overseers/deliveries.html",
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
                permanent=desk.href(desk.line.code),
                how=pages.how(desk.line, desk.known, desk.fresh),
                alone=True,
            ),
            "by_mean": desk.line.code in reasons.BY_MEAN,
            "overview": desk.overview(),
            "overview_csv": desk.file("raditaji"),
            "overview_json": desk.file("raditaji", "json"),
            "spans": spans.said if spans else "",
            "why": [one for one in (desk.reasons(Scope.HOLDER), desk.reasons(Scope.CHANNEL)) if one],
            "funnel": pages.alone(funnel, desk.file("piltuve"), desk.file("piltuve", "json")),
            "mix": pages.alone(mix, desk.file("kanali"), desk.file("kanali", "json")),
            "worse": pages.first_rows(worse, MOST_NAMED),
            "worse_count": len(worse.rows) if worse else 0,
            "worse_csv": desk.file("sliktak"),
            "coverage_csv": desk.file("parklajums"),
            "is_illustrative": desk.illustrative,
            "data_as_of": desk.fresh.made_at,
        },
    )


def _switch(desk: Desk) -> parts.Switch:
    place = reverse("overseers:deliveries")
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


def _covered_table(desk: Desk) -> Table:
    said = {"events": _("send events"), "counts": _("are counted by hand only"), "nothing": _("nothing is known of")}
    return Table(
        code="valsts-parklajums",
        caption=_("How full the picture is"),
        columns=(Column(_("Service"), "service"), Column(_("Title"), "title"), Column(_("What is known"), "known")),
        rows=tuple(
            Row((desk.services[pk][0], desk.services[pk][1], said[what]))
            for what, found in desk.covered.items()
            for pk in sorted(found)
        ),
    )


_FILES: Mapping[str, Callable[[Desk], Chart | Table | None]] = {
    "linija": Desk.line_chart, "raditaji": Desk.overview, "piltuve": Desk.funnel, "kanali": Desk.mix,
    "sliktak": Desk.worse, "parklajums": _covered_table,
}  # fmt: skip


def _file(request: HttpRequest) -> tuple[Chart | Table, str]:
    desk, what = _desk(request), request.GET.get("kas", "linija")
    if what not in _FILES:
        raise Http404
    # Before the first event a file is an empty table, and no fault of whoever asks for it.
    made = _FILES[what](desk) if desk.lines else desk.overview()
    if made is None:
        raise Http404
    return made, f"valsts-{what}"


@readers
@require_GET
def page_csv(request: HttpRequest) -> HttpResponseBase:
    """A chart or table of the page as a file."""
    return downloads.csv(*_file(request))


@readers
@require_GET
def page_json(request: HttpRequest) -> HttpResponse:
    """A chart or table of the page as a document."""
    return downloads.json(_file(request)[0])
