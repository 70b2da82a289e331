"""The pages of private persons. Each view reads the request, asks the rooms once, and answers."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from ietvars.collaboration.situations import queries as situations
from ietvars.collaboration.ties import queries as ties
from ietvars.doors.furniture import feedback, today
from ietvars.doors.furniture.access import access, anyone
from ietvars.doors.furniture.frame import crumbs
from ietvars.doors.furniture.marks import Link
from ietvars.doors.furniture.parts import Option, Switch, with_query
from ietvars.doors.furniture.shown import language as spoken
from ietvars.doors.public import finding, presenters, structured
from ietvars.doors.public.common import PLACE_KEY, labels, place_name, place_of
from ietvars.ground.bodies import queries as bodies
from ietvars.ground.terms.rules import pick
from ietvars.institution.services import queries as services

MOST_USED = 6


@access(anyone)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """One search box, the life situations, the services most asked for."""
    language, now = spoken(), today.today()
    audience = "enterprise" if request.GET.get("kam") == "enterprise" else "natural-person"
    sizes = situations.sizes()
    cards = [
        presenters.Card(
            title=pick(one.title, language),
            href=reverse("public:situation", args=[one.code]),
            says=f"{presenters.situation_says(*sizes.get(one.code, (0, 0)), language)}: {pick(one.summary, language)}",
        )
        for one in situations.published()
    ]
    ways = labels()["channels"]
    used, period = _most_used(audience)
    return render(
        request,
        "public/home.html",
        {
            "audience": Switch(
                _("Whom for"),
                tuple(
                    Option(
                        says, with_query(request, kam=code if code == "enterprise" else None), current=code == audience
                    )
                    for code, says in (("natural-person", _("For a person")), ("enterprise", _("For a business")))
                ),
                small=False,
            ),
            "cards": cards,
            "used": [presenters.hit(one, language, ways, now) for one in used],
            "used_period": period,
            "place": place_name(place_of(request), language),
            "kam": audience if audience == "enterprise" else "",
        },
    )


def _most_used(audience: str) -> tuple[list[Any], str]:
    """Services asked for most in the newest year that has figures, for this audience."""
    ranked, period = finding.most_requested()
    whom = services.audiences(ranked)
    fitting = [code for code in ranked if audience in whom.get(code, ())][:MOST_USED]
    rows = {one.code: one for one in services.for_lists(fitting)}
    return [rows[code] for code in fitting], period


@access(anyone)
@require_http_methods(["GET", "POST"])
def place(request: HttpRequest) -> HttpResponse:
    """Choose one's municipality: its services come first. Kept in the session only."""
    language = spoken()
    choices = [
        (one.code, pick(one.name, language)) for one in bodies.all_bodies().filter(kind="municipality", until=None)
    ]
    wanted = request.POST.get("next") or request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
        wanted = reverse("public:home")
    if request.method == "POST":
        chosen = request.POST.get("pasvaldiba", "")
        if chosen in dict(choices):
            request.session[PLACE_KEY] = chosen
        else:
            request.session.pop(PLACE_KEY, None)
        return HttpResponseRedirect(wanted)
    return render(
        request,
        "public/place.html",
        {"choices": choices, "chosen": place_of(request), "next": wanted,
         "crumbs": crumbs((_("Home"), reverse("public:home")), _("Your municipality"))},
    )  # fmt: skip


