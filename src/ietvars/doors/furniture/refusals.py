"""How a refusal reaches people: a room's `Refusal` as a sentence in their language, a box on a page, a page of its own.

It must not soften or explain a rule: the sentence is the room's.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, pgettext_lazy

from ietvars.doors.furniture import part_names
from ietvars.doors.furniture.marks import Link, Words
from ietvars.doors.furniture.parts import RefusalBox
from ietvars.doors.furniture.shown import language
from ietvars.ground.errors import Refusal
from ietvars.ground.terms.rules import pick
from ietvars.institution.services import queries as services


def sentence(refusal: Refusal) -> str:
    """The refusal in the language of this answer."""
    message = gettext(refusal.message)
    return message % _in_words(refusal.facts) if refusal.facts else message


def _in_words(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a refusal as people call them: a state by its word, parts and services by their names."""
    told = dict(facts)
    for key in {"state", "wanted"} & told.keys():
        told[key] = STATES.get(str(told[key]), told[key])
    for key in {"part", "parts"} & told.keys():
        told[key] = ", ".join(part_names.name(one).lower() for one in str(told[key]).split(", "))
    if isinstance(told.get("service"), str):
        found = services.by_code(told["service"])
        told["service"] = pick(found.title, language()) if found is not None else told["service"]
    return told


STATES: Mapping[str, Words] = {
    "draft": pgettext_lazy("it is ... now", "a draft"),
    "submitted": pgettext_lazy("it is ... now", "submitted"),
    "approved": pgettext_lazy("it is ... now", "approved"),
    "scheduled": pgettext_lazy("it is ... now", "scheduled"),
    "published": pgettext_lazy("it is ... now", "published"),
    "abandoned": pgettext_lazy("it is ... now", "given up"),
    "withdrawn": pgettext_lazy("it is ... now", "withdrawn"),
    "retired": pgettext_lazy("it is ... now", "retired"),
}
"""States as they stand in the middle of a sentence; another state is said as it is."""


def box(refusal: Refusal, *, help: Link | None = None, level: int = 1) -> RefusalBox:  # noqa: A002 - the word of the design
    """The refusal as a box: that it was not done, and the room's sentence why and what to do."""
    return RefusalBox(title=gettext("This was not done"), says=sentence(refusal), help=help, level=level)


def page(request: HttpRequest, refusal: RefusalBox, status: HTTPStatus = HTTPStatus.FORBIDDEN) -> HttpResponse:
    """A page that holds nothing but the refusal."""
    return render(request, "ietvars/refused.html", {"refusal": refusal}, status=status)


def problem(refusal: Refusal | Exception, status: HTTPStatus = HTTPStatus.FORBIDDEN) -> dict[str, Any]:
    """The refusal as a problem+json document (RFC 9457)."""
    code = refusal.code if isinstance(refusal, Refusal) else "refused"
    detail = sentence(refusal) if isinstance(refusal, Refusal) else str(refusal)
    return {"type": f"urn:ietvars:refusal:{code}", "title": status.phrase, "status": int(status), "detail": detail}
