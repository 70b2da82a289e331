"""Mergers, splits and renamings of institutions: which there were, planning, seeing what goes where, doing, undoing.

What may be done and what goes along is decided by ground.bodies and the rooms that hear it; here it is laid out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ietvars.doors.furniture import days, downloads, refusals, today, words
from ietvars.doors.furniture.access import access, role
from ietvars.doors.furniture.frame import crumbs
from ietvars.doors.furniture.marks import Muted, Tag, Words
from ietvars.doors.furniture.parts import Empty
from ietvars.doors.furniture.shown import Mark, language
from ietvars.doors.furniture.tables import Cell, Column, Row, Table
from ietvars.doors.overseers import reorganisation_forms as forms
from ietvars.doors.overseers.common import actor, address, own_frame
from ietvars.ground.bodies import errors, plans, queries, reorganising, rules
from ietvars.ground.bodies.plans import STAYS, Item, Kind, Plan, State
from ietvars.ground.errors import Refusal
from ietvars.ground.people import queries as people
from ietvars.ground.people.rules import Role, may
from ietvars.ground.terms.rules import pick

reorganisers = access(role(Role.OVERSEER, Role.ADMINISTRATOR))
"""Whoever the rule lets reorganise; an administrator only within his reach, which the room decides."""

KINDS: dict[str, Words] = {
    Kind.MERGED: gettext_lazy("Merger"),
    Kind.SPLIT: gettext_lazy("Split"),
    Kind.RENAMED: gettext_lazy("Renaming"),
}
STATES: dict[str, tuple[Words, str]] = {
    State.PLANNED: (pgettext_lazy("a reorganisation", "Planned"), "due"),
    State.APPLIED: (pgettext_lazy("a reorganisation", "Applied"), "blue"),
    State.UNDONE: (pgettext_lazy("a reorganisation", "Undone"), ""),
    State.DROPPED: (pgettext_lazy("a reorganisation", "Given up"), ""),
}
THINGS: dict[str, Words] = {
    "service": gettext_lazy("Services"),
    "provider": gettext_lazy("Services of others in which a stage is given"),
    "draft": gettext_lazy("Open drafts"),
    "capacity": gettext_lazy("Capacities of people"),
    "body": gettext_lazy("Institutions below"),
    "list": gettext_lazy("Service lists under way"),
    "report": gettext_lazy("Reports that a round waits for"),
    "feedback": gettext_lazy("Feedback on the institution's page"),
    "sender": gettext_lazy("Programs that send events"),
    "source": gettext_lazy("Sources that events come from"),
    "step": gettext_lazy("Steps of life situations"),
    "initiative": gettext_lazy("Initiatives under way"),
}
"""What goes along, in the order of the page."""
ALONG = ("draft",)
"""Things that nobody assigns: they go along with another one."""
NOTES: dict[str, Words] = {"has-its-own": gettext_lazy("the successor has its own")}


def state_tag(state: str) -> Tag:
    """How far a reorganisation has come, in words."""
    says, tone = STATES[state]
    return Tag(says, tone=tone)


class Names:
    """Names of the bodies of some plans, those still to be founded among them."""

    def __init__(self, *wanted: Plan) -> None:
        codes = {code for plan in wanted for code in (*plan.predecessors, *plan.successors)}
        self._known = {code: body.name for code, body in queries.by_codes(codes).items()}
        self._known |= {new.code: dict(new.name) for plan in wanted for new in plan.new if new.code not in self._known}

    def __getitem__(self, code: str) -> str:
        return pick(self._known.get(code, {}), language()) or code

    def both(self, plan: Plan) -> str:
        """From whom to whom."""
        said = language()
        olds = words.listed([self[code] for code in plan.predecessors], said)
        if plan.keeps_its_code:
            return f"{olds} → {pick(plan.name, said)}"
        return f"{olds} → {words.listed([self[code] for code in plan.successors], said)}"


# ---- which there were -------------------------------------------------------------------------------------------


@reorganisers
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """All reorganisations with how far they have come."""
    table = _table(request)
    return render(
        request,
        "overseers/reorganisations.html",
        {
            "frame": own_frame(request, "reorganisations"),
            "table": table,
            "csv": address("reorganisations-csv"),
            "empty": Empty(
                _("No reorganisation yet"),
                _("A merger, split or renaming is planned here, seen as a whole before it is done, and can be undone."),
                level=2,
            ),
        },
    )


@reorganisers
@require_GET
def page_csv(request: HttpRequest) -> HttpResponseBase:
    """The same as a file."""
    return downloads.csv(_table(request))


def _table(request: HttpRequest) -> Table:
    every = [(row, plans.read(row.plan)) for row in queries.reorganisations()]
    known = queries.by_codes(code for _row, plan in every for code in (*plan.predecessors, *plan.successors))
    rows = [(row, plan) for row, plan in every if may(_require_reach, request, plan, known)]
    names = Names(*(plan for _row, plan in rows))
    return Table(
        code="reorganizacijas",
        caption=_("Reorganisations"),
        columns=(
            Column(_("Institutions"), "institutions"),
            Column(_("Kind"), "kind"),
            Column(_("From day"), "on"),
            Column(_("Services"), "services", n=True),
            Column(_("State"), "state"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(names.both(plan), href=address("reorganisation", row.pk)),
                    KINDS[row.kind],
                    row.on,
                    row.counts.get("service", 0) if row.counts else Muted("–"),
                    state_tag(row.state),
                )
            )
            for row, plan in rows
        ),
    )


# ---- planning ---------------------------------------------------------------------------------------------------


@reorganisers
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Plan one: what happens, to whom, from which day."""
    form = forms.PlanForm(request.POST or None, initial={"on": today.today()})
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            made = reorganising.plan(plan=form.plan(), by=actor(request), now=today.now())
        except Refusal as fault:
            refusal = refusals.box(fault, level=2)
        else:
            return HttpResponseRedirect(address("reorganisation", made.pk))
    return render(
        request,
        "overseers/reorganisation_new.html",
        {
            "frame": own_frame(request, "reorganisations"),
            "crumbs": crumbs((_("Reorganisations"), address("reorganisations")), _("Plan a reorganisation")),
            "form": form,
            "refusal": refusal,
            "bodies": forms.named_bodies(language()),
            "back": address("reorganisations"),
        },
        status=400 if form.errors or refusal else 200,
    )


