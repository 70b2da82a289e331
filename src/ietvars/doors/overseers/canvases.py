"""Canvases as the centre sees them: which services stand on which version, by day and by body; and writing the next."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ietvars.doors.furniture import days, downloads, part_names, refusals, today, words
from ietvars.doors.furniture.access import access, role
from ietvars.doors.furniture.charts.line import Line
from ietvars.doors.furniture.charts.spec import Series
from ietvars.doors.furniture.frame import crumbs
from ietvars.doors.furniture.marks import Tag, Value
from ietvars.doors.furniture.shown import language
from ietvars.doors.furniture.tables import Cell, Column, Row, Table
from ietvars.doors.furniture.writing import DraftForm
from ietvars.doors.overseers import canvas_forms
from ietvars.doors.overseers.common import actor, address, own_frame
from ietvars.ground.errors import Refusal
from ietvars.ground.people.rules import Role
from ietvars.ground.terms.rules import pick, sort_key
from ietvars.institution.canvases import actions, merging, queries, rules
from ietvars.institution.canvases import description as descriptions
from ietvars.institution.revisions import queries as revisions
from ietvars.institution.services import queries as services

centre = access(role(Role.OVERSEER, Role.COORDINATOR))


def _list_table() -> Table:
    said = language()
    newest = queries.newest()
    rows = []
    for canvas in sorted(queries.all_canvases(), key=lambda one: sort_key(pick(one.title, said))):
        version = newest.get(canvas.pk)
        standing = services.adoption(canvas.code)
        total = sum(row["size"] for row in standing)
        current = sum(row["size"] for row in standing if version and row["number"] == version.number)
        rows.append(
            Row(
                (
                    Cell(pick(canvas.title, said), href=address("canvas", canvas.code), under=_kind(canvas)),
                    version.number if version else 0,
                    days.in_table(version.published_at.date(), said) if version and version.published_at else "",
                    total,
                    words.of(current, total, said) if total else "–",
                )
            )
        )
    return Table(
        code="sagataves",
        caption=_("Canvases"),
        columns=(
            Column(_("Canvas"), "canvas"),
            Column(_("Version"), "version", n=True),
            Column(_("Published"), "published"),
            Column(_("Services"), "services", n=True),
            Column(_("On the newest version"), "on_newest"),
        ),
        rows=tuple(rows),
        scroll=_("Canvases"),
    )


def _kind(canvas: Any) -> str:
    return _("One service that many bodies give") if canvas.kind == "common" else _("Kind of service")


@centre
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """All canvases with how far their newest version has come."""
    table = _list_table()
    without = services.all_services().filter(canvas_version__isnull=True).exclude(state="retired").count()
    return render(
        request,
        "overseers/canvases.html",
        {"frame": own_frame(request, "canvases"), "table": table, "without": without},
    )


@centre
@require_GET
def page_csv(request: HttpRequest) -> HttpResponseBase:
    """The same as a file."""
    return downloads.csv(_list_table())


def _canvas_or_404(code: str) -> Any:
    found = queries.by_code(code)
    if found is None:
        raise Http404
    return found


def _adoption_table(canvas: Any) -> Table:
    """A row a body, a column a version: where the services of the body stand today."""
    said = language()
    found = services.adoption(canvas.code)
    numbers = sorted({row["number"] for row in found})
    by_body: dict[str, Counter[int]] = {}
    names: dict[str, str] = {}
    for row in found:
        by_body.setdefault(row["holder"], Counter())[row["number"]] += row["size"]
        names[row["holder"]] = pick(row["name"], said)
    return Table(
        code=f"sagatave-{canvas.code}",
        caption=_("Where the services stand"),
        columns=(
            Column(_("Holder"), "holder"),
            *(Column(_("Version %(number)s") % {"number": number}, f"version_{number}", n=True) for number in numbers),
        ),
        rows=tuple(
            Row((Cell(names[code], href=address("body", code)), *(counts[number] for number in numbers)))
            for code, counts in sorted(by_body.items(), key=lambda item: names[item[0]])
        ),
        scroll=_("Where the services stand"),
    )


def _by_day(canvas: Any) -> Line | None:
    """How many services had come to the newest version by each day; None before there are two days to draw."""
    version = queries.current(canvas.code)
    moves = services.adopted_by_day(canvas.code)
    on_newest = [(day, size) for day, number, size in moves if version and number == version.number]
    if len(on_newest) < 2:
        return None
    total, points = 0, []
    for day, size in on_newest:
        total += size
        points.append((day, total))
    said = language()
    return Line(
        code=f"pieejusi-{canvas.code}",
        title=_("Services on the newest version"),
        finding=_("%(count)s services stand on version %(number)s.") % {"count": total, "number": version.number},  # type: ignore[union-attr]
        unit="",
        axis=_("Day"),
        ticks=tuple(days.in_table(day, said) for day, _total in points),
        now=Series(_("Services"), tuple(Value(size) for _day, size in points)),
    )


@centre
@require_GET
def one(request: HttpRequest, code: str) -> HttpResponse:
    """One canvas: its versions, who stands where, what is asked of each part."""
    canvas = _canvas_or_404(code)
    said = language()
    current = queries.current(code)
    parts = queries.parts(current)
    late = revisions.drifting(services.all_services().filter(canvas_version__canvas=canvas))
    return render(
        request,
        "overseers/canvas.html",
        {
            "frame": own_frame(request, "canvases"),
            "canvas": canvas,
            "title": pick(canvas.title, said),
            "about": pick(canvas.about, said),
            "kind": _kind(canvas),
            "versions": [(row, pick(row.note, said)) for row in canvas.versions.all()],
            "adoption": _adoption_table(canvas),
            "by_day": _by_day(canvas),
            "late": len(late),
            "reopened": sum(1 for _service, _version, reopens in late if reopens),
            "parts": _parts_table(parts),
            "draft": queries.draft_of(canvas),
            "is_common": canvas.kind == "common",
            "crumbs": crumbs((_("Canvases"), address("canvases")), pick(canvas.title, said)),
        },
    )


@centre
@require_GET
def one_csv(request: HttpRequest, code: str) -> HttpResponseBase:
    """Where the services of a canvas stand, as a file."""
    return downloads.csv(_adoption_table(_canvas_or_404(code)))


def _parts_table(parts: tuple[rules.Part, ...], edit: Any = None) -> Table:
    said = language()
    return Table(
        code="dalas",
        caption=_("Parts"),
        columns=(Column(_("Part"), "part"), Column(_("Weight"), "level"), Column(_("Why it is asked"), "source")),
        rows=tuple(
            Row(
                (
                    Cell(part_names.name(part.path), href=edit(part.path) if edit else "", under=pick(part.help, said)),
                    str(part_names.LEVELS[part.level.value]),
                    pick(part.source, said),
                )
            )
            for part in parts
        ),
        scroll=_("Parts"),
    )


# Writing the next version


@centre
@require_POST
def begin(request: HttpRequest, code: str) -> HttpResponse:
    """Begin the next version with what the newest one says."""
    canvas = _canvas_or_404(code)
    if queries.draft_of(canvas) is None:
        current = queries.current(code)
        actions.draft(canvas=canvas, parts=queries.parts(current), note={}, by=actor(request), now=today.now())
    return HttpResponseRedirect(address("canvas-draft", code))


def _draft_or_404(code: str) -> tuple[Any, Any]:
    canvas = _canvas_or_404(code)
    draft = queries.draft_of(canvas)
    if draft is None:
        raise Http404
    return canvas, draft


@centre
@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest, code: str) -> HttpResponse:
    """The version being written: its parts, what it would mean for the services, and its publication."""
    canvas, row = _draft_or_404(code)
    said = language()
    form = canvas_forms.NoteForm(
        request.POST or None, initial={f"note_{tongue}": row.note.get(tongue, "") for tongue in ("lv", "en")}
    )
    refusal = None
    if request.method == "POST" and form.is_valid():
        note = {tongue: text for tongue in ("lv", "en") if (text := form.cleaned_data[f"note_{tongue}"].strip())}
        try:
            row = actions.draft(canvas=canvas, parts=queries.parts(row), note=note, by=actor(request), now=today.now())
            actions.publish(version=row, by=actor(request), now=today.now(), valid_from=today.today())
        except Refusal as fault:
            refusal = refusals.box(fault, level=2)
        else:
            messages.success(request, _("Published. Owners see what it means for each of their services."))
            return HttpResponseRedirect(address("canvas", code))
    current = queries.current(code)
    changes = merging.compare(queries.parts(current), queries.parts(row), {})
    standing = sum(found["size"] for found in services.adoption(code))
    missing = [path for path in descriptions.PARTS if path not in {part.path for part in queries.parts(row)}]
    return render(
        request,
        "overseers/canvas_draft.html",
        {
            "frame": own_frame(request, "canvases"),
            "canvas": canvas,
            "row": row,
            "title": pick(canvas.title, said),
            "form": form,
            "refusal": refusal,
            "parts": _parts_table(queries.parts(row), lambda path: address("canvas-part", code, path)),
            "changes": [(part_names.name(one.path), Tag(*_class(one))) for one in changes],
            "reopens": merging.reopens(changes),
            "standing": standing,
            "missing": [(path, part_names.name(path)) for path in missing],
            "crumbs": crumbs(
                (_("Canvases"), address("canvases")),
                (pick(canvas.title, said), address("canvas", code)),
                _("Next version"),
            ),
        },
        status=400 if request.method == "POST" else 200,
    )


def _class(change: merging.Change) -> tuple[Any, str]:
    return part_names.CLASSES[change.of_class.value]


@centre
@require_http_methods(["GET", "POST"])
def part(request: HttpRequest, code: str, path: str) -> HttpResponse:
    """What the next version says of one part, its common text included."""
    canvas, row = _draft_or_404(code)
    if path not in descriptions.PARTS:
        raise Http404
    parts = {one.path: one for one in queries.parts(row)}
    known = parts.get(path) or rules.Part(path=path, level=rules.Level.DESIRABLE)
    sent = request.POST if request.method == "POST" else None
    form = canvas_forms.PartForm(known, sent)
    common = {path: known.text} if not descriptions.is_empty(known.text) else {}
    text = DraftForm(common, part_names.Reader(language()), paths=(path,), data=sent)
    if request.method == "POST":
        changes = text.changes()
        if request.POST.get("step") == "remove":
            parts.pop(path, None)
            _keep(canvas, row, parts, request)
            return HttpResponseRedirect(address("canvas-draft", code))
        if form.is_valid() and not text.errors:
            parts[path] = form.made(changes.get(path, known.text))
            _keep(canvas, row, parts, request)
            messages.success(request, _("Saved in the version being written."))
            return HttpResponseRedirect(address("canvas-draft", code))
    said = language()
    return render(
        request,
        "overseers/canvas_part.html",
        {
            "frame": own_frame(request, "canvases"),
            "form": form,
            "pairs": [(form[f"{name}-lv"], form[f"{name}-en"]) for name, _label, _rows in form.TEXTS],
            "drawn": text.drawn(path),
            "name": part_names.name(path),
            "title": pick(canvas.title, said),
            "is_known": path in parts,
            "crumbs": crumbs(
                (_("Canvases"), address("canvases")),
                (pick(canvas.title, said), address("canvas", code)),
                (_("Next version"), address("canvas-draft", code)),
                part_names.name(path),
            ),
        },
        status=400 if request.method == "POST" else 200,
    )


def _keep(canvas: Any, row: Any, parts: dict[str, rules.Part], request: HttpRequest) -> None:
    ordered = [parts[one] for one in descriptions.PARTS if one in parts]
    actions.draft(canvas=canvas, parts=ordered, note=row.note, by=actor(request), now=today.now())