@access(anyone)
@require_GET
def service(request: HttpRequest, code: str) -> HttpResponse:
    """One service: four facts, one button, who can have it, how it goes, what to prepare, who answers for it."""
    language, now = spoken(), today.today()
    found = services.page(code)
    if found is None or found.state == "draft":
        raise Http404
    named = labels()
    columns, stage_rows = presenters.stage_table(found, language, named["channels"], named["stages"])
    in_situations = list(situations.of_service(found))
    holder = bodies.by_code(found.holder_code) if found.holder_code else None
    first = in_situations[0] if in_situations else None
    path = [(_("Home"), reverse("public:home"))]
    if first is not None:
        path.append((pick(first.title, language), reverse("public:situation", args=[first.code])))
    held = {entry["held_by"] for entry in found.evidence if entry.get("held_by")}
    return render(
        request,
        "public/service.html",
        {
            "service": found,
            "feedback": feedback.fold(request, of=found, on=now),
            "title": pick(found.title, language),
            "summary": pick(found.summary, language),
            "facts": presenters.facts(found, language),
            "apply_url": next((one.url for one in found.stages.all() if one.name == "request" and one.url), ""),
            "eligibility": found.eligibility.get(language) or found.eligibility.get("lv") or [],
            "evidence": [pick(entry.get("title"), language) for entry in found.evidence if not entry.get("held_by")],
            "held_evidence": [
                (pick(entry.get("title"), language), place_name(entry["held_by"], language))
                for entry in found.evidence
                if entry.get("held_by") in held
            ],
            "fees": list(found.fees.all()),
            "fee_texts": [(fee.amount, pick(fee.text, language)) for fee in found.fees.all()],
            "columns": columns,
            "stage_rows": stage_rows,
            "appeal": pick(found.appeal, language),
            "legal_acts": [(pick(act.get("title"), language), act.get("url", "")) for act in found.legal_acts],
            "situations": [
                Link(pick(one.title, language), reverse("public:situation", args=[one.code])) for one in in_situations
            ],
            **_related(found, language),
            "holder": holder,
            "holder_name": pick(found.holder_name, language),
            "reviewed": presenters.reviewed(found.reviewed_on, language),
            "stale": presenters.stale_tag(found, now, language),
            "variants": _variants(found, language),
            "why_not": pick(found.not_offered_because, language),
            "why_withdrawn": services.why(found) if found.state == "withdrawn" else "",
            "has_illustrative": bool(found.illustrative),
            "structured": structured.block(found, language, named["target-groups"]),
            "crumbs": crumbs(*path, pick(found.title, language)),
        },
    )


def _related(found: Any, language: str) -> dict[str, list[Any]]:
    """Services tied to this one with how, and the others of its life situations."""

    def link(one: Any) -> Link:
        return Link(pick(one.title, language), reverse("public:service", args=[one.code]))

    tied = ties.of(found)
    tied_ids = {one.service.pk for one in tied}
    return {
        "ties": [(_(one.reading), link(one.service)) for one in tied],
        "related": [link(one) for one in situations.related_services(found) if one.pk not in tied_ids],
    }


def _variants(found: Any, language: str) -> list[Link]:
    """The same service elsewhere: for a common description its local services, for a local one its siblings."""
    template = found if found.is_template else found.template
    if template is None:
        return []
    rows = [one for one in services.variants(template) if one.pk != found.pk and one.state == "published"]
    not_offered = _("not offered")
    return [
        Link(pick(one.holder_name, language) + ("" if one.is_offered else f" ({not_offered})"),
             reverse("public:service", args=[one.code]))
        for one in rows
    ]  # fmt: skip


@access(anyone)
@require_GET
def situation_list(request: HttpRequest) -> HttpResponse:
    """All life situations."""
    language = spoken()
    sizes = situations.sizes()
    cards = [
        presenters.Card(
            pick(one.title, language),
            reverse("public:situation", args=[one.code]),
            f"{presenters.situation_says(*sizes.get(one.code, (0, 0)), language)}: {pick(one.summary, language)}",
        )
        for one in situations.published()
    ]
    return render(
        request,
        "public/situations.html",
        {"cards": cards, "crumbs": crumbs((_("Home"), reverse("public:home")), _("Life situations"))},
    )


@access(anyone)
@require_GET
def situation(request: HttpRequest, code: str) -> HttpResponse:
    """One life situation step by step; steps at the same time stand beside each other."""
    language = spoken()
    found = situations.by_code(code)
    if found is None or not found.is_published:
        raise Http404
    groups = situations.steps_together(found)
    ways = labels()["channels"]
    of_services = [step.service for group in groups for step in group if step.service is not None]
    holders = {one.holder_code: pick(one.holder_name, language) for one in of_services if one.holder_code}
    return render(
        request,
        "public/situation.html",
        {
            "situation": found,
            "title": pick(found.title, language),
            "summary": pick(found.summary, language),
            "steps": presenters.steps(groups, language, ways),
            "says": presenters.situation_says(sum(len(group) for group in groups), len(holders), language),
            "holders": [
                Link(name, reverse("public:body", args=[code]))
                for code, name in sorted(holders.items(), key=lambda x: x[1])
            ],
            "deadlines": [
                (pick(step.deadline, language), presenters.step_title(step, language))
                for group in groups
                for step in group
                if pick(step.deadline, language)
            ],
            "crumbs": crumbs(
                (_("Home"), reverse("public:home")),
                (_("Life situations"), reverse("public:situations")),
                pick(found.title, language),
            ),
        },
    )
