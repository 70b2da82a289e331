"""What holders and overseers see of feedback: the list with its filters and counts, and one piece with its answer.

Two doors show the same; each says whose feedback it is. It decides nothing: who may answer is the room's rule.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from ietvars.doors.furniture import downloads, frame, refusals, today, words
from ietvars.doors.furniture.feedback import FOUND_WORDS, PART_WORDS, RATING_WORDS, masked_says
from ietvars.doors.furniture.marks import Muted, Tag, Words, illustrative
from ietvars.doors.furniture.parts import (
    Choice,
    Fact,
    Facts,
    FilterGroup,
    Filters,
    Option,
    Pages,
    Switch,
    pages,
    with_query,
)
from ietvars.doors.furniture.shown import language
from ietvars.doors.furniture.tables import Cell, Column, Row, Table
from ietvars.ground.errors import Refusal
from ietvars.ground.people import queries as people
from ietvars.ground.people.rules import Actor, may
from ietvars.ground.terms.rules import pick
from ietvars.institution.feedback import actions, queries, rules

PER_PAGE = 50
MOST_SERVICES = 12
"""So many services stand among the filters; the others are reached from their own pages."""

STATES: Mapping[str, tuple[Words, str]] = {
    "new": (pgettext_lazy("state of feedback", "New"), "due"),
    "answered": (pgettext_lazy("state of feedback", "Answered"), "better"),
    "closed": (pgettext_lazy("state of feedback", "Closed"), ""),
    "counted": (pgettext_lazy("state of feedback", "Rating only"), ""),
}

KEPT = ("visas", "kur")
"""Words of the address that filters do not change: ratings without words too, and whose pages."""


def state_tag(state: str) -> Tag:
    """The state of feedback in words."""
    says, tone = STATES[state]
    return Tag(says, tone=tone)


@dataclass(frozen=True)
class Asked:
    """What an address asks of a list of feedback; unknown values ask for nothing."""

    services: tuple[str, ...]
    states: tuple[str, ...]
    ratings: tuple[int, ...]
    found: tuple[str, ...]
    parts: tuple[str, ...]
    awaited: bool
    every: bool

    def base(self, rows: Any) -> Any:
        """The set of which the list is a part: what has words, or all of it."""
        return rows if self.every else queries.with_words(rows)

    def of(self, rows: Any) -> Any:
        """The set narrowed to what is asked."""
        return queries.narrowed(
            self.base(rows),
            of_services=self.services,
            states=self.states,
            ratings=self.ratings,
            found=self.found,
            parts=self.parts,
            awaited=self.awaited,
        )


def asked(request: HttpRequest) -> Asked:
    """Read an address."""
    query = request.GET
    return Asked(
        services=tuple(code for code in query.getlist("pakalpojums") if code and "\0" not in code),
        states=tuple(one for one in query.getlist("stavoklis") if one in STATES),
        ratings=tuple(int(one) for one in query.getlist("vertejums") if one in ("1", "2", "3", "4", "5")),
        found=tuple(one for one in query.getlist("atradu") if one in FOUND_WORDS),
        parts=tuple(one for one in query.getlist("par") if one in PART_WORDS),
        awaited=query.get("gaida") == "1",
        every=query.get("visas") == "1",
    )


def listing(request: HttpRequest, rows: Any, *, one: str, action: str) -> dict[str, Any]:
    """Context of a list: facts, filters, table, pages. `one` names the route of one piece, `action` is the list's own.

    Facts are of all of `rows`; the numbers beside the filters of what has words, unless the address asks for all; the
    table of what is asked for.
    """
    wanted = asked(request)
    told = queries.counts(rows)
    shown = told if wanted.every else queries.counts(wanted.base(rows))
    kept = {name: request.GET[name] for name in KEPT if request.GET.get(name, "").isalnum()}
    chosen = wanted.of(rows).select_related("service", "body")
    paginator = Paginator(chosen, PER_PAGE)
    page = paginator.get_page(request.GET.get("lapa"))
    query = request.GET.urlencode()
    return {
        "facts": _facts(told, action, kept),
        "filters": _filters(wanted.base(rows), shown, wanted, action, kept),
        "words": Switch(
            _("What to show"),
            (
                Option(_("With words"), with_query(request, visas=None, lapa=None), current=not wanted.every),
                Option(_("All ratings"), with_query(request, visas="1", lapa=None), current=wanted.every),
            ),
        ),
        "table": _table(page.object_list, one),
        "total": told.total,
        "pages": _pages(request, page, paginator),
        "query": f"?{query}" if query else "",
    }


def _pages(request: HttpRequest, page: Any, paginator: Any) -> Pages:
    return pages(request, number=page.number, per_page=PER_PAGE, total=paginator.count)


def _place(action: str, query: Mapping[str, str]) -> str:
    return f"{action}?{urlencode(query)}" if query else action


def _facts(told: queries.Counts, action: str, kept: Mapping[str, str]) -> Facts:
    said = language()
    mean: Any = Muted(_("fewer than %(n)s ratings") % {"n": rules.SHOWN_FROM})
    if told.rating is not None:
        mean = _("%(mean)s of 5") % {"mean": words.number(told.rating.mean, said, decimals=1)}
    if told.illustrative:
        mean = (mean, illustrative())
    sought = sum(size for kind, size in told.found.items() if kind)
    return Facts(
        (
            Fact(
                pgettext("feedback", "Wait"),
                told.states.get("new", 0),
                href=_place(action, {**kept, "stavoklis": "new"}),
            ),
            Fact(_("Want an answer"), told.awaited, href=_place(action, {**kept, "gaida": "1"})),
            Fact(_("Mean rating"), mean, under=_("%(n)s ratings") % {"n": words.number(told.total, said)}),
            Fact(_("Found what they sought"), words.of(told.found.get("yes", 0), sought, said)),
        )
    )


def _filters(rows: Any, told: queries.Counts, wanted: Asked, action: str, kept: Mapping[str, str]) -> Filters:
    said = language()
    services = [
        Choice(code, pick(title, said), size, code in wanted.services)
        for code, title, size in queries.most_spoken_of(rows, MOST_SERVICES)
    ]
    groups = (
        FilterGroup(
            "stavoklis",
            pgettext("feedback", "State"),
            tuple(
                Choice(code, says, told.states.get(code, 0), code in wanted.states)
                for code, (says, _tone) in STATES.items()
                if wanted.every or code != rules.State.COUNTED
            ),
        ),
        FilterGroup(
            "vertejums",
            pgettext("feedback", "Rating"),
            tuple(
                Choice(str(one), f"{one} – {says}", told.ratings.get(one, 0), one in wanted.ratings)
                for one, says in RATING_WORDS.items()
            ),
        ),
        FilterGroup(
            "atradu",
            _("Found what was sought"),
            tuple(
                Choice(code, says, told.found.get(code, 0), code in wanted.found) for code, says in FOUND_WORDS.items()
            ),
        ),
        FilterGroup("pakalpojums", _("Service"), tuple(services)),
        FilterGroup(
            "par",
            pgettext("feedback", "Part"),
            tuple(Choice(code, says, None, code in wanted.parts) for code, says in PART_WORDS.items()),
        ),
    )
    return Filters(
        action=action, groups=tuple(one for one in groups if one.choices), kept=kept, clear=_place(action, kept)
    )


def about_says(row: Any) -> tuple[str, str]:
    """What feedback is about, and its part: the service's title or institution's name, else the page's address."""
    said = language()
    title = pick(row.service.title, said) if row.service else pick(row.body.name, said) if row.body else row.page
    part = f"{rules.STAGE}{row.stage}" if row.stage else row.part
    return title, str(PART_WORDS.get(part, ""))


