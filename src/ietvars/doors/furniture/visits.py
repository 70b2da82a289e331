"""Counts how often public pages are opened, for statistics: page, day, kind of device, country where a proxy names it.

Counts gather in the process and go to the database at most once in IETVARS_VISITS_EVERY seconds and when the process
ends, so most requests cost nothing. Nothing of a visitor is kept: no address, no cookie, no order. It must not stop a
page from being shown, whatever becomes of the count.
"""

import atexit
import logging
import time
from collections import Counter
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from ietvars.doors.furniture import feedback
from ietvars.ground.people.rules import SYSTEM
from ietvars.institution.visits import actions, rules

logger = logging.getLogger(__name__)

MOST = 2000
"""So many different rows are kept at most between two writings; a flood of addresses cannot fill the memory."""


class Tally:
    """What this process has counted and not yet written."""

    def __init__(self) -> None:
        self.views: Counter[rules.View] = Counter()
        self.written = time.monotonic()

    def add(self, view: rules.View) -> None:
        """Count one view, and write all when it is time."""
        if view in self.views or len(self.views) < MOST:
            self.views[view] += 1
        if time.monotonic() - self.written >= settings.VISITS_EVERY:
            self.write()

    def write(self) -> None:
        """Write what was counted; what cannot be written now is kept for the next time."""
        taken, self.views = self.views, Counter()
        self.written = time.monotonic()
        if not taken:
            return
        try:
            actions.add(views=taken, by=SYSTEM, now=timezone.now())
        except DatabaseError as fault:
            self.views.update(taken)
            logger.warning("Page views could not be written: %s", type(fault).__name__)


tally = Tally()
atexit.register(tally.write)


class VisitsMiddleware:
    """Counts the public pages that people open. Staff who have signed in, programs and parts of pages do not count."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, then count."""
        answer = self.get_response(request)
        if _is_visit(request, answer):
            tally.add(_view(request))
        return answer


def _is_visit(request: HttpRequest, answer: HttpResponse) -> bool:
    match = request.resolver_match
    return (
        request.method == "GET"
        and answer.status_code == 200
        and match is not None
        and match.namespace == "public"
        and match.url_name not in feedback.OWN
        and answer.headers.get("Content-Type", "").startswith("text/html")
        and not request.headers.get("HX-Request")
        and not request.headers.get("Sec-Purpose", "").startswith("prefetch")
        and not rules.is_program(request.headers.get("User-Agent", ""))
        and not (settings.SESSION_COOKIE_NAME in request.COOKIES and SESSION_KEY in request.session)
    )


def _view(request: HttpRequest) -> rules.View:
    named = settings.VISITS_COUNTRY_HEADER
    return rules.View(
        day=timezone.localdate(),
        page=request.path[:300],
        device=rules.device(request.headers.get("User-Agent", "")),
        country=rules.country(request.headers.get(named, "")) if named else rules.UNKNOWN,
    )
