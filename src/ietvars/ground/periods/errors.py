"""Refusals about periods."""

from ietvars.ground.errors import Refusal, sentence


class UnknownPeriod(Refusal):
    """A text that names no period."""

    code = "unknown-period"
    message = sentence(
        "“%(text)s” is no period: write a year 2025, a fiscal year 2023-24, a quarter 2025-Q1 or a month 2025-03."
    )
