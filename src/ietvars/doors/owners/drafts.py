"""Writing a draft: begin it, save it, see what is missing while typing, submit it, take it back, give it up.

Views translate; the rooms of canvases and revisions decide. Approving stands in `approvals`, newer canvases in
`canvas_changes`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from ietvars.doors.furniture import part_names, refusals, today
from ietvars.doors.furniture.access import access, over_body, role
from ietvars.doors.furniture.frame import crumbs
from ietvars.doors.furniture.shown import language
from ietvars.doors.furniture.writing import DraftForm
from ietvars.doors.owners import drafting
from ietvars.doors.owners.common import STAFF, actor, holder_of, own_frame, service_or_404
from ietvars.ground.bodies import queries as bodies
from ietvars.ground.errors import Refusal
from ietvars.ground.people import queries as people
from ietvars.ground.people.rules import Role
from ietvars.ground.terms.rules import pick
from ietvars.institution.canvases import description as descriptions
from ietvars.institution.canvases import queries as canvases
from ietvars.institution.canvases import requirements
from ietvars.institution.revisions import actions, errors, queries

over_own = access(over_body(*STAFF, body_from="code", body_of=holder_of))
over_own_as_owner = access(over_body(Role.SERVICE_OWNER, body_from="code", body_of=holder_of))


class NewForm(forms.Form):
    """The shortest beginning: a name, a canvas, and a holder where one acts for several."""

    title = forms.CharField(
        label=gettext_lazy("What will the service be called?"),
        help_text=gettext_lazy("What a person gets, in everyday words. You can change it later."),
        max_length=240,
        error_messages={"required": gettext_lazy("Give the service a name.")},
    )
    canvas = forms.ChoiceField(
        label=gettext_lazy("What kind of service is it?"),
        help_text=gettext_lazy("The canvas brings the parts, help and common texts of this kind."),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose the kind of service.")},
    )
    holder = forms.ChoiceField(
        label=gettext_lazy("Which institution holds it?"), widget=forms.Select(attrs={"class": "ds-input"})
    )

    def __init__(self, request: HttpRequest, data: Any = None) -> None:
        super().__init__(data=data)
        said = language()
        versions = [one for one in canvases.newest().values() if one.canvas.kind != "common"]
        self.versions = {one.canvas.code: one for one in versions}
        shown = sorted((pick(one.canvas.title, said), one.canvas) for one in versions) if versions else []
        self.fields["canvas"].choices = [  # type: ignore[attr-defined]
            (canvas.code, f"{title} – {pick(canvas.for_services, said) or pick(canvas.about, said)}")
            for title, canvas in shown
        ]
        who = actor(request)
        held = list(bodies.all_bodies().filter(pk__in=who.reach, until__isnull=True))
        self.holders = {body.code: body for body in held}
        names = sorted((pick(body.name, said), body.code) for body in held)
        self.fields["holder"].choices = [(code, name) for name, code in names]  # type: ignore[attr-defined]
        self.fields["holder"].initial = who.body_code
        if len(names) == 1:
            self.fields["holder"].widget = forms.HiddenInput()


@access(role(Role.SERVICE_OWNER))
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin a new service from a canvas."""
    form = NewForm(request, request.POST or None)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.create(
                canvas=form.versions[form.cleaned_data["canvas"]],
                holder=form.holders[form.cleaned_data["holder"]],
                title={"lv": form.cleaned_data["title"].strip()},
                by=actor(request),
                now=today.now(),
            )
        except Refusal as fault:
            refusal = refusals.box(fault, level=2)
        else:
            return HttpResponseRedirect(reverse("owners:draft", args=[made.service.code]))
    return render(
        request,
        "owners/draft_new.html",
        {
            "frame": own_frame(request, "services"),
            "form": form,
            "refusal": refusal,
            "near": drafting.near(str(request.POST.get("title", ""))[:240]),
            "crumbs": crumbs((_("Services"), reverse("owners:services")), _("New service")),
        },
        status=400 if request.method == "POST" else 200,
    )


@access(role(Role.SERVICE_OWNER))
@require_POST
def near(request: HttpRequest) -> HttpResponse:
    """Services that say nearly the same as the title being typed, as a piece of a page."""
    return render(request, "owners/draft_near.html", {"near": drafting.near(request.POST.get("title", "")[:240])})


@over_own_as_owner
@require_POST
def start(request: HttpRequest, code: str) -> HttpResponse:
    """Begin a draft of a described service, or go on with the open one."""
    actions.start(service=service_or_404(code), by=actor(request), now=today.now())
    return HttpResponseRedirect(reverse("owners:draft", args=[code]))


