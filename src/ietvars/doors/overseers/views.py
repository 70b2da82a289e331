"""Pages of the state: the whole with its tree, and the services behind a number. Views translate; rooms decide."""

from collections import Counter
from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from ietvars.doors.furniture import downloads, parts, words
from ietvars.doors.furniture.frame import crumbs
from ietvars.doors.furniture.marks import OUTCOME_WORDS, Outcome, Verdict
from ietvars.doors.furniture.shown import language
from ietvars.doors.furniture.tables import Table
from ietvars.doors.overseers import forms, pictures
from ietvars.doors.overseers import found as presented
from ietvars.doors.overseers import ledger as ledger_words
from ietvars.doors.overseers.common import (
    PER_PAGE,
    Asked,
    address,
    asked,
    own_frame,
    page_number,
    period_switch,
    readers,
    several,
)
from ietvars.ground.terms.rules import pick
from ietvars.institution.indicators import queries as indicators
from ietvars.oversight.aggregates import errors, queries, rules


def picture(found: Asked) -> queries.Picture:
    """The state as the address asks for it; an indicator that cannot be the headline is no page."""
    try:
        return queries.picture(found.period, found.with_period, found.headline)
    except errors.NotDefined as refused:
        raise Http404 from refused


def empty(request: HttpRequest, section: str) -> HttpResponse:
    """What stands here while nothing was reported of any year."""
    box = parts.Empty(
        _("Nothing has been measured yet"),
        _("Once the figures of the first year are imported or reported, the state will stand here."),
        level=2,
    )
    return render(request, "overseers/empty.html", {"frame": own_frame(request, section), "empty": box})


def updated(found: Asked) -> object:
    """When the figures of the period were computed, for the footer."""
    run = indicators.computed(found.period)
    return run.at if run else None


# ---- the whole --------------------------------------------------------------------------------------------------


@readers
@require_GET
def state(request: HttpRequest) -> HttpResponse:
    """The state as one: how full the picture is, the tree, findings, initiatives."""
    found = asked(request)
    if found is None:
        return empty(request, "state")
    seen = picture(found)
    tree = seen.tree(found.opened)
    return render(
        request,
        "overseers/state.html",
        {
            "frame": own_frame(request, "state", found),
            "crumbs": crumbs(_("The state")),
            "period": found.period,
            "switch": period_switch(request, found),
            "sentence": pictures.sentence(seen, tree.whole),
            "coverage": pictures.coverage(found, tree.whole),
            "table": pictures.tree_table(found, seen, tree),
            "legend": [Verdict(one) for one in pictures.outcomes(seen.headline)],
            "headline_form": forms.headline(seen),
            "kept": {name: value for name, value in found.tree().items() if value and name != "raditajs"},
            "csv": address("state-csv", **found.query()),
            "json": address("state-json", **found.query()),
            "how": _how(seen),
            "findings": presented.by_finder(found),
            "initiatives": ledger_words.latest_table(),
            "evidence": ledger_words.newest_evidence(),
            "data_as_of": updated(found),
        },
    )


def _how(seen: queries.Picture) -> tuple[tuple[str, str], ...]:
    """How the tree was made, term by term."""
    said = language()
    requests = seen.requests
    return (
        (
            _("Requests"),
            _("Sum over the services, by the definition %(mark)s; what is not measured is left out and counted.")
            % {"mark": requests.mark if requests else "–"},
        ),
        (
            _("Measured"),
            _("A service is measured fully when every one of the %(number)s critical indicators that applies to it is.")
            % {"number": words.number(len(seen.critical), said)},
        ),
        (
            _("Verdicts"),
            _("How many services became better or worse in “%(name)s”; they are counted, never averaged.")
            % {"name": pick(seen.headline.name, said)},
        ),
        (_("Holder"), _("The institution that held the service at the end of the period, in its sector of that day.")),
    )


def _all_open(seen: queries.Picture) -> list[str]:
    return [key for leaf in seen.leaves for key in (leaf.sector.code, f"{leaf.sector.code}.{leaf.institution.code}")]


@readers
@require_GET
def state_csv(request: HttpRequest) -> HttpResponseBase:
    """The whole tree down to services as a file."""
    found = asked_or_404(request)
    seen = picture(found)
    return downloads.csv(pictures.tree_table(found, seen, seen.tree(_all_open(seen))), f"valsts-{found.period}")


@readers
@require_GET
def state_json(request: HttpRequest) -> HttpResponse:
    """The whole tree as the document that the machines' door gives too."""
    found = asked_or_404(request)
    seen = picture(found)
    return downloads.json(queries.document(seen, _all_open(seen)))


def asked_or_404(request: HttpRequest) -> Asked:
    """What the address asks for, or no page while nothing was reported."""
    found = asked(request)
    if found is None:
        raise Http404
    return found