def _table(rows: Any, one: str) -> Table:
    return Table(
        code="atsauksmes",
        caption=_("Feedback"),
        columns=(
            Column(pgettext("feedback", "Left"), "at"),
            Column(pgettext("feedback", "About"), "about"),
            Column(pgettext("feedback", "Rating"), "rating", n=True),
            Column(pgettext("feedback", "Found"), "found"),
            Column(pgettext("feedback", "Comment"), "comment"),
            Column(pgettext("feedback", "State"), "state"),
        ),
        rows=tuple(_row(row, one) for row in rows),
    )


def _row(row: Any, one: str) -> Row:
    about, part = about_says(row)
    waits = (Tag(_("Wants an answer"), tone="blue"),) if row.wants_answer and row.state == "new" else ()
    return Row(
        (
            Cell(row.at.date(), href=reverse(one, args=[row.pk])),
            Cell(about, under=part),
            row.rating,
            FOUND_WORDS[row.found] if row.found else Muted(pgettext("feedback", "not said")),
            Cell(row.comment or Muted(pgettext("feedback", "no comment")), wide=True),
            (state_tag(row.state), *waits, *((illustrative(),) if row.is_illustrative else ())),
        )
    )


def csv(rows: Any) -> HttpResponseBase:
    """Feedback as a file for spreadsheets."""
    lines = ([row[name] for name in queries.COLUMNS] for row in queries.rows(rows))
    return downloads.csv_of(queries.COLUMNS, lines, "atsauksmes")


def json(rows: Any) -> HttpResponse:
    """Feedback as one document, with its counts."""
    told = queries.counts(rows)
    return downloads.json(
        {
            "document": "ietvars/feedback",
            "version": 1,
            "counts": {
                "total": told.total,
                "states": told.states,
                "ratings": {str(one): told.ratings.get(one, 0) for one in rules.RATINGS},
                "found": {code: told.found.get(code, 0) for code in FOUND_WORDS},
                "mean": told.rating.mean if told.rating else None,
                "method": rules.METHOD,
                "illustrative": told.illustrative,
            },
            "feedback": list(queries.rows(rows)),
        }
    )


