"""How people search: what they asked in vain, and the list of everyday words. Views translate; the room decides."""

import json
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from ietvars.collaboration.situations import queries as situations
from ietvars.doors.furniture import downloads, missed, parts, refusals, today
from ietvars.doors.furniture.access import access, role
from ietvars.doors.furniture.days import moment_in_table
from ietvars.doors.furniture.frame import Crumb, crumbs
from ietvars.doors.furniture.marks import Link
from ietvars.doors.furniture.shown import language
from ietvars.doors.furniture.tables import Cell, Column, Row, Table
from ietvars.doors.overseers import forms
from ietvars.doors.overseers.common import PER_PAGE, actor, address, own_frame, page_number
from ietvars.ground.audit import queries as audit
from ietvars.ground.errors import Refusal
from ietvars.ground.people import queries as people
from ietvars.ground.people.rules import Role
from ietvars.ground.terms.rules import pick
from ietvars.ground.words import actions, queries, rules
from ietvars.institution.services import queries as services
from ietvars.oversight.aggregates import rules as aggregates

keepers = access(role(*(Role(one) for one in sorted(rules.KEEPERS - {Role.SYSTEM.value}))))
"""Whoever the rule of the words room lets change the list."""

SERVICE, SITUATION = "service", "situation"
SYNONYM, LEMMA = "synonym", "lemma"


def _switch(chosen: str) -> parts.Switch:
    """The two pages of this section."""
    return parts.Switch(
        _("What is shown"),
        (
            parts.Option(_("Without result"), address("searches"), current=chosen == "searches"),
            parts.Option(_("Everyday words"), address("words"), current=chosen == "words"),
        ),
        small=False,
    )


def _crumbs(request: HttpRequest, *steps: tuple[str, str] | str) -> tuple[Crumb, ...]:
    """The path to a page of this section; it begins at the state for those who may read it."""
    first = ((_("The state"), address("state")),) if actor(request).role in aggregates.READERS else ()
    return crumbs(*first, (_("Searches"), address("searches")), *steps) if steps else crumbs(*first, _("Searches"))


# ---- searches without result ------------------------------------------------------------------------------------


def _missed(request: HttpRequest) -> tuple[list[Any], Table]:
    rows = queries.missed_questions(since=missed.since(request, today.today()))
    keys = {row.nearest for row in rows if row.nearest}
    found = services.by_codes(key for kind, key in keys if kind == SERVICE)
    titles = {(SERVICE, code): pick(row.title, language()) for code, row in found.items()}
    if any(kind == SITUATION for kind, _key in keys):
        titles |= {(SITUATION, row.code): pick(row.title, language()) for row in situations.all_situations()}
    return rows, missed.table(rows, titles, _place, _step)


def _place(key: tuple[str, str]) -> str:
    return reverse("public:service" if key[0] == SERVICE else "public:situation", args=[key[1]])


def _step(row: rules.Missed) -> Link:
    return Link(_("Say what it means"), address("words-new", vardi=row.text, valoda=row.language))


