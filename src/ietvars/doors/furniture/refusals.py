"""How a refusal reaches people: a room's `Refusal` as a sentence in their language, a box on a page, a page of its own.

It must not soften or explain a rule: the sentence is the room's.
"""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from ietvars.doors.furniture.marks import Link
from ietvars.doors.furniture.parts import RefusalBox
from ietvars.ground.errors import Refusal


def sentence(refusal: Refusal) -> str:
    """The refusal in the language of this answer."""
    message = gettext(refusal.message)
    return message % refusal.facts if refusal.facts else message


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
