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
