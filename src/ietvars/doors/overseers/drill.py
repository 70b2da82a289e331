"""Further down: one sector or institution, one service, one series. Views translate; rooms decide."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ietvars.doors.furniture import downloads, indicator_pages, series_pages
from ietvars.doors.furniture.figures import Figure
from ietvars.doors.furniture.frame import Crumb, crumbs
from ietvars.doors.furniture.shown import language
from ietvars.doors.furniture.tables import Table
from ietvars.doors.overseers import found as presented
from ietvars.doors.overseers import ledger as ledger_words
from ietvars.doors.overseers import pictures
from ietvars.doors.overseers.common import Asked, actor, address, asked, own_frame, period_switch, readers
from ietvars.doors.overseers.views import asked_or_404, empty, picture, updated
from ietvars.ground.bodies import queries as bodies
from ietvars.ground.people.rules import may
from ietvars.ground.terms.rules import pick
from ietvars.institution.indicators import queries as indicators
from ietvars.institution.services import queries as services
from ietvars.oversight.aggregates import queries, rules
from ietvars.oversight.initiatives import queries as ledger
from ietvars.oversight.initiatives import rules as ledger_rules

# ---- one sector or institution ----------------------------------------------------------------------------------


@readers
@require_GET
def body(request: HttpRequest, code: str) -> HttpResponse:
    """A sector or an institution: its indicators by their rules, its services, what was found about it."""
    place = bodies.by_code(code)
    if place is None:
        raise Http404
    found = asked(request)
    if found is None:
        return empty(request, "state")
    seen = picture(found)
    leaves, is_sector = _inside(request, seen, code)
    kept = {"nozare": code} if is_sector else {"iestade": code}
    totals = rules.totals(leaves, seen.requests)
    query = {**found.query(), "limenis": request.GET.get("limenis", "")}
    return render(
        request,
        "overseers/body.html",
        {
            "frame": own_frame(request, "state", found),
            "crumbs": _path(found, leaves, pick(place.name, language()), is_sector=is_sector),
            "kicker": _("Sector") if is_sector else _("Institution"),
            "name": pick(place.name, language()),
            "period": found.period,
            "switch": period_switch(request, found, {"limenis": query["limenis"]}),
            "totals": totals,
            "sentence": pictures.sentence(seen, totals),
            "coverage": pictures.coverage(found, totals, **kept),
            "indicators": pictures.indicators_table(found, seen, queries.by_indicator(seen, leaves), kept),
            "services": pictures.services_table(found, seen, rules.behind(leaves, rules.Wanted())),
            "headline": pick(seen.headline.name, language()),
            "findings": presented.table(found, body_ids={leaf.institution.body_id for leaf in leaves} | {place.pk}),
            "findings_href": address("findings", **found.query(), turetajs="" if is_sector else code),
            "initiatives": ledger_words.table(
                ledger.initiatives(body_ids={leaf.institution.body_id for leaf in leaves} | {place.pk})
            ),
            "csv": address("body-csv", code, **query),
            "json": address("body-json", code, **query),
            "services_csv": address("services-csv", **found.query(), **kept),
            "services_json": address("services-json", **found.query(), **kept),
            "data_as_of": updated(found),
        },
    )


def _inside(request: HttpRequest, seen: queries.Picture, code: str) -> tuple[tuple[rules.Leaf, ...], bool]:
    """The services of a sector; or of the institution alone, when it heads none or the address says so."""
    in_sector = tuple(leaf for leaf in seen.leaves if leaf.sector.code == code)
    if in_sector and request.GET.get("limenis") != "iestade":
        return in_sector, True
    return tuple(leaf for leaf in seen.leaves if leaf.institution.code == code), False


def _path(found: Asked, leaves: tuple[rules.Leaf, ...], name: str, *, is_sector: bool) -> tuple[Crumb, ...]:
    top = (_("The state"), address("state", **found.query()))
    sector = None if is_sector or not leaves else leaves[0].sector
    if sector is None:
        return crumbs(top, name)
    return crumbs(top, (pick(sector.name, language()), address("body", sector.code, **found.query())), name)


@readers
@require_GET
def body_csv(request: HttpRequest, code: str) -> HttpResponseBase:
    """The indicators of the body as a file."""
    return downloads.csv(_body_table(request, code), f"{code}-raditaji")


@readers
@require_GET
def body_json(request: HttpRequest, code: str) -> HttpResponse:
    """The indicators of the body as a document."""
    return downloads.json(_body_table(request, code))


def _body_table(request: HttpRequest, code: str) -> Table:
    found = asked_or_404(request)
    if bodies.by_code(code) is None:
        raise Http404
    seen = picture(found)
    leaves, is_sector = _inside(request, seen, code)
    kept = {"nozare": code} if is_sector else {"iestade": code}
    return pictures.indicators_table(found, seen, queries.by_indicator(seen, leaves), kept)


# ---- one service and one series ---------------------------------------------------------------------------------


def _service_or_404(code: str) -> Any:
    found = services.by_code(code)
    if found is None:
        raise Http404
    return found


def places(code: str, found: Asked) -> indicator_pages.Places:
    """Addresses of a service's series at this door."""

    def series_of(indicator: str, stage: str, channel: str) -> str:
        return address("series", code, indicator, **{**found.query(), "raditajs": ""}, posms=stage, kanals=channel)

    return indicator_pages.Places(series=series_of)


