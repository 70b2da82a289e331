"""The overseers' side of rounds: which there are, opening one, how far everybody has come, exemptions, accepting.

Only overseers run rounds; coordinators read. What may be done and what is asked is decided by the room.
"""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ietvars.doors.furniture import days, downloads, refusals, round_pages, today, words
from ietvars.doors.furniture.frame import crumbs
from ietvars.doors.furniture.marks import Tag
from ietvars.doors.furniture.parts import Empty
from ietvars.doors.furniture.shown import language
from ietvars.doors.furniture.tables import Cell, Column, Row, Table
from ietvars.doors.overseers import round_forms as forms
from ietvars.doors.overseers.common import actor, overseers, own_frame, readers
from ietvars.ground.bodies import queries as bodies
from ietvars.ground.deployment import queries as installation
from ietvars.ground.errors import Refusal
from ietvars.ground.people import queries as people
from ietvars.ground.people.rules import may
from ietvars.ground.periods import rules as periods
from ietvars.ground.terms.rules import LANGUAGES, pick
from ietvars.institution.rounds import actions, looking, queries, rules
from ietvars.institution.services import queries as services

# ---- which rounds ------------------------------------------------------------------------------------------------


@readers
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """All rounds with how far they have come."""
    rows = list(queries.rounds())
    return render(
        request,
        "overseers/rounds.html",
        {
            "frame": own_frame(request, "rounds"),
            "table": _rounds_table(rows),
            "empty": Empty(
                _("No round has been opened yet"),
                _("A round asks institutions for the figures that the indicators need, and says by when."),
                level=2,
            ),
            "lead": _lead(rows),
            "may_open": may(rules.require_overseer, actor(request)),
        },
    )


def _lead(rows: list[Any]) -> str:
    said = language()
    counted = queries.states(row.pk for row in rows if row.closed_at is None)
    waits = sum(found["submitted"] for found in counted.values())
    silent = sum(found["not-reported"] + found["change-requested"] for found in counted.values())
    if not counted:
        return _("No round is open.")
    return _("%(waits)s reports wait to be accepted; %(silent)s institutions have still to report.") % {
        "waits": words.number(waits, said),
        "silent": words.number(silent, said),
    }


def _rounds_table(rows: list[Any]) -> Table:
    said = language()
    counted = queries.states(row.pk for row in rows)

    def reported(row: Any) -> str:
        found = counted[row.pk]
        return words.of(found["submitted"] + found["accepted"], found.total(), said)

    return Table(
        code="kartas",
        caption=_("Rounds"),
        columns=(
            Column(_("Round"), "round"),
            Column(_("Due"), "due"),
            Column(_("Reported"), "reported", n=True),
            Column(_("Accepted"), "accepted", n=True),
            Column(_("State"), "state"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(pick(row.title, said), href=reverse("overseers:round", args=[row.code])),
                    row.due,
                    reported(row),
                    words.of(counted[row.pk]["accepted"], counted[row.pk].total(), said),
                    Tag(pgettext("round", "Closed")) if row.closed_at else Tag(pgettext("round", "Open"), tone="blue"),
                )
            )
            for row in rows
        ),
    )


@overseers
@require_http_methods(["GET", "POST"])
def open_round(request: HttpRequest) -> HttpResponse:
    """Open a round: period, due date, indicators, institutions."""
    said, span = language(), _last_quarter()
    chosen = _period_of(request.POST.get("period", "")) or span
    names = {code: pick(name, said) for code, name in _holders()}
    form = forms.OpenForm(
        request.POST or None,
        indicators=[(one.code, pick(one.name, said)) for one in queries.choosable(chosen)],
        bodies=sorted(names.items(), key=lambda row: row[1]),
        initial={"period": span.code, "indicators": [one.code for one in queries.choosable(span)]},
    )
    refusal = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            code = periods.parse(given["period"]).code
            found = [body for one in given["bodies"] if (body := bodies.by_code(one))]
            made = actions.open_round(
                period=code,
                due=given["due"],
                indicators=given["indicators"],
                title={each: words.capital(days.period(code, each)) for each in LANGUAGES},
                bodies=found or None,
                is_illustrative=installation.is_sample(),
                by=actor(request),
                now=today.now(),
            )
        except Refusal as fault:
            refusal = refusals.box(fault, level=2)
        else:
            messages.success(request, _("The round is open. Everybody finds it on the desk."))
            return HttpResponseRedirect(reverse("overseers:round", args=[made.code]))
    return render(
        request,
        "overseers/round_open.html",
        {
            "frame": own_frame(request, "rounds"),
            "crumbs": crumbs((_("Rounds"), reverse("overseers:rounds")), _("Open a round")),
            "form": form,
            "refusal": refusal,
            "back": reverse("overseers:rounds"),
        },
        status=400 if form.errors or refusal else 200,
    )


