"""Findings: the list with its filters, one with the figures that raised it, and looking again. Rooms decide."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from ietvars.doors.furniture import downloads, parts, today, words
from ietvars.doors.furniture.frame import crumbs
from ietvars.doors.furniture.marks import Link, Muted
from ietvars.doors.furniture.shown import language
from ietvars.doors.overseers import found as presented
from ietvars.doors.overseers import ledger as ledger_words
from ietvars.doors.overseers.common import (
    PER_PAGE,
    Asked,
    actor,
    address,
    asked,
    overseers,
    own_frame,
    page_number,
    period_switch,
    readers,
    several,
)
from ietvars.ground.people.rules import may
from ietvars.ground.terms import queries as terms
from ietvars.ground.terms.rules import pick
from ietvars.oversight.finders import actions, errors, queries, rules
from ietvars.oversight.initiatives import queries as ledger
from ietvars.oversight.initiatives import rules as ledger_rules

# ---- pages ------------------------------------------------------------------------------------------------------


def _narrowed(request: HttpRequest, found: Asked) -> list[Any]:
    finders, holders = several(request, "atradejs"), several(request, "turetajs")
    rows = queries.findings(found.period, finders=finders or None)
    return [row for row in rows if not holders or (row.body and row.body.code in holders)]


@readers
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """All findings of a period, narrowed by finder and holder."""
    found = asked(request)
    if found is None:
        box = parts.Empty(
            _("Nothing has been measured yet"),
            _("Finders look at figures; once there are some, they will look."),
            level=2,
        )
        return render(request, "overseers/empty.html", {"frame": own_frame(request, "findings"), "empty": box})
    rows = _narrowed(request, found)
    number = page_number(request, len(rows))
    query = request.GET.copy()
    query.pop("lapa", None)
    query["periods"] = found.period
    return render(
        request,
        "overseers/findings.html",
        {
            "frame": own_frame(request, "findings", found),
            "crumbs": crumbs((_("The state"), address("state", **found.query())), _("Findings")),
            "period": found.period,
            "switch": period_switch(request, found, {}),
            "number": len(rows),
            "sentence": _sentence(len(rows)),
            "finders": presented.by_finder(found) if not query.get("atradejs") and not query.get("turetajs") else None,
            "chosen": [finder for finder in rules.FINDERS if finder.code in several(request, "atradejs")],
            "language": language(),
            "table": presented.rows_table(found, rows[(number - 1) * PER_PAGE : number * PER_PAGE]),
            "pages": parts.pages(request, number=number, per_page=PER_PAGE, total=len(rows)),
            "filters": _filters(request, found),
            "may_look": may(rules.require_looker, actor(request)),
            "csv": f"{address('findings-csv')}?{query.urlencode()}",
            "json": f"{address('findings-json')}?{query.urlencode()}",
        },
    )


def _sentence(number: int) -> str:
    told = ngettext("%(number)s finding.", "%(number)s findings.", number)
    return told % {"number": words.number(number, language())}


_MOST_HOLDERS = 12


def _filters(request: HttpRequest, found: Asked) -> parts.Filters:
    said = language()
    counts = queries.counts(found.period)
    rows = list(queries.findings(found.period))
    holders = Counter(row.body.code for row in rows if row.body)
    names = {row.body.code: pick(row.body.name, said) for row in rows if row.body}
    chosen = several(request, "turetajs")
    listed = list(
        dict.fromkeys([*(code for code, _n in holders.most_common(_MOST_HOLDERS)), *sorted(chosen & set(names))])
    )
    return parts.Filters(
        action=address("findings"),
        groups=(
            parts.FilterGroup(
                "atradejs",
                _("Finder"),
                tuple(
                    parts.Choice(
                        finder.code,
                        pick(finder.name, said),
                        counts[finder.code],
                        chosen=finder.code in several(request, "atradejs"),
                    )
                    for finder in rules.FINDERS
                ),
            ),
            parts.FilterGroup(
                "turetajs",
                _("Holder"),
                tuple(parts.Choice(code, names[code], holders[code], chosen=code in chosen) for code in listed),
            ),
        ),
        kept={name: value for name, value in found.query().items() if value},
        clear=address("findings", **found.query()),
    )


@readers
@require_GET
def page_csv(request: HttpRequest) -> HttpResponseBase:
    """The same findings as a file, all pages."""
    found = asked(request)
    if found is None:
        raise Http404
    return downloads.csv(presented.rows_table(found, _narrowed(request, found)), f"atradumi-{found.period}")


@readers
@require_GET
def page_json(request: HttpRequest) -> HttpResponse:
    """The findings as the document that `ietvars findings --json` prints."""
    found = asked(request)
    if found is None:
        raise Http404
    finders = several(request, "atradejs")
    holders = (
        {row.body_id for row in _narrowed(request, found) if row.body_id} if several(request, "turetajs") else None
    )
    try:
        document = queries.document(
            found.period, finder=next(iter(finders)) if len(finders) == 1 else "", body_ids=holders
        )
    except errors.UnknownFinder as refused:
        raise Http404 from refused
    return downloads.json(document)


@readers
@require_GET
def finding(request: HttpRequest, period: str, finder: str, key: str) -> HttpResponse:
    """One finding: what, on which ground, with which figures, and what became of it."""
    try:
        row = queries.finding(period, finder, key)
    except (errors.UnknownFinder, errors.NoSuchFinding) as refused:
        raise Http404 from refused
    found = asked(request)
    by = rules.finder_named(finder)
    said = language()
    became = ledger_words.table(ledger.of_finding(period, finder, key))
    criteria = terms.labels(rules.CRITERIA)[rules.CRITERIA]
    place = {"periods": period} if found is None else {**found.query(), "periods": period}
    return render(
        request,
        "overseers/finding.html",
        {
            "frame": own_frame(request, "findings", found),
            "crumbs": crumbs(
                (_("The state"), address("state", **place)),
                (_("Findings"), address("findings", **place)),
                (pick(by.name, said), address("findings", **place, atradejs=finder)),
                presented.about(row),
            ),
            "row": row,
            "period": period,
            "title": presented.about(row),
            "kicker": pick(by.name, said),
            "lead": words.capital(presented.reason_words(row.reason, criteria)) + ".",
            "facts": parts.Facts(
                (
                    parts.Fact(_("Ground"), pick(by.source, said)),
                    parts.Fact(
                        _("Holder"),
                        Link(pick(row.body.name, said), address("body", row.body.code, **place))
                        if row.body
                        else Muted(_("none")),
                    ),
                    parts.Fact(_("What to do"), pick(by.what_to_do, said)),
                    parts.Fact(_("First found"), row.found_at.date()),
                )
            ),
            "explanation": pick(by.explanation, said),
            "figures": presented.figures_table(row),
            "service": row.service,
            "service_href": address("service", row.service.code, **place) if row.service else "",
            "answers": presented.answers_table(row.service_id) if finder == "digitalise" and row.service_id else None,
            "asks_answers": finder == "digitalise",
            "initiatives": became if became.rows else None,
            "may_propose": bool(row.service) and may(ledger_rules.require_overseer, actor(request)),
            "propose": address("propose", periods=period, atradejs=finder, atradums=key),
        },
    )


@overseers
@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Send the finders out again over the period of the address."""
    found = asked(request)
    if found is None:
        raise Http404
    made = actions.look(period=found.period, by=actor(request), now=today.now(), on=today.today())
    told = _("The finders have looked: %(new)s new, %(gone)s gone, %(all)s in all.")
    messages.success(request, told % {"new": made.new, "gone": made.gone, "all": sum(made.found.values())})
    return HttpResponseRedirect(address("findings", **found.query()))
