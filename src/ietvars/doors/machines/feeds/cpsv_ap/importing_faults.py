"""What an import could not take as it stood, each with its service and one sentence that says what to do.

Words only: what is a fault is decided where it is found.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext

from ietvars.ground.errors import sentence
from ietvars.ground.terms.rules import LANGUAGES

SENTENCES: Mapping[str, str] = {
    "no-title": sentence("It has no title. Write one; until then it stays a draft."),
    "no-description": sentence("It has no description. Write one; until then it stays a draft."),
    "no-authority": sentence(
        "It names no competent authority. Name the institution that holds it, here or with --holder; until then it "
        "stays a draft."
    ),
    "unknown-authority": sentence(
        "Its authority “%(what)s” is not described in the file, so it is known by its address only. Give it its name."
    ),
    "several-authorities": sentence(
        "It names several competent authorities; “%(what)s” was taken as the holder. A service has one holder."
    ),
    "no-identifier": sentence("It has no identifier; “%(what)s” was made from its address."),
    "several-identifiers": sentence("It has several identifiers; “%(what)s” was kept aside."),
    "untagged": sentence(
        "%(what)s of its texts do not say their language. Name it with --language, or add it to the texts."
    ),
    "second-text": sentence("A second text in one language was kept aside: %(what)s."),
    "text-for-concept": sentence(
        "“%(what)s” is a text where a concept of a code list belongs, and no term of ours is called so."
    ),
    "unknown-term": sentence("“%(what)s” is a concept that none of our code lists knows."),
    "unknown-channel": sentence("The channel “%(what)s” does not say which kind of channel it is."),
    "unknown-event": sentence("The event “%(what)s” is none of our life events."),
    "unknown-language": sentence("“%(what)s” is no language that we know."),
    "unknown-service": sentence("It is tied to “%(what)s”, which is neither in the file nor here."),
    "unknown-body": sentence("“%(what)s” takes part in it and is not described in the file."),
    "no-amount": sentence("The cost “%(what)s” says neither an amount nor anything else."),
    "bad-amount": sentence("“%(what)s” is no amount of money."),
    "bad-duration": sentence("“%(what)s” is no duration that can be reckoned in days."),
    "calendar-days": sentence("The time “%(what)s” counts calendar days; it was reckoned into working days."),
    "bad-address": sentence("“%(what)s” is no web address and was kept aside."),
    "bad-value": sentence("The value “%(what)s” cannot be read."),
    "held-by-another": sentence("It is held by %(what)s here, so it was left as it is. Hand the service over first."),
    "withdrawn-here": sentence("It is withdrawn here, so it was described anew and stays out of view."),
    "unknown-kept": sentence("%(what)s triples use words that are unknown here; they are kept and given out again."),
    "faulty-kept": sentence("%(what)s triples break the profile; they are kept and not given out."),
    "unknown-canvas": sentence("The canvas “%(what)s” is not here."),
    "number-taken": sentence("The number “%(what)s” belongs to another service here and was left out."),
}
"""Code of a fault to its sentence."""

NOTES = frozenset({"calendar-days", "unknown-kept", "no-identifier"})
"""What is told and is no fault of the file's content."""


@dataclass(frozen=True)
class Fault:
    """One fault of one service; `iri` is the service where it came from."""

    iri: str
    code: str
    what: str = ""

    def says(self, language: str) -> str:
        """The sentence."""
        with translation.override(language):
            return gettext(SENTENCES[self.code]) % {"what": self.what}

    def document(self) -> dict[str, Any]:
        """As the report of machines has it."""
        says = {language: self.says(language) for language in LANGUAGES}
        return {"code": self.code, "what": self.what, "says": says, "is_note": self.code in NOTES}
