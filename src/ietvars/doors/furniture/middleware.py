"""Puts the acting person on every request, once. It decides nothing: access.py asks, rooms' rules answer."""

from collections.abc import Callable

from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from ietvars.ground.people import queries as people
from ietvars.ground.people import rules
from ietvars.ground.people.rules import Actor

CAPACITY_KEY = "capacity"
"""Session key of the capacity chosen after sign-in."""


def methods(request: HttpRequest) -> frozenset[str]:
    """The ways in which the person has proved himself in this session."""
    return frozenset(record.get("method", "") for record in get_authentication_records(request, request.user))


def acting(request: HttpRequest) -> Actor | None:
    """The actor of a request, or None for a visitor, an open choice, or a capacity that needs a second factor."""
    actor = people.acting(request.user, request.session.get(CAPACITY_KEY))
    if actor is None or not rules.may(rules.require_second_factor, actor.role, methods(request)):
        return None
    return actor


class ActorMiddleware:
    """Sets `request.actor` (lazily): the person in the chosen capacity, or a falsy value for a visitor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Attach the actor and go on."""
        request.actor = SimpleLazyObject(lambda: acting(request))  # type: ignore[attr-defined]
        return self.get_response(request)
