"""Refusals of code lists that come as SKOS."""

from ietvars.ground.errors import Refusal, sentence


class NoScheme(Refusal):
    """A file without a concept scheme."""

    code = "no-concept-scheme"
    message = sentence("“%(file)s” holds no skos:ConceptScheme with concepts in it. Choose another file.")


class NoSuchScheme(Refusal):
    """A scheme that the file does not hold, or several without a choice."""

    code = "which-concept-scheme"
    message = sentence("Say which scheme to take with --scheme: the file holds %(known)s.")
