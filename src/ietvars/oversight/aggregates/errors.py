"""Refusals about aggregates."""

from ietvars.ground.errors import Refusal, sentence


class NoRule(Refusal):
    """An aggregate of an indicator whose definition declares that there is none."""

    code = "no-aggregation-rule"
    message = sentence(
        "“%(indicator)s” has no rule for several services, so there is no single figure."
        " Look at the services one by one."
    )


class NotDefined(Refusal):
    """An indicator that no definition in force knows."""

    code = "indicator-not-defined"
    message = sentence("In %(period)s there was no indicator “%(indicator)s”. Choose one from the list.")


class NotAReader(Refusal):
    """The state as a whole, asked for in a capacity that is about one institution."""

    code = "state-not-for-you"
    message = sentence("The state as a whole is read by overseers and coordinators. Act in such a capacity to see it.")
