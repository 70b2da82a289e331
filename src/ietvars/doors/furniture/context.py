"""What every page frame needs to know: frame of the door, languages, sample state, footer. It must not decide."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from ietvars.doors.furniture import feedback
from ietvars.doors.furniture import frame as frames
from ietvars.doors.furniture.marks import Link
from ietvars.ground.deployment import queries as deployment
from ietvars.institution.indicators import queries as indicators


def public_frame() -> frames.Frame:
    """The frame of public pages: mark, way in for staff, language."""
    staff = frames.place("staff")
    return frames.Frame(
        home=frames.place("public:home") or "/",
        staff=Link(_("For staff of institutions"), staff) if staff else None,
    )


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of the page frame. A door's view may give its own `frame`, `crumbs`, `feedback`, `data_as_of`."""
    return {
        "frame": public_frame(),
        "languages": frames.languages(request),
        "footer_links": frames.footer(),
        "sample_state": SimpleLazyObject(deployment.is_sample),
        "sample_href": frames.place("public:sample"),
        "feedback": SimpleLazyObject(lambda: feedback.fold(request)),
        "data_as_of": SimpleLazyObject(indicators.last_computed),
    }