def _found_or_404(request: HttpRequest, number: int) -> Any:
    """A reorganisation that this person may see. Raises NotYourReorganisation."""
    try:
        found = queries.reorganisation(number)
    except errors.NoSuchReorganisation as refused:
        raise Http404 from refused
    _require_reach(request, plans.read(found.plan))
    return found


def _require_reach(request: HttpRequest, plan: Plan, known: Mapping[str, Any] | None = None) -> None:
    codes = {*plan.predecessors, *plan.successors}
    found = queries.by_codes(codes) if known is None else known
    rules.require_reorganiser(actor(request), [body.pk for code, body in found.items() if code in codes])


# ---- one --------------------------------------------------------------------------------------------------------


@reorganisers
@require_GET
def one(request: HttpRequest, number: int) -> HttpResponse:
    """One reorganisation: what goes where, and the next step."""
    return _page(request, _found_or_404(request, number))


@reorganisers
@require_GET
def one_csv(request: HttpRequest, number: int) -> HttpResponseBase:
    """What goes where, as a file."""
    found = _found_or_404(request, number)
    plan = plans.read(found.plan)
    names = Names(plan)
    items = _preview(request, plan).items if found.state == State.PLANNED else ()
    columns = (
        Column(_("Kind"), "kind"),
        Column(_("Thing"), "thing"),
        Column(_("Code"), "key"),
        Column(_("From"), "from"),
        Column(_("To"), "to"),
    )
    rows = tuple(
        Row((THINGS[item.what], pick(item.says, language()), item.key, names[item.old], _goes(item, names)))
        for item in items
    )
    return downloads.csv(
        Table(code=f"reorganizacija-{number}", caption=_("What goes where"), columns=columns, rows=rows)
    )


