"""Refusals about words."""

from ietvars.ground.errors import Refusal, sentence


class LoneWord(Refusal):
    """A group of words that joins nothing."""

    code = "lone-word"
    message = sentence("A group of words needs at least two words, “%(words)s” has one. Add what it should mean.")
