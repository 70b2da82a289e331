"""Spreadsheets at the owners' door: download a list, send it back, see each change, apply it. Views translate."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from ietvars.doors.furniture import days, downloads, parts, refusals, sheet_files, today
from ietvars.doors.furniture.access import access, over_body, role
from ietvars.doors.furniture.frame import crumbs
from ietvars.doors.furniture.marks import Link
from ietvars.doors.furniture.shown import language
from ietvars.doors.owners import sheets_shown as shown
from ietvars.doors.owners.common import STAFF, actor, own_frame
from ietvars.ground.errors import Refusal
from ietvars.ground.jobs import actions as jobs
from ietvars.ground.jobs import queries as jobs_of
from ietvars.ground.people import queries as people
from ietvars.ground.people.rules import Role, may
from ietvars.institution.indicators import queries as indicators
from ietvars.institution.sheets import actions, errors, layouts, queries, rules, working

PER_PAGE = 50
MOST_PERIODS = 12
MOST_JOBS = 50

over_sheet = access(over_body(*STAFF, body_from="number", body_of=queries.body_of))
over_sheet_as_owner = access(over_body(Role.SERVICE_OWNER, body_from="number", body_of=queries.body_of))


class UploadForm(forms.Form):
    """The file that comes back."""

    file = forms.FileField(
        label=gettext_lazy("Spreadsheet"),
        help_text=gettext_lazy("XLSX or CSV, downloaded here and changed."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
        allow_empty_file=True,
        error_messages={"required": gettext_lazy("Choose the spreadsheet.")},
    )


@access(role(*STAFF))
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Download, upload, and what was sent back before."""
    return _page(request, UploadForm())


def _page(request: HttpRequest, form: UploadForm, refusal: Refusal | None = None) -> HttpResponse:
    rows = list(queries.sheets_of(actor(request))[:PER_PAGE])
    return render(
        request,
        "owners/sheets.html",
        {
            "frame": own_frame(request, "services"),
            "form": form,
            "refusal": refusals.box(refusal, level=2) if refusal else None,
            "periods": _periods(),
            "history": shown.history(rows, queries.counts_of(rows)),
            "may_send": may(rules.require_sender, actor(request)),
            "limits": queries.limits(),
            "crumbs": crumbs((_("Services"), reverse("owners:services")), _("Spreadsheets")),
        },
        status=400 if refusal or form.errors else 200,
    )


def _periods() -> list[tuple[str, str]]:
    """Periods to download, newest first: those with figures, and this year, of which there may be none yet."""
    known = list(indicators.periods_with_figures())[-MOST_PERIODS:]
    year = str(today.today().year)
    codes = known if year in known else [*known, year]
    return [(code, days.period_short(code, language())) for code in reversed(codes)]


@access(role(*STAFF))
@require_POST
def download(request: HttpRequest) -> HttpResponse:
    """A list as a file that can come back."""
    return sheet_files.answer(request, actor(request))


