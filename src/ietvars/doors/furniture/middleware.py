"""Puts the acting person on every request, once. It decides nothing: access.py asks, rooms' rules answer."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from ietvars.ground.people import queries as people

CAPACITY_KEY = "capacity"
"""Session key of the capacity chosen after sign-in."""


class ActorMiddleware:
    """Sets `request.actor` (lazily): the person in the chosen capacity, or a falsy value for a visitor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Attach the actor and go on."""
        request.actor = SimpleLazyObject(lambda: people.acting(request.user, request.session.get(CAPACITY_KEY)))  # type: ignore[attr-defined]
        return self.get_response(request)
