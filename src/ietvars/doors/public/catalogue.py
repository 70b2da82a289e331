"""Lists of the public door: all services, all institutions, one institution, and pages that are text."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ietvars.doors.furniture import downloads, today
from ietvars.doors.furniture.access import access, anyone
from ietvars.doors.furniture.frame import crumbs
from ietvars.doors.furniture.marks import Link
from ietvars.doors.furniture.parts import Option, pages, with_query
from ietvars.doors.furniture.shown import language as spoken
from ietvars.doors.public import presenters
from ietvars.doors.public.common import labels
from ietvars.ground.bodies import queries as bodies
from ietvars.ground.terms.rules import pick
from ietvars.institution.services import queries as services

PER_PAGE = 25


@access(anyone)
@require_GET
def service_list(request: HttpRequest) -> HttpResponse:
    """The whole catalogue, page by page, with an area to narrow it."""
    language, now = spoken(), today.today()
    named = labels()
    area = request.GET.get("joma", "")
    chosen = services.for_lists()
    if area in named["areas"]:
        chosen = chosen.filter(area=area)
    paginator = Paginator(chosen, PER_PAGE)
    page = paginator.get_page(request.GET.get("lapa"))
    return render(
        request,
        "public/services.html",
        {
            "hits": [presenters.hit(one, language, named["channels"], now) for one in page.object_list],
            "total": paginator.count,
            "areas": [
                Option(
                    pick(label, language),
                    with_query(request, joma=None if code == area else code, lapa=None),
                    code == area,
                )
                for code, label in named["areas"].items()
            ],
            "pages": pages(request, number=page.number, per_page=PER_PAGE, total=paginator.count),
            "crumbs": crumbs((_("Home"), reverse("public:home")), _("All services")),
        },
    )


@access(anyone)
@require_GET
def services_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The catalogue as a table for spreadsheets."""
    rows = services.rows(services.published())
    return downloads.csv_of(services.COLUMNS, ([row[name] for name in services.COLUMNS] for row in rows), "pakalpojumi")


@access(anyone)
@require_GET
def services_json(request: HttpRequest) -> HttpResponse:
    """The catalogue as one document."""
    return downloads.json({"services": list(services.rows(services.published()))})


@access(anyone)
@require_GET
def body_list(request: HttpRequest) -> HttpResponse:
    """All institutions that hold services, in alphabet order."""
    language = spoken()
    counts = services.counts_by_holder()
    rows = [
        (pick(one.name, language), reverse("public:body", args=[one.code]), counts[one.pk])
        for one in bodies.all_bodies()
        if counts.get(one.pk)
    ]
    return render(
        request,
        "public/bodies.html",
        {"rows": rows, "crumbs": crumbs((_("Home"), reverse("public:home")), _("Institutions"))},
    )


@access(anyone)
@require_GET
def body(request: HttpRequest, code: str) -> HttpResponse:
    """One institution: its services, what it was called and what became of it. Old addresses keep working."""
    language, now = spoken(), today.today()
    found = bodies.by_code(code)
    if found is None:
        raise Http404
    ways = labels()["channels"]
    rows = services.for_lists().of([found.pk])
    paginator = Paginator(rows, PER_PAGE)
    page = paginator.get_page(request.GET.get("lapa"))
    return render(
        request,
        "public/body.html",
        {
            "body": found,
            "title": pick(found.name, language),
            "above": [
                (pick(one.name, language), reverse("public:body", args=[one.code])) for one in bodies.path(found)
            ],
            "below": [
                Link(pick(one.name, language), reverse("public:body", args=[one.code]))
                for one in bodies.below(found)
                if one.until is None
            ],
            "hits": [presenters.hit(one, language, ways, now, with_holder=False) for one in page.object_list],
            "total": paginator.count,
            "pages": pages(request, number=page.number, per_page=PER_PAGE, total=paginator.count),
            "successors": [
                (row.on, Link(pick(row.successor.name, language), reverse("public:body", args=[row.successor.code])))
                for row in bodies.successors(found)
            ],
            "origins": [
                (
                    row.on,
                    Link(pick(row.predecessor.name, language), reverse("public:body", args=[row.predecessor.code])),
                )
                for row in bodies.origins(found)
                if row.predecessor_id != found.pk
            ],
            "former_names": [(pick(row.name, language), row.until) for row in bodies.former_names(found)],
            "crumbs": crumbs(
                (_("Home"), reverse("public:home")),
                (_("Institutions"), reverse("public:bodies")),
                pick(found.name, language),
            ),
        },
    )


def _text_page(template: str, title: str) -> Any:
    @access(anyone)
    @require_GET
    def page(request: HttpRequest) -> HttpResponse:
        return render(request, template, {"crumbs": crumbs((_("Home"), reverse("public:home")), _(title))})

    return page


about = _text_page("public/about.html", "About Ietvars")
sample = _text_page("public/sample.html", "What is real here?")
accessibility = _text_page("public/accessibility.html", "Accessibility")
data = _text_page("public/data.html", "Open data")
source = _text_page("public/source.html", "Source code")
