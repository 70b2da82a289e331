"""Words of releases: their states, and the names of measures from the dictionary that goes out with the data."""

from collections.abc import Callable, Mapping

from django.utils.translation import pgettext

from ietvars.doors.furniture import words
from ietvars.doors.furniture.shown import language
from ietvars.ground.terms.rules import pick
from ietvars.institution.releases import dictionary
from ietvars.institution.releases.rules import State

STATES: Mapping[State, Callable[[], str]] = {
    State.DRAFT: lambda: pgettext("state of a release", "draft"),
    State.PUBLISHED: lambda: pgettext("state of a release", "published"),
    State.SUPERSEDED: lambda: pgettext("state of a release", "superseded"),
    State.DROPPED: lambda: pgettext("state of a release", "dropped"),
}


def measure_name(code: str) -> str:
    """The name of a measure of the releases."""
    entry = dictionary.of("measure").get(code)
    return pick(entry.name, language()) if entry else code


def size(number: int) -> str:
    """Bytes as people read them."""
    if number < 1024 * 100:
        return f"{words.number(number / 1024, language(), decimals=1)} KB"
    return f"{words.number(number / 1024 / 1024, language(), decimals=1)} MB"
