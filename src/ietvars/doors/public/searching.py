"""The search page and the suggestions while typing. Each view asks once and answers; what nobody answers is counted."""

import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ietvars.collaboration.situations import queries as situations
from ietvars.doors.furniture import today
from ietvars.doors.furniture.access import access, anyone
from ietvars.doors.furniture.frame import crumbs
from ietvars.doors.furniture.parts import Chips, Choice, FilterGroup, Filters, Option
from ietvars.doors.furniture.shown import language as spoken
from ietvars.doors.public import finding, forms, presenters
from ietvars.doors.public.common import labels, place_name, place_of
from ietvars.ground.people.rules import SYSTEM
from ietvars.ground.terms.rules import pick
from ietvars.ground.words import actions as word_lists
from ietvars.ground.words import queries as words

PAGES = {finding.SERVICE: "public:service", finding.SITUATION: "public:situation"}
"""Where the documents of the index have their pages."""

log = logging.getLogger(__name__)


@access(anyone)
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """What was found, in groups: situations, own municipality, the whole state, copies elsewhere."""
    language, now = spoken(), today.today()
    named = labels()
    known = {one.code: one for one in situations.published()}
    asked = forms.Question(request.GET, channels=list(named["channels"]), situations=list(known)).asked()
    question = str(asked["q"])
    place = place_of(request)
    narrowed = {"audience": asked["kam"], "channels": asked["ka"], "life": asked["situacija"]}
    found = finding.answer(question, language, place=place, known=known, **narrowed)
    if not any(narrowed.values()):
        _count(question, language, found)
    return render(
        request,
        "public/search.html",
        {
            "question": question,
            "found": found,
            "meant_href": f"{reverse('public:search')}?{urlencode({'q': found.meant})}" if found.meant else "",
            "found_situations": len(found.situations),
            "situation_panels": [
                (pick(one.title, language), pick(one.summary, language), reverse("public:situation", args=[one.code]))
                for one in found.situations
            ],
            "own": [presenters.hit(one, language, named["channels"], now, with_holder=False) for one in found.own],
            "everywhere": [presenters.hit(one, language, named["channels"], now) for one in found.everywhere],
            "elsewhere": [
                presenters.folded(pick(group[0].template.title, language), group, language)
                for _code, group in found.elsewhere
            ],
            "loose": [presenters.hit(one, language, named["channels"], now) for one in found.loose],
            "filters": _filters(asked, found, named, known, language),
            "chips": _chips(request, asked, named, known, language),
            "place": place_name(place, language),
            "crumbs": crumbs((_("Home"), reverse("public:home")), _("Search")),
        },
    )


def _count(question: str, language: str, found: finding.Answers) -> None:
    """Count a question that nothing answered; nobody's search fails because a count could not be written."""
    if not question or not (found.is_empty or found.is_partial):
        return
    try:
        word_lists.miss(
            text=question,
            language=language,
            is_partial=not found.is_empty,
            nearest=found.nearest,
            on=today.today(),
            by=SYSTEM,
            now=today.now(),
        )
    except OperationalError:
        log.warning("A question without answer was not counted: the database was busy.")


def _filters(
    asked: Mapping[str, Any], found: finding.Answers, named: Any, known: Mapping[str, Any], language: str
) -> Filters:
    def choices(name: str, listed: Mapping[str, Mapping[str, str]]) -> tuple[Choice, ...]:
        counts = found.counts.get(name, {})
        return tuple(
            Choice(code, pick(label, language).capitalize() if name != "situacija" else pick(label, language),
                   counts.get(code, 0), code in asked[name])
            for code, label in listed.items()
            if counts.get(code) or code in asked[name]
        )  # fmt: skip

    audiences = {code: named["target-groups"][code] for code in forms.AUDIENCES if code in named["target-groups"]}
    groups = (
        FilterGroup("kam", _("Whom for"), choices("kam", audiences)),
        FilterGroup("ka", _("How to apply"), choices("ka", named["channels"])),
        FilterGroup(
            "situacija", _("Life situation"), choices("situacija", {code: one.title for code, one in known.items()})
        ),
    )
    return Filters(
        action=reverse("public:search"),
        groups=tuple(group for group in groups if group.choices),
        kept={"q": str(asked["q"])},
        clear=f"{reverse('public:search')}?{urlencode({'q': str(asked['q'])})}",
    )


def _chips(
    request: HttpRequest, asked: Mapping[str, Any], named: Any, known: Mapping[str, Any], language: str
) -> Chips:
    names: dict[str, Mapping[str, Mapping[str, str]]] = {
        "kam": named["target-groups"],
        "ka": named["channels"],
        "situacija": {code: one.title for code, one in known.items()},
    }
    options = []
    for name, listed in names.items():
        for code in asked[name]:
            query = request.GET.copy()
            query.setlist(name, [value for value in query.getlist(name) if value != code])
            options.append(Option(pick(listed.get(code, {}), language) or code, f"{request.path}?{query.urlencode()}"))
    return Chips(tuple(options))


@access(anyone)
@require_GET
def suggestions(request: HttpRequest) -> HttpResponse:
    """Ways to pages whose titles fit what is typed so far, set under the search box; nothing without JavaScript."""
    typed = request.GET.get("q", "")
    rows = [
        (found.title, found.kind == finding.SITUATION, reverse(PAGES[found.kind], args=[found.key]))
        for found in words.suggest(typed, spoken())
        if found.kind in PAGES
    ]
    return render(request, "public/suggestions.html", {"rows": rows})