def _preview(request: HttpRequest, plan: Plan) -> reorganising.Preview:
    return reorganising.preview(plan=plan, by=actor(request), now=today.now())


def _page(
    request: HttpRequest, found: Any, *, undo: forms.UndoForm | None = None, refused: Refusal | None = None
) -> HttpResponse:
    plan = plans.read(found.plan)
    names, said = Names(plan), language()
    preview, trouble = None, refused
    if found.state == State.PLANNED:
        try:
            preview = _preview(request, plan)
        except Refusal as fault:
            trouble = fault
    usernames = people.names([found.planned_by, found.applied_by, found.undone_by])
    way = [
        (STATES[state][0], pick(usernames.get(name, {}), said) or name, at)
        for state, name, at in (
            (State.PLANNED, found.planned_by, found.planned_at),
            (State.APPLIED, found.applied_by, found.applied_at),
            (State.UNDONE, found.undone_by, found.undone_at),
        )
        if at
    ]
    return render(
        request,
        "overseers/reorganisation.html",
        {
            "frame": own_frame(request, "reorganisations"),
            "crumbs": crumbs((_("Reorganisations"), address("reorganisations")), KINDS[found.kind]),
            "found": found,
            "kind": KINDS[found.kind],
            "title": names.both(plan),
            "lead": _lead(plan),
            "document": pick(plan.document, said),
            "state": state_tag(found.state),
            "groups": _groups(preview, plan, names) if preview else (),
            "hinders": refusals.sentence(preview.refusal) if preview and preview.refusal else "",
            "counts": [(THINGS[what], number) for what, number in _ordered(found.counts) if number],
            "can_apply": bool(preview and preview.refusal is None),
            "undo_form": (undo or forms.UndoForm()) if found.state == State.APPLIED else None,
            "refusal": refusals.box(trouble, level=2) if trouble else None,
            "way": way,
            "csv": address("reorganisation-csv", found.pk),
        },
        status=400 if refused or (undo is not None and undo.errors) else 200,
    )


def _lead(plan: Plan) -> str:
    said, on = language(), plan.on
    ending = len(plan.ending)
    if plan.keeps_its_code:
        return _("From %(day)s the institution bears another name.") % {"day": days.in_text(on, said, "genitive")}
    if not ending:
        return _("From %(day)s a part of its work goes over; the institution lives on.") % {
            "day": days.in_text(on, said, "genitive")
        }
    return _("From %(day)s the successors do the work. Figures keep the holder of their day.") % {
        "day": days.in_text(on, said, "genitive")
    }


@dataclass(frozen=True)
class Pick(Mark):
    """The choice where a thing goes, in its row of the table."""

    id: str
    name: str
    label: str
    nothing: Words
    choices: Sequence[tuple[str, Words]]
    chosen: str

    def html(self) -> SafeString:
        """A label for readers of the screen, and the control."""
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((code, SafeString(" selected") if code == self.chosen else "", says) for code, says in self.choices),
        )
        return format_html(
            '<label class="ds-sr-only" for="{0}">{1}</label>'
            '<select class="ds-input" id="{0}" name="{2}"><option value="">{3}</option>{4}</select>',
            self.id, self.label, self.name, self.nothing, options,
        )  # fmt: skip

    def plain(self) -> str:
        """What is chosen."""
        return str(dict(self.choices).get(self.chosen, self.nothing))


@dataclass(frozen=True)
class Group:
    """One kind of thing: its table, and in a split the choice for all that is not named."""

    what: str
    says: Words
    count: int
    table: Table
    rest: Pick | None = None