@dataclass(frozen=True)
class _Page:
    """What the page of a draft is made of in one request."""

    service: Any
    revision: Any
    form: DraftForm
    edition: int
    conflicts: tuple[drafting.ConflictShown, ...] = ()
    refusal: Any = None
    who: str = ""


def _open(code: str) -> tuple[Any, Any]:
    service = service_or_404(code)
    return service, queries.open_of(service)


@over_own_as_owner
@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest, code: str) -> HttpResponse:
    """The form of a draft; saving names the parts that changed since the edition one had before one."""
    service, revision = _open(code)
    if revision is None:
        return render(
            request,
            "owners/draft_none.html",
            {
                "frame": own_frame(request, "services"),
                "title": pick(service.title, language()),
                "code": code,
                "crumbs": _crumbs(service, _("Draft")),
            },
        )
    if revision.state != "draft":
        return HttpResponseRedirect(reverse("owners:approval", args=[code]))
    reader = part_names.Reader(language())
    if request.method == "POST":
        return _save(request, service, revision, reader)
    form = DraftForm(revision.description, reader)
    return _draw(request, _Page(service, revision, form, revision.edition), reader)


def _save(request: HttpRequest, service: Any, revision: Any, reader: part_names.Reader) -> HttpResponse:
    edition = _edition(request, revision)
    form = DraftForm(queries.at_edition(revision, edition), reader, data=request.POST)
    changes = form.changes()
    for path in [one for one in changes if request.POST.get(f"keep-{one}") == "theirs"]:
        changes.pop(path)
    try:
        saved = actions.save(revision=revision, changes=changes, edition=edition, by=actor(request), now=today.now())
        if request.POST.get("step") == "submit" and not form.errors:
            waived = {name[7:]: str(why) for name, why in request.POST.items() if name.startswith("waived-")}
            actions.submit(revision=saved, by=actor(request), now=today.now(), waived=waived)
            messages.success(
                request, _("The draft is submitted. An approver of your institution looks through it now.")
            )
            return HttpResponseRedirect(reverse("owners:approval", args=[service.code]))
    except errors.EditedMeanwhile as fault:
        mine = descriptions.with_changes(revision.description, changes)
        again = DraftForm(mine, reader)
        found = drafting.conflicts(fault.facts["conflicts"], reader)
        who = pick(people.names([fault.facts["who"]]).get(fault.facts["who"], {}), language()) or fault.facts["who"]
        page = _Page(service, revision, again, revision.edition, conflicts=found, who=who)
        return _draw(request, page, reader, status=409)
    except errors.NotSubmitted as fault:
        kept = DraftForm(saved.description, reader)
        box = refusals.box(fault, level=2)
        return _draw(request, _Page(service, saved, kept, saved.edition, refusal=box), reader, status=400)
    except Refusal as fault:
        return _draw(
            request, _Page(service, revision, form, edition, refusal=refusals.box(fault, level=2)), reader, 400
        )
    if form.errors:
        # The other parts are saved; what cannot be read stays typed, against the edition the writer had.
        return _draw(request, _Page(service, saved, form, edition), reader, status=400)
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("owners:draft", args=[service.code]))


def _edition(request: HttpRequest, revision: Any) -> int:
    sent = request.POST.get("edition", "")
    return int(sent) if sent.isdigit() and 0 < int(sent) <= revision.edition else revision.edition


def _draw(request: HttpRequest, page: _Page, reader: part_names.Reader, status: int = 200) -> HttpResponse:
    said, on = language(), today.today()
    comments = queries.comments(page.revision, is_open=True)
    names = people.names([row.username for row in comments])
    drift = queries.drift(page.service)
    gaps = queries.gaps(page.revision, on)
    return render(
        request,
        "owners/draft.html",
        {
            "frame": own_frame(request, "services"),
            "service": page.service,
            "revision": page.revision,
            "canvas": pick(page.revision.canvas_version.canvas.title, said) if page.revision.canvas_version else "",
            "title": pick(page.revision.description.get("title"), said) or _("Service without a name"),
            "edition": page.edition,
            "sections": drafting.sections(page.revision, page.form, on, comments=comments, names=names),
            "form": page.form,
            "missing": drafting.missing(page.revision.description, queries.asked(page.revision, on)),
            "waivable": [
                (gap.code, part_names.name(gap.part), _(gap.sentence)) for gap in gaps if gap.level.value == "mandatory"
            ],
            "near": drafting.near(page.revision.description.get("title", {}).get("lv", ""), besides=page.service.code),
            "whole_comments": [drafting.comment_of(row, names) for row in comments if not row.part],
            "conflicts": page.conflicts,
            "who": page.who,
            "refusal": page.refusal,
            "drift": drift,
            "bodies": [(body.code, pick(body.name, said)) for body in bodies.all_bodies().filter(until__isnull=True)],
            "crumbs": _crumbs(page.service, _("Draft")),
        },
        status=status,
    )


