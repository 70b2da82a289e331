"""Refusals of the flows: what cannot be drawn, and why."""

from ietvars.ground.errors import Refusal, sentence


class UnknownSpan(Refusal):
    """A period whose months cannot be told."""

    code = "unknown-span"
    message = sentence("“%(text)s” is no period. Write a year, a quarter or a month, such as 2026, 2026-Q1 or 2026-03.")


class UnknownFlowChannel(Refusal):
    """A channel that no fact can carry."""

    code = "unknown-flow-channel"
    message = sentence("There is no channel “%(channel)s”. Known are: %(known)s.")


class UnknownFlowBody(Refusal):
    """A provider that is no body."""

    code = "unknown-flow-body"
    message = sentence("There is no institution “%(body)s”. Check its code.")


class NotLaid(Refusal):
    """Files of facts that are out of order even after sorting: two events share a number."""

    code = "not-laid"
    message = sentence("The facts in %(path)s are not in order. Compute the lake anew (ietvars verify says why).")


class UnknownFlowService(Refusal):
    """A service of which nobody knows."""

    code = "unknown-flow-service"
    message = sentence("There is no service “%(code)s”. Check its code.")
