"""Refusals about computing cases."""

from ietvars.ground.errors import Refusal, sentence


class UnknownLakeEngine(Refusal):
    """A setting that names no engine."""

    code = "unknown-lake-engine"
    message = sentence("“%(engine)s” is no engine to compute with: set LAKE_ENGINE to duckdb or spark.")


class NoSpark(Refusal):
    """Spark is asked for where it is not installed."""

    code = "no-spark"
    message = sentence(
        "Spark cannot start here (%(why)s). It needs Java 17 and the packages of requirements/scale.txt; without them"
        " leave LAKE_ENGINE unset."
    )


class UnknownGrain(Refusal):
    """A column by which months cannot be added up."""

    code = "unknown-grain"
    message = sentence("Cases cannot be counted by “%(name)s”; known are %(known)s.")
