"""Refusals about what was reported."""

from ietvars.ground.errors import Refusal, sentence


class EditionExists(Refusal):
    """Other content under the name of an edition that is already kept."""

    code = "edition-exists"
    message = sentence(
        "The edition “%(edition)s” of %(source)s already exists with other content. What was reported is never "
        "replaced: give this content a name of its own, and it will stand beside the first as a restatement."
    )


class EditionKept(Refusal):
    """The very same content under the very same name a second time."""

    code = "edition-kept"
    message = sentence("The edition “%(edition)s” of %(source)s is already kept with this content; nothing changed.")


class NotForYou(Refusal):
    """Somebody who may not bring measurements in."""

    code = "measurements-not-for-you"
    message = sentence("You can bring in measurements only for services of your own institution and of those below it.")