def _crumbs(service: Any, here: str) -> Any:
    title = pick(service.title, language())
    return crumbs(
        (_("Services"), reverse("owners:services")), (title, reverse("owners:service", args=[service.code])), here
    )


@over_own_as_owner
@require_POST
def check(request: HttpRequest, code: str) -> HttpResponse:
    """What the draft would still miss, as it is typed now: pieces of the page, nothing is written."""
    service, revision = _open(code)
    if revision is None:
        raise Http404
    form = DraftForm(
        queries.at_edition(revision, _edition(request, revision)), part_names.Reader(language()), data=request.POST
    )
    typed = descriptions.with_changes(form.before, form.changes())
    asked = queries.asked(revision, today.today())
    told = drafting.gap_sentences(requirements.gaps(typed, asked))
    errors_of = {path: form.drawn(path).errors for path in form.paths}
    return render(
        request,
        "owners/draft_check.html",
        {
            "missing": drafting.missing(typed, asked),
            "lines": [
                (part_names.anchor(path), (*errors_of[path], *told.get(path, ([], []))[0])) for path in form.paths
            ],
            "near": drafting.near(typed.get("title", {}).get("lv", ""), besides=service.code),
        },
    )


class DayForm(forms.Form):
    """The day from which a draft is to be read."""

    valid_from = forms.DateField(
        label=gettext_lazy("Publish on"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": gettext_lazy("Choose the day."), "invalid": gettext_lazy("This is no date.")},
    )


@over_own
@require_POST
def step(request: HttpRequest, code: str) -> HttpResponse:
    """One step of a draft's way, named by the button that was pressed."""
    _service, revision = _open(code)
    if revision is None:
        raise Http404
    by, now, why = actor(request), today.now(), request.POST.get("why", "")[:2000]
    wanted = request.POST.get("step", "")
    if wanted == "schedule":
        form = DayForm(request.POST)
        day: date | None = form.cleaned_data["valid_from"] if form.is_valid() else None
        if day is None:
            messages.error(request, _("Choose the day on which it is to be published."))
        else:
            actions.schedule(revision=revision, valid_from=day, by=by, now=now)
            messages.success(request, _("It will be published on its day by itself."))
        return HttpResponseRedirect(reverse("owners:approval", args=[code]))
    said = _STEPS.get(wanted)
    if said is None:
        raise Http404
    if wanted == "comment":
        actions.comment(revision=revision, part=request.POST.get("part", ""), text=why, by=by, now=now)
    elif wanted == "settle":
        sent = request.POST.get("comment", "")
        actions.settle(comment_id=int(sent) if sent.isdigit() else 0, revision=revision, by=by, now=now)
    elif wanted == "send-back":
        actions.send_back(revision=revision, why=why, by=by, now=now)
    elif wanted == "approve":
        actions.approve(revision=revision, why=why, by=by, now=now)
    elif wanted == "approve-and-publish":
        actions.publish(revision=actions.approve(revision=revision, why=why, by=by, now=now), by=by, now=now)
    elif wanted == "publish":
        actions.publish(revision=revision, by=by, now=now)
    else:
        actions.abandon(revision=revision, why=why, by=by, now=now)
    messages.success(request, said)
    return HttpResponseRedirect(_after(wanted, code, by.role))


_STEPS: Mapping[str, Any] = {
    "comment": gettext_lazy("Your comment stands beside the part."),
    "settle": gettext_lazy("The comment is settled."),
    "send-back": gettext_lazy("The draft can be written in again."),
    "approve": gettext_lazy("Approved. It can be published now or on a day."),
    "approve-and-publish": gettext_lazy("Approved and published. People read it from now on."),
    "publish": gettext_lazy("Published. People read it from now on."),
    "abandon": gettext_lazy("The draft is given up. What people read stays as it is."),
}


def _after(step: str, code: str, acting: Role) -> str:
    """Where one goes on after a step."""
    if step in ("abandon", "publish", "approve-and-publish"):
        return reverse("owners:service", args=[code])
    is_writer = acting is Role.SERVICE_OWNER
    if step in ("settle", "send-back") and is_writer:
        return reverse("owners:draft", args=[code])
    return reverse("owners:desk") if step == "send-back" else reverse("owners:approval", args=[code])