def _groups(preview: reorganising.Preview, plan: Plan, names: Names) -> list[Group]:
    found = plans.by_kind(preview.items)
    choices = [*((code, names[code]) for code in plan.successors), (STAYS, _("Stays as it is"))]
    made = []
    for what in (*THINGS, *(kind for kind in found if kind not in THINGS)):
        items = found.get(what, ())
        if items:
            is_chosen = len(plan.successors) > 1 and what not in ALONG
            rest = plan.assigned.get(what, {}).get(plans.EVERYTHING, "")
            all_else = _("All that is not named goes to")
            pick_rest = Pick(f"rest-{what}", f"{what}:*", all_else, _("not decided"), choices, rest)
            rows = tuple(
                _row(number, item, names, plan, choices if is_chosen else ()) for number, item in enumerate(items)
            )
            table = Table(
                code=f"reorganizacija-{what}",
                caption=THINGS.get(what, what),
                columns=(Column(_("Name"), "name"), Column(_("Goes to"), "to")),
                rows=rows,
            )
            made.append(Group(what, THINGS.get(what, what), len(items), table, pick_rest if is_chosen else None))
    return made


def _row(number: int, item: Item, names: Names, plan: Plan, choices: Sequence[tuple[str, Words]]) -> Row:
    says = pick(item.says, language()) or item.key
    under = names[item.old] if len(plan.predecessors) > 1 else ""
    named = plan.assigned.get(item.what, {})
    goes: Any = _goes(item, names)
    if choices and not item.note:
        nothing = _("as all the rest") if named.get(plans.EVERYTHING) else _("not decided")
        goes = Pick(
            f"to-{item.what}-{number}", f"{item.what}:{item.key}", says, nothing, choices, named.get(item.key, "")
        )
    return Row((Cell(says, under=under), goes))


def _goes(item: Item, names: Names) -> str:
    if item.new is None:
        return _("not decided")
    if item.new == STAYS:
        why = NOTES.get(item.note)
        return _("stays: %(why)s") % {"why": why} if why else _("stays as it is")
    return names[item.new]


def _ordered(counts: dict[str, int]) -> list[tuple[str, int]]:
    return [(what, counts.get(what, 0)) for what in THINGS]


# ---- steps ------------------------------------------------------------------------------------------------------


@reorganisers
@require_POST
def decide(request: HttpRequest, number: int) -> HttpResponse:
    """Keep where things go, as far as it was said. Fields are named `kind:key`, those of the rest `kind:*`."""
    found = _found_or_404(request, number)
    assigned: dict[str, dict[str, str]] = {}
    for name, value in request.POST.items():
        what, colon, key = name.partition(":")
        if colon and what in THINGS and isinstance(value, str):
            assigned.setdefault(what, {})[key] = value
    try:
        reorganising.decide(reorganisation=found, assigned=assigned, by=actor(request), now=today.now())
    except Refusal as fault:
        return _page(request, found, refused=fault)
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(address("reorganisation", number))


@reorganisers
@require_POST
def apply(request: HttpRequest, number: int) -> HttpResponse:
    """Do it, whole or not at all."""
    found = _found_or_404(request, number)
    try:
        reorganising.apply(reorganisation=found, by=actor(request), now=today.now())
    except Refusal as fault:
        return _page(request, found, refused=fault)
    messages.success(request, _("It is done. Until somebody builds on it, it can be undone whole."))
    return HttpResponseRedirect(address("reorganisation", number))


@reorganisers
@require_POST
def undo(request: HttpRequest, number: int) -> HttpResponse:
    """Take it back, whole or not at all."""
    found = _found_or_404(request, number)
    form = forms.UndoForm(request.POST)
    if not form.is_valid():
        return _page(request, found, undo=form)
    try:
        reorganising.undo(reorganisation=found, by=actor(request), now=today.now(), why=form.cleaned_data["why"])
    except Refusal as fault:
        return _page(request, found, undo=form, refused=fault)
    messages.success(request, _("It is undone: everything is again as it was."))
    return HttpResponseRedirect(address("reorganisation", number))


@reorganisers
@require_POST
def drop(request: HttpRequest, number: int) -> HttpResponse:
    """Give the plan up."""
    found = _found_or_404(request, number)
    try:
        reorganising.drop(reorganisation=found, by=actor(request), now=today.now())
    except Refusal as fault:
        return _page(request, found, refused=fault)
    messages.success(request, _("The plan is given up."))
    return HttpResponseRedirect(address("reorganisations"))
