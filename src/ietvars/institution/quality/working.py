"""What the worker calls to check links, and how this installation asks. It must not decide which are due."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from ietvars.ground.bodies import queries as bodies
from ietvars.ground.jobs.rules import Asker, Step
from ietvars.institution.quality import actions
from ietvars.institution.quality.asking import Manners


def check_links(arguments: Mapping[str, Any], step: Step, by: Asker, now: datetime) -> dict[str, Any]:
    """The work of kind `check-links`: a round over all links, or over those of bodies (codes in `bodies`) and below."""
    codes = arguments.get("bodies")
    reach = None if codes is None else {pk for code in codes for pk in _reach(code)}
    made = actions.check_links(by=by, now=now, manners=manners(), body_ids=reach, is_round=codes is None, tell=step)
    return made.document()


def manners() -> Manners:
    """How this installation asks, by its settings."""
    return Manners(pause=settings.LINK_PAUSE, timeout=settings.LINK_TIMEOUT, allowed=frozenset(settings.LINK_HOSTS))


def _reach(code: str) -> frozenset[int]:
    body = bodies.by_code(code)
    return bodies.reach(body.pk) if body else frozenset()
