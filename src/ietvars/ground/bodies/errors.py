"""Refusals about bodies."""

from ietvars.ground.errors import Refusal, sentence


class BodyExists(Refusal):
    """A second body of the same code."""

    code = "body-exists"
    message = sentence("There is already a body “%(body)s”. Choose another code or change that body.")


class UnknownBody(Refusal):
    """A code that names no body."""

    code = "unknown-body"
    message = sentence("There is no body “%(body)s”. Check the code, or add the body first.")


class BodyHasEnded(Refusal):
    """Something is asked of a body that no longer exists."""

    code = "body-has-ended"
    message = sentence("“%(body)s” ended on %(until)s. Choose the body that took over its work.")


class WouldBeAboveItself(Refusal):
    """A place in the hierarchy that makes a circle."""

    code = "would-be-above-itself"
    message = sentence("“%(body)s” cannot stand under “%(parent)s”, because that body is already below it.")


class NothingToMerge(Refusal):
    """A merger or split that names too few bodies."""

    code = "nothing-to-merge"
    message = sentence("A merger or a split needs at least one body that ends and one that takes over.")


class NotForYou(Refusal):
    """Only administrators and the system keep the register of bodies."""

    code = "bodies-are-kept-by-administrators"
    message = sentence("Only an administrator may change bodies. Ask the administrator of your institution.")
