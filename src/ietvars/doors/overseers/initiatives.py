"""Initiatives: the list, one initiative, the proposal, the decision, the check. Views translate; rooms decide."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ietvars.doors.furniture import days, downloads, parts, readings, refusals, today
from ietvars.doors.furniture.frame import crumbs
from ietvars.doors.furniture.marks import Link
from ietvars.doors.furniture.shown import language
from ietvars.doors.overseers import forms, ledger
from ietvars.doors.overseers.common import actor, address, overseers, own_frame, readers, several
from ietvars.ground.bodies import queries as bodies
from ietvars.ground.errors import Refusal
from ietvars.ground.people import queries as people
from ietvars.ground.people.rules import may
from ietvars.ground.periods import rules as periods
from ietvars.ground.terms.rules import pick
from ietvars.institution.indicators import queries as indicators
from ietvars.institution.indicators.comparison import Direction
from ietvars.oversight.aggregates import queries as aggregates
from ietvars.oversight.finders import errors as finder_errors
from ietvars.oversight.finders import queries as findings
from ietvars.oversight.initiatives import actions, errors, queries, rules

# ---- pages ------------------------------------------------------------------------------------------------------


def _narrowed(request: HttpRequest) -> Any:
    states = several(request, "stavoklis") & {state.value for state in rules.State}
    kinds = several(request, "veids")
    return queries.initiatives(states=states or None, kinds=kinds or None)


@readers
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """All initiatives, narrowed by state and kind."""
    said = language()
    every, chosen = list(queries.initiatives()), list(_narrowed(request))
    kinds = queries.kinds()
    counts = {state: sum(row.state == state for row in every) for state in rules.State}
    filters = parts.Filters(
        action=address("initiatives"),
        groups=(
            parts.FilterGroup(
                "stavoklis",
                _("State"),
                tuple(
                    parts.Choice(
                        state.value,
                        ledger.state_words(state),
                        counts[state],
                        chosen=state in several(request, "stavoklis"),
                    )
                    for state in rules.State
                ),
            ),
            parts.FilterGroup(
                "veids",
                _("Kind"),
                tuple(
                    parts.Choice(
                        kind.code,
                        pick(kind.label, said),
                        sum(row.kind == kind.code for row in every),
                        chosen=kind.code in several(request, "veids"),
                    )
                    for kind in kinds.values()
                ),
            ),
        ),
        kept={},
        clear=address("initiatives"),
    )
    waits = counts[rules.State.PROPOSED]
    under_way = counts[rules.State.ADOPTED]
    lead = _("%(waits)s wait for a decision, %(under_way)s are under way, %(checked)s are checked.")
    query = request.GET.urlencode()
    return render(
        request,
        "overseers/initiatives.html",
        {
            "frame": own_frame(request, "initiatives"),
            "crumbs": crumbs((_("The state"), address("state")), _("Initiatives")),
            "lead": lead % {"waits": waits, "under_way": under_way, "checked": counts[rules.State.CHECKED]},
            "table": ledger.table(chosen),
            "has_any": bool(every),
            "filters": filters,
            "may_propose": may(rules.require_overseer, actor(request)),
            "csv": f"{address('initiatives-csv')}?{query}",
            "json": f"{address('initiatives-json')}?{query}",
        },
    )


@readers
@require_GET
def page_csv(request: HttpRequest) -> HttpResponseBase:
    """The same initiatives as a file."""
    return downloads.csv(ledger.table(_narrowed(request)))


@readers
@require_GET
def page_json(request: HttpRequest) -> HttpResponse:
    """The same initiatives as the document that `ietvars initiatives --json` prints."""
    return downloads.json(queries.document(_narrowed(request)))


def _initiative_or_404(code: str) -> Any:
    try:
        return queries.by_code(code)
    except errors.NoSuchInitiative as refused:
        raise Http404 from refused


@readers
@require_GET
def initiative(request: HttpRequest, code: str) -> HttpResponse:
    """One initiative with its frozen evidence, its way so far, and what can be done next."""
    return _page(request, _initiative_or_404(code))


def _page(
    request: HttpRequest, found: Any, *, form: forms.DecideForm | None = None, refusal: Refusal | None = None
) -> HttpResponse:
    said = language()
    who, on = actor(request), today.today()
    names = people.names([found.owner, found.proposed_by, found.decided_by])
    kinds = queries.kinds()
    is_open = found.state == rules.State.PROPOSED
    return render(
        request,
        "overseers/initiative.html",
        {
            "frame": own_frame(request, "initiatives"),
            "crumbs": crumbs(
                (_("The state"), address("state")), (_("Initiatives"), address("initiatives")), found.code
            ),
            "initiative": found,
            "kicker": f"{pick(kinds[found.kind].label, said) if found.kind in kinds else found.kind}, {found.code}",
            "state": ledger.state_mark(found),
            "facts": ledger.facts(found, names),
            "evidence": ledger.frozen_evidence(found),
            "check": ledger.check_words(found) if found.state == rules.State.CHECKED else None,
            "history": [
                (
                    ledger.state_words(row.state),
                    pick(people.names([row.username]).get(row.username), said) or row.username,
                    row,
                )
                for row in queries.states_of(found)
            ],
            "finding": _finding_link(found),
            "services": [
                Link(pick(service.title, said), address("service", service.code, periods=found.period))
                for service in found.services.all()
            ],
            "form": (form or forms.DecideForm()) if is_open and may(_require_decider, who, found) else None,
            "own_proposal": is_open and may(rules.require_overseer, who) and not may(_require_decider, who, found),
            "may_check": found.state == rules.State.ADOPTED
            and may(rules.require_overseer, who)
            and may(rules.require_deadline_over, found.deadline, on),
            "waits_until": found.deadline if found.state == rules.State.ADOPTED and on <= found.deadline else None,
            "refusal": refusals.box(refusal, level=2) if refusal else None,
        },
        status=400 if refusal or (form is not None and form.errors) else 200,
    )


def _require_decider(who: Any, found: Any) -> None:
    rules.require_decider(who, found.proposed_by, found.title)


def _finding_link(found: Any) -> Link | None:
    if not found.finder:
        return None
    try:
        row = findings.finding(found.period, found.finder, found.finding_key)
    except (finder_errors.NoSuchFinding, finder_errors.UnknownFinder):
        return None
    return Link(_("The finding from which it came"), address("finding", row.period, row.finder, row.key))


@readers
@require_GET
def frozen(request: HttpRequest, code: str) -> HttpResponse:
    """The frozen document, byte for byte as it was fingerprinted, so that anybody can check it."""
    found = _initiative_or_404(code)
    answer = HttpResponse(found.frozen, content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{code}.json"'
    return answer


# ---- steps ------------------------------------------------------------------------------------------------------


@overseers
@require_POST
def decide(request: HttpRequest, code: str) -> HttpResponse:
    """Adopt or reject a proposal."""
    found = _initiative_or_404(code)
    form = forms.DecideForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form=form)
    is_adopted = request.POST.get("lemums") == "adopt"
    step = actions.adopt if is_adopted else actions.reject
    try:
        step(initiative=found, why=form.cleaned_data["why"], by=actor(request), now=today.now())
    except Refusal as refusal:
        return _page(request, _initiative_or_404(code), form=form, refusal=refusal)
    messages.success(request, _("Decided: it is done.") if is_adopted else _("Decided: it is not done."))
    return HttpResponseRedirect(address("initiative", code))


@overseers
@require_POST
def check(request: HttpRequest, code: str) -> HttpResponse:
    """Say after the deadline whether the indicator moved."""
    found = _initiative_or_404(code)
    try:
        actions.check(initiative=found, by=actor(request), now=today.now(), on=today.today())
    except Refusal as refusal:
        return _page(request, _initiative_or_404(code), refusal=refusal)
    messages.success(request, _("Checked. The figures that say so are frozen too."))
    return HttpResponseRedirect(address("initiative", code))


@overseers
@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest) -> HttpResponse:
    """Propose an initiative, from a finding or freely."""
    period = _period(request)
    row = _finding_of(request, period)
    form = forms.ProposeForm(request.POST or None, choices=_choices(period), initial=_initial(request, period, row))
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.propose(**_proposal(form.cleaned_data, period, row), by=actor(request), now=today.now(),
                                   on=today.today())  # fmt: skip
        except Refusal as fault:
            refusal = refusals.box(fault, level=2)
        else:
            messages.success(request, _("Proposed. Now another overseer decides."))
            return HttpResponseRedirect(address("initiative", made.code))
    return render(
        request,
        "overseers/propose.html",
        {
            "frame": own_frame(request, "initiatives"),
            "crumbs": crumbs(
                (_("The state"), address("state")), (_("Initiatives"), address("initiatives")), _("Propose")
            ),
            "form": form,
            "refusal": refusal,
            "period": period,
            "finding": row,
            "finding_href": address("finding", row.period, row.finder, row.key) if row else "",
            "about": pick(row.service.title, language()) if row and row.service else "",
            "back": address("initiatives"),
        },
        status=400 if request.method == "POST" else 200,
    )


def _period(request: HttpRequest) -> str:
    known = indicators.periods_with_figures()
    wanted = request.GET.get("periods", "")
    if wanted in known:
        return wanted
    years = [code for code in known if periods.parse(code).kind in (periods.Kind.YEAR, periods.Kind.FISCAL_YEAR)]
    if not years:
        raise Http404
    return years[-1]


def _finding_of(request: HttpRequest, period: str) -> Any:
    finder, key = request.GET.get("atradejs", ""), request.GET.get("atradums", "")
    if not finder:
        return None
    try:
        return findings.finding(period, finder, key)
    except (finder_errors.NoSuchFinding, finder_errors.UnknownFinder) as refused:
        raise Http404 from refused


def _choices(period: str) -> dict[str, list[tuple[str, str]]]:
    said = language()
    following = rules.next_after(periods.parse(period))
    after = (following, rules.next_after(following), rules.next_after(rules.next_after(following)))
    return {
        "kind": [(kind.code, pick(kind.label, said)) for kind in queries.kinds(today.today()).values() if kind.is_open],
        "body": [(row.code, pick(row.name, said)) for row in bodies.all_bodies().filter(until__isnull=True)],
        "owner": [(person.username, pick(person.name, said) or person.username) for person in people.staff()],
        "indicator": [(each.code, pick(each.name, said)) for each in aggregates.critical_set(period)],
        "check_period": [(each.code, days.period(each.code, said)) for each in after],
    }


def _initial(request: HttpRequest, period: str, row: Any) -> dict[str, object]:
    code = row.service.code if row and row.service else request.GET.get("pakalpojums", "")
    made: dict[str, object] = {
        "services": code,
        "check_period": rules.next_after(periods.parse(period)).code,
        "body": row.body.code if row and row.body else "",
    }
    if row is None:
        return made
    kind = queries.kinds().get(queries.kind_for(row.finder))
    if kind:
        made |= {"kind": kind.code, "indicator": kind.indicator, "direction": kind.direction}
    if worse := next((figure["code"] for figure in row.figures if figure.get("what") == "indicator"), ""):
        good = next(each.direction for each in aggregates.critical_set(period) if each.code == worse)
        made |= {"indicator": worse, "direction": "up" if good is Direction.UP else "down"}
    return made


def _proposal(cleaned: dict[str, Any], period: str, row: Any) -> dict[str, Any]:
    """What the form says, as the room takes it: a share is written in percent and kept as a fraction."""
    body = bodies.by_code(cleaned["body"])
    assert body is not None
    target = cleaned["target"]
    if target is not None and ledger.unit_of(cleaned["indicator"]) == readings.SHARE:
        target = target / 100
    return {
        "kind": cleaned["kind"],
        "title": cleaned["title"],
        "reason": cleaned["reason"],
        "services": cleaned["services"],
        "body": body,
        "owner": cleaned["owner"],
        "period": period,
        "expected": actions.Expectation(
            indicator=cleaned["indicator"],
            direction=cleaned["direction"],
            target=target,
            deadline=cleaned["deadline"],
            check_period=cleaned["check_period"],
        ),
        "finding": row,
    }