@keepers
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Questions of the whole state that nothing answered, or only some of their words."""
    rows, table = _missed(request)
    return render(
        request,
        "overseers/searches.html",
        {
            "frame": own_frame(request, "searches"),
            "crumbs": _crumbs(request),
            "table": table,
            "times": missed.total(rows),
            "section": _switch("searches"),
            "switch": missed.switch(request),
            "csv": address("searches-csv", dienas=request.GET.get("dienas", "")),
        },
    )


@keepers
@require_GET
def page_csv(request: HttpRequest) -> HttpResponseBase:
    """The same as a file."""
    return downloads.csv(_missed(request)[1])


# ---- everyday words ---------------------------------------------------------------------------------------------


@keepers
@require_GET
def words(request: HttpRequest) -> HttpResponse:
    """All groups of words, narrowed by a word that stands in them and by kind."""
    wanted, kind = request.GET.get("q", "")[:100], request.GET.get("veids", "")
    rows = queries.word_groups(kind=kind if kind in (SYNONYM, LEMMA) else "", holding=wanted)
    number = page_number(request, len(rows))
    shown = rows[(number - 1) * PER_PAGE : number * PER_PAGE]
    return render(
        request,
        "overseers/words.html",
        {
            "frame": own_frame(request, "searches"),
            "crumbs": _crumbs(request, _("Words")),
            "table": _table(shown),
            "count": len(rows),
            "wanted": wanted,
            "kind": kind,
            "section": _switch("words"),
            "kinds": parts.Switch(
                _("Kind"),
                tuple(
                    parts.Option(says, address("words", q=wanted, veids=code), current=code == kind)
                    for code, says in (("", _("All")), (SYNONYM, _("Same meaning")), (LEMMA, _("Forms of a verb")))
                ),
            ),
            "pages": parts.pages(request, number=number, per_page=PER_PAGE, total=len(rows)),
        },
    )


def _table(rows: Sequence[Any]) -> Table:
    return Table(
        code="words",
        caption=_("Everyday words"),
        columns=(
            Column(_("People write"), code="words"),
            Column(_("Services say"), code="official"),
            Column(_("Kind"), code="kind"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(
                        ", ".join(row.words[:-1] if row.kind == SYNONYM else row.words),
                        href=address("words-one", row.pk),
                        under="" if row.language == "lv" else row.language.upper(),
                    ),
                    row.words[-1] if row.kind == SYNONYM else "–",
                    _kind_words(row.kind),
                )
            )
            for row in rows
        ),
    )


def _kind_words(kind: str) -> str:
    return _("same meaning") if kind == SYNONYM else _("forms of a verb")


@keepers
@require_http_methods(["GET", "POST"])
def words_new(request: HttpRequest) -> HttpResponse:
    """Add a group: what people write, and the word that services use."""
    spoken = request.GET.get("valoda", "")
    initial = {
        "kind": SYNONYM,
        "language": spoken if spoken in dict(forms.WordsForm.LANGUAGES) else "lv",
        "words": request.GET.get("vardi", "")[: rules.LONGEST_PHRASE],
    }
    form = forms.WordsForm(request.POST or None, initial=initial)
    refusal = None
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = actions.add_group(
                kind=said["kind"], language=said["language"], words=form.phrases(), by=actor(request), now=today.now()
            )
        except Refusal as fault:
            refusal = fault
        else:
            messages.success(request, _("Added. The search knows it from now on."))
            return HttpResponseRedirect(address("words-one", made.pk))
    return _form(request, form, refusal=refusal)


@keepers
@require_http_methods(["GET", "POST"])
def words_one(request: HttpRequest, number: int) -> HttpResponse:
    """One group (GET); change it or take it away (POST). Who changed what stands below."""
    found = queries.word_group(number)
    if found is None:
        raise Http404
    if request.method == "GET":
        initial = forms.WordsForm.from_words(found.kind, found.words)
        return _form(request, forms.WordsForm(initial=initial, kind=found.kind), found)
    form = forms.WordsForm({**request.POST.dict(), "kind": found.kind, "language": found.language}, kind=found.kind)
    by, now, seen = actor(request), today.now(), _seen(request)
    try:
        if request.POST.get("solis") == "remove":
            actions.remove_group(group=found, seen=seen, by=by, now=now)
            messages.success(request, _("Taken away. It can be read in the audit trail."))
            return HttpResponseRedirect(address("words"))
        if not form.is_valid():
            return _form(request, form, found)
        actions.change_group(group=found, words=form.phrases(), seen=seen, by=by, now=now)
    except Refusal as refusal:
        return _form(request, form, queries.word_group(number), refusal=refusal)
    messages.success(request, _("Saved. The search knows it from now on."))
    return HttpResponseRedirect(address("words-one", number))


def _seen(request: HttpRequest) -> list[str] | None:
    """The words that the page showed when it was opened, so that nobody's change is lost."""
    try:
        seen = json.loads(request.POST.get("redzets", ""))
    except ValueError:
        return None
    return [str(word) for word in seen] if isinstance(seen, list) else None


def _form(
    request: HttpRequest, form: forms.WordsForm, found: Any = None, *, refusal: Refusal | None = None
) -> HttpResponse:
    title = _("Change words") if found else _("Add words")
    return render(
        request,
        "overseers/words_form.html",
        {
            "frame": own_frame(request, "searches"),
            "crumbs": _crumbs(request, (_("Words"), address("words")), title),
            "title": title,
            "form": form,
            "found": found,
            "is_verb": found is not None and found.kind == LEMMA,
            "seen": json.dumps(found.words, ensure_ascii=False) if found else "",
            "refusal": refusals.box(refusal, level=2) if refusal else None,
            "history": _history(found) if found else None,
            "back": address("words"),
        },
        status=400 if refusal or form.errors else 200,
    )


def _history(found: Any) -> Table | None:
    rows = list(audit.of(actions.SUBJECT, str(found.pk))[:20])
    if not rows:
        return None
    names = people.names({row.username for row in rows})
    done = {"words.add": _("added"), "words.change": _("changed"), "words.remove": _("taken away")}
    return Table(
        code="history",
        caption=ngettext("%(n)s change", "%(n)s changes", len(rows)) % {"n": len(rows)},
        columns=(
            Column(_("When"), code="when"),
            Column(_("Who"), code="who"),
            Column(_("What"), code="what"),
            Column(_("Words before"), code="before"),
        ),
        rows=tuple(
            Row(
                (
                    moment_in_table(row.at, language()),
                    pick(names.get(row.username), language()) or row.username,
                    done.get(row.action, row.action),
                    ", ".join((row.before or {}).get("words", ())) or "–",
                )
            )
            for row in rows
        ),
    )