@readers
@require_GET
def service(request: HttpRequest, code: str) -> HttpResponse:
    """One service's indicators beside those of the period before, what was found about it, its initiatives."""
    one = _service_or_404(code)
    found = asked(request)
    if found is None:
        return empty(request, "services")
    said = language()
    return render(
        request,
        "overseers/service.html",
        {
            "frame": own_frame(request, "services", found),
            "crumbs": _service_path(found, one, pick(one.title, said)),
            "service": one,
            "title": pick(one.title, said),
            "holder": pick(one.holder_name, said),
            "period": found.period,
            "switch": period_switch(request, found, {}),
            "shown": _figures(one, found),
            "csv": address("service-csv", code, **found.query()),
            "json": address("service-json", code, **found.query()),
            "findings": presented.table(found, service_ids=[one.pk]),
            "initiatives": ledger_words.table(ledger.initiatives(service_ids=[one.pk])),
            "answers": presented.answers_table(one.pk),
            "may_propose": may(ledger_rules.require_overseer, actor(request)),
            "propose": address("propose", periods=found.period, pakalpojums=code),
            "data_as_of": updated(found),
        },
    )


def _figures(one: Any, found: Asked) -> indicator_pages.ServiceFigures:
    has_comparison = indicators.computed(found.period, found.with_period) is not None
    beside = found.with_period if has_comparison else ""
    return indicator_pages.service_figures(one, found.period, beside, places(one.code, found))


def _service_path(found: Asked, one: Any, *rest: str) -> tuple[Crumb, ...]:
    """The drill path: state, institution, service."""
    steps: list[Any] = [(_("The state"), address("state", **found.query()))]
    if one.holder_code:
        steps.append((pick(one.holder_name, language()), address("body", one.holder_code, **found.query())))
    if len(rest) > 1:
        steps.append((rest[0], address("service", one.code, **found.query())))
    return crumbs(*steps, rest[-1])


@readers
@require_GET
def service_csv(request: HttpRequest, code: str) -> HttpResponseBase:
    """All indicators of the service as a file."""
    return downloads.csv(_figures(_service_or_404(code), asked_or_404(request)).table, code)


@readers
@require_GET
def service_json(request: HttpRequest, code: str) -> HttpResponse:
    """All indicators of the service as a document."""
    return downloads.json(_figures(_service_or_404(code), asked_or_404(request)).table)


@readers
@require_GET
def series(request: HttpRequest, code: str, indicator: str) -> HttpResponse:
    """One series over time with everything that was ever reported for it."""
    one, found, page = _series(request, code, indicator)
    files = {
        name: address(f"series-{name}", code, indicator, **{key: request.GET.get(key, "") for key in _SERIES_QUERY})
        for name in ("csv", "json")
    }
    figure = Figure(
        title=page.title, about=page.about, chart=page.chart, csv=files["csv"], json=files["json"], how=page.how
    )
    return render(
        request,
        "overseers/series.html",
        {
            "frame": own_frame(request, "services", found),
            "crumbs": _service_path(found, one, pick(one.title, language()), page.title),
            "service_title": pick(one.title, language()),
            "page": page,
            "figure": figure if page.chart else None,
            **files,
        },
    )


_SERIES_QUERY = ("periods", "posms", "kanals")


def _series(request: HttpRequest, code: str, indicator: str) -> tuple[Any, Asked, series_pages.SeriesPage]:
    one, found = _service_or_404(code), asked_or_404(request)
    stage, channel = request.GET.get("posms", ""), request.GET.get("kanals", "")
    page = series_pages.series_page(one, indicator, stage, channel, found.period)
    if page is None:
        raise Http404
    return one, found, page


@readers
@require_GET
def series_csv(request: HttpRequest, code: str, indicator: str) -> HttpResponseBase:
    """All periods of the series as a file."""
    return downloads.csv(_series(request, code, indicator)[2].history, f"{code}-{indicator}")


@readers
@require_GET
def series_json(request: HttpRequest, code: str, indicator: str) -> HttpResponse:
    """All periods of the series, and everything reported, as a document."""
    page = _series(request, code, indicator)[2]
    return downloads.json({"history": page.history.document(), "reported": page.reported.document()})
