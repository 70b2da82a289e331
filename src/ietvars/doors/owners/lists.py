"""The institution's service lists: the way of a list, and the report that sets it beside the catalogue."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from ietvars.doors.furniture import downloads, refusals, today, words
from ietvars.doors.furniture.access import access, over_body, role
from ietvars.doors.furniture.frame import crumbs
from ietvars.doors.furniture.marks import Muted, Tag, Words
from ietvars.doors.furniture.shown import language
from ietvars.doors.furniture.tables import Cell, Column, Row, Table
from ietvars.doors.owners import forms
from ietvars.doors.owners.common import STAFF, actor, own_frame
from ietvars.ground.errors import Refusal
from ietvars.ground.people import queries as people
from ietvars.ground.people.rules import Actor, may
from ietvars.ground.terms.rules import pick
from ietvars.institution.lists import actions, documents, queries, rules

over_own = access(over_body(*STAFF, body_from="body"))

STATES: dict[str, tuple[Words, str]] = {
    "draft": (gettext_lazy("Draft"), ""),
    "submitted": (gettext_lazy("Submitted"), "due"),
    "approved": (gettext_lazy("Approved"), "blue"),
    "published": (gettext_lazy("Published"), "better"),
}
DIFFERENCES: dict[str, Words] = {
    "on-list-not-described": gettext_lazy("On the list, but not described"),
    "described-not-on-list": gettext_lazy("Described, but not on the list"),
    "stale": gettext_lazy("Description not reviewed for a year"),
}


def state_tag(state: str) -> Tag:
    """A list's state in words."""
    says, tone = STATES[state]
    return Tag(says, tone=tone)


@access(role(*STAFF))
@require_GET
def lists_page(request: HttpRequest) -> HttpResponse:
    """Lists of the actor's body and of those below it."""
    said = language()
    rows = queries.of(actor(request).reach)
    table = Table(
        code="saraksti",
        caption=_("Service lists"),
        columns=(
            Column(_("List"), "list"),
            Column(_("Year"), "year", n=True),
            Column(_("Entries"), "entries", n=True),
            Column(_("State"), "state"),
            Column(_("Document"), "document"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(
                        pick(one.title, said),
                        href=reverse("owners:list", args=[one.body.code, one.year]),
                        under=pick(one.body.name, said),
                    ),
                    str(one.year),
                    one.size,  # type: ignore[attr-defined]  # counted by the query
                    state_tag(one.state),
                    one.document_number or Muted(_("none yet")),
                )
            )
            for one in rows
        ),
    )
    return render(request, "owners/lists.html", {"frame": own_frame(request, "lists"), "table": table})


def _list_or_404(body: str, year: int) -> Any:
    found = queries.by_body_and_year(body, year)
    if found is None:
        raise Http404
    return found


def _entries_table(found: Any) -> Table:
    said = language()
    return Table(
        code=f"saraksts-{found.body.code}-{found.year}",
        caption=_("Entries of the list"),
        columns=(
            Column(_("No."), "position", n=True),
            Column(_("Service"), "service"),
            Column(_("In the catalogue"), "code"),
        ),
        rows=tuple(
            Row(
                (
                    str(entry.position),
                    Cell(pick(entry.service.title, said), href=reverse("owners:service", args=[entry.service.code]))
                    if entry.service
                    else pick(entry.title, said),
                    entry.service.code if entry.service else Muted(_("not described")),
                )
            )
            for entry in queries.entries(found)
        ),
    )


def _report_table(found: Any) -> Table:
    said = language()
    rows = queries.reconcile(found, today.today(), said)
    return Table(
        code=f"saskanosana-{found.body.code}-{found.year}",
        caption=_("Where list and catalogue disagree"),
        columns=(
            Column(_("Service"), "service"),
            Column(_("What is wrong"), "kind"),
            Column(_("Reviewed"), "reviewed_on"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(row.title, href=reverse("owners:service", args=[row.code])) if row.code else row.title,
                    DIFFERENCES[row.kind.value],
                    row.reviewed_on or Muted("–"),
                )
            )
            for row in rows
        ),
    )


def _steps(who: Actor, found: Any) -> dict[str, bool]:
    """Which steps this actor may take now; the same rules refuse them."""
    title = pick(found.title, "lv")

    def may_step(state: rules.State, require: Callable[..., None], *more: Any) -> bool:
        return may(rules.require_step, found.state, state) and may(require, who, found.body_id, *more)

    return {
        "submit": may_step(rules.State.SUBMITTED, rules.require_author),
        "approve": may_step(rules.State.APPROVED, rules.require_approver, found.author, title),
        "send_back": found.state == "submitted"
        and may_step(rules.State.DRAFT, rules.require_approver, found.author, title),
        "publish": may_step(rules.State.PUBLISHED, rules.require_author),
        "reopen": found.state in ("approved", "published") and may_step(rules.State.DRAFT, rules.require_author),
        "attach": may(rules.require_attachable, who, found.body_id, found.state),
    }


@over_own
@require_GET
def list_page(request: HttpRequest, body: str, year: int) -> HttpResponse:
    """One list: its entries, its way so far, the next step, and the reconcile report."""
    found = _list_or_404(body, year)
    return _page(request, found, {}, None)