@access(role(Role.SERVICE_OWNER))
@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Take a file in and show what it would change."""
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form)
    file = form.cleaned_data["file"]
    try:
        if file.size > queries.limits().megabytes * 2**20:
            raise errors.FileTooLarge(file=file.name, most=queries.limits().megabytes)
        made = actions.preview(file_name=file.name, content=file.read(), by=actor(request), now=today.now())
    except Refusal as refusal:
        return _page(request, UploadForm(), refusal)
    return HttpResponseRedirect(reverse("owners:sheet", args=[made.pk]))


def _found(number: int) -> Any:
    found = queries.sheet(number)
    if found is None:
        raise Http404
    return found


@over_sheet
@require_GET
def preview(request: HttpRequest, number: int) -> HttpResponse:
    """Each change, conflict and refusal of a file, cell by cell."""
    return _preview(request, _found(number))


def _preview(request: HttpRequest, found: Any, refusal: Refusal | None = None) -> HttpResponse:
    counts = queries.counts(found)
    outcome = request.GET.get("iznakums", "")
    chosen = outcome if outcome in counts else ""
    columns = queries.columns_in(found)
    column = request.GET.get("kolonna", "") if request.GET.get("kolonna", "") in columns else ""
    rows = queries.cells(found, outcomes=[chosen] if chosen else (), column=column)
    total = rows.count()
    asked = request.GET.get("lapa", "1")
    last = max(1, -(-total // PER_PAGE))
    number = min(int(asked), last) if asked.isascii() and asked.isdigit() and 0 < len(asked) < 8 else 1
    number = max(number, 1)
    job = _job_of(found.pk)
    is_open = found.state == rules.State.PREVIEWED and not (job and job.is_open)
    named = people.names({found.made_by, found.ended_by})
    may_send = is_open and may(rules.require_sender, actor(request))
    return render(
        request,
        "owners/sheet.html",
        {
            "frame": own_frame(request, "services"),
            "sheet": found,
            "kind": sheet_files.KIND_WORDS[found.kind],
            "is_services": found.kind == layouts.SERVICES,
            "is_round": found.kind == layouts.ROUNDS,
            "state": shown.STATES[found.state],
            "lead": shown.lead(found.kind, found.state, counts),
            "notes": shown.notes(found.kind, found.notes),
            "counts": counts,
            "whole": sum(counts.values()),
            "tabs": shown.tabs(request, counts, chosen),
            "columns": [(code, shown.heading(found.kind, code)) for code in columns],
            "column": column,
            "outcome": chosen,
            "table": shown.table(found, rows[(number - 1) * PER_PAGE : number * PER_PAGE]),
            "pages": parts.pages(request, number=number, per_page=PER_PAGE, total=total),
            "refusal": refusals.box(refusal, level=2) if refusal else None,
            "may_send": may_send,
            "safe": shown.write(counts["change"], leaves_conflicts=bool(counts["conflict"]))
            if may_send and counts["change"]
            else "",
            "all": shown.write(counts["change"] + counts["conflict"], takes_conflicts=True)
            if may_send and counts["conflict"]
            else "",
            "drafts": [
                Link(code, reverse("owners:draft", args=[code])) for code in found.result.get("drafts", ())[:30]
            ],
            "result": found.result,
            "job": job,
            "made_by": shown.person(found.made_by, named),
            "ended_by": shown.person(found.ended_by, named),
            "crumbs": crumbs(
                (_("Services"), reverse("owners:services")),
                (_("Spreadsheets"), reverse("owners:sheets")),
                found.file_name,
            ),
        },
        status=409 if refusal else 200,
    )


def _job_of(number: int) -> Any:
    """The work in the background that writes the sheet, if there is any."""
    newest = jobs_of.of_kind(working.JOB)[:MOST_JOBS]
    return next((job for job in newest if job.arguments.get("sheet") == number), None)


@over_sheet
@require_GET
def preview_csv(request: HttpRequest, number: int) -> HttpResponseBase:
    """All cells of the preview as a file."""
    found = _found(number)
    return downloads.csv(shown.table(found, queries.cells(found)))


@over_sheet
@require_GET
def preview_json(request: HttpRequest, number: int) -> HttpResponse:
    """The preview as a document."""
    return downloads.json(queries.document(_found(number)))


@over_sheet_as_owner
@require_POST
def apply(request: HttpRequest, number: int) -> HttpResponse:
    """Write all changes, or those without a conflict."""
    found = _found(number)
    choice = rules.Choice.ALL if request.POST.get("kas") == rules.Choice.ALL else rules.Choice.UNCONFLICTED
    if found.state == rules.State.PREVIEWED and queries.rows_to_write(found, choice) > working.MOST_AT_ONCE:
        asked = {"sheet": found.pk, "choice": choice.value}
        jobs.enqueue(kind=working.JOB, arguments=asked, by=actor(request), now=timezone.now())
        return HttpResponseRedirect(reverse("owners:sheet", args=[number]))
    try:
        actions.apply(sheet=found, choice=choice, by=actor(request), now=today.now())
    except Refusal as refusal:
        return _preview(request, _found(number), refusal)
    messages.success(request, _("The changes are written."))
    return HttpResponseRedirect(reverse("owners:sheet", args=[number]))


@over_sheet_as_owner
@require_POST
def drop(request: HttpRequest, number: int) -> HttpResponse:
    """Put a preview aside."""
    try:
        actions.drop(sheet=_found(number), by=actor(request), now=today.now())
    except Refusal as refusal:
        return _preview(request, _found(number), refusal)
    messages.success(request, _("The file is put aside. Nothing of it was written."))
    return HttpResponseRedirect(reverse("owners:sheets"))
