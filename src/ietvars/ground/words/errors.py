"""Refusals about words."""

from ietvars.ground.errors import Refusal, sentence


class LoneWord(Refusal):
    """A group of words that joins nothing."""

    code = "lone-word"
    message = sentence("A group of words needs at least two words, “%(words)s” has one. Add what it should mean.")


class TooManyWords(Refusal):
    """A group so large that it would make everything mean everything."""

    code = "too-many-words"
    message = sentence("A group of words holds at most %(most)s of them. Make two groups of it.")


class TooLong(Refusal):
    """A sentence instead of a word."""

    code = "word-too-long"
    message = sentence("“%(words)s…” is longer than %(most)s characters. Write the word or short phrase people type.")


class NoWord(Refusal):
    """Signs that are no word."""

    code = "no-word"
    message = sentence("“%(words)s” holds neither letter nor digit, so nobody can be found by it. Take it out.")


class NotAKeeper(Refusal):
    """Somebody in another capacity changes the list of the whole state."""

    code = "not-a-keeper-of-words"
    message = sentence(
        "The list of everyday words is one for the whole state. An overseer, a coordinator or an administrator"
        " changes it; tell one of them which word is missing."
    )


class ChangedMeanwhile(Refusal):
    """Two people change the same group."""

    code = "words-changed-meanwhile"
    message = sentence(
        "Somebody else has changed this group meanwhile: it is now “%(words)s”. Look at it and try again."
    )