class AnswerForm(forms.Form):
    """The answer that goes out."""

    atbilde = forms.CharField(
        label=gettext_lazy("Your answer"),
        help_text=gettext_lazy("It goes to the e-mail address that was left. You do not see the address."),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=rules.LONGEST_ANSWER,
        error_messages={"required": gettext_lazy("Write the answer.")},
    )


class CloseForm(forms.Form):
    """What was done with feedback that is not answered."""

    piezime = forms.CharField(
        label=gettext_lazy("What did you do?"),
        help_text=gettext_lazy("For colleagues: what you changed, or why nothing has to be changed."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=rules.LONGEST_COMMENT,
        error_messages={"required": gettext_lazy("Say what you did.")},
    )


def found_or_404(number: int) -> Any:
    """One piece of feedback."""
    found = queries.by_number(number)
    if found is None:
        raise Http404
    return found


def one(found: Any, by: Actor, *, answer: AnswerForm | None = None, close: CloseForm | None = None) -> dict[str, Any]:
    """Context of one piece of feedback: what was said, its way so far, and the steps this actor may take."""
    said = language()
    holder = queries.holder_id(found)
    is_own = may(rules.require_holder, by, holder)
    history = list(found.state_rows.all())
    names = people.names(row.username for row in history)
    about, part = about_says(found)

    def may_become(state: rules.State) -> bool:
        return is_own and may(rules.require_step, found.state, state)

    return {
        "found": found,
        "about": about,
        "part": part,
        "state": state_tag(found.state),
        "rating_says": RATING_WORDS[found.rating],
        "found_says": FOUND_WORDS.get(found.found, ""),
        "masked": masked_says(found.masked),
        "page_href": _page_href(found),
        "reply": getattr(found, "answer", None),
        "history": [(STATES[row.state][0], row.at, _name(row.username, names, said), row.why) for row in history],
        "may_answer": may_become(rules.State.ANSWERED) and bool(found.address),
        "may_close": may_become(rules.State.CLOSED),
        "may_reopen": may_become(rules.State.NEW),
        "is_own": is_own,
        "answer_form": answer or AnswerForm(),
        "close_form": close or CloseForm(),
        "is_illustrative": found.is_illustrative,
    }


def _page_href(found: Any) -> str:
    if found.service is not None:
        return frame.place("public:service", found.service.code)
    if found.body is not None:
        return frame.place("public:body", found.body.code)
    return found.page if found.page.startswith("/") and found.source == "form" else ""


def _name(username: str, names: Mapping[str, Mapping[str, str]], said: str) -> str:
    return (
        pgettext("feedback", "Visitor")
        if username == rules.VISITOR.username
        else pick(names.get(username, {}), said) or username
    )


def respond(request: HttpRequest, number: int, by: Actor, own_frame: frame.Frame, door: str) -> HttpResponse:
    """The page of one piece of feedback (GET), or the step taken with it (POST), at the door of that name."""
    if request.method == "GET":
        return _page(request, found_or_404(number), by, own_frame, door)
    try:
        again = step(request, found_or_404(number), by)
    except Refusal as refusal:
        return _page(request, found_or_404(number), by, own_frame, door, {}, refusal)
    if again is not None:
        return _page(request, found_or_404(number), by, own_frame, door, again)
    return HttpResponseRedirect(reverse(f"{door}:feedback-one", args=[number]))


def _page(
    request: HttpRequest,
    found: Any,
    by: Actor,
    own_frame: frame.Frame,
    door: str,
    again: dict[str, Any] | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    context = one(found, by, **(again or {}))
    context |= {
        "frame": own_frame,
        "refusal": refusals.box(refusal, level=2) if refusal is not None else None,
        "crumbs": frame.crumbs((_("Feedback"), reverse(f"{door}:feedback")), context["about"]),
    }
    return render(request, "ietvars/feedback_one.html", context, status=200 if again is None else 400)


def step(request: HttpRequest, found: Any, by: Actor) -> dict[str, Any] | None:
    """Take the step of a form that was sent. Nothing when it was taken; else what the page shows again.

    Raises the refusals of the room.
    """
    now = today.now()
    name = request.POST.get("solis", "")
    if name == "answer":
        form = AnswerForm(request.POST)
        if not form.is_valid():
            return {"answer": form}
        actions.answer(feedback=found, text=form.cleaned_data["atbilde"], by=by, now=now)
        _tell(request, actions.send_answers(by=by, now=now))
    elif name == "close":
        note = CloseForm(request.POST)
        if not note.is_valid():
            return {"close": note}
        actions.close(feedback=found, why=note.cleaned_data["piezime"], by=by, now=now)
        messages.success(request, _("The feedback is closed."))
    elif name == "reopen":
        actions.reopen(feedback=found, by=by, now=now)
        messages.success(request, _("The feedback waits again."))
    else:
        raise Http404
    return None


def _tell(request: HttpRequest, sent: actions.Sent) -> None:
    if sent.waiting:
        messages.warning(request, _("The answer is kept and will be sent when the mail server can be reached."))
    else:
        messages.success(request, _("The answer is sent, and the address is deleted."))