def _page(request: HttpRequest, found: Any, bound: dict[str, Any], refusal: Any) -> HttpResponse:
    said = language()
    who = actor(request)
    history = list(found.state_rows.all())
    names = people.names([found.author, found.approver, *(row.username for row in history)])
    approve = bound.get("approve") or forms.ApproveForm()
    why = bound.get("why") or forms.WhyForm()
    return render(
        request,
        "owners/list.html",
        {
            "frame": own_frame(request, "lists"),
            "list": found,
            "title": pick(found.title, said),
            "body_name": pick(found.body.name, said),
            "state": state_tag(found.state),
            "author": pick(names.get(found.author, {}), said) or found.author,
            "approver": pick(names.get(found.approver, {}), said) or found.approver,
            "history": [
                (STATES[row.state][0], row.at, pick(names.get(row.username, {}), said) or row.username, row.why)
                for row in history
            ],
            "entries": _entries_table(found),
            "report": _report_table(found),
            "steps": _steps(who, found),
            "own_work": found.state == "submitted" and found.author == who.username,
            "approve_form": approve,
            "why_form": why,
            "attach_form": bound.get("attach") or forms.AttachForm(),
            "document": _document(found),
            "refusal": refusal,
            "crumbs": crumbs((_("Lists"), reverse("owners:lists")), pick(found.title, said)),
        },
        status=400 if refusal or bound else 200,
    )


@over_own
@require_GET
def list_csv(request: HttpRequest, body: str, year: int) -> HttpResponseBase:
    """The entries as a file."""
    return downloads.csv(_entries_table(_list_or_404(body, year)))


@over_own
@require_GET
def reconcile_csv(request: HttpRequest, body: str, year: int) -> HttpResponseBase:
    """The reconcile report as a file."""
    return downloads.csv(_report_table(_list_or_404(body, year)))


@over_own
@require_GET
def document(request: HttpRequest, body: str, year: int) -> HttpResponse:
    """The file of the approval in force, byte for byte as it was attached."""
    kept = queries.content_of(_list_or_404(body, year))
    if kept is None:
        # Who may read the list is told that nothing is attached; a page that is not there would say less.
        messages.info(request, _("No document is attached to this list."))
        return HttpResponseRedirect(reverse("owners:list", args=[body, year]))
    row, content = kept
    answer = HttpResponse(content, content_type=documents.MEDIA[row.kind])
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=row.name)
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def _document(found: Any) -> dict[str, Any] | None:
    """Name, size and hash of the attached file, for the page."""
    row = queries.document(found)
    if row is None:
        return None
    size = words.number(max(Decimal("0.1"), Decimal(row.size) / (1024 * 1024)), language(), decimals=1)
    return {
        "name": row.name,
        "size": f"{size}{words.NO_BREAK}MB",
        "sha256": row.sha256,
        "at": row.at,
        "href": reverse("owners:list-document", args=[found.body.code, found.year]),
    }


def _read(file: Any) -> documents.Document | None:
    """An uploaded file as a document; nothing where none was chosen. Too large a one is refused before it is read."""
    if not file:
        return None
    documents.require_size(file.size, settings.DOCUMENT_BYTES)
    return documents.read(file.name, file.read(), largest=settings.DOCUMENT_BYTES)


@over_own
@require_POST
def step(request: HttpRequest, body: str, year: int) -> HttpResponse:
    """Take one step with a list; a refusal shows the page again with its sentence and what was typed."""
    found = _list_or_404(body, year)
    name = request.POST.get("solis", "")
    given: dict[str, Any] = {"service_list": found, "by": actor(request), "now": today.now()}
    if name == "approve":
        form: Any = forms.ApproveForm(request.POST, request.FILES)
        if not form.is_valid():
            return _page(request, found, {"approve": form}, None)
        given |= form.cleaned_data
    elif name == "attach":
        form = forms.AttachForm(request.POST, request.FILES)
        if not form.is_valid():
            return _page(request, found, {"attach": form}, None)
        given |= form.cleaned_data
    elif name in ("send_back", "reopen"):
        form = forms.WhyForm(request.POST)
        if not form.is_valid():
            return _page(request, found, {"why": form}, None)
        given |= form.cleaned_data
    known: dict[str, tuple[Callable[..., object], str]] = {
        "submit": (actions.submit, _("The list is submitted for approval.")),
        "approve": (actions.approve, _("The list is approved.")),
        "send_back": (actions.send_back, _("The list went back to its author.")),
        "publish": (actions.publish, _("The list is published.")),
        "reopen": (actions.reopen, _("The list is a draft again.")),
        "attach": (actions.attach, _("The document is attached.")),
    }
    if name not in known:
        raise Http404
    act, says = known[name]
    try:
        if "document" in given:
            given["document"] = _read(given["document"])
        act(**given)
    except Refusal as fault:
        found.refresh_from_db()
        return _page(request, found, {}, refusals.box(fault, level=2))
    messages.success(request, says)
    return HttpResponseRedirect(reverse("owners:list", args=[body, year]))
