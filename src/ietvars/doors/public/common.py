"""What the public pages share: the visitor's municipality and the labels of code lists."""

from collections.abc import Mapping

from django.http import HttpRequest

from ietvars.ground.bodies import queries as bodies
from ietvars.ground.terms import queries as terms
from ietvars.ground.terms.rules import pick

PLACE_KEY = "place"
"""Session key of the visitor's municipality; nothing else of a visitor is kept."""


def place_of(request: HttpRequest) -> str:
    """Code of the visitor's municipality, empty when none was chosen."""
    return str(request.session.get(PLACE_KEY, ""))


def place_name(code: str, language: str) -> str:
    """Name of a body by its code; empty where there is none."""
    body = bodies.by_code(code) if code else None
    return pick(body.name, language) if body else ""


def labels() -> dict[str, dict[str, Mapping[str, str]]]:
    """Labels of the code lists that public pages show; one query."""
    return terms.labels("channels", "stages", "target-groups", "areas")
