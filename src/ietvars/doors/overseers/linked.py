"""Linked data: the last validation of the whole catalogue, its faults by service, and the button to validate again.

The work is done in the background by the machines' door, known here by the name of its kind and by its report. Must not
judge anything: whether the catalogue conforms is what the report says.
"""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from ietvars.doors.furniture import days, downloads, parts, words
from ietvars.doors.furniture.frame import crumbs
from ietvars.doors.furniture.shown import language
from ietvars.doors.furniture.tables import Cell, Column, Row, Table
from ietvars.doors.overseers.common import PER_PAGE, actor, address, overseers, own_frame, page_number, readers
from ietvars.ground.jobs import actions, queries
from ietvars.ground.jobs.rules import State
from ietvars.ground.people.rules import Role
from ietvars.ground.terms.rules import pick

KIND = "validate-cpsv-ap"
"""The kind of work; its report is described in docs/howto/json-of-commands.md."""

JUDGEMENTS = ("shapes_only", "shapes_plus_ontology")


@readers
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The last validation with its faults, and how far the one that runs now is."""
    newest, last = queries.newest(KIND), queries.newest(KIND, state=State.DONE)
    report = last.report if last else None
    rows = faults(report) if report else []
    number = page_number(request, len(rows))
    return render(
        request,
        "overseers/linked.html",
        {
            "frame": own_frame(request, "linked"),
            "crumbs": crumbs((_("The state"), address("state")), _("Linked data")),
            "job": newest,
            "report": report,
            "sentence": _sentence(report, last.ended_at) if report and last else "",
            "facts": _facts(report) if report else None,
            "services": _services(report) if report else None,
            "faults": fault_table(rows[(number - 1) * PER_PAGE : number * PER_PAGE]) if rows else None,
            "warnings": _warnings(report) if report and report["warnings"] else None,
            "pages": parts.pages(request, number=number, per_page=PER_PAGE, total=len(rows)),
            "may_start": actor(request).role == Role.OVERSEER and not (newest and newest.is_open),
            "csv": address("linked-csv"),
            "json": address("linked-json"),
        },
    )


@readers
@require_GET
def page_csv(request: HttpRequest) -> HttpResponseBase:
    """All faults of the last validation as a file."""
    report = _last_report()
    return downloads.csv(fault_table(faults(report) if report else []), "saistitie-dati")


@readers
@require_GET
def page_json(request: HttpRequest) -> HttpResponse:
    """The report of the last validation, shaped as `ietvars validate cpsv-ap --json`; no case before the first."""
    report = _last_report()
    told = {"document": "ietvars/cpsv-ap-validation", "version": 1, "conforms": bool(report and report["conforms"])}
    return downloads.json({**told, "cases": [report] if report else []})


@overseers
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Ask for a validation of the whole catalogue; one that waits or runs already is not asked for twice."""
    actions.enqueue(kind=KIND, arguments={}, by=actor(request), now=timezone.now())
    messages.success(request, _("The validation waits for its turn. This page shows how far it is."))
    return HttpResponseRedirect(address("linked"))


def _last_report() -> dict[str, Any] | None:
    last = queries.newest(KIND, state=State.DONE)
    return last.report if last else None


# ---- what is shown ----------------------------------------------------------------------------------------------


def faults(report: dict[str, Any]) -> list[dict[str, Any]]:
    """Each fault once, with the judgements that have it under `modes`, in the order of the report."""
    merged: dict[tuple[str, str, str, str], dict[str, Any]] = {}
    for mode in JUDGEMENTS:
        for fault in report[mode]["results"]:
            key = (fault["focus_iri"], fault["path"], fault["constraint"], fault["value"] or fault["of_class"])
            merged.setdefault(key, {**fault, "modes": []})["modes"].append(mode)
    return list(merged.values())


def fault_table(rows: list[dict[str, Any]]) -> Table:
    """Faults as a table, on the page and as a file."""
    both, only = _("both"), {"shapes_only": _("as it stands"), "shapes_plus_ontology": _("with the ontology")}
    return Table(
        code="saistitie-dati",
        caption=_("Faults"),
        columns=(
            Column(_("What is at fault"), "focus"),
            Column(_("Constraint"), "constraint"),
            Column(_("What is wrong"), "sentence"),
            Column(_("Service"), "service"),
            Column(_("Judgement"), "judgement"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(fault["focus"], under=fault["path"]),
                    fault["constraint"],
                    pick(fault["sentence"], language()),
                    Cell(_code(fault["services"]), href=_href(fault["services"])),
                    both if len(fault["modes"]) == len(JUDGEMENTS) else only[fault["modes"][0]],
                )
            )
            for fault in rows
        ),
    )


def _services(report: dict[str, Any]) -> Table | None:
    """How many faults each service has, in the judgement that finds more."""
    found = max(
        (report[mode]["by_service"] for mode in JUDGEMENTS), key=lambda rows: sum(row["faults"] for row in rows)
    )
    if not found:
        return None
    return Table(
        code="pakalpojumi",
        caption=_("Faults by service"),
        columns=(Column(_("Service"), "service"), Column(_("Faults"), "faults", n=True)),
        rows=tuple(
            Row((Cell(pick(row["title"], language()) or row["service"], href=_href([row["service"]])), row["faults"]))
            for row in found[:PER_PAGE]
        ),
    )


def _warnings(report: dict[str, Any]) -> Table:
    return Table(
        code="bridinajumi",
        caption=_("Warnings"),
        columns=(Column(_("About"), "focus"), Column(_("Warning"), "warning")),
        rows=tuple(
            Row((Cell(row["focus"], under=row["path"]), pick(row["sentence"], language())))
            for row in report["warnings"][:PER_PAGE]
        ),
    )


def _sentence(report: dict[str, Any], at: Any) -> str:
    when = days.moment(timezone.localtime(at), language())
    if report["conforms"]:
        return _("The whole catalogue conforms to CPSV-AP 3.2.0. Validated: %(when)s.") % {"when": when}
    number = max(report[mode]["faults"] for mode in JUDGEMENTS)
    told = ngettext(
        "The whole catalogue was validated %(when)s and has %(number)s fault.",
        "The whole catalogue was validated %(when)s and has %(number)s faults.",
        number,
    )
    return told % {"when": when, "number": words.number(number, language())}


def _facts(report: dict[str, Any]) -> parts.Facts:
    return parts.Facts(
        (
            parts.Fact(_("Services"), report["services"]),
            parts.Fact(_("Triples"), report["triples"]),
            parts.Fact(_("Faults as it stands"), report["shapes_only"]["faults"]),
            parts.Fact(_("Faults with the ontology"), report["shapes_plus_ontology"]["faults"]),
            parts.Fact(_("Warnings"), sum(report["warnings_counted"].values())),
        )
    )


_MARK = "/id/service/"


def _code(services: list[str]) -> str:
    """The code of a service by its IRI; the IRI where it is not one of ours, nothing where none is known."""
    return services[0].rpartition(_MARK)[2] if services else ""


def _href(services: list[str]) -> str:
    """The page of a service in this door."""
    if not services or _MARK not in services[0]:
        return ""
    code = services[0].rpartition(_MARK)[2]
    return address("service", code) if code.replace("-", "").isalnum() else ""