# ---- services behind a number -----------------------------------------------------------------------------------

_FILTERS = {
    "nozare": "sectors",
    "iestade": "institutions",
    "izmerits": "coverage",
    "vertejums": "verdicts",
    "pieprasijumi": "requests",
}


def _wanted(request: HttpRequest) -> rules.Wanted:
    return rules.Wanted(**{field: several(request, name) for name, field in _FILTERS.items()})


@readers
@require_GET
def services_page(request: HttpRequest) -> HttpResponse:
    """The services that make a number, narrowed by the filters of the address."""
    found = asked(request)
    if found is None:
        return empty(request, "services")
    seen = picture(found)
    leaves = seen.behind(_wanted(request))
    number = page_number(request, len(leaves))
    query = request.GET.copy()
    query.pop("lapa", None)
    return render(
        request,
        "overseers/services.html",
        {
            "frame": own_frame(request, "services", found),
            "crumbs": crumbs((_("The state"), address("state", **found.query())), _("Services")),
            "period": found.period,
            "number": len(leaves),
            "table": pictures.services_table(found, seen, leaves[(number - 1) * PER_PAGE : number * PER_PAGE]),
            "pages": parts.pages(request, number=number, per_page=PER_PAGE, total=len(leaves)),
            "filters": _filters(request, found, seen),
            "chips": _chips(request, seen),
            "headline": pick(seen.headline.name, language()),
            "csv": f"{address('services-csv')}?{query.urlencode()}",
            "json": f"{address('services-json')}?{query.urlencode()}",
            "clear": address("services", **found.query()),
            "data_as_of": updated(found),
        },
    )


@readers
@require_GET
def services_csv(request: HttpRequest) -> HttpResponseBase:
    """The same services as a file, all pages."""
    return downloads.csv(_services_table(request))


@readers
@require_GET
def services_json(request: HttpRequest) -> HttpResponse:
    """The same services as a document."""
    return downloads.json(_services_table(request))


def _services_table(request: HttpRequest) -> Table:
    found = asked_or_404(request)
    seen = picture(found)
    return pictures.services_table(found, seen, seen.behind(_wanted(request)), in_file=True)


def _names(seen: queries.Picture) -> dict[str, Callable[[str], str]]:
    """What each value of a filter is called."""
    said = language()
    places = {leaf.sector.code: leaf.sector for leaf in seen.leaves} | {
        leaf.institution.code: leaf.institution for leaf in seen.leaves
    }

    def place(code: str) -> str:
        return pick(places[code].name, said) if code in places else code

    return {
        "nozare": place,
        "iestade": place,
        "izmerits": lambda code: words.capital(pictures.coverage_words(rules.Coverage(code))),
        "vertejums": lambda code: str(OUTCOME_WORDS[Outcome(code)]),
        "pieprasijumi": lambda _code: _("Requests measured"),
    }


def _filters(request: HttpRequest, found: Asked, seen: queries.Picture) -> parts.Filters:
    names = _names(seen)
    sectors = {leaf.sector.code: leaf.sector for leaf in seen.leaves}
    ordered = sorted(sectors, key=lambda code: sectors[code].sort_key)
    groups = (
        ("izmerits", _("Measured"), [one.value for one in rules.Coverage]),
        ("vertejums", pgettext("filter", "Verdict"), [one.value for one in pictures.outcomes(seen.headline)]),
        ("nozare", _("Sector"), ordered),
    )

    counts = {
        "izmerits": Counter(leaf.coverage.value for leaf in seen.leaves),
        "vertejums": Counter(leaf.verdict for leaf in seen.leaves),
        "nozare": Counter(leaf.sector.code for leaf in seen.leaves),
    }

    def choice(name: str, value: str) -> parts.Choice:
        return parts.Choice(
            value=value,
            says=names[name](value),
            count=counts[name][value],
            chosen=value in several(request, name),
        )

    kept = {name: value for name, value in found.query().items() if value}
    kept |= {name: value for name in ("iestade", "pieprasijumi") if (value := request.GET.get(name, ""))}
    return parts.Filters(
        action=address("services"),
        groups=tuple(
            parts.FilterGroup(name, label, tuple(choice(name, value) for value in values))
            for name, label, values in groups
        ),
        kept=kept,
        clear=address("services", **found.query()),
    )


def _chips(request: HttpRequest, seen: queries.Picture) -> parts.Chips:
    """The filters that are on; each link takes one off."""
    options = []
    names = _names(seen)
    for name in _FILTERS:
        for value in request.GET.getlist(name):
            query = request.GET.copy()
            query.setlist(name, [one for one in query.getlist(name) if one != value])
            query.pop("lapa", None)
            try:
                says = names[name](value)
            except ValueError:
                says = value
            options.append(parts.Option(says, f"{request.path}?{query.urlencode()}"))
    return parts.Chips(tuple(options))
