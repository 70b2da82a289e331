"""What is said about a text, and the one question all asks: look at a description, get its marks. Never imports Django.

The form's live check, the page of a service, the page of a body and `ietvars check texts` all call `look`. A mark is
advice: it names the words, says why and what to do instead, and stops nothing.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from ietvars.ground.audit.rules import Author
from ietvars.ground.people.rules import Role
from ietvars.institution.quality import checks, errors, texts
from ietvars.institution.quality.checks import CHECKS, Check, Mark

__all__ = ["CHECKERS", "CHECKS", "Check", "Mark", "check_named", "counts", "look", "require_checker"]

CHECKERS = (Role.SERVICE_OWNER, Role.OVERSEER, Role.ADMINISTRATOR, Role.SYSTEM)
"""Who may ask for links to be checked, beside the rounds of the system."""

NO_ABBREVIATIONS: frozenset[str] = frozenset()


def look(description: Mapping[str, Any], known: frozenset[str] = NO_ABBREVIATIONS) -> tuple[Mark, ...]:
    """Everything the checks find in a description, in the order of its parts.

    `description` maps paths of parts to values, as `canvases.description.parts` makes it; one part alone will do too.
    `known` are abbreviations that the reader of this page knows already, e.g. the short names of institutions.
    """
    whole = checks.Whole(description=description, texts=texts.of(description), known=known)
    order = {part: at for at, part in enumerate(description)}
    found = [mark for check in CHECKS for mark in check.look(whole)]
    return tuple(sorted(found, key=lambda mark: (order.get(mark.part, 0), mark.index or 0, mark.language, mark.start)))


def check_named(code: str) -> Check | None:
    """The check of a code; None when there is none."""
    return next((check for check in CHECKS if check.code == code), None)


def counts(marks: Iterable[Mark]) -> dict[str, int]:
    """How often each check marked something, in the order of the checks; those that did not are left out."""
    found = [mark.code for mark in marks]
    return {check.code: found.count(check.code) for check in CHECKS if check.code in found}


def require_checker(author: Author) -> None:
    """Refuse everybody who answers for no services. Raises NotForYou."""
    if author.role not in CHECKERS:
        raise errors.NotForYou
