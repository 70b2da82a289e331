"""Refusals about feedback and its answers."""

from ietvars.ground.errors import Refusal, sentence


class NoRating(Refusal):
    """Feedback without a rating from 1 to 5."""

    code = "feedback-no-rating"
    message = sentence("Choose how you rate this page, from 1 to 5.")


class TooLong(Refusal):
    """A text longer than what is read."""

    code = "feedback-too-long"
    message = sentence("The text has %(length)s characters, and at most %(limit)s are taken. Please shorten it.")


class NotAnAddress(Refusal):
    """What stands in the field of the e-mail address is none."""

    code = "feedback-not-an-address"
    message = sentence("This is no e-mail address. Correct it, or leave the field empty if you want no answer.")


class UnknownPart(Refusal):
    """A part that no description has."""

    code = "unknown-part"
    message = sentence("A description has no part “%(part)s”. Choose one of the list.")


class UnknownPage(Refusal):
    """An address that is no page of ours."""

    code = "unknown-page"
    message = sentence("There is no public page at this address. Open the page and give your feedback there.")


class NotByAProgram(Refusal):
    """A field that people do not see was filled in."""

    code = "feedback-not-by-a-program"
    message = sentence(
        "The form looks as if a program had filled it in, so it was not taken. If you filled it in yourself, leave "
        "the field “Website” empty and send it again."
    )


class TooMany(Refusal):
    """One sender leaves more than people do."""

    code = "feedback-too-many"
    message = sentence(
        "Too many messages have come from your connection, so this one was not taken. Wait an hour, then send it again."
    )


class TooManyInAll(Refusal):
    """More comes in altogether than people can leave."""

    code = "feedback-too-many-in-all"
    message = sentence(
        "More feedback comes in than we can take just now, so yours was not taken. Wait an hour, then send it again."
    )


class NotForYou(Refusal):
    """Somebody who may not answer this feedback."""

    code = "feedback-not-for-you"
    message = sentence(
        "Feedback is answered by a service owner of the institution that holds the service. Ask a colleague there."
    )


class NothingWritten(Refusal):
    """An answer or a note without words."""

    code = "feedback-nothing-written"
    message = sentence("Write a few words; nothing has been sent or closed.")


class NoAddress(Refusal):
    """Nobody would read the answer."""

    code = "feedback-no-address"
    message = sentence(
        "No e-mail address was left, or it has been deleted, so an answer would reach nobody. Close the feedback and "
        "note what you changed."
    )


class WrongState(Refusal):
    """A step that the state does not allow."""

    code = "feedback-wrong-state"
    message = sentence("Feedback that is %(state)s cannot become %(wanted)s. Open it anew to see where it stands.")


class AlreadyBrought(Refusal):
    """The same file a second time."""

    code = "feedback-already-brought"
    message = sentence("This very file has been brought in before; nothing changed.")
