"""The owner's and approver's side of a round: reports owed, one report with its doubts, the next step.

Typing figures in is in `figures`. What keeps a report from being submitted is said by the rules of the room.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from ietvars.doors.furniture import days, downloads, refusals, round_pages, today, words
from ietvars.doors.furniture.access import access, over_body, role
from ietvars.doors.furniture.frame import crumbs
from ietvars.doors.furniture.marks import Button, Tag
from ietvars.doors.furniture.parts import Due, Empty
from ietvars.doors.furniture.shown import language
from ietvars.doors.furniture.tables import Cell, Column, Row, Table
from ietvars.doors.owners.common import STAFF, actor, own_frame
from ietvars.doors.owners.forms import WhyForm
from ietvars.ground.errors import Refusal
from ietvars.ground.people.rules import Actor, Role, may
from ietvars.ground.terms.rules import pick
from ietvars.institution.rounds import actions, looking, quality, queries, rules
from ietvars.institution.rounds.asking import Key

over_own = access(over_body(*STAFF, body_from="body"))


# ---- which reports -----------------------------------------------------------------------------------------------


@access(role(*STAFF))
@require_GET
def rounds_page(request: HttpRequest) -> HttpResponse:
    """Reports of the institutions within reach, the open rounds first."""
    who = actor(request)
    rows = list(queries.reports_of(who.reach))
    open_rows = [row for row in rows if row.round.closed_at is None]
    covered = {one.report.pk: one for each in {row.round for row in open_rows} for one in queries.progress(each)}
    return render(
        request,
        "owners/rounds.html",
        {
            "frame": own_frame(request, "rounds"),
            "open": _reports_table("kartas", _("Open rounds"), open_rows, covered),
            "closed": _reports_table("slegtas-kartas", _("Closed rounds"), [r for r in rows if r not in open_rows], {}),
            "lead": _lead(queries.due(who.reach, today.today())),
            "empty": Empty(
                _("No round asks you for figures"),
                _("When an overseer opens a round, what your institution owes will stand here."),
                level=2,
            ),
        },
    )


def _lead(owed: list[queries.Due]) -> str:
    if not owed:
        return _("You owe no figures.")
    first, said = owed[0], language()
    return _("%(round)s: figures of %(body)s are due %(day)s, %(distance)s.") % {
        "round": pick(first.round.title, said),
        "body": pick(first.body.name, said),
        "day": days.in_text(first.due, said),
        "distance": days.distance(first.due, today.today(), said),
    }


def _reports_table(code: str, caption: str, rows: list[Any], covered: Mapping[int, queries.Progress]) -> Table:
    said = language()
    columns = [
        Column(_("Round"), "round"),
        Column(_("Institution"), "body"),
        Column(_("Due"), "due"),
        Column(_("State"), "state"),
    ]
    if covered:
        columns.append(Column(_("Filled in"), "filled"))

    def cells(row: Any) -> tuple[Any, ...]:
        href = reverse("owners:report", args=[row.round.code, row.body.code])
        found = covered.get(row.pk)
        under = days.distance(row.round.due, today.today(), said) if row.round.closed_at is None else ""
        made: tuple[Any, ...] = (
            Cell(pick(row.round.title, said), href=href),
            pick(row.body.name, said),
            Cell(row.round.due, under=under if row.state in {str(one) for one in rules.WAITING} else ""),
            round_pages.state_tag(row.state),
        )
        if covered:
            made = (*made, round_pages.coverage(found.said, found.asked) if found else "")
        return made

    return Table(code=code, caption=caption, columns=tuple(columns), rows=tuple(Row(cells(row)) for row in rows))


# ---- one report --------------------------------------------------------------------------------------------------


def grid_or_404(round_code: str, body: str) -> queries.Grid:
    found = queries.report_of(round_code, body)
    made = queries.grid(found.round, found.body) if found is not None else None
    if made is None:
        raise Http404
    return made


def may_write_to(who: Actor, grid: queries.Grid) -> bool:
    return (
        may(rules.require_reporter, who, grid.body.pk)
        and grid.round.closed_at is None
        and grid.report.state != rules.State.ACCEPTED
    )


@over_own
@require_GET
def report(request: HttpRequest, round: str, body: str) -> HttpResponse:
    """One report: how much is filled in, what is doubtful, service by service; the next step."""
    return _report_page(request, grid_or_404(round, body))


def _report_page(request: HttpRequest, grid: queries.Grid, refusal: Any = None, why: Any = None) -> HttpResponse:
    who, said = actor(request), language()
    found = looking.report(grid)
    may_write = may_write_to(who, grid)
    answered, asked = grid.coverage
    counted = round_pages.counts(found)
    accepts = grid.round.closed_at is None and may(
        rules.require_accepter, who, grid.body.pk, grid.report.reporter, pick(grid.body.name, said)
    )
    return render(
        request,
        "owners/report.html",
        {
            "frame": own_frame(request, "rounds"),
            "crumbs": crumbs((_("Rounds"), reverse("owners:rounds")), pick(grid.body.name, said)),
            "grid": grid,
            "title": pick(grid.round.title, said),
            "body_name": pick(grid.body.name, said),
            "state": round_pages.state_tag(grid.report.state),
            "due_words": days.distance(grid.round.due, today.today(), said),
            "coverage": words.of(answered, asked, said),
            "meter": round_pages.meter(answered, asked),
            "services": _services_table(grid, found, may_write=may_write),
            "errors": counted[quality.Severity.ERROR],
            "unexplained": sum(
                len(quality.unexplained(found[line.service.code], {cell.key: cell.figure for cell in line.cells}))
                for line in grid.lines
            ),
            "doubts": _all_doubts(grid, found, may_write=may_write),
            "may_write": may_write,
            "may_submit": may_write and may(rules.require_step, grid.report.state, rules.State.SUBMITTED),
            "may_accept": accepts and may(rules.require_step, grid.report.state, rules.State.ACCEPTED),
            "may_request": accepts and may(rules.require_step, grid.report.state, rules.State.CHANGE_REQUESTED),
            "returned": _returned(grid),
            "figures": None if may_write else round_pages.figures_table(grid, found),
            "history": round_pages.history(grid.report),
            "why_form": why or WhyForm(),
            "refusal": refusal,
        },
        status=400 if refusal or why else 200,
    )


def _returned(grid: queries.Grid) -> str:
    """Why the report came back, while it waits for the reporter."""
    if grid.report.state != rules.State.CHANGE_REQUESTED:
        return ""
    last = grid.report.rows.last()
    return last.why if last is not None else ""


def _services_table(grid: queries.Grid, found: round_pages.Findings, *, may_write: bool) -> Table:
    said = language()

    def doubts(code: str) -> Any:
        counted = round_pages.counts({code: found.get(code, ())})
        grave, mild = counted[quality.Severity.ERROR], counted[quality.Severity.WARNING]
        made = []
        if grave:
            made.append(Tag(f"{round_pages.SEVERITIES[quality.Severity.ERROR][0]}: {grave}", tone="danger"))
        if mild:
            made.append(Tag(f"{round_pages.SEVERITIES[quality.Severity.WARNING][0]}: {mild}", tone="due"))
        return tuple(made) or ""

    def href(code: str) -> str:
        return reverse("owners:report-service", args=[grid.round.code, grid.body.code, code]) if may_write else ""

    return Table(
        code=f"karta-{grid.round.code}",
        caption=_("Services of the report"),
        columns=(
            Column(_("Service"), "service"),
            Column(_("Filled in"), "filled", n=True),
            Column(_("Doubts"), "doubts"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(pick(line.service.title, said), href=href(line.service.code)),
                    round_pages.coverage(*line.coverage),
                    doubts(line.service.code),
                )
            )
            for line in grid.lines
        ),
    )


def _all_doubts(grid: queries.Grid, found: round_pages.Findings, *, may_write: bool) -> list[round_pages.Doubt]:
    named, said = round_pages.names(), language()
    made = []
    for line in grid.lines:
        code = line.service.code
        href = reverse("owners:report-service", args=[grid.round.code, grid.body.code, code]) if may_write else ""
        for one in found.get(code, ()):
            cell = line.cell(one.key)
            note = cell.figure.note if cell else ""
            anchor = f"#{field_id(code, one.key)}" if cell and href else ""
            title = pick(line.service.title, said)
            made.append(round_pages.doubt(one, named, title=title, href=f"{href}{anchor}", note=note))
    order = [str(round_pages.SEVERITIES[each][0]) for each in quality.Severity]
    return sorted(made, key=lambda one: order.index(str(one.tag.says)))


@over_own
@require_GET
def report_csv(request: HttpRequest, round: str, body: str) -> HttpResponseBase:
    """The figures of the report as a file."""
    grid = grid_or_404(round, body)
    return downloads.csv(round_pages.figures_table(grid, looking.report(grid), is_file=True))


@over_own
@require_POST
def report_step(request: HttpRequest, round: str, body: str) -> HttpResponse:
    """Submit, accept, or ask for a change; a refusal shows the page again with its sentence."""
    grid = grid_or_404(round, body)
    name, who, now = request.POST.get("ko", ""), actor(request), today.now()
    if name not in ("submit", "accept", "change"):
        raise Http404
    try:
        if name == "submit":
            actions.submit(round=grid.round, body=grid.body, by=who, now=now)
            messages.success(request, _("The figures are submitted. Somebody else will accept them."))
        elif name == "accept":
            actions.accept(report=grid.report, by=who, now=now)
            messages.success(request, _("The figures are accepted."))
        else:
            form = WhyForm(request.POST)
            if not form.is_valid():
                return _report_page(request, grid, why=form)
            actions.request_change(report=grid.report, why=form.cleaned_data["why"], by=who, now=now)
            messages.success(request, _("The report went back with your words."))
    except Refusal as fault:
        return _report_page(request, grid_or_404(round, body), refusals.box(fault, level=2))
    return HttpResponseRedirect(reverse("owners:report", args=[round, body]))


def field_id(service: str, key: Key) -> str:
    """Id of the field of a figure, for links that lead to it."""
    return f"i-{service}-{'-'.join(part for part in key if part)}"


# ---- for the desk ------------------------------------------------------------------------------------------------


def due_rows(who: Actor, on: date) -> list[Due]:
    """What rounds want of this actor: reports to submit for an owner, reports to accept for an approver."""
    if who.role is Role.SERVICE_OWNER:
        return [_owed(one) for one in queries.due(who.reach, on)]
    if who.role is Role.LIST_APPROVER:
        rows = queries.to_accept(who.reach)
        return [_to_accept(row) for row in rows if may(rules.require_accepter, who, row.body_id, row.reporter)]
    return []


def _owed(one: queries.Due) -> Due:
    said = language()
    names = {"round": pick(one.round.title, said), "body": pick(one.body.name, said)}
    href = reverse("owners:report", args=[one.round.code, one.body.code])
    if one.is_returned:
        return Due(
            kind=_("Round"),
            what=_("Change the figures: %(round)s") % names,
            why=_("The report of %(body)s came back with a question.") % names,
            button=Button(_("See the question"), href, size="sm"),
            day=one.due,
        )
    return Due(
        kind=_("Round"),
        what=_("Report figures: %(round)s") % names,
        why=_("%(body)s has not submitted its figures yet.") % names,
        button=Button(_("Fill in the figures"), href, size="sm"),
        day=one.due,
    )


def _to_accept(report: Any) -> Due:
    said = language()
    names = {"round": pick(report.round.title, said), "body": pick(report.body.name, said)}
    return Due(
        kind=_("Round"),
        what=_("Accept the figures: %(round)s") % names,
        why=_("%(body)s: a colleague has submitted them.") % names,
        button=Button(
            _("Look through"), reverse("owners:report", args=[report.round.code, report.body.code]), size="sm"
        ),
    )
