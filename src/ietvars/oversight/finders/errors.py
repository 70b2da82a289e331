"""Refusals about findings and answers to criteria."""

from ietvars.ground.errors import Refusal, sentence


class UnknownFinder(Refusal):
    """A code no finder has."""

    code = "unknown-finder"
    message = sentence("There is no finder “%(finder)s”. The finders are: %(known)s.")


class NotYours(Refusal):
    """Answering a criterion for a service the actor's capacity does not reach."""

    code = "criterion-not-yours"
    message = sentence("Only a service owner of the holder answers its criteria. Ask the holder's service owner.")


class UnknownCriterion(Refusal):
    """A criterion that Regulation 402 does not know."""

    code = "unknown-criterion"
    message = sentence("“%(criterion)s” is no criterion of the digitalisation assessment.")


class NotForYou(Refusal):
    """Sending the finders out in a capacity that has no part in it."""

    code = "looking-not-for-you"
    message = sentence("Finders are sent out by overseers. They also look by themselves after each computation.")


class WhyNeeded(Refusal):
    """A yes or no without its ground."""

    code = "criterion-without-why"
    message = sentence("Say why you answer so. In a year nobody will remember.")


class NoSuchFinding(Refusal):
    """A finding that is not there, or no longer."""

    code = "no-such-finding"
    message = sentence("There is no such finding in %(period)s. It may have gone when the figures were looked at anew.")
