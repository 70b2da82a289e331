"""Services that many bodies give by one common description: offer one here, or say why not."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ietvars.doors.furniture import refusals, today
from ietvars.doors.furniture.access import access, role
from ietvars.doors.furniture.frame import crumbs
from ietvars.doors.furniture.shown import language
from ietvars.doors.owners.common import actor, own_frame
from ietvars.ground.bodies import queries as bodies
from ietvars.ground.errors import Refusal
from ietvars.ground.people.rules import Role
from ietvars.ground.terms.rules import pick
from ietvars.institution.revisions import actions
from ietvars.institution.services import queries as services

as_owner = access(role(Role.SERVICE_OWNER))


@dataclass(frozen=True)
class Offer:
    """A common service and how this body stands to it."""

    code: str
    title: str
    summary: str
    holders: int
    own: Any
    why_not: str


@as_owner
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """All common services, with this body's answer to each."""
    said = language()
    holder = bodies.by_code(actor(request).body_code)
    rows = []
    for template in services.all_services().filter(is_template=True).order_by("sort_key", "code"):
        variants = list(services.variants(template))
        own = next((one for one in variants if holder is not None and one.holder_id == holder.pk), None)
        rows.append(
            Offer(
                code=template.code,
                title=pick(template.title, said),
                summary=pick(template.summary, said),
                holders=sum(1 for one in variants if one.is_offered and one.state == "published"),
                own=own,
                why_not=pick(own.not_offered_because, said) if own is not None and not own.is_offered else "",
            )
        )
    return render(
        request,
        "owners/common_services.html",
        {
            "frame": own_frame(request, "services"),
            "rows": rows,
            "body": pick(holder.name, said) if holder else "",
            "crumbs": crumbs((_("Services"), reverse("owners:services")), _("Common services")),
        },
    )


def _template_or_404(code: str) -> Any:
    found = services.by_code(code)
    if found is None or not found.is_template:
        raise Http404
    return found


@as_owner
@require_POST
def offer(request: HttpRequest, code: str) -> HttpResponse:
    """Begin a draft of this body's own service from the common description."""
    holder = bodies.by_code(actor(request).body_code)
    if holder is None:
        raise Http404
    draft = actions.offer(template=_template_or_404(code), holder=holder, by=actor(request), now=today.now())
    messages.success(request, _("The common text stands in the draft. Write what is different here, and submit it."))
    return HttpResponseRedirect(reverse("owners:draft", args=[draft.service.code]))


class WhyNotForm(forms.Form):
    """Why a body does not give a common service; people read it."""

    why_lv = forms.CharField(
        label=gettext_lazy("Why is it not offered here? People read this."),
        help_text=gettext_lazy("One sentence, and where else one can turn."),
        widget=forms.Textarea(attrs={"class": "ds-input", "rows": 2}),
        max_length=400,
        error_messages={"required": gettext_lazy("Say why: people who look for it will ask.")},
    )
    why_en = forms.CharField(
        label=gettext_lazy("The same in English"),
        widget=forms.Textarea(attrs={"class": "ds-input", "rows": 2}),
        max_length=400,
        required=False,
    )


@as_owner
@require_http_methods(["GET", "POST"])
def decline(request: HttpRequest, code: str) -> HttpResponse:
    """Say why this body does not give a common service: that is an answer too."""
    template = _template_or_404(code)
    holder = bodies.by_code(actor(request).body_code)
    form = WhyNotForm(request.POST or None)
    refusal = None
    if request.method == "POST" and form.is_valid() and holder is not None:
        told = (("lv", form.cleaned_data["why_lv"]), ("en", form.cleaned_data["why_en"]))
        why = {tongue: text.strip() for tongue, text in told if text.strip()}
        try:
            actions.decline(template=template, holder=holder, why=why, by=actor(request), now=today.now())
        except Refusal as fault:
            refusal = refusals.box(fault, level=2)
        else:
            messages.success(request, _("Noted. People see that it is not offered here, and why."))
            return HttpResponseRedirect(reverse("owners:common"))
    return render(
        request,
        "owners/decline.html",
        {
            "frame": own_frame(request, "services"),
            "form": form,
            "refusal": refusal,
            "title": pick(template.title, language()),
            "body": pick(holder.name, language()) if holder else "",
            "crumbs": crumbs(
                (_("Services"), reverse("owners:services")),
                (_("Common services"), reverse("owners:common")),
                pick(template.title, language()),
            ),
        },
        status=400 if request.method == "POST" else 200,
    )
