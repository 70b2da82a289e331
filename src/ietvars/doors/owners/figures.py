"""Typing the figures of a round in: one service at a time, or one indicator of every service as a table.

A page saves whatever is typed. The doubts beside a form come from the same rules that submitting asks: live with htmx,
and after each saving without it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ietvars.doors.furniture import days, refusals, round_pages, today, words
from ietvars.doors.furniture.access import access, over_body
from ietvars.doors.furniture.frame import crumbs
from ietvars.doors.furniture.marks import Tag
from ietvars.doors.furniture.parts import Option, with_query
from ietvars.doors.furniture.shown import language
from ietvars.doors.owners import rounds
from ietvars.doors.owners.common import actor, own_frame
from ietvars.ground.errors import Refusal
from ietvars.ground.people.rules import Role
from ietvars.ground.terms.rules import pick
from ietvars.institution.indicators.definitions import Indicator
from ietvars.institution.rounds import actions, impossible, looking, quality, queries, typed
from ietvars.institution.rounds.asking import Key

owner_only = access(over_body(Role.SERVICE_OWNER, body_from="body"))

STATE_WORDS = {"not_applicable": "neattiecas", "not_asked": "nejautāts", "missing": ""}
"""What is typed for a state in Latvian; both languages are understood."""
STATE_WORDS_EN = {"not_applicable": "not applicable", "not_asked": "not asked", "missing": ""}


@dataclass(frozen=True)
class Box:
    """One field: its names in the form, what it shows, what stands under it."""

    name: str
    id: str
    label: str
    text: str
    last: str = ""
    part: str = ""
    excuse: str = ""
    is_optional: bool = False
    is_bad: bool = False
    n: str | None = None
    scale: str | None = None
    spread: str | None = None
    spread_label: str = ""


@dataclass(frozen=True)
class Group:
    """The fields of one indicator."""

    title: str
    about: str
    boxes: tuple[Box, ...]


def _name(service: str, key: Key) -> str:
    return f"{service}/{key}"


def _texts(cell: queries.Cell) -> str:
    return typed.written(cell.figure, STATE_WORDS if language() == words.LATVIAN else STATE_WORDS_EN)


def _box(
    line: queries.Line, cell: queries.Cell, named: round_pages.Names, bad: frozenset[Key], label: str, year: str
) -> Box:
    service, figure, said = line.service.code, cell.figure, named.said
    last = ""
    if cell.last is not None:
        shown = round_pages.value(cell.last.figure).text()
        last = f"{days.period_short(cell.last.period, said, year=not cell.last.period.startswith(year))}: {shown}"
    more: dict[str, Any] = {}
    if cell.asked.mean:
        more = {
            "n": "" if figure.n is None else str(figure.n),
            "scale": figure.scale if cell.asked.mean == "mean" else None,
            "spread": "" if figure.spread is None else typed.written(typed.Figure("measured", figure.spread), {}),
            "spread_label": _("Standard deviation") if cell.asked.mean == "mean" else _("Middle half spans"),
        }
    return Box(
        name=_name(service, cell.key),
        id=rounds.field_id(service, cell.key),
        label=label,
        text=_texts(cell),
        last=last,
        part="" if cell.key.channel else str(round_pages.PARTS.get(cell.asked.part, "")),
        excuse=cell.excuse,
        is_optional=cell.asked.is_optional,
        is_bad=cell.key in bad,
        **more,
    )


def _groups(grid: queries.Grid, line: queries.Line, bad: frozenset[Key]) -> list[Group]:
    """Fields under the first indicator that asks them, in the order of the definitions."""
    named = round_pages.names()
    made = []
    for indicator in grid.indicators:
        cells = [cell for cell in line.cells if cell.asked.indicators[0] == indicator.code]
        alone = [key for key in (cell.key for cell in cells) if not key.channel]
        boxes = []
        for cell in cells:
            siblings = any(other.key.channel for other in cells if other.key.quantity == cell.key.quantity)
            label = named.figure(cell.key, alone=cell.key in alone)
            if siblings and not cell.key.channel:
                label = _("%(quantity)s, all channels together") % {"quantity": label}
            boxes.append(_box(line, cell, named, bad, label, grid.round.period[:4]))
        if boxes:
            made.append(Group(pick(indicator.name, named.said), pick(indicator.purpose, named.said), tuple(boxes)))
    return made


def _given(grid: queries.Grid, post: QueryDict, service: str | None = None) -> Iterator[typed.Typed]:
    """The cells that a form holds, with what stands beside them. Names that name nothing are left out.

    A reason that the form did not show stays as long as its figure does.
    """
    for name in post:
        code, slash, rest = name.partition("/")
        if ":" in code or not slash or rest.count(".") != 2 or (service is not None and code != service):
            continue
        made = typed.Typed(
            service=code,
            key=Key(*rest.split(".")),
            text=post.get(name, ""),
            n=post.get(f"n:{name}", ""),
            scale=post.get(f"s:{name}", ""),
            spread=post.get(f"d:{name}", ""),
            note=post.get(f"p:{name}", ""),
        )
        yield made if f"p:{name}" in post else _with_kept_reason(grid, made)


def _with_kept_reason(grid: queries.Grid, given: typed.Typed) -> typed.Typed:
    line = grid.line(given.service)
    cell = line.cell(given.key) if line else None
    if cell is None or not cell.figure.note:
        return given
    figure = typed.read(given, is_mean=bool(cell.asked.mean))
    same = replace(figure, note=cell.figure.note) == cell.figure
    return replace(given, note=cell.figure.note) if same else given


def _doubts_of(
    line: queries.Line, found: tuple[quality.Finding, ...], *, is_form: bool = True
) -> list[round_pages.Doubt]:
    named = round_pages.names()
    made, asked_reason = [], set()
    for one in found:
        cell = line.cell(one.key)
        code = line.service.code
        wants = cell is not None and is_form and one.key not in asked_reason
        wants = wants and (one.severity is quality.Severity.WARNING or one.rule is impossible.NoReason)
        if wants:
            asked_reason.add(one.key)
        made.append(
            round_pages.doubt(
                one,
                named,
                href=f"#{rounds.field_id(code, one.key)}" if cell else "",
                note_name=f"p:{_name(code, one.key)}" if wants else "",
                note=cell.figure.note if cell else "",
            )
        )
    for cell in line.cells:  # a reason that answered its doubt stays in sight
        if cell.figure.note and cell.key not in asked_reason and is_form:
            label = named.figure(cell.key, alone=True)
            made.append(
                round_pages.Doubt(
                    label, "", "", Tag(_("Reason"), tone="better"), f"#{rounds.field_id(line.service.code, cell.key)}",
                    f"p:{_name(line.service.code, cell.key)}", cell.figure.note,
                )
            )  # fmt: skip
    return made


@owner_only
@require_http_methods(["GET", "POST"])
def service(request: HttpRequest, round: str, body: str, code: str) -> HttpResponse:
    """The figures of one service: saved as they are, with what is doubtful beside them."""
    grid = rounds.grid_or_404(round, body)
    line = grid.line(code)
    if line is None:
        raise Http404
    refusal = None
    if request.method == "GET" and not rounds.may_write_to(actor(request), grid):
        return HttpResponseRedirect(reverse("owners:report", args=[round, body]))
    if request.method == "POST":
        try:
            actions.enter(
                round=grid.round,
                body=grid.body,
                cells=_given(grid, request.POST, code),
                by=actor(request),
                now=today.now(),
            )
        except Refusal as fault:
            refusal = refusals.box(fault, level=2)
        else:
            return _saved(request, grid, line)
    return _service_page(request, grid, line, refusal)


def _saved(request: HttpRequest, grid: queries.Grid, line: queries.Line) -> HttpResponse:
    messages.success(request, _("Saved."))
    codes = [one.service.code for one in grid.lines]
    after = codes[codes.index(line.service.code) + 1 :]
    if request.POST.get("tad") != "nakamais":
        place = reverse("owners:report-service", args=[grid.round.code, grid.body.code, line.service.code])
    elif after:
        place = reverse("owners:report-service", args=[grid.round.code, grid.body.code, after[0]])
    else:
        place = reverse("owners:report", args=[grid.round.code, grid.body.code])
    return HttpResponseRedirect(place)


def _service_page(request: HttpRequest, grid: queries.Grid, line: queries.Line, refusal: Any) -> HttpResponse:
    said = language()
    found = looking.report(grid, [line])[line.service.code]
    grave = frozenset(one.key for one in found if one.severity is not quality.Severity.REMARK)
    codes = [one.service.code for one in grid.lines]
    at = codes.index(line.service.code)
    back = reverse("owners:report", args=[grid.round.code, grid.body.code])
    return render(
        request,
        "owners/report_service.html",
        {
            "frame": own_frame(request, "rounds"),
            "crumbs": crumbs(
                (_("Rounds"), reverse("owners:rounds")),
                (pick(grid.body.name, said), back),
                pick(line.service.title, said),
            ),
            "title": pick(line.service.title, said),
            "round_title": pick(grid.round.title, said),
            "grid": grid,
            "code": line.service.code,
            "groups": _groups(grid, line, grave),
            "doubts": _doubts_of(line, found),
            "coverage": words.of(*line.coverage, said),
            "meter": round_pages.meter(*line.coverage),
            "position": at + 1,
            "count": len(codes),
            "before": codes[at - 1] if at else "",
            "is_last": at + 1 == len(codes),
            "back": back,
            "refusal": refusal,
        },
        status=400 if refusal else 200,
    )


@owner_only
@require_POST
def service_doubts(request: HttpRequest, round: str, body: str, code: str) -> HttpResponse:
    """What is doubtful in what stands in the form now. Nothing is saved."""
    grid = rounds.grid_or_404(round, body)
    line = grid.line(code)
    if line is None:
        raise Http404
    said = {one.key: one for one in _given(grid, request.POST, code)}
    shown = queries.Line(
        line.service,
        tuple(
            replace(cell, figure=typed.read(said[cell.key], is_mean=bool(cell.asked.mean)))
            if cell.key in said
            else cell
            for cell in line.cells
        ),
    )
    found = looking.report(grid, [shown])[code]
    return render(
        request,
        "owners/report_doubts.html",
        {
            "doubts": _doubts_of(shown, found),
            "coverage": words.of(*shown.coverage, language()),
            "meter": round_pages.meter(*shown.coverage),
        },
    )


# ---- one table for the institution -------------------------------------------------------------------------------


@owner_only
@require_http_methods(["GET", "POST"])
def table(request: HttpRequest, round: str, body: str) -> HttpResponse:
    """One indicator of every service as a table to type in: down a column with Tab, saved as a whole."""
    grid = rounds.grid_or_404(round, body)
    found = [one for one in grid.indicators if _cells_of(grid, one)]
    if not found:
        raise Http404
    wanted = request.GET.get("raditajs", "")
    chosen = next((one for one in found if one.code == wanted), found[0])
    refusal = None
    if request.method == "GET" and not rounds.may_write_to(actor(request), grid):
        return HttpResponseRedirect(reverse("owners:report", args=[round, body]))
    if request.method == "POST":
        try:
            actions.enter(
                round=grid.round,
                body=grid.body,
                cells=_given(grid, request.POST),
                by=actor(request),
                now=today.now(),
            )
        except Refusal as fault:
            refusal = refusals.box(fault, level=2)
        else:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(request.get_full_path())
    return _table_page(request, grid, found, chosen, refusal)


def _cells_of(grid: queries.Grid, indicator: Indicator) -> list[Key]:
    wanted = {cell.key for line in grid.lines for cell in line.cells if cell.asked.indicators[0] == indicator.code}
    return [key for key in grid.columns if key in wanted]


def _table_page(
    request: HttpRequest, grid: queries.Grid, found: list[Indicator], chosen: Indicator, refusal: Any
) -> HttpResponse:
    said, named = language(), round_pages.names()
    keys = _cells_of(grid, chosen)
    quantities = {key.quantity for key in keys}
    doubts = looking.report(grid)

    def head(key: Key) -> str:
        if len(quantities) == 1 and any(one.channel for one in keys):
            return words.capital(named.channel(key.channel))
        return named.figure(key)

    def boxes(line: queries.Line) -> list[Box | None]:
        bad = frozenset(one.key for one in doubts[line.service.code] if one.severity is not quality.Severity.REMARK)
        title = pick(line.service.title, said)
        cells = [line.cell(key) for key in keys]
        return [
            _box(line, cell, named, bad, f"{title}: {head(cell.key)}", grid.round.period[:4]) if cell else None
            for cell in cells
        ]

    return render(
        request,
        "owners/report_table.html",
        {
            "frame": own_frame(request, "rounds"),
            "crumbs": crumbs(
                (_("Rounds"), reverse("owners:rounds")),
                (pick(grid.body.name, said), reverse("owners:report", args=[grid.round.code, grid.body.code])),
                _("Table"),
            ),
            "title": pick(chosen.name, said),
            "about": pick(chosen.purpose, said),
            "round_title": pick(grid.round.title, said),
            "body_name": pick(grid.body.name, said),
            "grid": grid,
            "choices": [
                Option(pick(one.name, said), with_query(request, raditajs=one.code), current=one is chosen)
                for one in found
            ],
            "heads": [head(key) for key in keys],
            "rows": [
                (
                    pick(line.service.title, said),
                    reverse("owners:report-service", args=[grid.round.code, grid.body.code, line.service.code]),
                    boxes(line),
                )
                for line in grid.lines
            ],
            "doubts": [
                round_pages.doubt(
                    one,
                    named,
                    title=pick(line.service.title, said),
                    href=f"#{rounds.field_id(line.service.code, one.key)}",
                )
                for line in grid.lines
                for one in doubts[line.service.code]
                if one.key in keys and one.severity is not quality.Severity.REMARK
            ],
            "refusal": refusal,
        },
        status=400 if refusal else 200,
    )
