"""The pages of the entrance: the ways in, one-click entry in the sample state, and the choice of a capacity."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from allauth.socialaccount.adapter import get_adapter
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.request import split_domain_port
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ietvars.doors.entrance import forms
from ietvars.doors.furniture import frame, refusals, roles
from ietvars.doors.furniture.access import access, anyone, signed_in
from ietvars.doors.furniture.middleware import CAPACITY_KEY, methods
from ietvars.doors.furniture.parts import RefusalBox
from ietvars.ground.deployment import queries as deployment
from ietvars.ground.errors import Refusal
from ietvars.ground.people import errors, rules
from ietvars.ground.people import queries as people
from ietvars.ground.people.rules import Role
from ietvars.ground.terms.rules import pick

DESKS = {
    Role.SERVICE_OWNER: "owners:desk",
    Role.LIST_APPROVER: "owners:desk",
    Role.OVERSEER: "overseers:state",
    Role.COORDINATOR: "overseers:state",
    Role.ADMINISTRATOR: "overseers:searches",
}
"""Where a capacity works; others land on the public page."""


@dataclass(frozen=True)
class Choice:
    """One capacity or sample person to choose from, in words."""

    key: str
    title: str
    says: str


PROXIED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")
"""Headers by which a proxy tells that somebody else stands behind it."""


def is_loopback(request: HttpRequest) -> bool:
    """Whether the request comes from this very computer, asks for it by its own name, and passed no proxy."""
    if any(name in request.META for name in PROXIED):
        return False
    return _is_loopback(request.META.get("REMOTE_ADDR", "")) and _is_loopback(
        split_domain_port(request.get_host())[0].strip("[]")
    )


def _is_loopback(place: str) -> bool:
    if place == "localhost":
        return True
    try:
        return ipaddress.ip_address(place).is_loopback
    except ValueError:
        return False


def safe_next(request: HttpRequest, wanted: str, otherwise: str) -> str:
    """The address to go on to: within this house only."""
    hosts = {request.get_host()}
    is_safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=hosts, require_https=request.is_secure())
    return wanted if wanted and is_safe else otherwise


@access(anyone)
@never_cache
@require_GET
def entrance(request: HttpRequest) -> HttpResponse:
    """The ways in: sample persons where they are allowed, providers, a local account."""
    language = get_language() or "lv"
    wanted = request.GET.get("next", "")
    persons = list(people.sample_persons()) if deployment.is_sample() and is_loopback(request) else []
    held = people.capacities_of_each(persons)
    shown = [
        Choice(person.username, pick(person.name, language) or person.username, in_words(held[person.pk], language))
        for person in persons
    ]
    providers = [
        {"name": provider.name, "href": provider.get_login_url(request, **({"next": wanted} if wanted else {}))}
        for provider in get_adapter(request).list_providers(request)
    ]
    return render(
        request,
        "entrance/entrance.html",
        {"samples": shown, "providers": providers, "next": wanted, "crumbs": frame.crumbs()},
    )


def in_words(capacities: Iterable[Any], language: str) -> str:
    """Capacities as one line."""
    return "; ".join(
        f"{roles.WORDS[Role(row.role)]}, {pick(row.body.short, language) or pick(row.body.name, language)}"
        for row in capacities
    )


@access(anyone)
@sensitive_post_parameters()
@require_POST
def enter_sample(request: HttpRequest) -> HttpResponse:
    """Enter as a sample person: only in the sample state, only on this computer."""
    form = forms.SampleEntry(request.POST)
    person = people.by_username(form.cleaned_data["username"]) if form.is_valid() else None
    try:
        rules.require_sample_entry(
            is_sample_state=deployment.is_sample(),
            is_sample_person=bool(person and person.is_sample),
            is_loopback=is_loopback(request),
        )
    except errors.NoSampleHere as refusal:
        return refusals.page(request, refusals.box(refusal))
    assert person is not None
    login(request, person, backend="django.contrib.auth.backends.ModelBackend")
    request.session.pop(CAPACITY_KEY, None)
    wanted = request.POST.get("next", "")
    return HttpResponseRedirect(reverse("capacity") + (f"?{urlencode({'next': wanted})}" if wanted else ""))


@access(signed_in)
@never_cache
@require_http_methods(["GET", "POST"])
def capacity(request: HttpRequest) -> HttpResponse:
    """Choose the capacity to act in; with a single one, go straight to its desk."""
    rows = list(people.capacities_of(request.user))  # type: ignore[arg-type]
    form = forms.CapacityChoice(request.POST or None)
    chosen = rows[0] if len(rows) == 1 and request.method == "GET" and "all" not in request.GET else None
    if request.method == "POST" and form.is_valid():
        chosen = next((row for row in rows if row.pk == form.cleaned_data["capacity"]), None)
        if chosen is None:
            return refusals.page(request, refusals.box(errors.NotYourCapacity()))
    refusal: Refusal | None = None
    if chosen is not None:
        try:
            rules.require_second_factor(Role(chosen.role), methods(request))
        except Refusal as found:
            refusal = found
        else:
            request.session[CAPACITY_KEY] = chosen.pk
            desk = frame.place(DESKS.get(Role(chosen.role), "public:home")) or "/"
            wanted = form.cleaned_data["next"] if request.method == "POST" else request.GET.get("next", "")
            return HttpResponseRedirect(safe_next(request, wanted, desk))
    language = get_language() or "lv"
    choices = [Choice(str(row.pk), str(roles.WORDS[Role(row.role)]), pick(row.body.name, language)) for row in rows]
    return render(
        request,
        "entrance/capacity.html",
        {
            "choices": choices,
            "next": request.GET.get("next", ""),
            "refusal_box": refusals.box(refusal, level=2) if refusal else None,
        },
        status=403 if refusal else 200,
    )


@access(signed_in)
@require_GET
def no_password(request: HttpRequest) -> HttpResponse:
    """Whoever comes through a provider or by one click has no password here, and makes himself none."""
    box = RefusalBox(
        title=_("You have no password here"),
        says=_("You sign in another way. If that is a provider, change your password there."),
        level=1,
    )
    return refusals.page(request, box, HTTPStatus.OK)