def _period_of(text: str) -> periods.Period | None:
    try:
        return periods.parse(text)
    except Refusal:
        return None


def _last_quarter() -> periods.Period:
    """The quarter that has ended last: what one most likely asks about."""
    on = today.today()
    return periods.previous(periods.quarter(on.year, (on.month + 2) // 3))


def _holders() -> list[tuple[str, dict[str, str]]]:
    held = queries.holders_of_services()
    return list(bodies.all_bodies().filter(pk__in=held).values_list("code", "name"))


# ---- one round ---------------------------------------------------------------------------------------------------


def _round_or_404(code: str) -> Any:
    found = queries.by_code(code)
    if found is None:
        raise Http404
    return found


def _progress_table(found: Any) -> Table:
    said = language()

    def cells(row: queries.Progress) -> tuple[Any, ...]:
        href = reverse("overseers:report", args=[found.code, row.report.body.code])
        return (
            Cell(pick(row.report.body.name, said), href=href),
            round_pages.state_tag(row.report.state),
            row.services,
            row.said,
            row.asked,
            Cell(words.percent(100 * row.said / row.asked, said, decimals=0) if row.asked else "–"),
        )

    return Table(
        code=f"karta-{found.code}",
        caption=_("Institutions of the round"),
        columns=(
            Column(_("Institution"), "body"),
            Column(_("State"), "state"),
            Column(_("Services"), "services", n=True),
            Column(_("Figures said"), "said", n=True),
            Column(_("Figures asked"), "asked", n=True),
            Column(_("Coverage"), "coverage", n=True),
        ),
        rows=tuple(Row(cells(row)) for row in queries.progress(found)),
    )


@readers
@require_GET
def one(request: HttpRequest, round: str) -> HttpResponse:
    """One round: how far everybody has come, exemptions, closing."""
    return _round_page(request, _round_or_404(round))


def _round_page(request: HttpRequest, found: Any, **bound: Any) -> HttpResponse:
    said, who = language(), actor(request)
    counted = queries.states([found.pk])[found.pk]
    reported = counted["submitted"] + counted["accepted"]
    runs = may(rules.require_overseer, who)
    return render(
        request,
        "overseers/round.html",
        {
            "frame": own_frame(request, "rounds"),
            "crumbs": crumbs((_("Rounds"), reverse("overseers:rounds")), pick(found.title, said)),
            "round": found,
            "title": pick(found.title, said),
            "due_words": days.distance(found.due, today.today(), said),
            "reported": words.of(reported, counted.total(), said),
            "meter": round_pages.meter(reported, counted.total()),
            "counts": [(round_pages.state_tag(state), counted[state]) for state in round_pages.STATES],
            "progress": _progress_table(found),
            "asked": [pick(one.name, said) for one in queries.asked_indicators(found)],
            "opened_by": pick(people.names([found.opened_by]).get(found.opened_by), said) or found.opened_by,
            "exemptions": _exemptions(found),
            "may_run": runs and found.closed_at is None,
            "may_reopen": runs and found.closed_at is not None,
            "exempt_form": bound.get("exempt") or (_exempt_form(found) if runs else None),
            "due_form": bound.get("due") or forms.DueForm(initial={"due": found.due}),
            "refusal": bound.get("refusal"),
        },
        status=400 if bound else 200,
    )


def _exemptions(found: Any) -> list[dict[str, Any]]:
    said, named = language(), round_pages.names()
    return [
        {
            "pk": row.pk,
            "target": queries.target_words(row, said, named.quantities),
            "tag": Tag(_("Excused")) if row.is_excused else Tag(_("Asked after all"), tone="blue"),
            "reason": row.reason,
        }
        for row in queries.exemptions(found)
    ]


def _exempt_form(found: Any, post: Any = None) -> forms.ExemptForm:
    said, named = language(), round_pages.names()
    held = [row.body for row in queries.reports(found)]
    owned = services.with_holder(services.of(body.pk for body in held).published()).distinct()
    return forms.ExemptForm(
        post,
        bodies=[(body.code, pick(body.name, said)) for body in held],
        services=[(row.code, f"{pick(row.title, said)} ({pick(row.holder_short, said)})") for row in owned],
        quantities=[
            (code, named.quantity(code)) for code in dict.fromkeys(need.quantity for need in queries.needs(found))
        ],
    )


@readers
@require_GET
def one_csv(request: HttpRequest, round: str) -> HttpResponseBase:
    """How far everybody has come, as a file."""
    return downloads.csv(_progress_table(_round_or_404(round)))


@readers
@require_GET
def one_json(request: HttpRequest, round: str) -> HttpResponse:
    """The same as a document."""
    return downloads.json(_progress_table(_round_or_404(round)))


@overseers
@require_POST
def manage(request: HttpRequest, round: str) -> HttpResponse:
    """Exempt, lift an exemption, move the due date, close or reopen."""
    found = _round_or_404(round)
    name, given = request.POST.get("ko", ""), dict[str, Any](by=actor(request), now=today.now())
    says = {
        "exempt": _("The exemption holds."),
        "lift": _("The exemption is lifted."),
        "due": _("The due date is moved."),
        "close": _("The round is closed."),
        "reopen": _("The round is open again."),
    }
    if name not in says:
        raise Http404
    try:
        if name == "exempt":
            form = _exempt_form(found, request.POST)
            if not form.is_valid():
                return _round_page(request, found, exempt=form)
            _exempt(found, form.cleaned_data, given)
        elif name == "lift":
            number = request.POST.get("kuru", "")
            row = queries.exemptions(found).filter(pk=int(number)).first() if number.isdecimal() else None
            if row is None:
                raise Http404
            actions.lift(exemption=row, **given)
        elif name == "due":
            moved = forms.DueForm(request.POST)
            if not moved.is_valid():
                return _round_page(request, found, due=moved)
            actions.move_due(round=found, due=moved.cleaned_data["due"], **given)
        else:
            (actions.close_round if name == "close" else actions.reopen_round)(round=found, **given)
    except Refusal as fault:
        return _round_page(request, _round_or_404(round), refusal=refusals.box(fault, level=2))
    messages.success(request, says[name])
    return HttpResponseRedirect(reverse("overseers:round", args=[round]))


def _exempt(found: Any, said: dict[str, Any], given: dict[str, Any]) -> None:
    actions.exempt(
        round=found,
        body=bodies.by_code(said["body"]) if said["body"] and not said["service"] else None,
        service=services.by_code(said["service"]) if said["service"] else None,
        quantity=said["quantity"],
        is_excused=said["effect"] == "excuse",
        reason=said["reason"],
        **given,
    )


# ---- one report --------------------------------------------------------------------------------------------------


def _grid_or_404(round: str, body: str) -> queries.Grid:
    found = queries.report_of(round, body)
    made = queries.grid(found.round, found.body) if found is not None else None
    if made is None:
        raise Http404
    return made


@readers
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, round: str, body: str) -> HttpResponse:
    """One institution's report: its figures, what is doubtful, its way; accepting, or asking for a change."""
    grid = _grid_or_404(round, body)
    refusal = None
    if request.method == "POST":
        try:
            says = _decide(request, grid)
        except Refusal as fault:
            grid, refusal = _grid_or_404(round, body), refusals.box(fault, level=2)
        else:
            messages.success(request, says)
            return HttpResponseRedirect(reverse("overseers:report", args=[round, body]))
    said, found = language(), looking.report(grid)
    answered, asked = grid.coverage
    named = round_pages.names()
    accepts = grid.round.closed_at is None and may(
        rules.require_accepter, actor(request), grid.body.pk, grid.report.reporter
    )
    return render(
        request,
        "overseers/report.html",
        {
            "frame": own_frame(request, "rounds"),
            "crumbs": crumbs(
                (_("Rounds"), reverse("overseers:rounds")),
                (pick(grid.round.title, said), reverse("overseers:round", args=[round])),
                pick(grid.body.name, said),
            ),
            "grid": grid,
            "title": pick(grid.body.name, said),
            "round_title": pick(grid.round.title, said),
            "state": round_pages.state_tag(grid.report.state),
            "coverage": words.of(answered, asked, said),
            "meter": round_pages.meter(answered, asked),
            "doubts": [
                round_pages.doubt(one, named, title=pick(line.service.title, said), note=_note(line, one))
                for line in grid.lines
                for one in found[line.service.code]
            ],
            "figures": round_pages.figures_table(
                grid,
                found,
                links={
                    line.service.code: reverse("overseers:service", args=[line.service.code]) for line in grid.lines
                },
            ),
            "may_accept": accepts and may(rules.require_step, grid.report.state, rules.State.ACCEPTED),
            "may_request": accepts and may(rules.require_step, grid.report.state, rules.State.CHANGE_REQUESTED),
            "history": round_pages.history(grid.report),
            "refusal": refusal,
        },
        status=400 if refusal else 200,
    )


def _note(line: queries.Line, finding: Any) -> str:
    cell = line.cell(finding.key)
    return cell.figure.note if cell else ""


def _decide(request: HttpRequest, grid: queries.Grid) -> str:
    given: dict[str, Any] = {"report": grid.report, "by": actor(request), "now": today.now()}
    if request.POST.get("ko") == "accept":
        actions.accept(**given)
        return _("The figures are accepted.")
    actions.request_change(why=request.POST.get("why", "")[:1000], **given)
    return _("The report went back with your words.")


@readers
@require_GET
def report_csv(request: HttpRequest, round: str, body: str) -> HttpResponseBase:
    """The figures of the report as a file."""
    grid = _grid_or_404(round, body)
    return downloads.csv(round_pages.figures_table(grid, looking.report(grid), is_file=True))
