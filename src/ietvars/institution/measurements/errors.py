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


class NumberAndStateDisagree(Refusal):
    """Only a measured figure has a number, and a measured figure has one."""

    code = "number-and-state-disagree"
    message = sentence("A figure that is %(state)s cannot have the number %(number)s.")


class StateAndFaultDisagree(Refusal):
    """Only an unreadable figure says why it could not be read."""

    code = "state-and-fault-disagree"
    message = sentence("A figure that is %(state)s cannot have the reading fault %(fault)s.")


class FigureNotFinite(Refusal):
    """NaN and infinity are not figures."""

    code = "figure-not-finite"
    message = sentence("%(number)s is no number one can count with.")


class BlankIsNoFigure(Refusal):
    """A mapping that would read an empty cell as a figure."""

    code = "blank-is-no-figure"
    message = sentence(
        "An empty cell cannot be read as measured. Say what it means: missing, not applicable, not asked."
    )


class BlankMarker(Refusal):
    """A mapping that lists the empty text among its markers."""

    code = "blank-marker"
    message = sentence("The markers for %(state)s contain an empty text. What empty cells mean has its own setting.")


class PercentSignWithoutScale(Refusal):
    """A mapping that allows % where the scale is plain."""

    code = "percent-sign-without-scale"
    message = sentence("A percent sign needs the scale percent or fraction, else 12 % could be 12 or 0.12.")


class SeparatorsDisagree(Refusal):
    """A mapping whose decimal and thousands marks are the same, or are no marks."""

    code = "separators-disagree"
    message = sentence(
        "Decimal mark “%(decimal)s” and thousands marks “%(thousands)s” must be different, each one mark."
    )


class MarkerOfTwoStates(Refusal):
    """A mapping that gives one marker two meanings."""

    code = "marker-of-two-states"
    message = sentence("The marker “%(marker)s” stands for both %(first)s and %(second)s.")


class ZeroIsMeasured(Refusal):
    """A mapping that would read zero as absent."""

    code = "zero-is-measured"
    message = sentence("“%(marker)s” is a zero, and a zero is measured. It cannot be a marker for something absent.")
