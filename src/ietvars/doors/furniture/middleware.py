"""What every request passes: an address that can be read, and the acting person, put on it once.

It decides nothing: access.py asks, rooms' rules answer.
"""

from collections.abc import Callable

from allauth.account.authentication import get_authentication_records
from django.core.exceptions import BadRequest
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


class ReadableMiddleware:
    """Refuses an address with a NUL in it: nobody types one, and no text in the database can hold it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on, or raise what becomes the page or the problem of a request that cannot be read."""
        # Nothing else than %00 becomes a NUL, so a long address need not be decoded to find one.
        asked = request.META.get("QUERY_STRING", "")
        if "\0" in request.path or "\0" in asked or "%00" in asked:
            raise BadRequest("A NUL in the address.")
        return self.get_response(request)


class ActorMiddleware:
    """Sets `request.actor` (lazily): the person in the chosen capacity, or a falsy value for a visitor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Attach the actor and go on."""
        request.actor = SimpleLazyObject(lambda: acting(request))  # type: ignore[attr-defined]
        return self.get_response(request)
