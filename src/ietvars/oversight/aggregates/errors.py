"""Refusals about aggregates."""

from ietvars.ground.errors import Refusal, sentence


class NoRule(Refusal):
    """An aggregate of an indicator whose definition declares that there is none."""

    code = "no-aggregation-rule"
    message = sentence(
        "“%(indicator)s” has no rule for several services, so there is no single figure."
        " Look at the services one by one."
    )


class UnknownRule(Refusal):
    """A definition that names a rule nobody wrote."""

    code = "unknown-aggregation-rule"
    message = sentence("The definition of “%(indicator)s” names the rule “%(rule)s”, which does not exist.")
